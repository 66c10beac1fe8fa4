"""How an index is spread over the nodes of a cluster: into how many shards, and whether all their copies are there.

Nothing here takes a privilege of the cluster: all of it is said of an index, to whoever may read what is known of it.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Any

from mappings.errors import EngineUnavailable
from search.elasticsearch.client import Client
from search.elasticsearch.settings import MOST_SHARDS
from search.stores import Spread

MASTER_SECONDS = 2
"""How long a question about an index may wait for a cluster that is electing its master; 30 by default there."""

MOST_CONTACTS = 200_000_000
MOST_BYTES = 40 * 10**9
"""What a shard may have: beyond that it takes long to search, to merge and to copy to another node."""

CONTACT_BYTES = 1_150
"""What a contact takes in an index, measured (docs/operations.md)."""

STILL_SECONDS = 180.0
"""How long no copy may come any further before it is given up: longer than Elasticsearch waits for a node that left."""

_FIRST_LOOK, _LONGEST_LOOK = 0.2, 5.0
_THERE = ("STARTED", "RELOCATING")


def shards_for(contacts: int, nodes: int) -> int:
    """Into how many shards so many contacts go, on so many data nodes: each has one at least."""
    needed = max(contacts / MOST_CONTACTS, contacts * CONTACT_BYTES / MOST_BYTES)
    return min(MOST_SHARDS, max(nodes, math.ceil(needed)))


async def spread_of(client: Client, path: str) -> Spread:
    """How the indices at `path` are spread. Raises `EngineUnavailable` if there are none."""
    found = await client.json("GET", f"{path}/_search_shards?master_timeout={MASTER_SECONDS}s")
    # A shard of which there is no copy at all has an empty list there.
    shards = [[copy["node"] for copy in shard if copy["state"] in _THERE] for shard in found["shards"]]
    nodes = [node for shard in shards for node in shard]
    return Spread(
        shards=len(shards),
        nodes=len(set(nodes)),
        copies=len(nodes),
        missing=await _wanted(client, path) - len(nodes),
        lost=shards.count([]),
    )


async def _wanted(client: Client, path: str) -> int:
    """The copies of all shards that the settings ask for."""
    ask = f"{path}/_settings?flat_settings=true&master_timeout={MASTER_SECONDS}s"
    indices = [entry["settings"] for entry in (await client.json("GET", ask)).values()]
    return sum(int(of["index.number_of_shards"]) * (1 + int(of["index.number_of_replicas"])) for of in indices)


async def wait_for_copies(
    client: Client, path: str, nodes: Callable[[], Awaitable[int]], stage: Callable[[str], None]
) -> None:
    """Return once the index at `path` has as many copies of each shard as its settings ask for, or there are nodes for.

    Args:
        nodes: counts the data nodes, which may come and go meanwhile.
        stage: is told how far it is.

    Raises:
        EngineUnavailable: nothing has come any further for `STILL_SECONDS`.
    """
    now = asyncio.get_running_loop().time
    seen: object = None
    since, wait = now(), _FIRST_LOOK
    while True:
        spread = await spread_of(client, path)
        if spread.missing <= 0:
            return
        wanted = min(spread.copies + spread.missing, spread.shards * await nodes())
        if spread.copies >= wanted:
            return
        stage(f"copying to other nodes: {spread.copies} of {wanted}")
        if (seen_now := (spread, await _copied(client, path))) != seen:
            seen, since = seen_now, now()
        elif now() - since > STILL_SECONDS:
            raise EngineUnavailable(
                f"The new index has {spread.copies} of the {wanted} copies of its shards that there are nodes for, and "
                f"none has come any further for {STILL_SECONDS:.0f} s: is a disk full, or a node away?",
                "GET _cluster/allocation/explain tells why; CONTACTS_REPLICAS says how many copies there should be",
            )
        await asyncio.sleep(wait)
        wait = min(2 * wait, _LONGEST_LOOK)


async def _copied(client: Client, path: str) -> int:
    """Bytes and operations that copies under way have so far."""
    found: dict[str, Any] = await client.json("GET", f"{path}/_recovery?active_only=true")
    under_way = [copy for index in found.values() for copy in index["shards"]]
    return sum(copy["index"]["size"]["recovered_in_bytes"] + copy["translog"]["recovered"] for copy in under_way)
