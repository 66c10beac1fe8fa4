"""When the cluster can answer searches, and what is said when it can't."""

import asyncio
import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from mappings.errors import EngineUnavailable, EngineUnreachable, NothingIndexed
from search.elasticsearch.schema import index_body
from search.engine import EngineSettings
from search.fields import ContactCompleteItem
from tests.harness.stores import cluster, engine_of, load


def sent(url: str, body: Any) -> None:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"}, method="PUT")
    urllib.request.urlopen(request, timeout=60).close()


async def ready(settings: EngineSettings) -> None:
    async with engine_of(settings) as engine:
        await engine.ready()


def test_contacts_that_can_all_be_searched(elasticsearch_url: str, own_index: Callable[[str], str]) -> None:
    async def run() -> None:
        settings = cluster(elasticsearch_url, own_index("ready"))
        with pytest.raises(NothingIndexed):
            await ready(settings)
        await load(settings, [ContactCompleteItem(uuid="a")])
        await ready(settings)

    asyncio.run(run())


def test_a_part_that_is_missing(elasticsearch_url: str, own_index: Callable[[str], str]) -> None:
    """One of two shards has no node that it may be on."""
    alias = own_index("unready")
    name = f"{alias}-20260131t120000000000z"
    body = index_body()
    body["settings"]["index"]["routing.allocation.require._name"] = "nobody"
    body["aliases"] = {alias: {}}
    sent(f"{elasticsearch_url}/{name}?wait_for_active_shards=0", body)
    sent(f"{elasticsearch_url}/{alias}-20260131t120000000001z", index_body() | {"aliases": {alias: {}}})
    with pytest.raises(
        EngineUnavailable, match=r"^The contacts engine is starting, or a part of its contacts is missing"
    ):
        asyncio.run(ready(cluster(elasticsearch_url, alias)))


def test_no_cluster() -> None:
    with pytest.raises(EngineUnreachable):
        asyncio.run(ready(cluster("http://127.0.0.1:9", "nowhere")))
