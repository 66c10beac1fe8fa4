"""The live contacts as a load asks about them, behind the alias."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any

import msgspec

from search.elasticsearch.guard import GuardedClient
from search.elasticsearch.indices import Indices, path_of
from search.elasticsearch.pages import ANY_ORDER, Pages, RawHit, Reading, more_of
from search.elasticsearch.patience import patiently
from search.elasticsearch.schema import MORE
from search.engine import SCAN_BATCH, EngineSettings
from search.fields import ALL_FIELDS, MORE_FIELDS, ContactCompleteItem, contact_of, joined
from search.loader import Identity

_SLICES = 2
_IN_ITEM = [name for name in Identity.__struct_fields__ if name not in MORE_FIELDS]

_encode = msgspec.json.Encoder().encode
_everybody = _encode({"match_all": {}})


class _ForeignIds(msgspec.Struct):
    foreign_ids: dict[str, str] | None = None


_identity = msgspec.json.Decoder(Identity).decode
_foreign_ids = msgspec.json.Decoder(_ForeignIds).decode


class _PatientClient(GuardedClient):
    """Repeats what only reads, as a load can afford to; but whether the engine is there, a `GET` tells at once."""

    async def request(self, method: str, path: str, body: bytes | None = None, *, ndjson: bool = False) -> bytes:
        """As `Client.request`, of any other method as `patiently` has it."""
        ask = partial(super().request, method, path, body, ndjson=ndjson)
        return await (ask() if method == "GET" else patiently(ask))


class LiveContacts:
    """See `search.loader.LiveContacts` for the methods."""

    def __init__(self, settings: EngineSettings) -> None:
        self._path = path_of(settings.index)
        self._client = _PatientClient(settings, probe="/_alias")
        self._indices = Indices(self._client, settings.index)
        self._pages = Pages(self._client, self._indices, self._path)

    async def identities(self) -> AsyncGenerator[list[Identity]]:
        if not await self._indices.live():
            return
        wanted: dict[str, Any] = {"_source": _IN_ITEM, "stored_fields": [MORE]}
        reading = Reading(_everybody, ANY_ORDER, SCAN_BATCH, wanted)
        async with (
            self._pages.point_in_time(renewable=False) as pit,
            aclosing(self._pages.walk(reading, pit, slices=_SLICES)) as pages,
        ):
            async for page in pages:
                yield list(map(_identity_of, page))

    async def contacts(self, uuids: Sequence[str]) -> dict[str, ContactCompleteItem]:
        found: dict[str, ContactCompleteItem] = {}
        if not await self._indices.live():
            return found
        for first in range(0, len(uuids), SCAN_BATCH):
            query = _encode({"ids": {"values": uuids[first : first + SCAN_BATCH]}})
            reading = Reading(query, ["_doc"], SCAN_BATCH, {"_source": True, "stored_fields": [MORE]})
            for hit in await self._pages.page(reading):
                contact = contact_of(joined(bytes(hit.source), more_of(hit)))
                found[contact.uuid] = contact
        return found

    async def filled(self) -> dict[str, int]:
        if not await self._indices.live():
            return {}
        names = [name for name in ALL_FIELDS if name != "uuid"]
        filters = {name: {"term": {"search.absent": name}} for name in names}
        body = {"size": 0, "track_total_hits": True, "aggs": {"absent": {"filters": {"filters": filters}}}}
        answer = await self._client.json("POST", f"{self._path}/_search?allow_partial_search_results=false", body)
        contacts, buckets = answer["hits"]["total"]["value"], answer["aggregations"]["absent"]["buckets"]
        filled = {name: contacts - buckets[name]["doc_count"] for name in names}
        # A store from before there were further fields does not say that they are absent.
        return filled if await self._has_more() else filled | dict.fromkeys(MORE_FIELDS, 0)

    async def _has_more(self) -> bool:
        """Whether the live store can have further fields."""
        found = await self._client.json("GET", f"{self._path}/_mapping/field/{MORE}")
        return all(entry["mappings"] for entry in found.values())

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()


def _identity_of(hit: RawHit) -> Identity:
    identity, more = _identity(hit.source), more_of(hit)
    if more is None:
        return identity
    return msgspec.structs.replace(identity, foreign_ids=_foreign_ids(more).foreign_ids)
