"""THE table: how each parameter maps, a row for each that can be; and why all others can't.

Adding a parameter is an entry in the catalogue (`data/parameters.json`), a row in `_TABLE` and its test case in
`tests/mappings/test_parameters.py`. What has no row is unmapped: `_UNMAPPED_NAMES` and `_UNMAPPED_CATEGORIES` say why.
A URL's names come here first (`given_parameters`); what its values ask for is put together in
`mappings.contact_filter`.
"""

import re
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from typing import TypeVar

import msgspec

from mappings import free_text, readers
from mappings.catalogue import OTHER, Category, Entry, aliases, entries
from mappings.errors import InvalidField
from mappings.json_filters import FILTERS, pairs_in, unread_filters
from mappings.lists import Split
from mappings.names import key_of
from mappings.predicates import all_of, any_of
from mappings.rules import (
    Combine,
    Read,
    Reason,
    Show,
    ValueReader,
    Weigh,
    Write,
    as_given,
    by_length,
    last_of,
    none_of,
    unmapped,
)
from mappings.url import MOST_VALUES
from mappings.values import decoded_again

Value = TypeVar("Value")


class Parameter(msgspec.Struct, frozen=True):
    """A parameter: how answers show it, and how it maps."""

    name: str
    """Canonical; other spellings of it are this parameter too."""

    category: Category
    description: str
    rank: int
    """Its place in answers: the catalogue's order, unknown names last."""

    read: Read
    compared: str = ""
    """How contacts are compared with a value, in words; `""` for one that is never mapped."""

    combine: Combine = any_of
    split: Split | None = None
    weigh: Weigh = by_length
    write: Write = as_given
    show: Show | None = None
    reason: Reason | None = None
    """Why it is never mapped; `None` for one that is, or may be."""

    dated: bool = False
    """Whether a value may mean something else tomorrow."""

    steers: str | None = None
    """The parameter that this one is a control of: it asks nothing itself, and nothing at all without that one."""

    example: str = ""
    """A value as it may be written, of those that are no plain words."""

    def shown(self, values: list[str]) -> list[str]:
        """Values as answers show them."""
        return values if self.show is None else [self.show(value) for value in values]

    def __reduce__(self) -> tuple[Callable[[str], "Parameter"], tuple[str]]:
        """It goes to another process by its name: that has the same table."""
        return parameter_of, (self.name,)


class ParameterRow(msgspec.Struct, frozen=True):
    """One line of the table: how a parameter of the catalogue maps."""

    name: str
    reader: ValueReader
    combine: Combine = any_of
    show: Show | None = None


_TABLE = (
    # Pagination and sorting
    ParameterRow("page", readers.page, last_of),
    ParameterRow("sortByField", readers.sort_field, last_of),
    ParameterRow("sortAscending", readers.sort_direction, last_of),
    # The person
    ParameterRow("personTitles[]", readers.title_or_similar),
    ParameterRow("personNotTitles[]", readers.title, none_of),
    ParameterRow("includeSimilarTitles", readers.flag("personTitles[]", "how `personTitles[]` is compared"), last_of),
    ParameterRow("qPersonTitle", free_text.alternatives(free_text.all_words("title_words"))),
    ParameterRow("qPersonName", free_text.alternatives(free_text.all_words("person_name"))),
    ParameterRow("personSeniorities[]", readers.seniority_term),
    ParameterRow("personDepartmentOrSubdepartments[]", readers.department_terms),
    ParameterRow("personDepartments[]", readers.department_terms),
    ParameterRow("personLocations[]", readers.location("person_location")),
    ParameterRow("personNotLocations[]", readers.location("person_location"), none_of),
    ParameterRow("personLinkedinUrls[]", readers.profile),
    ParameterRow("contactStageIds[]", readers.contact_stage),
    ParameterRow("notContactStageIds[]", readers.contact_stage, none_of),
    # The e-mail address
    ParameterRow("contactEmailStatusV2[]", readers.email_status_term),
    ParameterRow("contactEmailStatus[]", readers.email_status_term),
    ParameterRow("contactEmailExcludeCatchAll", readers.catch_all_address, none_of),
    # The company
    ParameterRow("organizationNumEmployeesRanges[]", readers.number_span("employees")),
    ParameterRow("organizationNumEmployeesRange[min]", readers.at_least("employees")),
    ParameterRow("organizationNumEmployeesRange[max]", readers.at_most("employees")),
    ParameterRow("organizationLocations[]", readers.location("company_location")),
    ParameterRow("organizationNotLocations[]", readers.location("company_location"), none_of),
    ParameterRow("organizationIndustryTagIds[]", readers.industry_tag, show=readers.industry_name),
    ParameterRow("organizationNotIndustryTagIds[]", readers.industry_tag, none_of, show=readers.industry_name),
    ParameterRow("organizationIndustries[]", readers.industry),
    ParameterRow("qOrganizationName", free_text.alternatives(free_text.or_domain(free_text.phrase("company_text")))),
    ParameterRow("qOrganizationDomainsList[]", readers.domain),
    ParameterRow("qOrganizationDomains[]", readers.domain),
    ParameterRow("organizationRevenueRanges[]", readers.number_span("annual_revenue")),
    ParameterRow("revenueRange", readers.two_bounds("annual_revenue")),
    ParameterRow("revenueRange[min]", readers.at_least("annual_revenue")),
    ParameterRow("revenueRange[max]", readers.at_most("annual_revenue")),
    ParameterRow("organizationSicCodes[]", readers.industry_code("sic_codes")),
    ParameterRow("notOrganizationSicCodes[]", readers.industry_code("sic_codes"), none_of),
    ParameterRow("organizationNaicsCodes[]", readers.industry_code("naics_codes")),
    ParameterRow("notOrganizationNaicsCodes[]", readers.industry_code("naics_codes"), none_of),
    ParameterRow("organizationFoundedYearRange", readers.two_bounds("founded_year")),
    ParameterRow("organizationFoundedYearRange[min]", readers.at_least("founded_year")),
    ParameterRow("organizationFoundedYearRange[max]", readers.at_most("founded_year")),
    ParameterRow("organizationLatestFundingStageCd[]", readers.stage),
    ParameterRow("totalFundingRange", readers.two_bounds("total_funding")),
    ParameterRow("totalFundingRange[min]", readers.at_least("total_funding")),
    ParameterRow("totalFundingRange[max]", readers.at_most("total_funding")),
    ParameterRow("latestFundingAmountRange", readers.two_bounds("latest_funding_amount")),
    ParameterRow("latestFundingAmountRange[min]", readers.at_least("latest_funding_amount")),
    ParameterRow("latestFundingAmountRange[max]", readers.at_most("latest_funding_amount")),
    ParameterRow("latestFundingDateRange[min]", readers.since("last_raised_at")),
    ParameterRow("latestFundingDateRange[max]", readers.until("last_raised_at")),
    # Keywords
    ParameterRow("qOrganizationKeywordTags[]", free_text.keyword("includedOrganizationKeywordFields[]")),
    ParameterRow("includedOrganizationKeywordFields[]", free_text.keyword_field("qOrganizationKeywordTags[]")),
    ParameterRow(
        "qAndedOrganizationKeywordTags[]", free_text.keyword("includedAndedOrganizationKeywordFields[]"), all_of
    ),
    ParameterRow(
        "includedAndedOrganizationKeywordFields[]", free_text.keyword_field("qAndedOrganizationKeywordTags[]")
    ),
    ParameterRow("qNotOrganizationKeywordTags[]", free_text.keyword("excludedOrganizationKeywordFields[]"), none_of),
    ParameterRow("excludedOrganizationKeywordFields[]", free_text.keyword_field("qNotOrganizationKeywordTags[]")),
    ParameterRow("qKeywords", free_text.anywhere),
    # Technologies, and fields that are there or not
    ParameterRow("currentlyUsingAnyOfTechnologyUids[]", free_text.technology),
    ParameterRow("currentlyUsingAllOfTechnologyUids[]", free_text.technology, all_of),
    ParameterRow("currentlyNotUsingAnyOfTechnologyUids[]", free_text.technology, none_of),
    ParameterRow("existFields[]", readers.known_field, all_of),
    ParameterRow("notExistFields[]", readers.known_field, none_of),
    ParameterRow(FILTERS, unread_filters),
)

_UNMAPPED_NAMES: dict[Reason, tuple[str, ...]] = {
    Reason.ID_BASED: (
        "organizationIds[]",
        "notOrganizationIds[]",
        "personPastOrganizationIds[]",
        "personNotPastOrganizationIds[]",
    ),
    Reason.UI_FLAG: (
        "uniqueUrlId",
        "tour",
        "recommendationConfigId",
        "finderViewId",
        "finderTableLayoutId",
        "groupBy[]",
        "perPage",
        "viewMode",
        "displayMode",
        "overrideScoreId",
        "pendo",
        "includedAnyOfOrganizationKeywordFields[]",
    ),
    # What is this other name of keywords for? Guessing would change results unseen.
    Reason.UNKNOWN: ("organizationKeywordTags[]",),
}
"""Reason → names of the catalogue that have no row. They decide before the category does."""

_UNMAPPED_CATEGORIES: dict[Category, Reason] = {
    "Person Filters": Reason.NO_FIELD,
    "Organization Filters": Reason.NO_FIELD,
    "Search Lists": Reason.APOLLO_FEATURE,
    "Market Segments": Reason.APOLLO_FEATURE,
    "Intent": Reason.APOLLO_FEATURE,
    "Lookalike": Reason.APOLLO_FEATURE,
    "Prospecting": Reason.APOLLO_FEATURE,
}
"""Category → why a name in it is unmapped that has no row. In the other categories it is unknown."""

NOT_ABOUT_CONTACTS: tuple[Category, ...] = ("Pagination", "Sorting")
"""Categories of what asks nothing of contacts."""

_UNKNOWN = "Not a known parameter"
_BLANK_BEFORE_BRACKET = re.compile(r"(?<!\s)\s+(?=\[)")
_OF_FILTERS = re.compile(r"\s*filters?\[(?P<name>[^\[\]]+)\]", re.IGNORECASE)
_HUMP = re.compile(r"(?<!^)[A-Z]")
_LAST_RANK = sys.maxsize
_RESPELLING = 6
"""What it takes to know a name in an uncommon spelling, or that it is none: as much as to make so many predicates."""


def parameter_of(name: str) -> Parameter:
    """The parameter that a decoded name in a URL stands for, in any of its spellings; an unknown one is `Other`."""
    return _by_spelling().get(name) or _respelled(name)


def effort(pairs: Iterable[tuple[str, str]], most: int) -> int:
    """About how many predicates names and values of a URL become, or things that are as much work to make.

    It is told without making them. Counting ends once it is over `most`.
    """
    spellings = _by_spelling()
    sum_of_all = 0
    for name, value in pairs:
        parameter = spellings.get(name)
        if parameter is None:
            parameter = _respelled(name)
            sum_of_all += _RESPELLING
        sum_of_all += parameter.weigh(value)
        if sum_of_all > most:
            break
    return sum_of_all


def known_parameters() -> list[Parameter]:
    """Every parameter in its own right, in the order of answers."""
    return list(_parameters().values())


def given_parameters(pairs: Sequence[tuple[str, str]]) -> list[tuple[Parameter, list[str]]]:
    """Names and values of a URL → its parameters, each once with all its values, both in the order of the URL.

    In place of `filters=` stand the parameters in its JSON, if it has any by a name of Apollo's.

    Raises:
        InvalidField: the JSON has too many values.
    """
    spellings = _by_spelling()
    given = _grouped([(spellings.get(name) or _respelled(name), value) for name, value in pairs])
    if FILTERS in given:
        given = _grouped([(parameter, value) for parameter, (_, value) in _with_filters_read(pairs)])
    return list(given.values())


def written_parameters(pairs: Sequence[tuple[str, str]]) -> list[tuple[Parameter, list[tuple[str, str]]]]:
    """The same, each value with its name as it is written: `filters[titles]` in JSON. Raises the same."""
    return list(_grouped(_with_filters_read(pairs)).values())


def by_rank(parameter: Parameter) -> int:
    """The sort key of the order in which answers show parameters."""
    return parameter.rank


def _grouped(pairs: Iterable[tuple[Parameter, Value]]) -> dict[str, tuple[Parameter, list[Value]]]:
    by_name: dict[str, tuple[Parameter, list[Value]]] = {}
    for parameter, value in pairs:
        earlier = by_name.get(parameter.name)
        if earlier is None:
            by_name[parameter.name] = (parameter, [value])
        else:
            earlier[1].append(value)
    return by_name


def _with_filters_read(pairs: Iterable[tuple[str, str]]) -> list[tuple[Parameter, tuple[str, str]]]:
    """Each parameter with its name as written and its value.

    Of the JSON of `filters=` what has names of Apollo's, by rule: what other words mean there nobody can tell.
    """
    read: list[tuple[Parameter, tuple[str, str]]] = []
    by_key = _by_key()
    for name, value in pairs:
        parameter = parameter_of(name)
        inner = pairs_in(decoded_again(value)) if parameter.name == FILTERS else []
        known = {key: by_key.get(key_of(key)) for key, _ in inner}
        if _says_who(known.values()):
            read += [(known[key] or _unknown(key), (f"{FILTERS}[{key}]", text)) for key, text in inner]
        else:
            read.append((parameter, (name, value)))
    if len(read) > MOST_VALUES:
        raise InvalidField(f"url: more than {MOST_VALUES} values")
    return read


def _says_who(known: Collection[Parameter | None]) -> bool:
    """Whether one of them is about contacts, or all are known: with a page alone everybody would be the answer."""
    given = [parameter for parameter in known if parameter]
    return any(parameter.category not in NOT_ABOUT_CONTACTS for parameter in given) or 0 < len(given) == len(known)


def _respelled(name: str) -> Parameter:
    if found := _OF_FILTERS.match(name):
        inner = _by_key().get(key_of(f"{found['name']}{name[found.end() :]}"))
        return inner or _unknown(name)
    key = key_of(name)
    return _by_key().get(key) or _by_alias().get(key) or _unknown(_BLANK_BEFORE_BRACKET.sub("", name.strip()))


def _unknown(name: str) -> Parameter:
    return _unmapped(Entry(name, OTHER, _UNKNOWN), _LAST_RANK, Reason.UNKNOWN)


@cache
def _by_spelling() -> dict[str, Parameter]:
    """The commonest spellings, those of Apollo's app and API, so that a name takes one look-up and no rule."""
    spellings = {}
    for name, parameter in _parameters().items():
        for spelling in (name, _HUMP.sub(r"_\g<0>", name).lower()):
            spellings[spelling] = parameter
            spellings[spelling.removesuffix("[]") if spelling.endswith("[]") else f"{spelling}[]"] = parameter
    return spellings


@cache
def _by_key() -> dict[str, Parameter]:
    """The parameters by what all spellings of their names have in common."""
    return {key_of(name): parameter for name, parameter in _parameters().items()}


@cache
def _by_alias() -> dict[str, Parameter]:
    """The same by what other words for them have in common."""
    return {key_of(alias.name): _parameters()[alias.of] for alias in aliases()}


@cache
def _parameters() -> dict[str, Parameter]:
    """Canonical name → parameter, in the catalogue's order."""
    rows = {row.name: row for row in _TABLE}
    reasons = {name: reason for reason, names in _UNMAPPED_NAMES.items() for name in names}
    parameters = {}
    for rank, entry in enumerate(entries()):
        row = rows.get(entry.name)
        if row is None:
            reason = reasons.get(entry.name) or _UNMAPPED_CATEGORIES.get(entry.category, Reason.UNKNOWN)
            parameters[entry.name] = _unmapped(entry, rank, reason)
        else:
            parameters[entry.name] = _mapped(entry, rank, row)
    return parameters


def _mapped(entry: Entry, rank: int, row: ParameterRow) -> Parameter:
    return Parameter(
        entry.name,
        entry.category,
        entry.description,
        rank,
        row.reader.read,
        compared=row.reader.compared,
        combine=row.combine,
        split=row.reader.split,
        weigh=row.reader.weigh,
        write=row.reader.write,
        show=row.show,
        dated=row.reader.dated,
        steers=row.reader.steers,
        example=row.reader.example,
    )


def _unmapped(entry: Entry, rank: int, reason: Reason) -> Parameter:
    return Parameter(entry.name, entry.category, entry.description, rank, unmapped(reason), reason=reason)
