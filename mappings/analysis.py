"""What a URL says: its structure, and its parameters by category, readable. Nothing is searched, nothing fails.

The structs are the answer: encoded as JSON they are the `data` of the action `analyze`, key for key.
"""

import msgspec
from msgspec import UNSET, UnsetType

from mappings.ledger import LedgerEntry
from mappings.parameters import Parameter, by_rank, given_parameters, parameter_of
from mappings.url import ApolloUrl


class UrlStructure(msgspec.Struct, frozen=True, gc=False):
    """The parts of the URL around its parameters."""

    base_url: str
    hash_path: str | None
    query_string: str | None
    has_query_params: bool


class AnalysedParameter(msgspec.Struct, frozen=True):
    """One parameter with all its values; ids of industries are shown as names."""

    name: str
    values: list[str]
    description: str
    category: str


class AnalysedCategory(msgspec.Struct, frozen=True):
    """The parameters of one category."""

    name: str
    parameters: list[AnalysedParameter]
    total_parameters: int


class Statistics(msgspec.Struct, frozen=True):
    """The counts over all categories. A parameter counts once, however it is spelled."""

    total_parameters: int
    total_parameter_values: int
    categories_used: int
    categories: list[str]


class Analysis(msgspec.Struct, frozen=True):
    """A URL taken apart."""

    url: str
    url_structure: UrlStructure
    categories: list[AnalysedCategory]
    statistics: Statistics
    raw_parameters: dict[str, list[str]]
    """Names as written, in the order of the URL. Ids of industries are shown as names here too."""

    ledger: tuple[LedgerEntry, ...] | UnsetType = UNSET
    """What became of each parameter and value (`mappings.ledger`), where that was asked for."""


def analyze(url: ApolloUrl) -> Analysis:
    """Sort the parameters of a URL into categories and describe them."""
    given = given_parameters(url.pairs)
    given.sort(key=_rank)
    by_category: dict[str, list[AnalysedParameter]] = {}
    values_given = 0
    for parameter, values in given:
        values_given += len(values)
        shown = AnalysedParameter(parameter.name, parameter.shown(values), parameter.description, parameter.category)
        by_category.setdefault(parameter.category, []).append(shown)
    return Analysis(
        url=url.text,
        url_structure=UrlStructure(url.base_url, url.hash_path, url.query_string, bool(url.pairs)),
        categories=[AnalysedCategory(name, members, len(members)) for name, members in by_category.items()],
        statistics=Statistics(len(given), values_given, len(by_category), list(by_category)),
        raw_parameters=_raw_parameters(url),
    )


def _rank(given: tuple[Parameter, list[str]]) -> int:
    return by_rank(given[0])


def _raw_parameters(url: ApolloUrl) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in url.pairs:
        grouped.setdefault(name, []).append(value)
    return {name: parameter_of(name).shown(values) for name, values in grouped.items()}
