"""Golden URLs: searches whose counts are known, which every load is held against before it goes live.

They are noted where the contacts live (`Loader.noted`), so that a load from any host knows them. With each the counts
of its parameters are kept, which tell afterwards what made the difference.
"""

import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from indexing.guard import LoadRefused
from indexing.request import Limits
from mappings.contact_filter import map_url
from mappings.counting import countable
from mappings.errors import InvalidInput, NotFound
from mappings.fingerprint import fingerprint_of
from mappings.predicates import ContactFilter
from mappings.url import ApolloUrl, parse
from search.engine import Engine

TOLERANCE = 0.2
"""By what share of its count a golden URL may be off where nobody says otherwise."""

_SHOWN_URLS = 3
_SHOWN_PARAMETERS = 5

_log = logging.getLogger(__name__)


class Found(msgspec.Struct, frozen=True):
    """What a URL finds.

    Attributes:
        count: contacts.
        parameters: name → contacts that it finds on its own; of an exclusion those that it leaves out.
    """

    count: int
    parameters: dict[str, int] = {}


class GoldenUrl(msgspec.Struct, frozen=True, kw_only=True):
    """A URL, and what it found when it was added.

    Attributes:
        tolerance: the share of that count by which another may be off.
        added_at: ISO 8601, in UTC.
    """

    name: str
    url: str
    tolerance: float = TOLERANCE
    added_at: str
    found: Found

    def allows(self, count: int) -> bool:
        """Whether a load may find so many."""
        return abs(count - self.found.count) <= self.tolerance * self.found.count


class Checked(msgspec.Struct, frozen=True):
    """A golden URL, and what it finds now; `trouble` is why it can't be counted any longer."""

    golden: GoldenUrl
    found: Found | None = None
    trouble: str | None = None

    @property
    def off(self) -> bool:
        """It finds too many or too few, or can't be counted."""
        return self.found is None or not self.golden.allows(self.found.count)


_decode = msgspec.json.Decoder(tuple[GoldenUrl, ...]).decode


def decoded(note: bytes) -> tuple[GoldenUrl, ...]:
    """The golden URLs in what is noted beside the loads, in the order in which they were added."""
    return _decode(note) if note else ()


def encoded(golden: Iterable[GoldenUrl]) -> bytes:
    """What is noted of them."""
    return msgspec.json.encode(tuple(golden))


def with_golden(golden: Sequence[GoldenUrl], added: GoldenUrl) -> list[GoldenUrl]:
    """All of them and `added`, which takes the place of another of its name."""
    return [*(each for each in golden if each.name != added.name), added]


def without_golden(golden: Sequence[GoldenUrl], name: str) -> list[GoldenUrl]:
    """All of them but that of this name. Raises `NotFound`."""
    left = [each for each in golden if each.name != name]
    if len(left) == len(golden):
        raise NotFound(f"there is no golden URL {name!r}; `contacts golden list` has them")
    return left


def name_of(url: ApolloUrl) -> str:
    """What a URL is called where nobody says otherwise: its fingerprint, so that a search is there once."""
    return fingerprint_of(url)


async def find(engine: Engine[Any], url: ApolloUrl) -> Found:
    """What `url` finds today, counted in one round trip. Raises `InvalidInput`."""
    today = _today()
    whole, counting = map_url(url, today).filter, countable(url, today)
    predicates = [whole.predicate, *counting.predicates]
    count, *counts = await engine.count_many([engine.compile(ContactFilter(predicate)) for predicate in predicates])
    by_name = {
        parameter.name: int(parameter.count)
        for category in counting.answer(counts).categories
        for parameter in category.parameters
    }
    return Found(count, {name: number for name, number in by_name.items() if number})


async def checked(engine: Engine[Any], golden: Sequence[GoldenUrl]) -> list[Checked]:
    """What each finds now."""
    return [await _checked(engine, each) for each in golden]


async def _checked(engine: Engine[Any], golden: GoldenUrl) -> Checked:
    try:
        return Checked(golden, await find(engine, parse(golden.url)))
    except InvalidInput as error:
        return Checked(golden, trouble=str(error))


def check_golden(limits: Limits, found: Sequence[Checked]) -> None:
    """All of them find about what they did. Raises `LoadRefused`; where that is allowed, the log has it."""
    off = [difference(each) for each in found if each.off]
    if not off:
        return
    more = f"; and {len(off) - _SHOWN_URLS:,} more" if len(off) > _SHOWN_URLS else ""
    said = "; ".join(off[:_SHOWN_URLS]) + more
    if limits.allow_golden:
        _log.warning("Golden URLs are off, which --allow-golden allows: %s", said)
        return
    raise LoadRefused(
        f"{said}. If that is meant, say --allow-golden, and `contacts golden add` them anew when it is live"
    )


def difference(checked: Checked) -> str:
    """In which way a golden URL is off, and which of its parameters did it."""
    golden, found = checked.golden, checked.found
    if found is None:
        return f"golden URL {golden.name!r} can't be counted any longer: {checked.trouble}"
    then = golden.found
    words = (
        f"golden URL {golden.name!r} finds {found.count:,} contacts, and found {then.count:,} on "
        f"{golden.added_at[:10]}, which may be off by {golden.tolerance:.0%}: "
    )
    moved = moved_most(then, found)
    if not moved:
        return f"{words}each of its parameters finds as many as then, but fewer or more contacts meet them all"
    shown = [f"{name} {then.parameters.get(name, 0):,} → {found.parameters.get(name, 0):,}" for name in moved]
    more = f" and {len(shown) - _SHOWN_PARAMETERS} more" if len(shown) > _SHOWN_PARAMETERS else ""
    return f"{words}{moved[0]} did it; on their own they find {', '.join(shown[:_SHOWN_PARAMETERS])}{more}"


def moved_most(then: Found, now: Found) -> list[str]:
    """The parameters that find another number of contacts on their own, those first whose number changed by most."""

    def change(name: str) -> float:
        before, after = then.parameters.get(name, 0), now.parameters.get(name, 0)
        return abs(after - before) / max(before, 1)

    names = dict.fromkeys([*then.parameters, *now.parameters])
    return sorted((name for name in names if change(name)), key=change, reverse=True)


@asynccontextmanager
async def opened(engine: Engine[Any]) -> AsyncIterator[Engine[Any]]:
    """An engine, closed at the end of the block."""
    try:
        yield engine
    finally:
        await engine.close()


def _today() -> date:
    return datetime.now(UTC).date()
