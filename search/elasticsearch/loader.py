"""Loads contacts into a fresh Elasticsearch index by bulk requests, and points the alias at it in one call."""

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar

import msgspec

from mappings.errors import EngineRejected, EngineUnavailable, NothingIndexed, Superseded
from search.elasticsearch.client import Client
from search.elasticsearch.encoder import ElasticsearchEncoder
from search.elasticsearch.engine import ElasticsearchEngine
from search.elasticsearch.indices import Indices, new_name, path_of, plan_name
from search.elasticsearch.live_contacts import LiveContacts
from search.elasticsearch.lock import LoadLock
from search.elasticsearch.merging import merge
from search.elasticsearch.notes import Notes
from search.elasticsearch.patience import BUSY, PATIENCE, patiently
from search.elasticsearch.schema import index_body
from search.elasticsearch.settings import ElasticsearchSettings
from search.elasticsearch.spread import shards_for, wait_for_copies
from search.elasticsearch.trouble import SECURITY, BulkError
from search.engine import Engine, EngineSettings, check_mapping
from search.fields import ContactCompleteItem
from search.loader import Document, Encoder, Holder, Identity, Refusal, unheard
from search.stores import LoadFigures, Store, left_over

_CONFLICT = "version_conflict_engine_exception"
_BULK = "/_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason"


class _Result(msgspec.Struct):
    status: int = 0
    error: BulkError | None = None


class _Taken(msgspec.Struct):
    errors: bool


class _Bulk(_Taken):
    items: list[dict[str, _Result]] = []


_ROW_BITS = 40
"""The lower bits of the version of a document that an update wrote: the number of its row."""

_GENERATIONS = 1 << 63 - _ROW_BITS
"""So many updates can be told apart."""


class _Index(msgspec.Struct):
    id: str = msgspec.field(name="_id")


class _Action(msgspec.Struct):
    index: _Index


_taken, _bulk = msgspec.json.Decoder(_Taken).decode, msgspec.json.Decoder(_Bulk).decode
_action = msgspec.json.Decoder(_Action).decode


class ElasticsearchLoader:
    """One load; see `search.loader.Loader` for the methods.

    Args:
        keep: earlier indices that stay for a rollback after the swap.
        name: the index of an interrupted load, to `resume` it; a new one by default.
    """

    encoder: ClassVar[type[Encoder]] = ElasticsearchEncoder
    in_place: ClassVar[bool] = False
    in_flight: ClassVar[int] = 3
    _bulk: ClassVar[str] = _BULK

    def __init__(self, settings: EngineSettings, keep: int = 1, name: str | None = None) -> None:
        self._settings = settings
        self._cluster = settings.own_as(ElasticsearchSettings)
        self._client = Client(settings, timeout=max(settings.timeout, 120.0))
        self._indices = Indices(self._client, settings.index)
        self._notes = Notes(self._client, settings.index)
        self._live = LiveContacts(settings)
        self._lock = LoadLock(settings)
        self._keep = keep
        self.name = name or new_name(settings.index)
        self._path = path_of(self.name)

    @property
    def _written(self) -> str:
        """The path of what documents are written into."""
        return self._path

    def exclusively(self, holder: Holder) -> AbstractAsyncContextManager[None]:
        return self._lock.held(holder)

    async def clear(self, abandoned: str | None = None) -> list[str]:
        kept = {self.name, *await self._indices.live()}
        left = sorted({*await self._indices.incomplete(), *filter(None, [abandoned])} - kept)
        for name in left:
            await self._indices.remove(name)
        for name in await self._indices.planned():
            if name != self.name:
                await self._indices.remove(plan_name(name))
        return left

    async def base(self) -> int:
        return 0

    async def start(self, contacts: int = 0) -> None:
        shards = self._cluster.shards or shards_for(contacts, await patiently(self._lock.nodes))
        body = index_body(shards) | self._beside()
        body["settings"]["index"] |= self._filling()
        try:
            await patiently(lambda: self._client.json("PUT", self._path, body))
        except EngineRejected:
            # It is there already if an answer was lost: no other load has an index of this name.
            if not await self._indices.exists(self.name):
                raise

    def _beside(self) -> dict[str, Any]:
        """What else the index begins with."""
        return {}

    def _filling(self) -> dict[str, Any]:
        """The setting for copies while the index is being filled.

        Without one, a node that is lost would take with it what was acknowledged, and the load could not be gone on
        with. One is enough for that; further ones are copied, which costs less than to index as often.
        """
        if self._cluster.replicas is None:
            return {"auto_expand_replicas": "0-1"}
        return {"number_of_replicas": min(self._cluster.replicas, 1)}

    async def resume(self, mark: str) -> None:
        # What is in the index is known by its versions; but it must be the one that was being filled.
        if await self._indices.exists(self.name):
            return
        if mark:
            raise Superseded(
                f"the index {self.name} of the interrupted load is gone; another load has removed it: load anew "
                "without --resume"
            )
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
                raise EngineUnavailable(
                    f"The contacts engine was too busy for {PATIENCE:.0f} s, or had no node for a part of the index."
                )

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
        answered = await self._client.request("POST", self._written + self._bulk, body, ndjson=True)
        if not _taken(answered).errors:
            # As nearly always: what became of each document is not looked at.
            return []
        answer = _bulk(answered)
        for outcome in answer.items:
            if (error := outcome["index"].error) is not None:
                self._check_error(error)
        sorted_out = _sort_out(documents, answer, refusals)
        await self._check_newer(sorted_out.newer)
        return sorted_out.busy

    def _check_error(self, error: BulkError) -> None:
        """Raises what ends the load, where it is not one document alone that is wrong."""
        if error.type == SECURITY:
            raise self._client.denied(error.reason)

    async def _check_newer(self, newer: list[Document]) -> None:
        """What takes the place of these in a fresh index is of this load: an earlier try, or a later row."""

    async def mark(self) -> str:
        return self.name

    async def finish(self, figures: LoadFigures | None = None) -> int:
        settings = {"index": {"refresh_interval": None}}
        await patiently(lambda: self._indices.refresh(self.name))
        await patiently(lambda: self._client.json("PUT", f"{self._path}/_settings", settings))
        count = await patiently(lambda: self._indices.count(self.name))
        await patiently(lambda: self._indices.mark_complete(self.name, figures))
        return count

    async def merge(self, seconds: float) -> bool:
        return await merge(self._client, self._path, seconds)

    def reader(self) -> Engine[Any]:
        return ElasticsearchEngine(msgspec.structs.replace(self._settings, store=self.name))

    async def noted(self) -> bytes:
        return await patiently(self._notes.read)

    async def note(self, change: Callable[[bytes], bytes]) -> None:
        await patiently(lambda: self._notes.change(change))

    async def live(self) -> Store | None:
        return await patiently(self._indices.live_store)

    async def swap(self, stage: Callable[[str], None] = unheard) -> None:
        if self._cluster.replicas is not None:
            settings = {"index": {"number_of_replicas": self._cluster.replicas}}
            await patiently(lambda: self._client.json("PUT", f"{self._path}/_settings", settings))
        await patiently(lambda: wait_for_copies(self._client, self._path, self._lock.nodes, stage))
        before = await patiently(self._indices.live)
        await self._lock.confirm()
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

    async def rollback(self, name: str | None = None) -> Store:
        return await self._indices.rollback(name)

    async def close(self) -> None:
        for part in (self._client, self._live, self._lock):
            await part.close()


class ElasticsearchUpdater(ElasticsearchLoader):
    """Puts documents into the live index itself, whole: `_update` would drop the fields that `_source` leaves out.

    There is nothing to swap and nothing to abort. A document's version says of which update it is, in its upper bits,
    and of which row: each update has a number above those of all others, and of all that is in the index.
    """

    in_place: ClassVar[bool] = True
    # Should the alias go, the server must not make an index of its name.
    _bulk: ClassVar[str] = f"{_BULK}&require_alias=true"

    def __init__(self, settings: EngineSettings, keep: int = 0, name: str | None = None) -> None:
        super().__init__(settings, keep, name or settings.index)
        self._into = ""

    async def base(self) -> int:
        await self._live_store()
        await patiently(lambda: self._indices.refresh(self.name))
        used = await patiently(self._indices.highest_version) >> _ROW_BITS
        if used + 1 >= _GENERATIONS:
            raise EngineRejected("The versions of these contacts are used up; load them anew without --update.")
        return await self._lock.next_generation(used) << _ROW_BITS

    async def start(self, contacts: int = 0) -> None:  # noqa: ARG002
        self._into = (await self._live_store()).name
        await patiently(self._indices.mark_updating)

    async def _live_store(self) -> Store:
        live = await self.live()
        if live is None:
            raise NothingIndexed(
                "There are no contacts to update; load them without --update first.", "load some without --update first"
            )
        check_mapping(live.mapping)
        return live

    async def resume(self, mark: str) -> None:
        await self.start()
        if mark not in ("", self._into):
            raise Superseded(
                f"{self._into} is live now, and not {mark}, into which the interrupted update went; repeat it without "
                "--resume"
            )

    async def mark(self) -> str:
        return self._into

    async def _check_newer(self, newer: list[Document]) -> None:
        """Whether all these have given way to this update itself, to an earlier try or a later row."""
        if not newer:
            return
        by_uuid = {_uuid(document): document.row for document in newer}
        versions = await patiently(lambda: self._indices.versions(self.name, list(by_uuid)))
        others = sum(versions.get(uuid, 0) >> _ROW_BITS != row >> _ROW_BITS for uuid, row in by_uuid.items())
        if others:
            raise Superseded(
                f"another update has written contacts of this one since it began ({others:,} of {len(newer):,} in one "
                "batch); repeat this one without --resume"
            )

    async def finish(self, figures: LoadFigures | None = None) -> int:
        await patiently(lambda: self._indices.refresh(self.name))
        await patiently(lambda: self._indices.mark_updated(figures))
        return await patiently(lambda: self._indices.count(self.name))

    async def merge(self, seconds: float) -> bool:  # noqa: ARG002
        """Nothing to do: the server merges a live index by itself, as its contacts change."""
        return True

    async def swap(self, stage: Callable[[str], None] = unheard) -> None:
        """Nothing to do: readers see each document as it is written."""

    async def abort(self) -> None:
        """Nothing to do: what has been written is whole contacts, and right."""


class _SortedOut(msgspec.Struct, frozen=True):
    """Documents that were not taken: the server was too `busy`, or has one of the same contact that is as new."""

    busy: list[Document] = []
    newer: list[Document] = []


def _sort_out(sent: list[Document], answer: _Bulk, refusals: list[Refusal]) -> _SortedOut:
    """What became of the documents; those that were refused for good go to `refusals`."""
    sorted_out = _SortedOut()
    for document, outcome in zip(sent, answer.items, strict=True):
        result = outcome["index"]
        error = result.error.type if result.error else ""
        if result.status in BUSY:
            sorted_out.busy.append(document)
        elif error == _CONFLICT:
            sorted_out.newer.append(document)
        elif result.status >= 400:
            refusals.append(Refusal(document.row, f"refused by the engine: {error}"))
    return sorted_out


def _uuid(document: Document) -> str:
    return _action(document.body.partition(b"\n")[0]).index.id
