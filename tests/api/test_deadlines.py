"""One deadline for one request, through both doors: the wait for a turn and the work count together."""

import asyncio
import time

import pytest
from websockets.asyncio.client import connect

from api.actions.service import TOO_MANY_COMPANIES
from mappings.errors import EngineTimeout
from search.engine import EngineSettings
from tests.harness.clients import URL, ask, eventually, receive, request

TIMEOUT = 1.0
BUSY = "The service is busy and did not answer in time."
SILENT = "The contacts engine did not answer in time."

pytestmark = pytest.mark.anyio


@pytest.fixture
def service(serve, tmp_path, engine):
    engine.seconds = 60
    return serve(engine=EngineSettings(data_dir=tmp_path, timeout=TIMEOUT), max_running=1, max_in_flight=2)


async def test_a_socket_answers_all_in_time_wherever_they_wait(service, engine, caplog):
    async with connect(service.url) as socket:
        started = time.monotonic()
        for name in ("in the engine", "for a slot", "in the lane"):
            await socket.send(request("count_contacts", name))
        answers = {answer["request_id"]: answer["error"] for answer in [await receive(socket) for _ in range(3)]}
        assert TIMEOUT <= time.monotonic() - started < 3 * TIMEOUT
        assert {error["code"] for error in answers.values()} == {"count_error"}
        assert answers["in the engine"]["message"] == SILENT
        messages = [error["message"] for error in answers.values()]
        assert set(messages) <= {SILENT, BUSY}
        # On a busy machine what waits may still get the slot that the first one leaves, for a moment.
        blamed = messages.count(SILENT)
        assert blamed == engine.started == engine.cancelled, "the engine is blamed for what waited for it"
        assert caplog.text.count("count_contacts: EngineTimeout") == blamed
        engine.seconds = 0
        assert (await ask(socket, "count_contacts"))["status"] == "success"


async def test_a_count_of_companies_that_takes_too_long_says_to_stream(service, engine):
    async with connect(service.url) as socket:
        for action in ("count_contacts", "save_search"):
            answer = await ask(socket, action, per_company=2, name="x")
            code = {"count_contacts": "count_error", "save_search": "searches_error"}[action]
            assert (answer["data"], answer["error"]) == (None, {"message": TOO_MANY_COMPANIES, "code": code})
        assert "with stream" in TOO_MANY_COMPANIES
        engine.seconds = 0
        assert (await ask(socket, "count_contacts", per_company=2))["data"] == {"count": 10}
    engine.error = EngineTimeout(SILENT)
    path, token = "/api/v2/apollo/contacts/count", await asyncio.to_thread(lambda: service.token)
    answer = await asyncio.to_thread(service.post, path, {"url": URL, "per_company": 2}, token)
    assert answer == (503, {"detail": TOO_MANY_COMPANIES})


async def test_rest_answers_all_in_time(service, engine):
    def post() -> tuple[int, object, float]:
        started = time.monotonic()
        status, body = service.post("/api/v2/apollo/contacts/count", {"url": URL}, token)
        return status, body["detail"], time.monotonic() - started

    token = await asyncio.to_thread(lambda: service.token)
    first = asyncio.create_task(asyncio.to_thread(post))
    await eventually(lambda: engine.running == 1)
    answers = [await first, *await asyncio.gather(*(asyncio.to_thread(post) for _ in range(2)))]
    assert all(status == 503 for status, _, _ in answers)
    assert answers[0][1] == SILENT
    assert all(TIMEOUT * 0.9 <= seconds < 3 * TIMEOUT for _, _, seconds in answers)
    assert engine.running == 0


@pytest.mark.parametrize("stream", [{}, {"stream": True}])
async def test_the_engines_own_timeout_is_passed_on(service, engine, stream):
    engine.error = EngineTimeout("of its own")
    async with connect(service.url) as socket:
        assert (await ask(socket, "search_contacts", **stream))["error"]["message"] == "of its own"


async def test_a_stream_has_its_time_for_each_part(service, engine):
    """The engine of the tests takes its time before the first batch."""
    async with connect(service.url) as socket:
        answer = await ask(socket, "search_contacts", stream=True)
        assert answer["error"] == {"message": SILENT, "code": "search_error"}
        engine.seconds = 0.4 * TIMEOUT
        await socket.send(request("search_contacts", stream=True))
        assert [(await receive(socket))["status"] for _ in range(5)] == ["partial"] * 4 + ["success"]
