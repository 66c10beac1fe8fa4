"""Gives back the room that an index takes only because it has just been filled; a load does so before its swap.

Beside a `_source` that leaves something out the server keeps each document whole, in case a copy of the shard has to
catch up with another, which is more than half of a fresh index. A merge leaves that out of documents that no copy may
need any more: those before the shard's lease on its history, which the server moves every half minute
(https://www.elastic.co/guide/en/elasticsearch/reference/8.19/index-modules-history-retention.html), and before its
last flush.
"""

import asyncio

import msgspec

from mappings.errors import EngineTimeout
from search.elasticsearch.client import Client
from search.elasticsearch.patience import patiently

LEAST_BYTES = 64 * 1024 * 1024
"""An index of fewer is left as it is: what could be given back is not worth the wait for the lease."""

SEGMENT_BYTES = 5 * 1024 * 1024 * 1024
"""How large the server lets segments become by itself (`index.merge.policy.max_merged_segment`). Larger ones would
hardly ever be merged again, so that room for deleted documents would stay taken."""

COMPOUND_BYTES = 1024 * 1024 * 1024
"""Segments of fewer are one file each by default, those of more several (`index.compound_format`)."""

LEASE_SECONDS = 90.0
"""How long the lease is waited for: if it has not moved then, something else holds it."""

_LOOK_SECONDS = 0.5
_SHARDS = "_stats/store?level=shards&filter_path=indices.*.shards.*"


class _Routing(msgspec.Struct):
    primary: bool


class _History(msgspec.Struct):
    max_seq_no: int


class _Lease(msgspec.Struct):
    retaining_seq_no: int


class _Leases(msgspec.Struct):
    leases: list[_Lease] = []


class _Size(msgspec.Struct):
    size_in_bytes: int


class _Copy(msgspec.Struct):
    """What the server tells of one copy of a shard."""

    routing: _Routing
    seq_no: _History
    retention_leases: _Leases
    store: _Size

    @property
    def held(self) -> bool:
        """Whether a lease holds documents that are in it."""
        return any(lease.retaining_seq_no <= self.seq_no.max_seq_no for lease in self.retention_leases.leases)


class _Index(msgspec.Struct):
    shards: dict[str, list[_Copy]]


class _Stats(msgspec.Struct):
    indices: dict[str, _Index]


_stats = msgspec.json.Decoder(_Stats).decode


async def merge(client: Client, path: str, seconds: float) -> bool:
    """Merge the index at `path`, which nobody writes to, for about so many seconds: whether that was enough.

    If it was not the server goes on with what it has begun.
    """
    shards = await _primaries(client, path)
    if sum(shard.store.size_in_bytes for shard in shards) < LEAST_BYTES:
        return True
    try:
        async with asyncio.timeout(seconds):
            await patiently(lambda: client.request("POST", f"{path}/_flush?force=true"))
            async with asyncio.timeout(LEASE_SECONDS):
                await _let_go(client, path)
            most = max(shard.store.size_in_bytes for shard in shards)
            await _unsettle(client, path, most >= COMPOUND_BYTES)
            await _merged(client, f"{path}/_forcemerge?max_num_segments={-(-most // SEGMENT_BYTES)}")
            await _unsettle(client, path, None)
    except TimeoutError:
        return False
    return True


async def _let_go(client: Client, path: str) -> None:
    """Wait until no lease holds a document any more."""
    while True:
        if not any(shard.held for shard in await _primaries(client, path)):
            return
        await asyncio.sleep(_LOOK_SECONDS)


async def _unsettle(client: Client, path: str, compound: bool | None) -> None:
    """Say whether segments are to be one file each; `None`: as by default.

    A shard that the server has merged to one segment by itself, while documents were held, it takes for merged, and
    would leave all of them in it. A segment that is not as it is to be is written anew. Should a merge run out of time,
    the setting stays, which changes nothing but the number of files.
    """
    body = msgspec.json.encode({"index": {"compound_format": compound}})
    await patiently(lambda: client.request("PUT", f"{path}/_settings", body))


async def _merged(client: Client, path: str) -> None:
    """Ask for it until it is done. The server goes on while nobody waits, and does nothing of it twice."""
    while True:
        try:
            await patiently(lambda: client.request("POST", path))
        except EngineTimeout:
            continue
        return


async def _primaries(client: Client, path: str) -> list[_Copy]:
    stats = _stats(await patiently(lambda: client.request("GET", f"{path}/{_SHARDS}")))
    copies = [copy for index in stats.indices.values() for shard in index.shards.values() for copy in shard]
    return [copy for copy in copies if copy.routing.primary]
