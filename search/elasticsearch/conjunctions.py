"""Conjunctions as they stand in compiled queries: what they are made of, and what is made of several parts.

Many of the searches that are counted together are one search with a part left out each. Whoever meets all parts but
one meets the others, so that all who lack one part at most are looked for once (`LeavingOut`).
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import msgspec

from mappings.facets import facet_rows
from search.fields import SEARCH_FIELDS, Kind

_ALONE = 2
"""Parts that are left out in searches of their own: the rarest. Without both there would be many who lack one part."""

_FEWEST = 3
"""Parts of which each is left out, for which one search is worth its while."""

_FIELD = re.compile(rb'"search\.(\w+)')

Required = tuple[bool, bytes]
"""Whether a part of a conjunction has to hold, and its query."""

Parts = frozenset[Required]


class _Bool(msgspec.Struct, forbid_unknown_fields=True):
    filter: list[msgspec.Raw] = []
    must_not: list[msgspec.Raw] = []


class _Conjunction(msgspec.Struct, forbid_unknown_fields=True):
    bool: _Bool


_conjunction = msgspec.json.Decoder(_Conjunction).decode


def parts_of(query: bytes) -> Parts:
    """The parts of a conjunction; none of any other query."""
    try:
        parts = _conjunction(query).bool
    except msgspec.ValidationError:
        return frozenset()
    having, lacking = ([bytes(part) for part in several] for several in (parts.filter, parts.must_not))
    return frozenset([*((True, part) for part in having), *((False, part) for part in lacking)])


def holding(parts: Collection[Required]) -> bytes:
    """The query of those who meet all of some parts."""
    if len(parts) == 1:
        [(holds, query)] = parts
        return query if holds else _without(query)
    return b'{"bool":{%b}}' % _clauses(parts)


def _without(query: bytes) -> bytes:
    return b'{"bool":{"must_not":[%b]}}' % query


def _clauses(parts: Iterable[Required]) -> bytes:
    ordered = sorted(parts)
    having, lacking = ([query for holds, query in ordered if holds is wanted] for wanted in (True, False))
    return b'"filter":[%b],"must_not":[%b]' % (b",".join(having), b",".join(lacking))


class LeavingOut(msgspec.Struct, frozen=True):
    """A conjunction, and parts of it (units) of which each is left out in another one.

    Attributes:
        whole: all of its parts.
        units: those that are left out, each by itself; no part is in two of them.
    """

    whole: Parts
    units: tuple[Parts, ...]

    @property
    def query(self) -> bytes:
        """Finds those who meet all that is never left out, and lack one unit at most."""
        rest = self.whole.difference(*self.units)
        most = b",".join(map(holding, self.units))
        return b'{"bool":{%b,"should":[%b],"minimum_should_match":%d}}' % (_clauses(rest), most, len(self.units) - 1)

    @staticmethod
    def lacking(unit: Parts) -> bytes:
        """Of those who are found, those who lack this unit."""
        if len(unit) == 1:
            [(holds, query)] = unit
            return _without(query) if holds else query
        return _without(holding(unit))


def leaving_out(conjunctions: Mapping[bytes, Parts]) -> LeavingOut | None:
    """The conjunction that others leave out parts of, and these parts; `None` if that is too few.

    It is not always the largest: a value that is two parts makes one of more, of which nobody else has these.
    """
    having = Counter(part for parts in conjunctions.values() for part in parts)
    whole = max(
        conjunctions.values(),
        key=lambda parts: (sum([having[part] >= _FEWEST for part in parts]), -len(parts)),
        default=frozenset(),
    )
    units: list[Parts] = []
    # Of all values of a parameter and one of them it is all that are left out.
    for left in sorted(
        {whole - parts for parts in conjunctions.values() if parts < whole}, key=lambda each: -len(each)
    ):
        if left < whole and not any(left & unit for unit in units):
            units.append(left)
    units.sort(key=lambda unit: (_frequency(unit), sorted(unit)))
    together = units[_ALONE:]
    return LeavingOut(whole, tuple(together)) if len(together) >= _FEWEST else None


def _frequency(unit: Parts) -> int:
    """How many contacts are likely to meet a unit, from few to most: a guess, which nothing depends on but time."""
    return min(map(_commonness, unit))


def _commonness(part: Required) -> int:
    holds, query = part
    fields = {field.decode() for field in _FIELD.findall(query)}
    if not holds:
        return 3
    if any((of := SEARCH_FIELDS.get(field)) is not None and of.kind is Kind.NUMBER for field in fields):
        return 2
    closed = {row.field for row in facet_rows().values() if row.closed}
    return 1 if len(fields) > 1 or fields & closed else 0
