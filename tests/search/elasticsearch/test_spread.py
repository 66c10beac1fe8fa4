"""Into how many shards contacts go, and how their copies are waited for."""

import asyncio
from typing import Any

import pytest

from mappings.errors import EngineUnavailable
from search.elasticsearch import spread
from search.elasticsearch.client import Client
from search.elasticsearch.spread import shards_for, spread_of, wait_for_copies
from search.stores import Spread


@pytest.mark.parametrize(
    ("contacts", "nodes", "shards"),
    [
        (0, 1, 1),
        (0, 3, 3),
        (1_000_000, 3, 3),
        (30_000_000, 1, 1),
        (40_000_000, 1, 2),
        (400_000_000, 3, 12),
        (400_000_000, 20, 20),
        (10**12, 3, 1024),
    ],
)
def test_each_node_has_one_and_none_is_too_large(contacts: int, nodes: int, shards: int) -> None:
    assert shards_for(contacts, nodes) == shards


class _Cluster(Client):
    """One whose copies are what a test says, look after look; the last ones stay."""

    def __init__(self, *copies: list[list[str]], replicas: int = 1) -> None:
        self._copies, self._replicas = list(copies), replicas

    async def json(self, method: str, path: str, body: object = None) -> Any:
        assert (method, body) == ("GET", None)
        now = self._copies[0]
        if "/_settings" in path:
            settings = {"index.number_of_shards": str(len(now)), "index.number_of_replicas": str(self._replicas)}
            return {"people-1": {"settings": settings}}
        if "/_recovery" in path:
            if len(self._copies) > 1:
                self._copies.pop(0)
            under_way = {"index": {"size": {"recovered_in_bytes": 7}}, "translog": {"recovered": 1}}
            return {"people-1": {"shards": [under_way]}}
        return {
            "shards": [
                [{"state": "INITIALIZING" if node.startswith("~") else "STARTED", "node": node} for node in shard]
                for shard in now
            ]
        }


def test_how_an_index_is_spread() -> None:
    client = _Cluster([["a", "b"], ["b", "~c"], []])
    assert asyncio.run(spread_of(client, "/people")) == Spread(shards=3, nodes=2, copies=3, missing=3, lost=1)


def waited(client: Client, nodes: int) -> list[str]:
    """What is told while copies are waited for."""
    told: list[str] = []

    async def count() -> int:
        return nodes

    asyncio.run(wait_for_copies(client, "/people", count, told.append))
    return told


def test_copies_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "_FIRST_LOOK", 0.0)
    assert waited(_Cluster([["a", "b"], ["b", "a"]]), 2) == []
    whole = [["a", "b"], ["b", "a"]]
    assert waited(_Cluster([["a"], ["b"]], [["a", "~b"], ["b", "a"]], whole), 2) == [
        "copying to other nodes: 2 of 4",
        "copying to other nodes: 3 of 4",
    ]


def test_only_so_many_are_waited_for_as_there_are_nodes_for() -> None:
    assert waited(_Cluster([["a"], ["a"]]), 1) == []
    assert waited(_Cluster([["a", "b"]], replicas=4), 2) == []


def test_copies_that_come_no_further_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "STILL_SECONDS", 0.3)
    with pytest.raises(
        EngineUnavailable, match="has 2 of the 4 copies of its shards that there are nodes for, and none"
    ) as error:
        waited(_Cluster([["a"], ["b"]]), 2)
    assert "CONTACTS_REPLICAS" in error.value.detail
