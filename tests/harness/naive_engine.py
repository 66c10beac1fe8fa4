"""The plainest engine there can be: all contacts in memory, and each of them asked, one by one, whether it matches.

Whole in this file, on `search` and `mappings` only: with a row in `search.engines.ENGINES`, be it as it lies here or
copied to `search/`, it is an engine like the others, which `tests.harness.oracle` holds against its way of matching.
A load has one file in the data directory: the `MAPPING_VERSION`, then the contacts as they came, a line each.
"""

import os
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from mappings import predicates
from mappings.errors import NothingIndexed
from mappings.predicates import ContactFilter, Predicate
from mappings.text import LONGEST_TERM
from search.contact_columns import ContactColumns
from search.cursor import Position
from search.documents import search_fields
from search.engine import Distinct, Engine, EngineSettings, Hit, Page, Summary, check_mapping, page_of
from search.facets import Bucket, Facet, FacetQuery
from search.fields import (
    ALL_FIELDS,
    LONG_MAX,
    LONG_MIN,
    MAPPING_VERSION,
    ORDERS,
    SEARCH_FIELDS,
    ContactCompleteItem,
    Kind,
    complete_json,
    contact_of,
    halves,
)
from search.findings import Finding
from search.loader import Document, Encoder, Holder, Identity, Loader, Refusal, unheard
from search.settings import Setting, whole
from search.shared_loader import SharedLoader
from search.stores import LoadFigures, Store, by_age, destination, left_over, new_stamp

TITLE = "Naive"
WIDTH = 1
OWN_PROCESSES = False
SETTINGS = (
    Setting("CONTACTS_NAIVE_BATCH", "batch", "1000", "contacts in one batch of an unlimited result", whole(1, 10_000)),
)

_ENDING = ".naive"
_PART = ".part"
_decode_lines = msgspec.json.Decoder(ContactCompleteItem).decode_lines

Fields = Mapping[str, Any]
"""Derived fields by name; those that are empty are left out."""

Contact = tuple[str, bytes, Fields]
"""Its uuid, all that can be sent of it, and what is searched."""


class OwnSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How many contacts one batch of a scan has."""

    batch: int = 1000


def open_engine(settings: EngineSettings) -> Engine[Any]:
    """The engine that answers searches."""
    return NaiveEngine(settings)


def open_loader(settings: EngineSettings, keep: int = 1, name: str | None = None) -> Loader:
    """The loader of a fresh file, or of the interrupted load into `name`."""
    return NaiveLoader(settings, keep, name)


def open_updater(settings: EngineSettings) -> Loader | None:
    """None: a load in a file of its own is the only one there is."""
    return None


def open_shared_loader(settings: EngineSettings, keep: int = 1) -> SharedLoader | None:
    """None: its file is on one host."""
    return None


def explain(contact_filter: ContactFilter) -> dict[str, Any]:
    """The filter itself, which is all that it needs."""
    return {"filter": msgspec.to_builtins(contact_filter)}


async def examine(settings: EngineSettings) -> list[Finding]:
    """There is nothing to be said of it."""
    return []


def derived(item: ContactCompleteItem) -> Fields:
    """The derived fields of a contact."""
    fields = search_fields(item)
    return {**msgspec.json.decode(fields.json()), "absent": fields.absent}


def matches(predicate: Predicate, fields: Fields) -> bool:
    """What `mappings.predicates` says of each predicate, in Python."""
    match predicate:
        case predicates.MatchAll():
            return True
        case predicates.Terms(field, values):
            return any(value in values for value in _texts(fields, field))
        case predicates.Exists(field):
            return field not in fields["absent"]
        case predicates.Phrase(field, words):
            return any(f" {words} " in f" {text} " for text in _texts(fields, field))
        case predicates.Substring(field, needle):
            return any(needle in text for text in _texts(fields, field))
        case predicates.Range(field, gte, lte):
            number = fields.get(field)
            return number is not None and _bound(gte, number) <= number <= _bound(lte, number)
        case predicates.All(of):
            return all(matches(part, fields) for part in of)
        case predicates.Any(of):
            return any(matches(part, fields) for part in of)
        case predicates.Not(of):
            return not matches(of, fields)


def _texts(fields: Fields, name: str) -> Sequence[str]:
    value = fields.get(name, ())
    return (value,) if isinstance(value, str) else value


def _bound(bound: int | None, default: int) -> int:
    """A bound as it counts: brought to where numbers are stored."""
    return default if bound is None else max(LONG_MIN, min(LONG_MAX, bound))


def searchable(items: Iterable[ContactCompleteItem]) -> list[Contact]:
    """The contacts of all rows. Of two with the same uuid the later one counts."""
    return [(item.uuid, complete_json(item), derived(item)) for item in {item.uuid: item for item in items}.values()]


def hits_of(contacts: Iterable[Contact], contact_filter: ContactFilter, position: Position | None = None) -> list[Hit]:
    """All that match, or those on one side of `position`, in the order of reading: by value, missing last, and uuid."""
    selection = contact_filter.selection
    selected = [contact for contact in contacts if matches(contact_filter.predicate, contact[-1])]
    if isinstance(selection, predicates.Sample):
        hits = _sampled(selected, selection)
    elif isinstance(selection, predicates.PerCompany):
        hits = _per_company(selected, selection.most)
    else:
        return _ordered(selected, contact_filter.order, position)
    if position is None:
        return hits
    at = next(at for at, hit in enumerate(hits) if hit.uuid == position.uuid)
    return hits[:at][::-1] if position.backward else hits[at + 1 :]


def _sampled(selected: Iterable[Contact], sample: predicates.Sample) -> list[Hit]:
    hits = sorted((Hit(item, fields["shuffle"], uuid) for uuid, item, fields in selected), key=lambda hit: hit.value)
    ahead = [hit for hit in hits if hit.value >= sample.start]
    return [*ahead, *(hit for hit in hits if hit.value < sample.start)][: sample.size]


def _per_company(selected: Iterable[Contact], most: int) -> list[Hit]:
    companies: dict[str, list[tuple[int, int, str, Hit]]] = {}
    alone = []
    for uuid, item, fields in selected:
        key, rank, created = (fields.get(name) for name in ("company_key", "seniority_rank", "created_at"))
        if key is None:
            alone.append(Hit(item, None, uuid))
        else:
            place = (99 if rank is None else rank, LONG_MAX if created is None else -created, uuid)
            companies.setdefault(key, []).append((*place, Hit(item, (key, rank, created), uuid)))
    kept = [hit for key in sorted(companies) for *_, hit in sorted(companies[key], key=lambda each: each[:3])[:most]]
    return [*kept, *sorted(alone, key=lambda hit: hit.uuid)]


def _ordered(selected: Iterable[Contact], order: predicates.Order, position: Position | None) -> list[Hit]:
    key, ascending = order.field, order.ascending
    name = key if ORDERS[key] else f"sort_{key}"
    hits = [Hit(item, fields.get(name), uuid) for uuid, item, fields in selected]
    if position is not None:
        here = Hit(b"", position.value, position.uuid)
        hits = [here, *(hit for hit in hits if (hit.value, hit.uuid) != (here.value, here.uuid))]
    hits.sort(key=lambda hit: hit.uuid)
    hits.sort(key=lambda hit: ((hit.value is None) == ascending, hit.value or 0), reverse=not ascending)
    if position is None:
        return hits
    at = hits.index(here)
    return hits[:at][::-1] if position.backward else hits[at + 1 :]


def values_of(contacts: Iterable[Contact], predicate: Predicate, field: str) -> Counter[str]:
    """How many of the contacts that match have each value of a search field of text."""
    return Counter(value for *_, fields in contacts if matches(predicate, fields) for value in _texts(fields, field))


def facet_of(contacts: Iterable[Contact], query: FacetQuery[ContactFilter]) -> Facet:
    """The contacts of a query's filter, counted by the values of its field."""
    found = [fields for *_, fields in contacts if matches(query.compiled.predicate, fields)]
    valued = [fields for fields in found if query.field in fields]
    buckets: list[tuple[Any, int]]
    if SEARCH_FIELDS[query.field].kind is Kind.NUMBER:
        asked = {bounds: predicates.Range(query.field, *bounds) for bounds in query.ranges}
        buckets = [(bounds, sum(matches(each, fields) for fields in valued)) for bounds, each in asked.items()]
        shown = [fields for fields in valued if any(matches(each, fields) for each in asked.values())]
    else:
        counted = Counter(value for fields in valued for value in _texts(fields, query.field))
        frequent = [(value, number) for value, number in counted.items() if number >= query.least]
        frequent = [(value, number) for value, number in frequent if len(value) <= LONGEST_TERM]
        frequent = [(value, number) for value, number in frequent if all(text in value for text in query.containing)]
        buckets = sorted(frequent, key=lambda bucket: (-bucket[1], bucket[0]))[: query.size]
        named = [value for value in dict.fromkeys(query.values) if value not in dict(buckets)]
        buckets += [(value, counted[value]) for value in named]
        shown = [fields for fields in valued if any(value in _texts(fields, query.field) for value, _ in buckets)]
    return Facet(
        count=len(found),
        missing=len(found) - len(valued),
        other=len(valued) - len(shown),
        buckets=tuple(Bucket(value, number) for value, number in buckets),
    )


class _Files:
    """The files of an alias: one a load, and one with the name of that which is live."""

    def __init__(self, settings: EngineSettings) -> None:
        self.directory, self.index = settings.data_dir, settings.index
        self._pointer = self.directory / f"{self.index}.naive-live"
        self.note = self.directory / f"{self.index}.naive-note"
        self._only = settings.store

    def names(self) -> list[str]:
        return by_age((path.name for path in self.directory.glob(f"*{_ENDING}")), self.index, _ENDING)

    def parts(self) -> list[str]:
        """The names of the files that are not complete."""
        found = by_age((path.name for path in self.directory.glob(f"*{_PART}")), self.index, _PART)
        return [name.removesuffix(_PART) + _ENDING for name in found]

    def live(self) -> list[str]:
        """The name of the live file, or of the one that is to be read; none before the first load."""
        if self._only:
            return [self._only]
        return [self._pointer.read_text()] if self._pointer.exists() else []

    def switch(self, name: str) -> None:
        draft = self._pointer.with_suffix(".draft")
        draft.write_text(name)
        draft.replace(self._pointer)

    def store(self, name: str) -> Store:
        version, contacts = _read(self.directory / name)
        return Store(name, len(contacts), name in self.live(), version)


@lru_cache(maxsize=2)
def _read(path: Path) -> tuple[int, list[Contact]]:
    """The version that the contacts of a complete file were stored with, and they. Such a file never changes."""
    version, _, lines = path.read_bytes().partition(b"\n")
    return int(version), searchable(_decode_lines(lines))


class NaiveEngine:
    """Contacts in memory, those of the live file; see `search.engine.Engine` for the methods."""

    def __init__(self, settings: EngineSettings) -> None:
        self.width = settings.concurrency or WIDTH
        self._files, self._batch = _Files(settings), settings.own_as(OwnSettings).batch

    def compile(self, contact_filter: ContactFilter) -> ContactFilter:
        return contact_filter

    async def search(
        self,
        compiled: ContactFilter,
        limit: int,
        offset: int = 0,
        position: Position | None = None,
        *,
        complete: bool = False,
    ) -> Page:
        hits = self._hits(compiled, position, complete)
        return page_of(hits[offset : offset + limit + 1], limit, offset, position)

    async def scan(
        self, compiled: ContactFilter, offset: int = 0, position: Position | None = None, *, complete: bool = False
    ) -> AsyncGenerator[list[bytes]]:
        hits = self._hits(compiled, position, complete)[offset:]
        if position is not None and position.backward:
            hits.reverse()
        for batch in self._batches(hits):
            yield [hit.item for hit in batch]

    async def count(self, compiled: ContactFilter) -> int:
        return len(self._hits(compiled))

    async def count_many(self, compiled: Sequence[ContactFilter]) -> list[int]:
        return [await self.count(contact_filter) for contact_filter in compiled]

    async def matching(self, compiled: Sequence[ContactFilter], uuids: Sequence[str]) -> list[set[str]]:
        return [{*uuids} & {hit.uuid for hit in self._hits(contact_filter)} for contact_filter in compiled]

    async def summary(
        self,
        compiled: ContactFilter,
        field: str,
        counted: Sequence[ContactFilter] = (),
        facets: Sequence[FacetQuery[ContactFilter]] = (),
    ) -> Summary:
        distinct = Distinct(len(values_of(self._live()[1], compiled.predicate, field)), exact=True)
        return Summary(await self.count_many(counted), distinct, await self.facets(facets))

    async def facets(self, queries: Sequence[FacetQuery[ContactFilter]]) -> list[Facet]:
        return [facet_of(self._live()[1], query) for query in queries]

    async def first_of(self, compiled: Sequence[ContactFilter]) -> list[bytes | None]:
        found = [self._hits(contact_filter, complete=True)[:1] for contact_filter in compiled]
        return [hits[0].item if hits else None for hits in found]

    async def content(self) -> Hashable:
        return self._files.live()[0]

    async def uuids(self, compiled: ContactFilter, limit: int) -> list[str]:
        return [hit.uuid for hit in self._hits(compiled)[:limit]]

    async def scan_uuids(self, compiled: ContactFilter) -> AsyncGenerator[list[str]]:
        for batch in self._batches(self._hits(compiled)):
            yield [hit.uuid for hit in batch]

    async def ready(self) -> None:
        check_mapping(self._live()[0])

    async def store(self) -> Store:
        version, contacts = self._live()
        return Store(self._files.live()[0], len(contacts), live=True, mapping=version)

    async def close(self) -> None:
        """Nothing is held open between calls."""

    def _live(self) -> tuple[int, list[Contact]]:
        for name in self._files.live():
            return _read(self._files.directory / name)
        raise NothingIndexed

    def _hits(self, compiled: ContactFilter, position: Position | None = None, complete: bool = False) -> list[Hit]:
        hits = hits_of(self._live()[1], compiled, position)
        return hits if complete else [Hit(halves(hit.item)[0], hit.value, hit.uuid) for hit in hits]

    def _batches(self, hits: list[Hit]) -> Iterator[list[Hit]]:
        return (hits[at : at + self._batch] for at in range(0, len(hits), self._batch))


class NaiveEncoder:
    """See `search.loader.Encoder`."""

    @staticmethod
    def encode(row: int, contact: ContactCompleteItem, complete: bytes | None = None) -> Document:
        return Document(row, (complete or complete_json(contact)) + b"\n")

    @staticmethod
    def encode_all(rows: Sequence[int], contacts: ContactColumns) -> list[Document]:
        return [Document(row, contact + b"\n") for row, contact in zip(rows, contacts.complete(), strict=True)]


class NaiveLoader:
    """One load; see `search.loader.Loader` for the methods."""

    encoder: ClassVar[type[Encoder]] = NaiveEncoder
    in_place: ClassVar[bool] = False
    in_flight: ClassVar[int] = 1

    def __init__(self, settings: EngineSettings, keep: int = 1, name: str | None = None) -> None:
        self._settings = settings
        self._files, self._keep = _Files(settings), keep
        self.name = name or f"{settings.index}-{new_stamp()}{_ENDING}"
        self._file = settings.data_dir / self.name
        self._part = self._file.with_suffix(_PART)

    def exclusively(self, holder: Holder) -> AbstractAsyncContextManager[None]:
        """Nobody else can be there: the contacts are in the directory that `holder` has to itself."""
        return nullcontext()

    async def clear(self, abandoned: str | None = None) -> list[str]:
        left = {*self._files.parts(), *filter(None, [abandoned])} - {self.name, *self._files.live()}
        for name in left:
            file = self._files.directory / name
            for path in (file, file.with_suffix(_PART)):
                path.unlink(missing_ok=True)
        return sorted(left)

    async def base(self) -> int:
        return 0

    async def start(self, contacts: int = 0) -> None:
        self._files.directory.mkdir(parents=True, exist_ok=True)
        self._part.write_text(f"{MAPPING_VERSION}\n")

    async def resume(self, mark: str) -> None:
        if not self._file.exists():
            await self.start() if not mark else os.truncate(self._part, int(mark))

    async def write(self, documents: Sequence[Document]) -> list[Refusal]:
        with self._part.open("ab") as stream:
            stream.writelines(document.body for document in documents)
        return []

    async def mark(self) -> str:
        return str(self._part.stat().st_size)

    async def finish(self, figures: LoadFigures | None = None) -> int:
        if not self._file.exists():
            self._part.rename(self._file)
        return self._files.store(self.name).contacts

    async def merge(self, seconds: float) -> bool:
        """Nothing to do: a line is a line."""
        return True

    def reader(self) -> Engine[Any]:
        return NaiveEngine(msgspec.structs.replace(self._settings, store=self.name))

    async def noted(self) -> bytes:
        return self._files.note.read_bytes() if self._files.note.exists() else b""

    async def note(self, change: Callable[[bytes], bytes]) -> None:
        noted = change(await self.noted())
        self._files.directory.mkdir(parents=True, exist_ok=True)
        self._files.note.write_bytes(noted)

    async def live(self) -> Store | None:
        return next((store for store in await self.stores() if store.live), None)

    async def swap(self, stage: Callable[[str], None] = unheard) -> None:
        before = self._files.live()
        self._files.switch(self.name)
        for name in left_over(self._files.names(), self.name, before, self._keep):
            (self._files.directory / name).unlink()

    async def abort(self) -> None:
        self._part.unlink(missing_ok=True)
        self._file.unlink(missing_ok=True)

    async def identities(self) -> AsyncGenerator[list[Identity]]:
        if contacts := self._live_contacts():
            yield [msgspec.json.decode(complete_json(contact), type=Identity) for contact in contacts]

    async def contacts(self, uuids: Sequence[str]) -> dict[str, ContactCompleteItem]:
        return {contact.uuid: contact for contact in self._live_contacts() if contact.uuid in uuids}

    async def filled(self) -> dict[str, int]:
        absent = [search_fields(contact).absent for contact in self._live_contacts()]
        names = [name for name in ALL_FIELDS if name != "uuid"] if self._files.live() else []
        return {name: sum(name not in each for each in absent) for name in names}

    def _live_contacts(self) -> list[ContactCompleteItem]:
        stored = [_read(self._files.directory / name)[1] for name in self._files.live()]
        return [contact_of(json) for contacts in stored for _, json, _ in contacts]

    async def stores(self) -> list[Store]:
        return [self._files.store(name) for name in self._files.names()]

    async def rollback(self, name: str | None = None) -> Store:
        name = destination(self._files.names(), self._files.live(), name)
        self._files.switch(name)
        return self._files.store(name)

    async def close(self) -> None:
        """Nothing is held open between calls."""
