"""What exists in place of a value that nobody has: the nearest ones of its vocabulary, where that is closed.

Which values there are is known beforehand (`mappings.vocabulary`); which of them contacts have is counted. Of fields in
which anything may stand `mappings.existing` tells the same.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from mappings import vocabulary
from mappings.clauses import ClauseValue
from mappings.contact_filter import usable
from mappings.counts import Count
from mappings.explanation import Counts, Explanation, Part
from mappings.parameters import parameter_of
from mappings.predicates import Predicate, Terms
from mappings.rules import Context
from mappings.text import normalise

MOST_COUNTED = 16
"""Values that are counted for one that nobody has."""

MOST_SHOWN = 3
"""Of those the ones that are shown."""

VOCABULARIES: Mapping[str, Callable[[], Sequence[str]]] = {
    "seniority": vocabulary.seniorities,
    "departments": vocabulary.departments,
    "email_status": vocabulary.email_statuses,
    "industries": vocabulary.industries,
    "funding_stage": vocabulary.funding_stages,
}
"""Search field → all values that it is known to have, if they are known."""


_ALONE = Context({}, date.min)


class Near(msgspec.Struct, frozen=True):
    """A value that contacts have, as it may stand in a URL: how many have it, and how many the search would find with
    it as the only one of its parameter."""

    value: str
    count: Count
    within: Count


class Instead(msgspec.Struct, frozen=True):
    """A value that nobody has, and the nearest that somebody has, the nearest first."""

    name: str
    value: str
    nearest: tuple[Near, ...]


class Candidate(msgspec.Struct, frozen=True):
    """What may be meant by a value that nobody has.

    Attributes:
        text: as it may stand in a URL.
        predicate: who has it.
        within: the search with it as the only value of the parameter.
    """

    text: str
    predicate: Predicate
    within: Predicate

    @classmethod
    def of(cls, part: Part, text: str, predicate: Predicate) -> "Candidate":
        """Of a parameter of a search."""
        return cls(text, predicate, part.within(ClauseValue(text, text, predicate)))


COUNTS = 2
"""What is counted of a candidate."""


class Wanting(msgspec.Struct, frozen=True):
    """A value that nobody has, and what may be meant by it, the nearest first; so many of them are shown at most."""

    name: str
    value: str
    candidates: tuple[Candidate, ...]
    most: int = MOST_SHOWN

    def predicates(self) -> Iterator[Predicate]:
        """What is to be counted."""
        for candidate in self.candidates:
            yield from (candidate.predicate, candidate.within)

    def instead(self, counts: Counts, shown: Callable[[int], Count]) -> Instead:
        """The answer, of what was counted."""
        existing = [candidate for candidate in self.candidates if counts[candidate.predicate]]
        nearest = [Near(each.text, shown(counts[each.predicate]), shown(counts[each.within])) for each in existing]
        return Instead(self.name, self.value, tuple(nearest[: self.most]))


def wanting(explanation: Explanation, counts: Counts, most: int) -> list[Wanting]:
    """The values that nobody has, with what may be meant by them; there is at most so much to count for all of them."""
    lacking = [
        (part, value)
        for part in explanation.parameters
        for value in part.shown
        if counts[value.predicate] == 0 and _vocabulary_of(value.predicate)
    ]
    each = min(MOST_COUNTED, most // (COUNTS * max(1, len(lacking))))
    return [Wanting(part.clause.name, value.value, _candidates(part, value, each)) for part, value in lacking]


def _vocabulary_of(predicate: Predicate) -> Sequence[str]:
    known = VOCABULARIES.get(predicate.field) if isinstance(predicate, Terms) else None
    return () if known is None else known()


def _candidates(part: Part, value: ClauseValue, most: int) -> tuple[Candidate, ...]:
    """The nearest of the value's vocabulary, each of which asks something else than the value."""
    # Only whoever has a value that nobody has pays for the package.
    from rapidfuzz import fuzz, process  # noqa: PLC0415

    known, parameter = _vocabulary_of(value.predicate), parameter_of(part.clause.name)
    found = process.extract(value.value, known, scorer=fuzz.WRatio, processor=_comparable, limit=most + 1)
    asked = ((text, usable(parameter, text, _ALONE)) for text, _, _ in found)
    others = [
        Candidate.of(part, text, predicate) for text, predicate in asked if predicate not in (None, value.predicate)
    ]
    return tuple(others[:most])


def _comparable(text: str) -> str:
    return normalise(text.replace("_", " "))
