"""Several URLs beside each other: who is found by which of them, and what each parameter in which they differ changes.

What there is to count is made here, and goes to the engine in one request: the contacts that each set of the URLs
finds together, from which follows who is found by these and by no other, and the first URL with each of its parameters
as another has it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations

import msgspec

from mappings.algebra import extent
from mappings.canonical import Canonical
from mappings.clauses import clauses_of
from mappings.counts import Count, exact
from mappings.parameters import Parameter, by_rank, parameter_of
from mappings.predicates import Predicate, all_of

_NO_FILTER = "Sorting"


class Region(msgspec.Struct, frozen=True):
    """The contacts that some of the URLs find and no other: a region of their Venn diagram."""

    in_: tuple[int, ...] = msgspec.field(name="in")
    not_: tuple[int, ...] = msgspec.field(name="not")
    count: Count


class ComparedParameter(msgspec.Struct, frozen=True):
    """A parameter in which the URLs differ."""

    name: str
    values: tuple[tuple[str, ...], ...]
    change: tuple[Count | None, ...]


class Comparison(msgspec.Struct, frozen=True):
    """Several URLs beside each other."""

    counts: tuple[Count, ...]
    regions: tuple[Region, ...]
    union: Count
    parameters: tuple[ComparedParameter, ...]


class Difference(msgspec.Struct, frozen=True):
    """A parameter in which they differ.

    Attributes:
        values: its canonical values, URL by URL.
        changed: URL by URL, what the first would ask with the values of this; `None` if it has the same.
    """

    name: str
    values: tuple[tuple[str, ...], ...]
    changed: tuple[Predicate | None, ...]


class Comparable(msgspec.Struct, frozen=True):
    """URLs, ready to be counted.

    Attributes:
        together: every set of them but the empty one, by their numbers, the smaller sets first → the contacts that each
            of those finds.
        differences: in the order of the catalogue.
    """

    together: Mapping[tuple[int, ...], Predicate]
    differences: tuple[Difference, ...]

    def predicates(self) -> tuple[Predicate, ...]:
        """What to count, each once."""
        changed = [asked for each in self.differences for asked in each.changed if asked is not None]
        return tuple(dict.fromkeys([*self.together.values(), *changed]))

    def union(self, counts: Mapping[Predicate, int]) -> int:
        """How many contacts any of the URLs finds, of `counts`, those of `predicates`."""
        return sum(_found_by_no_other({urls: counts[asked] for urls, asked in self.together.items()}).values())

    def answer(self, counts: Mapping[Predicate, int], shown: Callable[[int], Count] = exact) -> Comparison:
        """The comparison, of `counts`, those of `predicates`, each as `shown` makes it.

        What is not shown counts as nobody where it is set against other numbers.
        """
        together = {urls: counts[asked] for urls, asked in self.together.items()}
        found = _found_by_no_other(together)
        every = [*together][-1]

        def told(count: int) -> int:
            return 0 if isinstance(shown(count), str) else count

        def change(asked: Predicate | None) -> Count | None:
            if asked is None:
                return None
            more = told(counts[asked]) - told(together[0,])
            few = shown(abs(more))
            return few if isinstance(few, str) else more

        return Comparison(
            counts=tuple([shown(count) for urls, count in together.items() if len(urls) == 1]),
            regions=tuple([Region(urls, _others(urls, every), shown(found[urls])) for urls in together]),
            union=shown(sum(found.values())),
            parameters=tuple(
                [
                    ComparedParameter(each.name, each.values, tuple(map(change, each.changed)))
                    for each in self.differences
                ]
            ),
        )


def comparable(several: Sequence[Canonical], today: date, check: Callable[[int], object] = abs) -> Comparable:
    """What there is to count of several searches.

    A parameter is compared with its controls: what it changes, it changes as the other URL has it, `personTitles[]`
    with `includeSimilarTitles`. Where only a control differs, it is a difference of its own. Sorting is none.

    Args:
        several: the searches, the first of which is changed.
        today: the day in UTC that dates such as `60_days_ago` are counted from.
        check: is told about how many predicates it will be in all, before they are made; what it raises is raised.
    """
    asked = [_asked(one, today) for one in several]
    names = {name for one in several for name, _ in one.parameters}
    differing = [
        parameter
        for parameter in sorted(map(parameter_of, names), key=by_rank)
        if parameter.category != _NO_FILTER and len({one.values(parameter.name) for one in several}) > 1
    ]
    check(_size_of_sets(asked) + _size(asked[0].values()) * len(differing) * (len(asked) - 1))
    together = {
        chosen: all_of([predicate for number in chosen for predicate in asked[number].values()])
        for size in range(len(asked))
        for chosen in combinations(range(len(asked)), size + 1)
    }
    return Comparable(together, tuple([_difference(parameter, several, asked[0], today) for parameter in differing]))


def _asked(one: Canonical, today: date) -> dict[str, Predicate]:
    """What a URL asks, parameter by parameter."""
    return {clause.name: clause.predicate for clause in clauses_of(one.apollo_url, today)}


def _difference(
    parameter: Parameter, several: Sequence[Canonical], asked: Mapping[str, Predicate], today: date
) -> Difference:
    """One parameter in which `several` differ; `asked` is what the first of them asks."""
    values = tuple([one.values(parameter.name) for one in several])
    name = parameter.steers or parameter.name
    others = [predicate for each, predicate in asked.items() if each != name]
    changed: list[Predicate | None] = []
    for one in several:
        own = one.values(parameter.name)
        alone = _alone(name, several[0]).only(parameter.name, own) if parameter.steers else _alone(name, one)
        changed.append(None if own == values[0] else all_of([*others, *_asked(alone, today).values()]))
    return Difference(parameter.name, values, tuple(changed))


def _alone(name: str, one: Canonical) -> Canonical:
    """Of a search one parameter, with its controls."""
    kept = [(each, values) for each, values in one.parameters if name in (each, parameter_of(each).steers)]
    return Canonical(one.path, tuple(kept))


def _found_by_no_other(together: Mapping[tuple[int, ...], int]) -> dict[tuple[int, ...], int]:
    """For each set of URLs: of those whom each of them finds, how many none of the others finds."""
    found: dict[tuple[int, ...], int] = {}
    for urls in reversed([*together]):
        here = frozenset(urls)
        found[urls] = together[urls] - sum([count for more, count in found.items() if here < frozenset(more)])
    return found


def _others(urls: Sequence[int], numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple([number for number in numbers if number not in urls])


def _size_of_sets(asked: Sequence[Mapping[str, Predicate]]) -> int:
    """How much all sets of several searches are; what some of them have in common stands once in each set."""
    having = Counter(predicate for each in asked for predicate in set(each.values()))
    return sum([_size([predicate]) * (2 ** len(asked) - 2 ** (len(asked) - of)) for predicate, of in having.items()])


def _size(predicates: Iterable[Predicate]) -> int:
    return sum([extent(predicate).predicates for predicate in predicates])
