"""Why a search finds as many contacts as it does: what to count of each of its clauses, and what the counts mean.

A filter is a conjunction of one predicate for each clause (`mappings.clauses`). What a clause does is seen by counting
it alone, and the search without it. All of that goes to the engine in one round trip. What `mappings.rescue` and
`mappings.nearest` ask for beyond it is known only from the counts, and goes in a second one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from mappings.algebra import extent
from mappings.clauses import Clause, ClauseValue, Combined
from mappings.counts import Count
from mappings.predicates import MatchAll, Predicate, all_of

MOST_COUNTS = 256
"""Counts in one round trip."""

MOST_PREDICATES = 40_000
"""Of all that is counted in one round trip, together: of a search that is very long fewer values are counted."""

Known = Callable[[Predicate], Predicate]
"""A predicate → the contacts in which any of the fields that it looks at is filled."""

Counts = Mapping[Predicate, int]
"""What was counted → how many contacts it holds for."""


class ExplainedValue(msgspec.Struct, frozen=True):
    """One value: how many contacts have it, and how many the search would find with it as the only one of its own."""

    value: str
    count: Count
    within: Count


class ExplainedParameter(msgspec.Struct, frozen=True):
    """One parameter: how many contacts have what it names, of an exclusion too, how many the search would find without
    it, and in how many contacts any of the fields that it looks at is filled."""

    name: str
    category: str
    combine: Combined
    count: Count
    without: Count
    known: Count
    values: list[ExplainedValue]


class ExplainedList(msgspec.Struct, frozen=True):
    """One company or domain list beside the URL: the same of it."""

    name: str
    count: Count
    without: Count
    values: list[ExplainedValue]


class Part(msgspec.Struct, frozen=True):
    """One clause, with the predicates of all that is counted of it.

    Attributes:
        clause: it, whole.
        shown: those of its values that are counted.
        before: the clauses that stand before it in the filter.
        after: those behind it.
        known: the contacts in which any of its fields is filled.
    """

    clause: Clause
    shown: tuple[ClauseValue, ...]
    before: tuple[Predicate, ...]
    after: tuple[Predicate, ...]
    known: Predicate

    @property
    def others(self) -> Predicate:
        """The search without it."""
        return all_of((*self.before, *self.after))

    def asking(self, values: Iterable[ClauseValue]) -> Predicate:
        """The search with these of its values only."""
        return all_of((*self.before, self.clause.asking(values), *self.after))

    def within(self, value: ClauseValue) -> Predicate:
        """The search with this value only."""
        return self.asking((value,))

    def left(self, value: ClauseValue) -> tuple[ClauseValue, ...]:
        """The values that are left without this one, and those that ask the same."""
        return tuple([each for each in self.clause.values if each.predicate != value.predicate])

    def dropping(self, value: ClauseValue) -> Predicate | None:
        """The search without this value, where that may bring contacts: of alternatives it never does, and of the last
        value it is the search without the clause."""
        left = () if self.clause.combine == "any" else self.left(value)
        return self.asking(left) if left else None

    def of_itself(self) -> Iterable[Predicate]:
        """What is counted of it beside its values."""
        return (self.clause.having, self.others, self.known)

    def of_value(self, value: ClauseValue) -> Iterable[Predicate]:
        """What is counted of a value."""
        yield from (value.predicate, self.within(value))
        if (dropping := self.dropping(value)) is not None:
            yield dropping


class Explanation(msgspec.Struct, frozen=True):
    """A search, ready to be counted.

    Attributes:
        whole: the search itself.
        parameters: of its URL, in the order of the catalogue.
        lists: beside its URL.
        truncated: values of the longest lists are left out.
    """

    whole: Predicate
    parameters: tuple[Part, ...]
    lists: tuple[Part, ...]
    truncated: bool

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parameters, then the lists."""
        return (*self.parameters, *self.lists)

    def predicates(self) -> tuple[Predicate, ...]:
        """What to count, each once, `MOST_COUNTS` at most."""
        asked = dict.fromkeys((self.whole, MatchAll()))
        for part in self.parts:
            asked |= dict.fromkeys(part.of_itself())
            for value in part.shown:
                asked |= dict.fromkeys(part.of_value(value))
        return tuple(asked)

    def explained(
        self, counts: Counts, shown: Callable[[int], Count]
    ) -> tuple[list[ExplainedParameter], list[ExplainedList]]:
        """The parameters and the lists with their counts, each as `shown` makes it."""

        def values(part: Part) -> list[ExplainedValue]:
            return [
                ExplainedValue(value.value, shown(counts[value.predicate]), shown(counts[part.within(value)]))
                for value in part.shown
            ]

        parameters = [
            ExplainedParameter(
                part.clause.name,
                part.clause.category,
                part.clause.combine,
                shown(counts[part.clause.having]),
                shown(counts[part.others]),
                shown(counts[part.known]),
                values(part),
            )
            for part in self.parameters
        ]
        lists = [
            ExplainedList(part.clause.name, shown(counts[part.clause.having]), shown(counts[part.others]), values(part))
            for part in self.lists
        ]
        return parameters, lists


def explanation(parameters: Sequence[Clause], lists: Sequence[Clause], known: Known) -> Explanation:
    """What to count of a search that has these clauses."""
    clauses = (*parameters, *lists)
    asked = [clause.predicate for clause in clauses]
    whole = all_of(asked)
    parts = [
        Part(clause, clause.values, tuple(asked[:at]), tuple(asked[at + 1 :]), known(clause.having))
        for at, clause in enumerate(clauses)
    ]
    most = _most_values(whole, parts, min(MOST_COUNTS, MOST_PREDICATES // extent(whole).predicates))
    fitting = tuple([_cut(part, most) for part in parts])
    truncated = any(len(part.shown) < len(part.clause.values) for part in fitting)
    return Explanation(whole, fitting[: len(parameters)], fitting[len(parameters) :], truncated)


def _cut(part: Part, most: int) -> Part:
    """The part with so many values. What there is one of is counted with its clause."""
    return part if len(part.shown) == 1 else msgspec.structs.replace(part, shown=part.shown[:most])


def _most_values(whole: Predicate, parts: Sequence[Part], counts: int) -> int:
    """How many values of each part can be counted with so many counts: those of the longest lists are left out."""
    asked = {whole, MatchAll(), *(predicate for part in parts for predicate in part.of_itself())}
    at = 0
    while having := [part for part in parts if at < len(part.shown)]:
        asked.update(predicate for part in having for predicate in part.of_value(part.shown[at]))
        if len(asked) > counts:
            break
        at += 1
    return at
