import asyncio

import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import connect

from api.operations.metrics import CONTENT_TYPE, Metrics
from mappings.errors import EngineUnavailable
from tests.harness.clients import ask, eventually, request

NAMES = ("door", "action", "outcome", "operation", "le")

pytestmark = pytest.mark.anyio


def figures(service) -> dict[tuple[str, ...], float]:
    status, text, headers = service.open("/metrics", None)
    assert status == 200
    assert headers["Content-Type"] == CONTENT_TYPE
    assert CONTENT_TYPE.count("charset") == 1
    return {
        (sample.name, *(sample.labels[name] for name in NAMES if name in sample.labels)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_requests_are_counted_by_action_and_outcome(service, engine):
    async with connect(service.url) as socket:
        for _ in range(3):
            await ask(socket, "count_contacts")
        await ask(socket, "search_contacts", limit=0)
        await ask(socket, "nonsense")
        engine.error = EngineUnavailable("away")
        await ask(socket, "count_contacts")
        engine.error = None
        found = await asyncio.to_thread(figures, service)
        assert found["contacts_connections",] == 1
    count = "contacts_requests_total", "websocket"
    assert found[*count, "count_contacts", "success"] == 3
    assert found[*count, "count_contacts", "count_error"] == 1
    assert found[*count, "search_contacts", "validation_error"] == 1
    assert found[*count, "unknown", "unknown_action"] == 1
    assert found["contacts_request_seconds_count", "websocket", "count_contacts"] == 4
    assert found["contacts_engine_seconds_count", "count"] == 4
    assert found["contacts_requests_total", "rest", "register", "201"] == 1
    # The page itself is being asked for.
    assert found["contacts_requests_in_flight",] == 1


async def test_what_runs_and_who_is_here_is_shown(service, engine):
    engine.seconds = 60
    async with connect(service.url) as socket:
        for number in range(5):
            await socket.send(request("count_contacts", number))
        await eventually(lambda: engine.running == 5)
        assert (await asyncio.to_thread(figures, service))["contacts_requests_in_flight",] == 6
    await eventually(lambda: engine.running == 0)
    found = await asyncio.to_thread(figures, service)
    assert found["contacts_connections",] == 0
    assert found["contacts_requests_in_flight",] == 1
    assert found["contacts_requests_total", "websocket", "count_contacts", "cancelled"] == 5


async def test_strange_requests_make_no_labels(service):
    sizes = []
    async with connect(service.url) as socket:
        for number in range(30):
            await ask(socket, f"action-{number}", request_id=number)
            await asyncio.to_thread(service.get, f"/path-{number}")
            sizes.append(len(await asyncio.to_thread(figures, service)))
    assert sizes[2:] == sizes[2:3] * 28


async def test_two_applications_share_nothing():
    first, second = Metrics(), Metrics()
    first.answered("rest", "analyze", "200", 0.1)
    assert b"analyze" in first.text()
    assert b"analyze" not in second.text()
