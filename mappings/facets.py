"""What contacts are counted by: THE table of facets, and how a value of one is switched in a search.

A facet is a search field, the parameter that asks for its values, and whether there are few of them (closed). Its rows
are data (`data/facets.json`). A search here is canonical; what a value asks is read by its parameter, as in any URL, so
that nothing is known twice: a bucket has a URL only where that would find its value.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Literal

import msgspec

from mappings.canonical import Around, Canonical, readings_of
from mappings.contact_filter import context_of, usable, values_read
from mappings.data_files import read_data
from mappings.errors import InvalidParameter
from mappings.locations import asked_place, is_country, is_us_state
from mappings.parameters import Parameter, given_parameters, parameter_of
from mappings.predicates import All, Any, Phrase, Predicate, Range, Terms
from mappings.rules import Context
from mappings.text import normalise
from mappings.titles import title_key
from mappings.values import span

Bounds = tuple[int | None, int | None]
"""The least and the largest of some numbers, both included; an absent one is open."""


MOST_SOUGHT = 4
"""Words by which values are sought at once, the longest of a text: more would be too much for an engine."""

PartOfPlace = Literal["country", "state", "city"]


class FacetRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One row.

    Attributes:
        name: what requests and answers call it.
        field: the search field by whose values contacts are counted.
        parameter: the canonical name of the parameter that asks for a value; `None` if none does.
        closed: there are few values, of which nobody is told who somebody is.
        place: which part of a place the values are; `None` if they are none.
        found_in: the search field in which the parameter looks for a value as a phrase, or word by word.
        ranges: of a number, as its parameter has them; no two have a number in common.
        source: where the ranges come from.
    """

    name: str
    field: str
    parameter: str | None = None
    closed: bool = False
    place: PartOfPlace | None = None
    found_in: str | None = None
    ranges: tuple[str, ...] = ()
    source: str = ""


@cache
def facet_rows() -> Mapping[str, FacetRow]:
    """Name → row, in the order of answers."""
    return {row.name: row for row in read_data("facets", tuple[FacetRow, ...])}


class Switch(msgspec.Struct, frozen=True):
    """What a search becomes by choosing a value, or by choosing it no more.

    Attributes:
        url: `None` if no parameter would find the value.
        exact: the parameter finds those contacts only who have the value.
    """

    chosen: bool
    url: str | None
    exact: bool


class Choice(msgspec.Struct, frozen=True):
    """A facet beside one search: which of its values are chosen there.

    Attributes:
        row: of the facet.
        searched: the search.
        context: the values of the search.
        chosen: value of the field → the canonical values of the parameter that ask for it and nothing else.
        around: the search without the facet's parameter, if it has one.
    """

    row: FacetRow
    searched: Canonical
    context: Context
    chosen: Mapping[str, tuple[str, ...]]
    around: Around | None = None

    @property
    def left_out(self) -> str | None:
        """The parameter that does not hold for the contacts among whom values are counted; `None` if all hold."""
        name = self.row.parameter
        return name if name is not None and self.searched.values(name) else None

    @property
    def ranges(self) -> tuple[str, ...]:
        """What a number is counted by: the ranges of the row, then those that are chosen beside them."""
        return tuple(dict.fromkeys((*self.row.ranges, *self.chosen))) if self.row.ranges else ()

    def ranges_called(self, words: Sequence[str]) -> tuple[str, ...]:
        """Those of them that have these words in what people call them, and all that are chosen."""
        return tuple(
            [
                value
                for value in self.ranges
                if value in self.chosen or all(word in normalise(range_label(value)) for word in words)
            ]
        )

    def switched(self, value: str, label: str) -> Switch:
        """The search with `value` switched; `label` is how contacts have it."""
        if self.around is None:
            return Switch(chosen=False, url=None, exact=False)
        parameter = parameter_of(self.around.name)
        written, asked = self._written(parameter, value, label)
        now = self.searched.values(parameter.name)
        there = {*self.chosen.get(value, ()), *([written] if written in now else [])}
        if there:
            url = self.around.url([other for other in now if other not in there])
        elif written is None:
            return Switch(chosen=False, url=None, exact=False)
        else:
            url = self.around.url((*now, written))
        return Switch(chosen=bool(there), url=url, exact=asked == _exactly(self.row, value))

    def _written(self, parameter: Parameter, value: str, label: str) -> tuple[str | None, Predicate | None]:
        """The canonical value that finds `value`, and what it asks; `None` if there is none."""
        for text in dict.fromkeys((label, value)):
            try:
                found = readings_of(parameter, text, self.context)
            except InvalidParameter:
                continue
            if len(found) == 1:
                [(written, asked)] = found.items()
                if asked is not None and _finds(self.row, asked, value):
                    return written, asked
        return None, None


def choices(rows: Iterable[FacetRow], searched: Canonical, today: date) -> tuple[Choice, ...]:
    """Some facets beside a search."""
    context = context_of(values_read(given_parameters(searched.pairs)), today)
    return tuple([_choice(row, searched, context) for row in rows])


def _choice(row: FacetRow, searched: Canonical, context: Context) -> Choice:
    if row.parameter is None:
        return Choice(row, searched, context, {})
    parameter = parameter_of(row.parameter)
    chosen: dict[str, list[str]] = {}
    for text in searched.values(parameter.name):
        value = _value(row, text, _asked(parameter, text, context))
        if value is not None:
            chosen.setdefault(value, []).append(text)
    kept = {value: tuple(texts) for value, texts in chosen.items()}
    return Choice(row, searched, context, kept, searched.around(parameter.name))


def sought(row: FacetRow, text: str) -> tuple[str, ...]:
    """What a value has in it that is meant by a part of it, as people type it: its words, in any order; none if there
    is no word. Of a title abbreviations are in full."""
    found = (title_key(text) if row.field == "title_key" else normalise(text)).split()
    return tuple(sorted(dict.fromkeys(found), key=len, reverse=True)[:MOST_SOUGHT])


@lru_cache(maxsize=256)
def bounds_of(value: str) -> Bounds:
    """The numbers that a range means."""
    return span(value) or (None, None)


def range_label(value: str) -> str:
    """A range for people: `51 to 100`, `10,001 or more`."""
    least, most = bounds_of(value)
    if least is None or most is None:
        return f"{least:,} or more" if least is not None else f"{most:,} or less" if most is not None else "any"
    return f"{least:,} to {most:,}" if least != most else f"{least:,}"


def _asked(parameter: Parameter, value: str, context: Context) -> Predicate:
    """What a canonical value asks."""
    asked = usable(parameter, value, context)
    assert asked is not None, f"{parameter.name}={value} asks nothing that can be used"
    return asked


def _exactly(row: FacetRow, value: str) -> Predicate:
    """What finds the value and nothing else."""
    return Range(row.field, *bounds_of(value)) if row.ranges else Terms(row.field, (value,))


def _finds(row: FacetRow, asked: Predicate, value: str) -> bool:
    """Whether what is asked is met by whoever has the value, whatever else they have."""
    match asked:
        case Terms(field, values):
            words = value.split() if field == row.found_in else ()
            return (field == row.field and value in values) or any(word in values for word in words)
        case Phrase(field, words):
            return field == row.found_in and f" {words} " in f" {value} "
        case Range():
            return asked == _exactly(row, value)
        case Any(of):
            return any(_finds(row, part, value) for part in of)
    return isinstance(asked, All) and all(_finds(row, part, value) for part in asked.of)


def _value(row: FacetRow, text: str, asked: Predicate) -> str | None:
    """The value of the field that a canonical value of its parameter stands for; `None` if it is none."""
    if row.ranges:
        return text
    if isinstance(asked, Terms) and asked.field == row.field:
        return asked.values[0]
    if row.place is not None:
        return _place(row.place, text)
    return (title_key(text) if row.field == "title_key" else normalise(text)) or None


def _place(part: PartOfPlace, text: str) -> str | None:
    """The country, state or city that a location is: one part that is no region, of the kind that it can be."""
    place = asked_place(text)
    if place is None or len(place.parts) != 1 or any(place.regions):
        return None
    country, state = is_country(text), is_us_state(place.parts[0])
    fits: dict[PartOfPlace, bool] = {"country": country, "state": state or not country, "city": not (country or state)}
    return place.parts[0] if fits[part] else None


def names(rows: Iterable[FacetRow]) -> str:
    """The names of some facets, for messages."""
    return ", ".join(row.name for row in rows)
