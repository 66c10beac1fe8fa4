"""The loads of an alias: how they are named, which of them a swap removes, and where a rollback goes.

Each load has a store of its own, an index or a file. An engine knows how to list its complete stores, how to delete
one and how to make one live; what becomes of which is decided here, by names alone, so that a store that can't be
read any more stands in nobody's way. A name ends with the time at which its load began: names sort by age.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from mappings.errors import NoSuchLoad, shorten
from search.fields import MAPPING_VERSION

_STAMP = re.compile(r"-(\d{8}T\d{12}Z)(?:\.|$)")


class Spread(msgspec.Struct, frozen=True):
    """How a store is spread over the nodes of a cluster.

    Attributes:
        shards: its parts.
        nodes: those that have any of them.
        copies: of all shards together, those that can answer.
        missing: copies that there should be, and are not.
        lost: shards of which no copy can answer.
    """

    shards: int
    nodes: int
    copies: int
    missing: int = 0
    lost: int = 0

    def __str__(self) -> str:
        lost = f" ({self.lost} lost)" if self.lost else ""
        missing = f" ({self.missing} missing)" if self.missing else ""
        return f"shards {self.shards}{lost}, copies {self.copies}{missing}, nodes {self.nodes}"


class LoadFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What a load came to, as its store says itself: that of the last load into it.

    Attributes:
        finished_at: when all its contacts were in the store: ISO 8601, in UTC.
        rows: of its sources. They became contacts, or were `repeated` or `rejected`.
        repaired: values that could not be read, and are null.
        filled: field → how many contacts of the store have it, those of earlier loads too.
    """

    finished_at: str
    rows: int
    repeated: int
    rejected: int
    repaired: int
    filled: dict[str, int] = {}


class Store(msgspec.Struct, frozen=True):
    """One complete store of contacts: an index, or a file.

    Attributes:
        contacts: how many; 0 if it can't be read.
        mapping: the `MAPPING_VERSION` it was made with; 0 if it does not say.
        trouble: why it can't be read, where that is so.
        spread: over a cluster, where that was asked.
        figures: of its load, where that was asked and the store says it.
    """

    name: str
    contacts: int
    live: bool
    mapping: int = MAPPING_VERSION
    trouble: str | None = None
    spread: Spread | None = None
    figures: LoadFigures | None = None

    @property
    def outdated(self) -> bool:
        """It was made by another version of this software, which derived or stored something else."""
        return self.mapping != MAPPING_VERSION


def new_stamp() -> str:
    """The end of a new store's name, behind the alias and a hyphen: `20260131T120000000000Z`, to the microsecond."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def began_at(name: str) -> datetime | None:
    """When the load began that the store `name` is of, in UTC; `None` for a store that was never a load."""
    stamp = _STAMP.search(name.upper())
    try:
        return None if stamp is None else datetime.strptime(stamp[1], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def by_age(names: Iterable[str], alias: str, ending: str = "") -> list[str]:
    """Those of `names` that are of a load of `alias`, the oldest first.

    Args:
        ending: what stands behind the stamp, whose letters may be small ones.
    """
    of_alias = re.compile(rf"{re.escape(alias)}-\d{{8}}[Tt]\d{{12}}[Zz]{re.escape(ending)}")
    return sorted(name for name in names if of_alias.fullmatch(name))


def left_over(names: Sequence[str], new: str, before: Collection[str], keep: int) -> list[str]:
    """What a swap to `new` removes: all other complete stores but `keep`.

    Those that were live until now are kept first, since they are what a rollback is for; then the newest.

    Args:
        names: of all complete stores, the oldest first.
        before: what was live before the swap.
    """
    others = [name for name in reversed(names) if name != new]
    others.sort(key=lambda name: name not in before)
    return others[keep:]


def destination(names: Sequence[str], live: Collection[str], named: str | None = None) -> str:
    """Where a rollback goes: the newest complete store that is older than what is live; or the one that is `named`.

    Args:
        names: of all complete stores, the oldest first.

    Raises:
        NoSuchLoad: there is none.
    """
    if named is not None:
        if named not in names:
            raise NoSuchLoad(f"no load that is kept is called {shorten(named)}")
        return named
    older = [name for name in names if live and name < min(live)]
    if not older:
        raise NoSuchLoad("there is no earlier load to go back to")
    return older[-1]
