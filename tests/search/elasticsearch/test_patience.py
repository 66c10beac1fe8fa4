"""A busy or restarting server is waited for, and not for ever."""

import asyncio

import pytest

from mappings.errors import EngineError, EngineRejected, EngineTimeout, EngineUnavailable
from search.elasticsearch import patience
from search.elasticsearch.patience import patiently


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_FIRST_WAIT", 0.0)


class Server:
    """Raises its troubles one after the other, then answers."""

    def __init__(self, *troubles: EngineError) -> None:
        self.troubles = list(troubles)
        self.asked = 0

    async def answer(self) -> str:
        self.asked += 1
        if self.troubles:
            raise self.troubles.pop(0)
        return "done"


def test_what_passes_is_waited_for() -> None:
    server = Server(EngineUnavailable("busy"), EngineTimeout("slow"), EngineUnavailable("busy"))
    assert asyncio.run(patiently(server.answer)) == "done"
    assert server.asked == 4


def test_a_refusal_is_not_waited_for() -> None:
    server = Server(EngineRejected("no"))
    with pytest.raises(EngineRejected, match="no"):
        asyncio.run(patiently(server.answer))
    assert server.asked == 1


def test_in_the_end_the_last_trouble_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE", -1.0)
    with pytest.raises(EngineTimeout, match="slow"):
        asyncio.run(patiently(Server(EngineTimeout("slow")).answer))
