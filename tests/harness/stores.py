"""Loads contacts into a real store of any engine, as the indexing job does, and clears them away."""

import asyncio
import json
import urllib.request
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from search.elasticsearch.settings import ElasticsearchSettings, node_urls
from search.engine import Engine, EngineSettings
from search.engines import open_engine, open_loader
from search.fields import ContactCompleteItem

BATCH = 250
"""Documents written at once: well under 1 MiB, of which aiohttp warns, and warnings are errors here."""
SECONDS = 60.0


def cluster(
    url: str, index: str, shards: int | None = None, replicas: int | None = None, **settings: Any
) -> EngineSettings:
    """Settings for an alias of the Elasticsearch at `url`, or at several with commas between them."""
    own = ElasticsearchSettings(nodes=node_urls(url), shards=shards, replicas=replicas)
    return EngineSettings(engine="elasticsearch", own=own, index=index, **settings)


def delete_loads(url: str, alias: str) -> None:
    """Delete all that was ever loaded into an alias of the Elasticsearch at `url`."""
    with urllib.request.urlopen(
        f"{url}/_cat/indices/{alias}-*?format=json&h=index&expand_wildcards=all", timeout=SECONDS
    ) as listing:
        names = [row["index"] for row in json.load(listing)]
    for name in names:
        request = urllib.request.Request(f"{url}/{name}", method="DELETE")
        urllib.request.urlopen(request, timeout=SECONDS).close()


async def load(settings: EngineSettings, items: Sequence[ContactCompleteItem], keep: int = 0) -> int:
    """Make `items` the live contacts; how many distinct ones there are. `keep` earlier loads stay."""
    loader = open_loader(settings, keep)
    try:
        await loader.start()
        for at in range(0, len(items), BATCH):
            batch = [loader.encoder.encode(row, item) for row, item in enumerate(items[at : at + BATCH], at + 1)]
            assert await loader.write(batch) == []
        count = await loader.finish()
        await loader.swap()
        return count
    finally:
        await loader.close()


@asynccontextmanager
async def engine_of(settings: EngineSettings) -> AsyncGenerator[Engine[Any]]:
    engine = open_engine(settings)
    try:
        yield engine
    finally:
        await engine.close()


def run(work: Any) -> Any:
    return asyncio.run(work)


def uuids_of(items: Sequence[bytes]) -> list[str]:
    return [msgspec.json.decode(item, type=ContactCompleteItem).uuid for item in items]
