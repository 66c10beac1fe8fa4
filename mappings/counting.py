"""What each parameter and each value of a URL selects on its own, to be counted: the analysis with numbers in it.

The predicates go to the engine in one request, however many values there are, and the counts come back into place.
"""

from collections.abc import Callable, Sequence
from datetime import date

import msgspec
from msgspec import UNSET, UnsetType

from mappings.analysis import Statistics, UrlStructure, analyze
from mappings.contact_filter import context_of, predicate_of_value, values_read
from mappings.counts import Count, exact
from mappings.ledger import LedgerEntry
from mappings.parameters import Parameter, by_rank, given_parameters
from mappings.predicates import MatchAll, Predicate, any_of
from mappings.rules import Context, none_of
from mappings.url import ApolloUrl


class CountedValue(msgspec.Struct, frozen=True):
    """One value, and how many contacts have it."""

    value: str
    count: Count


class CountedParameter(msgspec.Struct, frozen=True):
    """One parameter on its own. Of an exclusion: the contacts that have any of its values."""

    name: str
    values: list[CountedValue]
    description: str
    category: str
    count: Count


class CountedCategory(msgspec.Struct, frozen=True):
    """The parameters of one category; `count` is the largest of theirs."""

    name: str
    parameters: list[CountedParameter]
    total_parameters: int
    count: Count


class CountedAnalysis(msgspec.Struct, frozen=True):
    """The answer to `analyze/count`: that to `analyze`, with a count on every category, parameter and value."""

    url: str
    url_structure: UrlStructure
    categories: list[CountedCategory]
    statistics: Statistics
    raw_parameters: dict[str, list[str]]
    ledger: tuple[LedgerEntry, ...] | UnsetType = UNSET


class Countable(msgspec.Struct, frozen=True):
    """A URL, ready to be counted.

    Attributes:
        predicates: what to count, each once.
        parts: for each parameter in the order of the answer: its predicate, and those of its values. `None` selects no
            contacts: it is empty, malformed or unmapped, or it steers pages or order.
    """

    url: ApolloUrl
    predicates: tuple[Predicate, ...]
    parts: tuple[tuple[Predicate | None, tuple[Predicate | None, ...]], ...]

    def answer(self, counts: Sequence[int], shown: Callable[[int], Count] = exact) -> CountedAnalysis:
        """The analysis with `counts`, those of `predicates` in their order, each as `shown` makes it."""
        count_of: dict[Predicate | None, int] = dict(zip(self.predicates, counts, strict=True))
        count_of[None] = 0
        parts = iter(self.parts)
        analysis = analyze(self.url)
        categories = []
        for category in analysis.categories:
            # The parts stand in the order of the analysis, parameter by parameter.
            own = [next(parts) for _ in category.parameters]
            most = shown(max(count_of[whole] for whole, _ in own))
            parameters = [
                CountedParameter(
                    parameter.name,
                    [
                        CountedValue(value, shown(count_of[predicate]))
                        for value, predicate in zip(parameter.values, of_values, strict=True)
                    ],
                    parameter.description,
                    parameter.category,
                    shown(count_of[whole]),
                )
                for parameter, (whole, of_values) in zip(category.parameters, own, strict=True)
            ]
            categories.append(CountedCategory(category.name, parameters, category.total_parameters, most))
        return CountedAnalysis(
            analysis.url, analysis.url_structure, categories, analysis.statistics, analysis.raw_parameters
        )


def countable(url: ApolloUrl, today: date) -> Countable:
    """What there is to count in a URL. Nothing fails: a malformed value is counted as 0, as `analyze` shows it too."""
    given = given_parameters(url.pairs)
    context = context_of(values_read(given), today)
    given.sort(key=lambda pair: by_rank(pair[0]))
    parts = tuple([_part(parameter, values, context) for parameter, values in given])
    wanted = (predicate for whole, of_values in parts for predicate in (whole, *of_values))
    return Countable(url, tuple(dict.fromkeys(predicate for predicate in wanted if predicate is not None)), parts)


def _part(
    parameter: Parameter, values: list[str], context: Context
) -> tuple[Predicate | None, tuple[Predicate | None, ...]]:
    of_values = tuple([predicate_of_value(parameter, value, context) for value in values])
    selecting = [predicate for predicate in of_values if predicate is not None]
    if not selecting:
        return None, of_values
    # An exclusion is counted like an inclusion: how many contacts have what is to be left out?
    whole = any_of(selecting) if parameter.combine is none_of else parameter.combine(selecting)
    return (None if isinstance(whole, MatchAll) else whole), of_values
