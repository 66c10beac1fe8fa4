"""What a load gives back of the room that it took, and what is done where the server takes its time."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from mappings.errors import EngineTimeout
from mappings.predicates import ContactFilter
from search.elasticsearch import merging, patience
from search.elasticsearch.client import Client
from search.engines import open_loader
from search.fields import ContactCompleteItem
from search.loader import Document
from tests.harness.stores import cluster, engine_of

GIGABYTE = 2**30


class Server:
    """An index of shards with so many bytes, whose leases move with each look by so much."""

    def __init__(self, *sizes: int, moves: int = 50, slow: int = 0) -> None:
        self.sizes, self.moves, self.slow = sizes, moves, slow
        self.retained = 0
        self.asked: list[str] = []
        self.settings: list[bool | None] = []

    async def request(self, method: str, path: str, body: bytes | None = None) -> bytes:
        if body is not None:
            self.settings.append(msgspec.json.decode(body)["index"]["compound_format"])
            return b"{}"
        self.asked.append(f"{method} {path.split('?', maxsplit=1)[0]}")
        if "_forcemerge" in path:
            self.asked[-1] = path
            if self.slow:
                self.slow -= 1
                raise EngineTimeout("The contacts engine did not answer in time.")
        if "_stats" not in path:
            return b"{}"
        self.retained += self.moves
        return msgspec.json.encode(
            {"indices": {"people": {"shards": {str(at): self._copies(size) for at, size in enumerate(self.sizes)}}}}
        )

    def _copies(self, size: int) -> list[dict[str, Any]]:
        leases = [{"id": "peer_recovery/a", "retaining_seq_no": self.retained}]
        primary = {"seq_no": {"max_seq_no": 99}, "retention_leases": {"leases": leases}}
        primary |= {"routing": {"primary": True}, "store": {"size_in_bytes": size}}
        # What a copy knows of the leases may be old.
        copy = {"routing": {"primary": False}, "store": {"size_in_bytes": 99 * GIGABYTE}}
        return [copy | {"seq_no": {"max_seq_no": 99}, "retention_leases": {}}, primary]

    def merged(self, seconds: float = 5.0) -> bool:
        return asyncio.run(merging.merge(self, "/people", seconds))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "_LOOK_SECONDS", 0.001)


def test_it_is_merged_once_no_lease_holds_a_document() -> None:
    server = Server(GIGABYTE, moves=30)
    assert server.merged()
    look = "GET /people/_stats/store"
    assert server.asked == [look, "POST /people/_flush", *3 * [look], "/people/_forcemerge?max_num_segments=1"]
    assert server.settings == [True, None]


def test_segments_are_to_be_other_than_the_server_makes_them_so_that_even_a_single_one_is_written_anew() -> None:
    small, large = Server(GIGABYTE - 1), Server(GIGABYTE)
    assert small.merged()
    assert large.merged()
    assert (small.settings, large.settings) == ([False, None], [True, None])


def test_segments_stay_small_enough_to_be_merged_again() -> None:
    server = Server(GIGABYTE, 11 * GIGABYTE)
    assert server.merged()
    assert server.asked[-1] == "/people/_forcemerge?max_num_segments=3"


def test_a_small_index_is_left_as_it_is() -> None:
    server = Server(merging.LEAST_BYTES // 2, merging.LEAST_BYTES // 2 - 1)
    assert server.merged()
    assert server.asked == ["GET /people/_stats/store"]


def test_a_merge_that_outlasts_an_answer_is_asked_for_until_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE", 0.0)
    server = Server(GIGABYTE, slow=2)
    assert server.merged()
    assert server.asked[-3:] == 3 * ["/people/_forcemerge?max_num_segments=1"]


def test_a_lease_that_stays_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "LEASE_SECONDS", 0.01)
    server = Server(GIGABYTE, moves=0)
    assert not server.merged()
    assert not any("_forcemerge" in path for path in server.asked)


def test_it_ends_with_its_time() -> None:
    assert not Server(GIGABYTE, moves=0).merged(0.01)


def test_the_server_keeps_each_contact_once_then(
    elasticsearch_url: str, own_index: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All answers stay, of about half the bytes. The lease takes the server up to half a minute."""
    monkeypatch.setattr(merging, "LEAST_BYTES", 0)
    monkeypatch.setattr(merging, "_LOOK_SECONDS", 0.5)
    settings = cluster(elasticsearch_url, own_index("merged"))
    contacts = [
        ContactCompleteItem(uuid=f"{at:06}", title=f"Chief {at} Officer", keywords=(f"word{at}",) * 5, founded_year=at)
        for at in range(2000)
    ]

    async def size(client: Client, path: str) -> int:
        """Of the segments, as the server remembers what the whole store takes for ten seconds."""
        await client.request("POST", f"{path}/_flush?force=true")
        [index] = (await client.json("GET", f"{path}/_segments"))["indices"].values()
        copies = [copy for shard in index["shards"].values() for copy in shard if copy["routing"]["primary"]]
        segments = [segment for copy in copies for segment in copy["segments"].values() if segment["committed"]]
        return sum(segment["size_in_bytes"] for segment in segments)

    async def run() -> None:
        loader, client = open_loader(settings), Client(settings)
        path = f"/{loader.name}"
        try:
            await loader.start()
            documents: list[Document] = [loader.encoder.encode(row, contact) for row, contact in enumerate(contacts, 1)]
            for first in range(0, len(documents), 200):
                await loader.write(documents[first : first + 200])
                await client.request("POST", f"{path}/_refresh")
            assert await loader.finish() == len(contacts)
            before = await size(client, path)
            assert await loader.merge(120)
            assert 0 < await size(client, path) < 0.75 * before
            await loader.swap()
        finally:
            await loader.close()
            await client.close()
        async with engine_of(settings) as engine:
            everybody = engine.compile(ContactFilter())
            page = await engine.search(everybody, 10, complete=True)
            assert b'"founded_year":0' in page.items[0]
            assert await engine.count(everybody) == len(contacts)

    asyncio.run(run())
