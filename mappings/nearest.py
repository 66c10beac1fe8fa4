"""What exists in place of a value that nobody has: the nearest ones of its vocabulary, where that is closed.

Which values there are is known beforehand (`mappings.vocabulary`); which of them contacts have is counted.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import msgspec

from mappings import vocabulary
from mappings.clauses import ClauseValue
from mappings.contact_filter import usable
from mappings.counts import Count
from mappings.explanation import Counts, Explanation
from mappings.parameters import Parameter
from mappings.predicates import Predicate, Terms
from mappings.rules import Context
from mappings.text import normalise

MOST_COUNTED = 16
"""Values that are counted for one that nobody has."""

MOST_SHOWN = 3
"""Of those the ones that are shown."""

_VOCABULARIES: Mapping[str, Callable[[], Sequence[str]]] = {
    "seniority": vocabulary.seniorities,
    "departments": vocabulary.departments,
    "email_status": vocabulary.email_statuses,
    "industries": vocabulary.industries,
    "funding_stage": vocabulary.funding_stages,
}
"""Search field → all values that it is known to have, if they are known."""


_ALONE = Context({}, date.min)


class Near(msgspec.Struct, frozen=True):
    """A value that contacts have, as it may stand in a URL."""

    value: str
    count: Count


class Instead(msgspec.Struct, frozen=True):
    """A value that nobody has, and the nearest that somebody has, the nearest first."""

    name: str
    value: str
    nearest: tuple[Near, ...]


class Wanting(msgspec.Struct, frozen=True):
    """A value that nobody has, and what may be meant by it, the nearest first: the text of each, and who has it."""

    name: str
    value: str
    candidates: tuple[tuple[str, Predicate], ...]

    def instead(self, counts: Counts, shown: Callable[[int], Count]) -> Instead:
        """The answer, of what was counted."""
        existing = [(text, counts[predicate]) for text, predicate in self.candidates if counts[predicate]]
        return Instead(
            self.name, self.value, tuple([Near(text, shown(count)) for text, count in existing[:MOST_SHOWN]])
        )


def wanting(explanation: Explanation, counts: Counts, most: int) -> list[Wanting]:
    """The values that nobody has, with what may be meant by them; there is at most so much to count for all of them."""
    lacking = [
        (part.clause.parameter, value)
        for part in explanation.parameters
        for value in part.shown
        if counts[value.predicate] == 0 and _vocabulary_of(value.predicate) and part.clause.parameter
    ]
    each = min(MOST_COUNTED, most // max(1, len(lacking)))
    return [Wanting(parameter.name, value.value, _candidates(parameter, value, each)) for parameter, value in lacking]


def _vocabulary_of(predicate: Predicate) -> Sequence[str]:
    known = _VOCABULARIES.get(predicate.field) if isinstance(predicate, Terms) else None
    return () if known is None else known()


def _candidates(parameter: Parameter, value: ClauseValue, most: int) -> tuple[tuple[str, Predicate], ...]:
    """The nearest of the value's vocabulary, each with what it asks, which is something else than the value."""
    # Only whoever has a value that nobody has pays for the package.
    from rapidfuzz import fuzz, process  # noqa: PLC0415

    known = _vocabulary_of(value.predicate)
    found = process.extract(value.value, known, scorer=fuzz.WRatio, processor=_comparable, limit=most + 1)
    asked = ((text, usable(parameter, text, _ALONE)) for text, _, _ in found)
    others = [(text, predicate) for text, predicate in asked if predicate not in (None, value.predicate)]
    return tuple(others[:most])


def _comparable(text: str) -> str:
    return normalise(text.replace("_", " "))
