"""The loads that are kept, over both doors: what is shown of them, and the way back, of files that are really there."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.asyncio.client import connect

from api.actions.audit import LOGGER
from api.actions.loads import shown_load
from api.actions.roles import Role
from api.actions.table import ACTIONS
from search.directory_lock import DirectoryLock
from search.engine import EngineSettings
from search.fields import ContactCompleteItem
from search.stores import LoadFigures, Store
from tests.harness.clients import ask
from tests.harness.stores import load

pytestmark = pytest.mark.anyio

LOADS = ACTIONS["loads"]
FIGURES = LoadFigures(
    finished_at="2026-01-31T12:00:00Z", rows=9, repeated=1, rejected=2, repaired=3, filled={"email": 2, "title": 0}
)


@pytest.fixture
def audited() -> Iterator[list[dict[str, Any]]]:
    lines: list[dict[str, Any]] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.__dict__["fields"])

    handler, audit = Lines(), logging.getLogger(LOGGER)
    level = audit.level
    audit.addHandler(handler)
    audit.setLevel(logging.INFO)
    yield lines
    audit.removeHandler(handler)
    audit.setLevel(level)


async def test_administrators_see_loads_and_go_back_to_the_one_before(service, settings, audited):
    engine: EngineSettings = settings.engine
    for number in (2, 3):
        await load(engine, [ContactCompleteItem(uuid=str(row)) for row in range(number)], keep=1)
    await service.take_role(Role.ADMIN)
    [old, new] = service.over_rest(LOADS, {})[1]["loads"]
    assert [(each["contacts"], each["live"]) for each in (old, new)] == [(2, False), (3, True)]
    assert (old["rows"], old["finished_at"], old["filled"]) == (None, None, None), "no job made it"

    with DirectoryLock(engine.data_dir, engine.index):
        busy = (409, {"detail": "Contacts are being loaded; wait for that load to end, or stop it."})
        assert service.over_rest(LOADS, {"rollback": True}) == busy
    assert service.over_rest(LOADS, {"rollback": True})[1]["loads"] == [old | {"live": True}, new | {"live": False}]
    # There is a way forward again, and to go it twice is to go it once.
    for _ in range(2):
        forward = service.over_rest(LOADS, {"go_to": new["name"]})[1]["loads"]
        assert forward == [old | {"live": False}, new | {"live": True}]
    assert service.over_rest(LOADS, {"go_to": old["name"]})[1]["loads"][0]["live"] is True
    unknown = (409, {"detail": "No load that is kept is called so."})
    assert service.over_rest(LOADS, {"go_to": "../contacts"}) == unknown
    both = service.over_rest(LOADS, {"go_to": new["name"], "rollback": True})[1]["loads"]
    assert both == forward
    assert service.over_rest(LOADS, {"go_to": old["name"], "rollback": True})[1]["loads"][0]["live"] is True
    async with connect(service.url) as socket:
        refused = (await ask(socket, "loads", rollback=True))["error"]
        assert refused == {"code": "loads_error", "message": "There is no earlier load to go back to."}
        assert (await ask(socket, "loads"))["data"]["loads"][0]["live"] is True
    user = service.session["user"]["uuid"]
    assert [(line["action"], line["door"], line["outcome"], line["user"]) for line in audited[-11:]] == [
        ("loads", "rest", "success", user),
        ("index rollback", "rest", "Conflict", user),
        *[("index rollback", "rest", "success", user)] * 4,
        ("index rollback", "rest", "Conflict", user),
        *[("index rollback", "rest", "success", user)] * 2,
        ("index rollback", "websocket", "Conflict", user),
        ("loads", "websocket", "success", user),
    ]


@pytest.mark.parametrize("role", [Role.COUNTER, Role.USER])
async def test_others_neither_see_nor_change_them(service, settings, role):
    for number in (2, 3):
        await load(settings.engine, [ContactCompleteItem(uuid=str(row)) for row in range(number)], keep=1)
    await service.take_role(role)
    assert service.over_rest(LOADS, {"rollback": True})[0] == 403
    await service.take_role(Role.ADMIN)
    assert [each["live"] for each in service.over_rest(LOADS, {})[1]["loads"]] == [False, True]


async def test_a_directory_that_can_not_be_written(service, settings, monkeypatch):
    await service.take_role(Role.ADMIN)

    def refuse(_directory: object) -> None:
        raise PermissionError(13, "Permission denied", "data")

    monkeypatch.setattr("search.directory_lock.make_directory", refuse)
    status, answer = service.over_rest(LOADS, {"rollback": True})
    assert (status, answer) == (
        503,
        {"detail": "The data directory of the service can't be written; go back on the command line."},
    )


def test_what_a_store_says_is_shown_as_shares():
    shown = shown_load(Store("a", 8, live=True, figures=FIGURES))
    assert (shown.rows, shown.repeated, shown.rejected, shown.repaired) == (9, 1, 2, 3)
    assert (shown.finished_at, shown.filled) == ("2026-01-31T12:00:00Z", {"email": 0.25})
    assert shown_load(Store("a", 1, live=True, figures=FIGURES)).filled == {"email": 1.0}
    assert shown_load(Store("a", 0, live=False, trouble="is damaged")).contacts is None


@pytest.mark.parametrize("body", [b"[]", b"{", b"5", b'"rollback"', b'{"rollback": "yes"}', b'{"rollback": 1}'])
async def test_a_body_that_is_none_changes_and_tells_nothing(service, body):
    await service.take_role(Role.ADMIN)
    status, answer = service.post("/api/v2/apollo/loads", body, service.token)
    assert (status, list(answer)) == (400, ["detail"])
    assert service.open("/api/v2/apollo/loads", b"", service.token, method="POST")[0] == 200
