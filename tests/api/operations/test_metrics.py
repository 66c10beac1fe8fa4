import asyncio
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import connect

from api.accounts.database import Database
from api.operations.metrics import CONTENT_TYPE, Metrics
from mappings.errors import AccountsUnavailable, EngineUnavailable
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


async def test_what_runs_waits_and_fails_is_shown(serve, settings, engine, monkeypatch):
    service = serve(max_running=1)
    engine.seconds = 60
    async with connect(service.url) as socket:
        for number in range(3):
            await socket.send(request("count_contacts", number))
        await eventually(lambda: engine.running == 1)
        await asyncio.sleep(0.1)
        found = await asyncio.to_thread(service.get, "/metrics")
    lines = found[1].splitlines()
    [build] = [line for line in lines if line.startswith("contacts_build_info{")]
    assert 'engine="duckdb"' in build
    assert 'version="' in build
    assert "contacts_requests_waiting 2.0" in lines
    assert "contacts_database_errors_total 0.0" in lines
    assert "contacts_live 10.0" in lines


async def test_a_database_that_is_away_is_counted(settings):
    database = Database("postgresql://nobody@127.0.0.1:1/none", settings.engine.data_dir)
    for times in (1, 2):
        with pytest.raises(AccountsUnavailable):
            await database.ready()
        assert database.errors == times
    await database.close()


def test_the_page_about_them_has_every_figure_and_alerts_on_no_other(service):
    page = (Path(__file__).parents[3] / "docs" / "watching.md").read_text()
    assert service.token
    families = list(text_string_to_metric_families(service.get("/metrics")[1]))
    ours = [family for family in families if family.name.startswith("contacts_")]
    named = {family.name + ("_total" if family.type == "counter" else "") for family in ours}
    assert set(re.findall(r"^\| `(contacts_\w+)`", page, re.M)) == named
    expressions = " ".join(re.findall("expr: (.*)", page))
    asked = set(re.findall("(?:contacts|process)_[a-z_]+", expressions))
    assert asked <= {sample.name for family in families for sample in family.samples}
    assert len(asked) > 8
