"""What a URL asks for: a filter over contacts, with an account of what could be mapped and what could not."""

from collections.abc import Iterable
from datetime import date
from operator import attrgetter

import msgspec

from mappings.errors import InvalidField, InvalidParameter
from mappings.ordering import order_of
from mappings.parameters import Parameter, given_parameters
from mappings.predicates import ContactFilter, MatchAll, Order, Predicate, all_of, any_of
from mappings.rules import Context, Reading, Reason
from mappings.url import MOST_VALUES, ApolloUrl
from mappings.values import Malformed, decoded_again, page_number

PAGE = "page"
"""The parameter that says with which page of its results a URL begins."""


class MappingSummary(msgspec.Struct, frozen=True):
    """How many parameters were mapped, and which; names in the order of the URL."""

    total_apollo_parameters: int
    mapped_parameters: int
    unmapped_parameters: int
    mapped_parameter_names: tuple[str, ...]
    unmapped_parameter_names: tuple[str, ...]


class UnmappedParameter(msgspec.Struct, frozen=True):
    """The values of a parameter that were left out of the filter, and why."""

    name: str
    values: tuple[str, ...]
    category: str
    reason: str


class UnmappedCategory(msgspec.Struct, frozen=True):
    """The parameters of one category that were left out, wholly or in part."""

    name: str
    total_parameters: int
    parameters: tuple[UnmappedParameter, ...]


class MappedUrl(msgspec.Struct, frozen=True):
    """A URL, ready to be searched with."""

    filter: ContactFilter
    page: int
    mapping_summary: MappingSummary
    unmapped_categories: tuple[UnmappedCategory, ...]


class _Outcome(msgspec.Struct, frozen=True):
    """What became of one parameter."""

    parameter: Parameter
    predicate: Predicate
    mapped: bool
    unmapped: tuple[UnmappedParameter, ...]


def map_url(url: ApolloUrl, today: date) -> MappedUrl:
    """Map every parameter of a URL that can be mapped.

    The predicate's parts stand in the order of the catalogue, so that URLs which differ only in the order of their
    parameters ask for the same. An exclusion is a `Not` of its own in the outermost `All`.

    Args:
        url: the URL.
        today: the day in UTC that dates such as `60_days_ago` are counted from.

    Raises:
        InvalidParameter: a number, range or date is malformed.
    """
    given = values_read(given_parameters(url.pairs))
    context = context_of(given, today)
    outcomes = [_outcome(parameter, values, context) for parameter, values in given]
    ranked = sorted(outcomes, key=attrgetter("parameter.rank"))
    return MappedUrl(
        filter=ContactFilter(all_of(outcome.predicate for outcome in ranked), order_of(context) or Order()),
        page=page_number(context.last(PAGE)),
        mapping_summary=_summary(outcomes),
        unmapped_categories=_unmapped_categories(ranked),
    )


def values_read(given: Iterable[tuple[Parameter, list[str]]]) -> list[tuple[Parameter, list[str]]]:
    """The parameters of a URL, each with the values that it reads (`values_of`) of those that are written.

    Raises:
        InvalidField: they are too many.
    """
    read = [(parameter, _several_read(parameter, values)) for parameter, values in given]
    if sum([len(values) for _, values in read]) > MOST_VALUES:
        raise InvalidField(f"url: more than {MOST_VALUES} values")
    return read


def context_of(read: Iterable[tuple[Parameter, list[str]]], today: date) -> Context:
    """What the values of a URL, as `values_read` has them, may depend on."""
    return Context({parameter.name: tuple(values) for parameter, values in read}, today)


def values_of(parameter: Parameter, value: str) -> list[str]:
    """What the parameter reads of one value of the URL: it itself, or each of several that were written as one."""
    whole = decoded_again(value) if "%" in value else value
    return [whole] if parameter.split is None else parameter.split(whole)


def _several_read(parameter: Parameter, values: list[str]) -> list[str]:
    return [part for value in values for part in values_of(parameter, value)]


def predicate_of_value(parameter: Parameter, value: str, context: Context) -> Predicate | None:
    """The contacts that have this one value, for counting it on its own.

    An excluded value is not turned round: it gives the contacts that have it. `None` if the value selects no
    contacts at all: it is empty, unusable or malformed, or it steers pages, order or another parameter.
    """
    try:
        predicates, _ = _read(parameter, values_of(parameter, value), context)
    except InvalidParameter:
        return None
    selected = any_of(predicates) if predicates else None
    return None if isinstance(selected, MatchAll) else selected


def asked_by(parameter: Parameter, value: str, context: Context) -> Predicate | Reason | None:
    """What one value, as `values_of` has it, asks of a contact; `None` if it is empty, a `Reason` if it can't be used.

    Raises:
        InvalidParameter: it is malformed.
    """
    try:
        asked = parameter.read(value, context)
    except Malformed as error:
        raise InvalidParameter(parameter.name, value, str(error)) from None
    return asked.predicate if isinstance(asked, Reading) else asked


def usable(parameter: Parameter, value: str, context: Context) -> Predicate | None:
    """The same; `None` also if it can't be used."""
    asked = asked_by(parameter, value, context)
    return None if isinstance(asked, Reason) else asked


def _outcome(parameter: Parameter, values: list[str], context: Context) -> _Outcome:
    predicates, unusable = _read(parameter, values, context)
    return _Outcome(
        parameter,
        parameter.combine(predicates) if predicates else MatchAll(),
        bool(predicates) or not unusable,
        tuple(
            UnmappedParameter(parameter.name, tuple(parameter.shown(left_out)), parameter.category, reason.value)
            for reason, left_out in unusable.items()
        ),
    )


def _read(
    parameter: Parameter, values: Iterable[str], context: Context
) -> tuple[list[Predicate], dict[Reason, list[str]]]:
    """What the values, as `values_of` has them, ask for, and those that can't be used by their reason.

    Empty ones are in neither.
    """
    predicates: list[Predicate] = []
    unusable: dict[Reason, list[str]] = {}
    for value in values:
        asked = asked_by(parameter, value, context)
        if isinstance(asked, Reason):
            unusable.setdefault(asked, []).append(value)
        elif asked is not None:
            predicates.append(asked)
    return predicates, unusable


def _summary(outcomes: list[_Outcome]) -> MappingSummary:
    mapped = tuple([outcome.parameter.name for outcome in outcomes if outcome.mapped])
    unmapped = tuple([outcome.parameter.name for outcome in outcomes if not outcome.mapped])
    return MappingSummary(len(outcomes), len(mapped), len(unmapped), mapped, unmapped)


def _unmapped_categories(ranked: list[_Outcome]) -> tuple[UnmappedCategory, ...]:
    by_category: dict[str, list[UnmappedParameter]] = {}
    for outcome in ranked:
        if outcome.unmapped:
            by_category.setdefault(outcome.parameter.category, []).extend(outcome.unmapped)
    return tuple(UnmappedCategory(name, len(members), tuple(members)) for name, members in by_category.items())
