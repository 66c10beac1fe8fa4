"""What exists in place of a value that nobody has, in fields in which anything may stand: titles, places, companies.

Which values there are only the contacts know: those that have the words of the value in them, a whole title where a
part of it was asked for, or else those of the most frequent ones that are spelled nearly like it. The engine is asked
for both by facets (`mappings.facets`); here is for what, and what becomes of the answers.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from mappings.canonical import readings_of
from mappings.clauses import ClauseValue
from mappings.contact_filter import context_of, values_read
from mappings.explanation import Counts, Explanation, Part
from mappings.facets import FacetRow, facet_rows, sought
from mappings.nearest import VOCABULARIES, Candidate, Wanting
from mappings.parameters import given_parameters, parameter_of
from mappings.predicates import All, Any, Phrase, Predicate, Terms
from mappings.text import normalise
from mappings.titles import title_key
from mappings.url import ApolloUrl

MOST_LOOKED_UP = 3
"""Values of one search for which it is looked up what there is, the first ones that nobody has."""

MOST_OFFERED = 6
"""Values that are told for one that nobody has."""

FREQUENT = 1000
"""Values of a field, the most frequent ones, among which those are that are spelled nearly like another."""

_ALIKE = 85
"""Of 100: how much alike two texts are of which one may be a slip for the other."""


class Lacking(msgspec.Struct, frozen=True):
    """A value that nobody has.

    Attributes:
        part: of the search, whose value it is.
        rows: the facets that have values which may stand in its place.
    """

    part: Part
    value: ClauseValue
    rows: tuple[FacetRow, ...]

    def words(self, row: FacetRow) -> tuple[str, ...]:
        """What a value of that facet has in it which the value is a part of."""
        return sought(row, self.value.value)

    def wanting(self, found: Sequence[str], url: ApolloUrl, today: date, most: int) -> Wanting:
        """The value with what may be meant by it, of what was `found`, as contacts have it."""
        parameter = parameter_of(self.part.clause.name)
        context = context_of(values_read(given_parameters(url.pairs)), today)
        candidates: dict[Predicate, Candidate] = {}
        for text in found:
            readings = readings_of(parameter, text, context)
            # What would be taken for several is none of them.
            if len(readings) == 1:
                [(written, asked)] = readings.items()
                if asked is not None and asked != self.value.predicate:
                    candidates.setdefault(asked, Candidate.of(self.part, written, asked))
        return Wanting(parameter.name, self.value.value, tuple(candidates.values())[:most], most)


def lacking(explanation: Explanation, counts: Counts) -> tuple[Lacking, ...]:
    """The first values of a search that nobody has and for which it can be looked up what there is."""
    found = [
        Lacking(part, value, rows)
        for part in explanation.parameters
        for value in part.shown
        if counts[value.predicate] == 0 and (rows := _rows(part.clause.name, value.predicate))
    ]
    return tuple(found[:MOST_LOOKED_UP])


def alike(row: FacetRow, text: str, values: Iterable[str]) -> list[str]:
    """Those of the `values` of a facet that are spelled nearly like a text, the most like first."""
    # Only whoever has a value that nobody has pays for the package.
    from rapidfuzz import fuzz, process  # noqa: PLC0415

    wanted = title_key(text) if row.field == "title_key" else normalise(text)
    found = process.extract(wanted, list(values), scorer=fuzz.WRatio, limit=MOST_OFFERED, score_cutoff=_ALIKE)
    return [value for value, _, _ in found]


def _rows(name: str, predicate: Predicate) -> tuple[FacetRow, ...]:
    """The facets whose values a parameter takes, or by whose field alone a value of it is looked for; those of closed
    vocabularies and of numbers are left out."""
    fields = frozenset(_fields(predicate))
    return tuple(
        [
            row
            for row in facet_rows().values()
            if row.field not in VOCABULARIES
            and not row.ranges
            and (row.parameter == name or fields <= {row.field, row.found_in})
        ]
    )


def _fields(predicate: Predicate) -> Iterable[str]:
    """The fields of text that a predicate looks at; of what asks for anything else a field that is none."""
    match predicate:
        case Terms(field) | Phrase(field):
            yield field
        case All(of) | Any(of):
            for part in of:
                yield from _fields(part)
        case _:
            yield ""
