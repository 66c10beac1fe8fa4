"""Loads contacts into a fresh Elasticsearch index by bulk requests, and points the alias at it in one call."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import msgspec

from mappings.errors import EngineRejected, EngineUnavailable
from search.documents import search_fields
from search.elasticsearch.client import Client
from search.elasticsearch.schema import grams, index_body
from search.engine import EngineSettings
from search.fields import ContactListItem
from search.loader import Document, Refusal

_ATTEMPTS = 8
_FIRST_WAIT = 0.2
_BUSY = frozenset({429, 503})


class _Error(msgspec.Struct):
    type: str = ""
    reason: str = ""


class _Result(msgspec.Struct):
    id: str = msgspec.field(name="_id")
    status: int = 0
    error: _Error | None = None


class _Bulk(msgspec.Struct):
    errors: bool
    items: list[dict[str, _Result]] | msgspec.UnsetType = msgspec.UNSET


_encode = msgspec.json.Encoder().encode
_bulk = msgspec.json.Decoder(_Bulk).decode


class ElasticsearchLoader:
    """One load; see `search.loader.Loader` for the methods.

    Args:
        keep: earlier indices that stay for a rollback after the swap.
    """

    def __init__(self, settings: EngineSettings, keep: int = 1) -> None:
        self._client = Client(settings, timeout=max(settings.timeout, 120.0))
        self._alias, self._keep = settings.index, keep
        self._index = f"{settings.index}-{datetime.now(UTC).strftime('%Y%m%dT%H%M%S%fZ').lower()}"
        self._path = "/" + quote(self._index, safe="")

    @staticmethod
    def encode(row: int, item: ContactListItem) -> Document:
        fields = search_fields(item)
        derived = _encode(fields)
        if fields.company_text:
            derived = derived[:-1] + b',"company_text_grams":%b}' % _encode(grams(fields.company_text))
        # The row number as version: a batch that is sent twice changes nothing, and the later row always wins.
        action = b'{"index":{"_id":%b,"version":%d,"version_type":"external"}}' % (_encode(item.uuid), row)
        return Document(row, b'%b\n%b,"search":%b}\n' % (action, _encode(item)[:-1], derived))

    async def start(self) -> None:
        await self._client.json("PUT", self._path, index_body())

    async def write(self, documents: Sequence[Document]) -> list[Refusal]:
        refusals: list[Refusal] = []
        left, wait = list(documents), _FIRST_WAIT
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(wait)
                wait *= 2
            try:
                body = b"".join([document.body for document in left])
                answer = _bulk(await self._client.request("POST", f"{self._path}/_bulk", body, ndjson=True))
            except EngineUnavailable:
                continue
            if not answer.errors:
                return refusals
            left = _sort_out(left, answer, refusals)
            if not left:
                return refusals
        raise EngineUnavailable(f"The contacts engine did not take a batch in {_ATTEMPTS} attempts.")

    async def finish(self) -> int:
        await self._client.request("POST", f"{self._path}/_refresh")
        settings = {"index": {"refresh_interval": None, "number_of_replicas": None}}
        await self._client.json("PUT", f"{self._path}/_settings", settings)
        return int((await self._client.json("GET", f"{self._path}/_count"))["count"])

    async def live_count(self) -> int | None:
        if not await self._live_indices():
            return None
        return int((await self._client.json("GET", f"/{quote(self._alias, safe='')}/_count"))["count"])

    async def swap(self) -> None:
        live = await self._live_indices()
        actions: list[dict[str, Any]] = [{"remove": {"index": name, "alias": self._alias}} for name in live]
        actions.append({"add": {"index": self._index, "alias": self._alias}})
        await self._client.json("POST", "/_aliases", {"actions": actions})
        names = await self._client.json("GET", f"/{quote(self._alias, safe='')}-*/_settings/index.uuid")
        earlier = sorted(name for name in names if name != self._index)
        for name in earlier[: max(0, len(earlier) - self._keep)]:
            await self._client.request("DELETE", "/" + quote(name, safe=""))

    async def abort(self) -> None:
        await self._client.request("DELETE", f"{self._path}?ignore_unavailable=true")

    async def close(self) -> None:
        await self._client.close()

    async def _live_indices(self) -> list[str]:
        """The indices behind the alias: one, or none before the first load."""
        aliases = await self._client.json("GET", "/_alias")
        live = [name for name, entry in aliases.items() if self._alias in entry["aliases"]]
        if self._alias in aliases:
            raise EngineRejected(f"An index is named {self._alias}, as the alias should be; rename or delete it.")
        return live


def _sort_out(sent: list[Document], answer: _Bulk, refusals: list[Refusal]) -> list[Document]:
    """Adds what was refused for good to `refusals`; the documents that are worth sending again."""
    again: list[Document] = []
    results = answer.items if answer.items is not msgspec.UNSET else []
    for document, outcome in zip(sent, results, strict=True):
        result = outcome["index"]
        if result.status in _BUSY:
            again.append(document)
        elif result.status >= 400 and result.status != 409:
            refusals.append(Refusal(document.row, f"refused by the engine: {result.error and result.error.type}"))
    return again
