"""What an engine is: it compiles a filter once, then answers searches, counts, uuids and scans of it.

`api/` and the command line know engines through this protocol only; `search.engines` picks one by its name in the
settings. All engines give the same answers to the same contacts, byte for byte.
"""

from collections.abc import AsyncGenerator, Hashable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from mappings.errors import EngineUnavailable
from mappings.predicates import ContactFilter
from search.cursor import Position, Value
from search.facets import Facet, FacetQuery
from search.fields import MAPPING_VERSION
from search.stores import Store

SCAN_BATCH = 1000
"""Hits in one batch of a scan: large enough to keep the engine busy, small enough to hold a few of in memory."""


Own = TypeVar("Own", bound=msgspec.Struct)


class EngineSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which engine, where its contacts are, and the bounds of its work: what all engines share.

    Attributes:
        engine: a name in `search.engines`; `None` is the default there.
        data_dir: directory of the files that an engine keeps on this machine, and of the job's state.
        index: the alias that readers use.
        store: the one store of the alias that an engine is to read, by its name; `None` is the live one.
        timeout: seconds that a call of the engine may take or, where it walks through many contacts (a scan, a far
            offset), one step of it. It is for callers without a deadline of their own: the service's requests end
            when theirs has passed, and with them what they asked of the engine.
        concurrency: calls that the engine works on at once; `None` is what it says it does well.
        own: the settings that only this engine has, an `OwnSettings` of its module; `None` are their defaults.
    """

    engine: str | None = None
    data_dir: Path = Path("data")
    index: str = "contacts"
    store: str | None = None
    timeout: float = 30.0
    concurrency: int | None = None
    own: msgspec.Struct | None = None

    def own_as(self, kind: type[Own]) -> Own:
        """`own`, which is of `kind`; its defaults where there is none."""
        if self.own is None:
            return kind()
        assert isinstance(self.own, kind), f"settings of another engine: {type(self.own).__name__}"
        return self.own


class Hit(msgspec.Struct, frozen=True):
    """One contact of a result as bytes, its stored item or all of it, and where it stands in the order."""

    item: bytes
    value: Value
    uuid: str


class Distinct(msgspec.Struct, frozen=True):
    """How many different values there are, and whether that is no estimate."""

    count: int
    exact: bool


class Summary(msgspec.Struct, frozen=True):
    """What some contacts are: the answers to what `Engine.summary` is asked."""

    counts: list[int]
    distinct: Distinct
    facets: list[Facet]


class Page(msgspec.Struct, frozen=True):
    """Items in order, and the positions of the neighbouring pages; `None` at the ends."""

    items: list[bytes]
    next: Position | None = None
    previous: Position | None = None


Compiled = TypeVar("Compiled")
"""An engine's own form of a filter. It is immutable and may be kept for as long as the process lives."""


class Engine(Protocol[Compiled]):
    """One store of contacts. All methods raise `EngineError` when the store can't answer.

    Contacts come as JSON that nothing decodes on its way: each as its item (`item_json` in `search.fields`), or, for
    who asks for them `complete`, with all further fields (`complete_json`), nulls where the store knows of none.

    Attributes:
        width: calls that it works on at once: `EngineSettings.concurrency` or, where that is `None`, as many as it
            does well. More would only wait inside, out of reach of fair turns; so whoever has many callers lets no
            more of them in.
    """

    width: int

    def compile(self, contact_filter: ContactFilter) -> Compiled:
        """The engine's form of a filter: all work that does not depend on the data, done once.

        As an attribute it is a function of a module, so that another process can do that work and send its result.
        """

    async def search(
        self,
        compiled: Compiled,
        limit: int,
        offset: int = 0,
        position: Position | None = None,
        *,
        complete: bool = False,
    ) -> Page:
        """At most `limit` items (1 or more) after `offset`, or beside `position`. Any offset works."""

    def scan(
        self, compiled: Compiled, offset: int = 0, position: Position | None = None, *, complete: bool = False
    ) -> AsyncGenerator[list[bytes]]:
        """All items from there on, in order, in batches of a bounded number of items; unless `position` is
        backward, no more than a few of them are held."""

    async def count(self, compiled: Compiled) -> int:
        """How many contacts match, exactly."""

    async def count_many(self, compiled: Sequence[Compiled]) -> list[int]:
        """How many contacts match each of several filters, in one round trip. Their orders play no part."""

    async def matching(self, compiled: Sequence[Compiled], uuids: Sequence[str]) -> list[set[str]]:
        """Of each of several filters which of these contacts, a page at most, it finds, in one round trip."""

    async def summary(
        self,
        compiled: Compiled,
        field: str,
        counted: Sequence[Compiled] = (),
        facets: Sequence[FacetQuery[Compiled]] = (),
    ) -> Summary:
        """How many different values of a search field the matching contacts have, with `count_many` and `facets` of
        what belongs to that: the store is asked all of it together.

        Who has no value is not counted. The field is text, of which a contact has one value, and has a facet or an
        order by the same value, as `company_key` has.
        """

    async def facets(self, queries: Sequence[FacetQuery[Compiled]]) -> list[Facet]:
        """The answer to each of the queries, which the store is asked together. Their orders play no part."""

    async def first_of(self, compiled: Sequence[Compiled]) -> list[bytes | None]:
        """The first contact of each of several filters, complete, in its order; `None` where there is none."""

    async def content(self) -> Hashable:
        """What the live contacts are: as long as that is the same so are they. `None` while they may be changing."""

    async def uuids(self, compiled: Compiled, limit: int) -> list[str]:
        """The uuids of the first `limit` contacts, in order."""

    def scan_uuids(self, compiled: Compiled) -> AsyncGenerator[list[str]]:
        """All uuids, in any order, in batches."""

    async def ready(self) -> None:
        """Return when the engine answers and has contacts of our `MAPPING_VERSION`.

        Raises:
            EngineUnavailable: it does not, and what to do.
        """

    async def store(self) -> Store:
        """The live contacts: how many, in which store, of which version. Raises as `ready`, but for the version."""

    async def close(self) -> None:
        """Give back all connections, threads and files. The engine is not used again."""


def check_mapping(version: int) -> None:
    """Raises `EngineUnavailable` if contacts were loaded with another `MAPPING_VERSION` than ours."""
    if version != MAPPING_VERSION:
        raise EngineUnavailable(
            "The contacts were loaded by another version of this software; run `contacts index rebuild`."
        )


def page_of(hits: list[Hit], limit: int, offset: int, position: Position | None) -> Page:
    """The page in `hits`, which were read in reading direction and one beyond `limit`, to look ahead."""
    backward = position is not None and position.backward
    more, hits = len(hits) > limit, hits[:limit]
    if not hits:
        return Page([])
    if backward:
        hits.reverse()
    first, last = hits[0], hits[-1]
    has_next = backward or more
    has_previous = more if backward else position is not None or offset > 0
    return Page(
        items=[hit.item for hit in hits],
        next=Position(last.value, last.uuid) if has_next else None,
        previous=Position(first.value, first.uuid, backward=True) if has_previous else None,
    )
