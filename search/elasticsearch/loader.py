"""Loads contacts into a fresh Elasticsearch index by bulk requests, and points the alias at it in one call."""

from collections.abc import AsyncGenerator, Callable, Collection, Hashable, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, ClassVar

import msgspec

from mappings.errors import EngineRejected, EngineUnavailable, NothingIndexed
from search.derivation import REMEMBERED_BYTES, characters
from search.documents import search_fields
from search.elasticsearch.client import Client
from search.elasticsearch.indices import Indices, new_name, path_of
from search.elasticsearch.live_contacts import LiveContacts
from search.elasticsearch.patience import PATIENCE, patiently
from search.elasticsearch.schema import MORE, NAMES, grams, index_body
from search.engine import EngineSettings, check_mapping
from search.fields import SEARCH_FIELDS, ContactCompleteItem, complete_json, halves
from search.kinds import DerivedValue
from search.loader import Document, Identity, Refusal
from search.memo import Memo
from search.stores import Store, left_over

_BUSY = frozenset({429, 502, 503, 504})
_CONFLICT = 409
_BULK = "/_bulk?filter_path=errors,items.*.status,items.*.error.type"


class _Error(msgspec.Struct):
    type: str = ""


class _Result(msgspec.Struct):
    status: int = 0
    error: _Error | None = None


class _Bulk(msgspec.Struct):
    errors: bool
    items: list[dict[str, _Result]] = []


_DOCUMENT = b'{"index":{"_id":%b,"version":%d,"version_type":"external"}}\n%b%b,"search":{"absent":%b%b%b}}\n'
"""Two lines of a bulk request: the action, then the item with two more fields of its own: its further fields, if it
has any, as a text, and the derived fields."""

_ENTRY_BYTES = 256
"""About what a name, its member of a document and their place in the memory hold beside their letters."""

_encode = msgspec.json.Encoder().encode
_bulk = msgspec.json.Decoder(_Bulk).decode


def _grams(name: str, make: Callable[..., DerivedValue], value: Any) -> bytes:
    """The member of a document with the trigrams of a field's text, or of each of its texts; nothing without text."""
    text = make(value)
    if not text:
        return b""
    tokens = [grams(each) for each in text] if isinstance(text, tuple) else grams(str(text))
    return b',"%b_grams":%b' % (name.encode(), _encode(tokens))


def _weight(text: Hashable, member: bytes) -> int:
    return _ENTRY_BYTES + characters(text) + len(member)


_TRIGRAMS = [
    (
        Memo(partial(_grams, name, SEARCH_FIELDS[name].make), _weight, REMEMBERED_BYTES).__getitem__,
        attrgetter(*SEARCH_FIELDS[name].of),
    )
    for name in NAMES
]
"""Of each field that has trigrams beside it: how they are made, and of what of a contact."""


class ElasticsearchLoader:
    """One load; see `search.loader.Loader` for the methods.

    Args:
        keep: earlier indices that stay for a rollback after the swap.
        name: the index of an interrupted load, to `resume` it; a new one by default.
    """

    in_place: ClassVar[bool] = False
    in_flight: ClassVar[int] = 3

    def __init__(self, settings: EngineSettings, keep: int = 1, name: str | None = None) -> None:
        self._client = Client(settings, timeout=max(settings.timeout, 120.0))
        self._indices = Indices(self._client, settings.index)
        self._live = LiveContacts(settings)
        self._keep = keep
        self.name = name or new_name(settings.index)
        self._path = path_of(self.name)

    @staticmethod
    def encode(row: int, contact: ContactCompleteItem, complete: bytes | None = None) -> Document:
        item, more = halves(complete or complete_json(contact))
        fields = search_fields(contact)
        parts = (
            _encode(contact.uuid),
            # As version: a batch that is sent twice changes nothing, and the later row always wins.
            row,
            item[:-1],
            b',"%b":%b' % (MORE.encode(), _encode(more.decode())) if more else b"",
            _encode(fields.absent),
            b"".join([make(of(contact)) for make, of in _TRIGRAMS]),
            fields.members,
        )
        return Document(row, _DOCUMENT % parts)

    async def start(self) -> None:
        await self._client.json("PUT", self._path, index_body())

    async def resume(self, mark: str) -> None:  # noqa: ARG002 - what is in the index is known by its versions
        if self.name not in await self._client.json("GET", "/_alias"):
            await self.start()

    async def write(self, documents: Sequence[Document]) -> list[Refusal]:
        if not documents:
            # All rows of the batch were rejected before; the server takes no empty request.
            return []
        refusals: list[Refusal] = []
        left = list(documents)

        async def send() -> None:
            nonlocal left
            left = await self._send(left, refusals)
            if left:
                raise EngineUnavailable(f"The contacts engine was too busy for {PATIENCE:.0f} s.")

        try:
            await patiently(send)
        except EngineRejected:
            # Too large, or broken in a way that the server tells of the whole only: the half without it will pass.
            if len(left) == 1:
                return [*refusals, Refusal(left[0].row, "refused by the engine: the document as a whole")]
            middle = len(left) // 2
            return [*refusals, *await self.write(left[:middle]), *await self.write(left[middle:])]
        return refusals

    async def _send(self, documents: list[Document], refusals: list[Refusal]) -> list[Document]:
        """One request; adds what was refused for good to `refusals`, returns what is worth sending again."""
        body = b"".join([document.body for document in documents])
        answer = _bulk(await self._client.request("POST", self._path + _BULK, body, ndjson=True))
        return _sort_out(documents, answer, refusals) if answer.errors else []

    async def mark(self) -> str:
        return ""

    async def finish(self) -> int:
        settings = {"index": {"refresh_interval": None, "number_of_replicas": None}}
        await patiently(lambda: self._client.request("POST", f"{self._path}/_refresh"))
        await patiently(lambda: self._client.json("PUT", f"{self._path}/_settings", settings))
        count = await patiently(lambda: self._indices.count(self.name))
        await patiently(lambda: self._indices.mark_complete(self.name))
        return count

    async def live(self) -> Store | None:
        return await self._indices.live_store()

    async def swap(self) -> None:
        before = await patiently(self._indices.live)
        await patiently(lambda: self._indices.switch(self.name))
        await patiently(lambda: self._prune(before))

    async def _prune(self, before: Collection[str]) -> None:
        for name in left_over(list(await self._indices.complete()), self.name, before, self._keep):
            await self._indices.remove(name)

    async def abort(self) -> None:
        await self._indices.remove(self.name)

    def identities(self) -> AsyncGenerator[list[Identity]]:
        return self._live.identities()

    async def contacts(self, uuids: Sequence[str]) -> dict[str, ContactCompleteItem]:
        return await self._live.contacts(uuids)

    async def filled(self) -> dict[str, int]:
        return await self._live.filled()

    async def stores(self) -> list[Store]:
        return await self._indices.stores()

    async def rollback(self) -> Store:
        return await self._indices.rollback()

    async def close(self) -> None:
        await self._client.close()
        await self._live.close()


class ElasticsearchUpdater(ElasticsearchLoader):
    """Puts documents into the live index itself, whole: `_update` would drop the fields that `_source` leaves out.

    Their versions must be higher than those of all earlier loads. There is nothing to swap and nothing to abort.
    """

    in_place: ClassVar[bool] = True

    def __init__(self, settings: EngineSettings, keep: int = 0, name: str | None = None) -> None:
        super().__init__(settings, keep, name or settings.index)

    async def start(self) -> None:
        live = await self.live()
        if live is None:
            raise NothingIndexed(
                "There are no contacts to update; load them without --update first.", "load some without --update first"
            )
        check_mapping(live.mapping)

    async def resume(self, mark: str) -> None:  # noqa: ARG002
        await self.start()

    async def finish(self) -> int:
        await patiently(lambda: self._client.request("POST", f"{self._path}/_refresh"))
        return await patiently(lambda: self._indices.count(self.name))

    async def swap(self) -> None:
        """Nothing to do: readers see each document as it is written."""

    async def abort(self) -> None:
        """Nothing to do: what has been written is whole contacts, and right."""


def _sort_out(sent: list[Document], answer: _Bulk, refusals: list[Refusal]) -> list[Document]:
    """Adds what was refused for good to `refusals`; the documents that are worth sending again."""
    again: list[Document] = []
    for document, outcome in zip(sent, answer.items, strict=True):
        result = outcome["index"]
        if result.status in _BUSY:
            again.append(document)
        # A conflict is a document that is there already, from an earlier try or from a later row.
        elif result.status >= 400 and result.status != _CONFLICT:
            refusals.append(Refusal(document.row, f"refused by the engine: {result.error and result.error.type}"))
    return again
