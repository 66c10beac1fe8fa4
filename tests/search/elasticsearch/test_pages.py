"""A walk goes on under another view where the one that it reads from is lost, if that shows the same."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from mappings.errors import EngineDenied, EngineError, EngineRejected, EngineUnavailable, ViewLost
from search.elasticsearch import pages
from search.elasticsearch.guard import GuardedClient
from search.elasticsearch.indices import Content, Indices, Meta
from search.elasticsearch.pages import ANY_ORDER, Pages, RawHit, Reading
from search.engine import EngineSettings

ORDER = [{"key": {"order": "desc"}}, {"uuid": "asc"}]


class _Cluster(GuardedClient):
    """Has points in time, a number each, of which those that are lost fail; and hits without an end, two at a time."""

    def __init__(self, error: EngineError) -> None:
        super().__init__(EngineSettings(), "/")
        self.opened: list[str] = []
        self.closed: list[Any] = []
        self.searched: list[Any] = []
        self.lost: set[str] = set()
        self.error = error

    async def request(self, method: str, path: str, body: bytes | None = None, *, ndjson: bool = False) -> bytes:
        assert method == "POST"
        if "/_pit" in path:
            self.opened.append(path.partition("/_pit")[0])
            return msgspec.json.encode({"id": str(len(self.opened))})
        asked = msgspec.json.decode(body or b"")
        if asked["pit"]["id"] in self.lost:
            raise self.error
        self.searched.append(asked)
        # The last value is the server's own.
        hits = [{"sort": [9, f"id-{len(self.searched)}-{at}", 7]} for at in range(2)]
        return msgspec.json.encode({"hits": {"hits": hits}, "pit_id": asked["pit"]["id"]})

    def send_aside(self, method: str, path: str, body: bytes) -> None:
        assert (method, path) == ("DELETE", "/_pit")
        self.closed.append(msgspec.json.decode(body)["id"])


class _Behind(Indices):
    """What is behind the alias, as a test says."""

    def __init__(self, *metas: Meta) -> None:
        self._metas = list(metas)

    async def content(self) -> Content:
        return {"people-2": self._metas.pop(0) if len(self._metas) > 1 else self._metas[0]}


async def walked(client: _Cluster, behind: Indices, lose: Callable[[], None], order: list[Any]) -> None:
    """Two pages of a walk, between which something happens."""
    reader = Pages(client, behind, "/people")
    async with reader.point_in_time() as pit:
        reading = Reading(b"{}", order, 2, {})
        first = await reader.page(reading, pit)
        lose()
        await reader.page(reading, pit, first[-1].sort)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "RENEWAL_WAITS", (0.0, 0.0, 0.0))


@pytest.mark.parametrize("error", [EngineUnavailable("a part is missing"), ViewLost()])
def test_it_goes_on_behind_the_last_hit(error: EngineError) -> None:
    client = _Cluster(error)
    # The second is lost as soon as it is there: the cluster has not come to rest.
    asyncio.run(walked(client, _Behind(Meta(updates=3)), lambda: client.lost.update("12"), ORDER))
    assert client.opened == ["/people", "/people-2", "/people-2"]
    assert client.searched[-1]["search_after"] == [9, "id-1-1"], "what the lost copy had behind it means nothing here"


@pytest.mark.parametrize(
    ("metas", "order", "error", "raised"),
    [
        # An update has written meanwhile, or may be writing.
        ([Meta(updates=3), Meta(updates=4)], ORDER, EngineUnavailable("a part is missing"), ViewLost),
        ([Meta(), Meta(updates=1, updating=True)], ORDER, EngineUnavailable("a part is missing"), ViewLost),
        ([Meta(updates=3, updating=True)], ORDER, EngineUnavailable("a part is missing"), EngineUnavailable),
        # Nobody else has that order.
        ([Meta()], ANY_ORDER, EngineUnavailable("a part is missing"), EngineUnavailable),
        # That would not help.
        ([Meta()], ORDER, EngineDenied("no entry"), EngineDenied),
    ],
)
def test_it_ends_where_another_view_may_show_something_else(
    metas: list[Meta], order: list[Any], error: EngineError, raised: type[EngineError]
) -> None:
    client = _Cluster(error)
    with pytest.raises(raised):
        asyncio.run(walked(client, _Behind(*metas), lambda: client.lost.update("1"), order))


def test_it_ends_where_no_other_view_can_be_had() -> None:
    client = _Cluster(EngineUnavailable("a part is missing"))
    with pytest.raises(EngineUnavailable, match="a part is missing"):
        asyncio.run(walked(client, _Behind(Meta()), lambda: client.lost.update("1234"), ORDER))
    assert len(client.opened) == 4
    assert client.closed == ["1", "2", "3", "4"], "what is left of those that were lost is held for no longer"


class _Several(GuardedClient):
    """Answers each of several searches with what a test says."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        super().__init__(EngineSettings(), "/")
        self._answers = answers

    async def request(self, method: str, path: str, body: bytes | None = None, *, ndjson: bool = False) -> bytes:
        assert (method, path, ndjson) == ("POST", "/people/_msearch", True)
        assert len((body or b"").splitlines()) == 2 * len(self._answers)
        return msgspec.json.encode({"responses": self._answers})


FOUND = {"status": 200, "hits": {"hits": [{"sort": [1]}]}}


def first_of(*answers: dict[str, Any]) -> list[list[RawHit]]:
    reader = Pages(_Several(*answers), _Behind(Meta()), "/people")
    return asyncio.run(reader.first_of([Reading(b"{}", ORDER, 1, {}) for _ in answers]))


@pytest.mark.parametrize(
    ("status", "kind", "raised", "said"),
    [
        (503, "search_phase_execution_exception", EngineUnavailable, "^A part of the contacts is out of reach"),
        (429, "es_rejected_execution_exception", EngineUnavailable, "busy"),
        (403, "security_exception", EngineDenied, "credentials"),
        (400, "too_many_clauses", EngineRejected, "too many values"),
    ],
)
def test_what_is_wrong_with_one_of_several_is_told_as_if_it_were_alone(
    status: int, kind: str, raised: type[EngineError], said: str
) -> None:
    with pytest.raises(raised, match=said):
        first_of(FOUND, {"status": status, "error": {"type": kind, "reason": "because"}})
    assert [len(hits) for hits in first_of(FOUND, {"status": 200, "hits": {"hits": []}})] == [1, 0]
