import asyncio
from collections.abc import Collection

import pytest

from api.operations.metrics import Metrics
from api.socket import connections as module
from api.socket.close import Close
from api.socket.connections import Connections
from mappings.errors import AccountsUnavailable
from tests.harness.clients import eventually

pytestmark = pytest.mark.anyio


class Open:
    """A connection: what it was told."""

    def __init__(self, token_session: str = "login", *, stubborn: bool = False) -> None:
        self.token_session = token_session
        self.stubborn = stubborn
        self.finished: list[float] = []
        self.ended: list[Close] = []

    def finish(self, seconds: float) -> None:
        self.finished.append(seconds)

    def end(self, close: Close) -> None:
        self.ended.append(close)


class Sessions:
    """The database of sessions; `error` is what it raises."""

    def __init__(self, *alive: str) -> None:
        self.living = set(alive)
        self.error: Exception | None = None
        self.asked = 0

    async def alive(self, session_ids: Collection[str]) -> set[str]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.living & set(session_ids)


def test_there_is_room_up_to_the_cap():
    metrics = Metrics()
    some = Connections(1, metrics)
    assert some.refusal() is None
    with some.place():
        assert metrics.connections == 1
        assert some.refusal() == "Too many connections; try again later"
    assert some.refusal() is None
    assert metrics.connections == 0


def test_a_session_that_ends_takes_its_connections_with_it():
    some, mine, theirs = Connections(9, Metrics()), Open("mine"), Open("theirs")
    with some.entered(mine), some.entered(theirs):
        some.end_session("mine")
    some.end_session("theirs")
    assert (mine.ended, theirs.ended) == ([Close.TOKEN_EXPIRED], [])


async def test_sessions_are_looked_up_now_and_then_and_nobody_is_thrown_out_for_a_database_that_is_away(
    monkeypatch, caplog
):
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.01)
    some, gone, here, sessions = Connections(9, Metrics()), Open("gone"), Open("here"), Sessions("here")
    sessions.error = AccountsUnavailable("away")
    watching = asyncio.create_task(some.watch(sessions))
    with some.entered(gone), some.entered(here):
        await eventually(lambda: sessions.asked > 2)
        assert "checking sessions" in caplog.text
        assert (gone.ended, here.ended) == ([], [])
        sessions.error = None
        await eventually(lambda: gone.ended)
        assert here.ended == []
    watching.cancel()


async def test_when_the_service_stops_none_comes_and_all_go():
    some, slow = Connections(9, Metrics()), Open()
    with some.entered(slow):
        await some.drain(0.01, 0.03)
        assert slow.finished == [0.01]
        assert slow.ended == [Close.GOING_AWAY], "it did not end of itself"
        assert some.refusal() == "The service is stopping; try again"
        late = Open()
        with some.entered(late):
            assert late.ended == [Close.GOING_AWAY]


async def test_stopping_waits_no_longer_than_it_must():
    some, open_one = Connections(9, Metrics()), Open()

    async def serve() -> None:
        with some.entered(open_one):
            await eventually(lambda: open_one.finished)

    serving = asyncio.create_task(serve())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await some.drain(60, 70)
    await serving
    await some.drain(60, 70)
    assert open_one.ended == []
