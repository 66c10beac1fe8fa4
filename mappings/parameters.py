"""THE table: every parameter, what it is called, where it is shown and how it maps.

Adding a parameter is one `Row` in `_TABLE` and its test case in `tests/mappings/test_parameters.py`. Names,
categories and plain meanings of what real URLs hold come from the catalogue; a row says how one of them maps, and a
better description where there is one. A row for a name that is not in the catalogue gives its category itself.
What has no row is unmapped, and `_UNMAPPED_NAMES` and `_UNMAPPED_CATEGORIES` say why.
"""

import re
from collections.abc import Iterable
from functools import cache

import msgspec

from mappings import readers
from mappings.catalogue import CATEGORIES, OTHER, Entry, entries
from mappings.predicates import all_of, any_of
from mappings.rules import Combine, Read, Reason, Show, Split, none_of, unmapped


class Parameter(msgspec.Struct, frozen=True):
    """A parameter: how answers show it, and how it maps."""

    name: str
    """Canonical; other spellings of it are this parameter too."""

    category: str
    description: str
    rank: int
    """Its place in answers: by category, inside one by the catalogue's order, unknown names last."""

    read: Read
    combine: Combine = any_of
    split: Split | None = None
    show: Show | None = None
    reason: Reason | None = None
    """Why it is never mapped; `None` for one that is, or may be."""


class Row(msgspec.Struct, frozen=True):
    """One line of the table. `category` is for a name that the catalogue does not have."""

    name: str
    description: str
    read: Read
    combine: Combine = any_of
    split: Split | None = None
    show: Show | None = None
    category: str = OTHER


_TABLE = (
    # Pagination and sorting
    Row("page", "Page of the results to start with", readers.steers),
    Row("sortByField", "Field to sort by", readers.sorting),
    Row("sortAscending", "Sort direction: ascending if true", readers.sorting),
    # The person
    Row("personTitles[]", "Job titles to include", readers.title_or_similar),
    Row("personNotTitles[]", "Job titles to exclude", readers.title, none_of),
    Row("includeSimilarTitles", "Also find similar job titles", readers.steers),
    Row("qPersonTitle", "Words in the job title", readers.alternatives(readers.all_words("title_words"))),
    Row("qPersonName", "Words in the person's name", readers.alternatives(readers.all_words("person_name"))),
    Row("personSeniorities[]", "Management levels to include", readers.seniority_term),
    Row("personDepartmentOrSubdepartments[]", "Departments or job functions to include", readers.department_terms),
    Row("personDepartments[]", "Departments to include", readers.department_terms),
    Row("personLocations[]", "Where the person is", readers.location("person_location")),
    Row("personNotLocations[]", "Where the person is not", readers.location("person_location"), none_of),
    Row("personLinkedinUrls[]", "LinkedIn profiles to include", readers.profile),
    # The e-mail address
    Row("contactEmailStatusV2[]", "Email statuses to include", readers.email_status_term),
    Row("contactEmailStatus[]", "Email statuses to include (older name)", readers.email_status_term),
    Row("contactEmailExcludeCatchAll", "Exclude catch-all addresses", readers.catch_all_address, none_of),
    # The company
    Row("organizationNumEmployeesRanges[]", "Company sizes by employees", readers.number_span("employees")),
    Row("organizationLocations[]", "Where the company is", readers.location("company_location")),
    Row("organizationNotLocations[]", "Where the company is not", readers.location("company_location"), none_of),
    Row("organizationIndustryTagIds[]", "Industries to include", readers.industry_tag, show=readers.industry_name),
    Row(
        "organizationNotIndustryTagIds[]",
        "Industries to exclude",
        readers.industry_tag,
        none_of,
        show=readers.industry_name,
    ),
    Row("organizationIndustries[]", "Industries to include, by name", readers.industry),
    Row("qOrganizationName", "Words in the company name", readers.alternatives(readers.phrase("company_text"))),
    Row("qOrganizationDomainsList[]", "Company domains to include", readers.domain, split=str.split),
    Row("qOrganizationDomains[]", "Company domains to include (older name)", readers.domain, split=str.split),
    Row("revenueRange[min]", "Annual revenue from", readers.at_least("annual_revenue")),
    Row("revenueRange[max]", "Annual revenue up to", readers.at_most("annual_revenue")),
    Row("organizationLatestFundingStageCd[]", "Latest funding stages to include", readers.stage),
    Row("totalFundingRange[min]", "Total funding from", readers.at_least("total_funding")),
    Row("totalFundingRange[max]", "Total funding up to", readers.at_most("total_funding")),
    Row("latestFundingAmountRange[min]", "Latest funding amount from", readers.at_least("latest_funding_amount")),
    Row("latestFundingAmountRange[max]", "Latest funding amount up to", readers.at_most("latest_funding_amount")),
    Row("latestFundingDateRange[min]", "Latest funding since", readers.since("last_raised_at")),
    Row("latestFundingDateRange[max]", "Latest funding until", readers.until("last_raised_at")),
    # Keywords
    Row(
        "qOrganizationKeywordTags[]",
        "Company keywords, any of",
        readers.keyword("includedOrganizationKeywordFields[]"),
    ),
    Row(
        "includedOrganizationKeywordFields[]",
        "Where company keywords are looked for",
        readers.keyword_field("qOrganizationKeywordTags[]"),
    ),
    Row(
        "qAndedOrganizationKeywordTags[]",
        "Company keywords, all of",
        readers.keyword("includedAndedOrganizationKeywordFields[]"),
        all_of,
    ),
    Row(
        "includedAndedOrganizationKeywordFields[]",
        "Where required company keywords are looked for",
        readers.keyword_field("qAndedOrganizationKeywordTags[]"),
    ),
    Row(
        "qNotOrganizationKeywordTags[]",
        "Company keywords to exclude",
        readers.keyword("excludedOrganizationKeywordFields[]"),
        none_of,
    ),
    Row(
        "excludedOrganizationKeywordFields[]",
        "Where excluded company keywords are looked for",
        readers.keyword_field("qNotOrganizationKeywordTags[]"),
    ),
    Row("qKeywords", "Free-text search: all the words", readers.free_text),
    # Technologies, and fields that are there or not
    Row("currentlyUsingAnyOfTechnologyUids[]", "Technologies, any of", readers.phrase("technologies")),
    Row("currentlyUsingAllOfTechnologyUids[]", "Technologies, all of", readers.phrase("technologies"), all_of),
    Row("currentlyNotUsingAnyOfTechnologyUids[]", "Technologies to exclude", readers.phrase("technologies"), none_of),
    Row("existFields[]", "Fields that must be known", readers.known_field, all_of),
    Row("notExistFields[]", "Fields that must not be known", readers.known_field, none_of),
)

_UNMAPPED_NAMES: dict[Reason, tuple[str, ...]] = {
    Reason.ID_BASED: (
        "organizationIds",
        "notOrganizationIds",
        "personPastOrganizationIds",
        "personNotPastOrganizationIds",
    ),
    Reason.UI_FLAG: (
        "uniqueUrlId",
        "tour",
        "recommendationConfigId",
        "finderViewId",
        "finderTableLayoutId",
        "groupBy",
        "perPage",
        "viewMode",
        "displayMode",
        "overrideScoreId",
        "pendo",
        "includedAnyOfOrganizationKeywordFields",
    ),
    # Which bound of the range? What was this variant for? Guessing would change results unseen.
    Reason.UNKNOWN: ("revenueRange", "organizationKeywordTags"),
}
"""Reason → names that have no row, without what is in brackets. They decide before the category does."""

_UNMAPPED_CATEGORIES = {
    "Person Filters": Reason.NO_FIELD,
    "Organization Filters": Reason.NO_FIELD,
    "Search Lists": Reason.APOLLO_FEATURE,
    "Market Segments": Reason.APOLLO_FEATURE,
    "Intent": Reason.APOLLO_FEATURE,
    "Lookalike": Reason.APOLLO_FEATURE,
    "Prospecting": Reason.APOLLO_FEATURE,
}
"""Category → why a name in it is unmapped that has no row. In the other categories it is unknown."""

_DESCRIPTIONS = {
    "prospectedByCurrentTeam[]": "Whether the team has saved the contact already",
    "emailerCampaignIds[]": "Sequences the contact is in",
    "notEmailerCampaignIds[]": "Sequences the contact is not in",
    "organizationTradingStatus[]": "Public or private companies",
    "notOrganizationNaicsCodes[]": "NAICS codes to exclude",
    "notOrganizationSicCodes[]": "SIC codes to exclude",
    "organizationHeadcountGrowthPastNMonths": "Months over which headcount growth is measured",
    "revenueRange": "Annual revenue, without saying which bound",
    "includedAnyOfOrganizationKeywordFields[]": "Where company keywords are looked for",
    "organizationKeywordTags[]": "Company keywords",
    "uniqueUrlId": "Short id of a shared search",
    "groupBy[]": "How lists are grouped",
}
"""Where a parameter without a row has a catalogue meaning that only insiders understand."""

_UNKNOWN_DESCRIPTION = "Not a known parameter"
_BLANK_BEFORE_BRACKET = re.compile(r"(?<!\s)\s+(?=\[)")
_NOTE = re.compile(r"\s*\([^()]*\)$")
_PER_CATEGORY = 1000
_LAST_RANK = len(CATEGORIES) * _PER_CATEGORY
_unknown = unmapped(Reason.UNKNOWN)


def parameter_of(name: str) -> Parameter:
    """The parameter that a decoded name in a URL stands for, in any of its spellings; an unknown one is `Other`."""
    return _by_spelling().get(name) or _respelled(name)


def known_parameters() -> list[Parameter]:
    """Every parameter in its own right, in the order of answers."""
    return sorted(_parameters().values(), key=by_rank)


def given_parameters(pairs: Iterable[tuple[str, str]]) -> list[tuple[Parameter, list[str]]]:
    """Names and values of a URL → its parameters, each once with all its values, both in the order of the URL."""
    spellings = _by_spelling()
    found: dict[str, tuple[Parameter, list[str]]] = {}
    for name, value in pairs:
        parameter = spellings.get(name) or _respelled(name)
        given = found.get(parameter.name)
        if given is None:
            found[parameter.name] = (parameter, [value])
        else:
            given[1].append(value)
    return list(found.values())


def by_rank(parameter: Parameter) -> int:
    """The sort key of the order in which answers show parameters."""
    return parameter.rank


def _respelled(name: str) -> Parameter:
    meant = _BLANK_BEFORE_BRACKET.sub("", name.strip())
    return _by_spelling().get(meant) or Parameter(
        meant, OTHER, _UNKNOWN_DESCRIPTION, _LAST_RANK, _unknown, reason=Reason.UNKNOWN
    )


@cache
def _by_spelling() -> dict[str, Parameter]:
    """Every spelling that is known beforehand, so that a name takes one look-up."""
    parameters = _parameters()
    spellings = dict(parameters)
    spellings |= {entry.name: parameters[other] for entry in entries() if (other := entry.stands_for)}
    for spelling, parameter in list(spellings.items()):
        spellings.setdefault(spelling.removesuffix("[]") if spelling.endswith("[]") else f"{spelling}[]", parameter)
    return spellings


@cache
def _parameters() -> dict[str, Parameter]:
    """Canonical name → parameter: the catalogue's, and those that only the table has."""
    rows = {row.name: row for row in _TABLE}
    listed = {entry.name: entry for entry in entries() if not entry.stands_for}
    beyond = [Entry(row.name, row.category, row.description) for row in _TABLE if row.name not in listed]
    ordered = enumerate([*listed.values(), *beyond])
    return {entry.name: _parameter(entry, position, rows.get(entry.name)) for position, entry in ordered}


def _parameter(entry: Entry, position: int, row: Row | None) -> Parameter:
    rank = CATEGORIES.index(entry.category) * _PER_CATEGORY + position
    if row is None:
        reason, description = _reason(entry), entry.meaning[0].upper() + entry.meaning[1:]
        return Parameter(entry.name, entry.category, description, rank, unmapped(reason), reason=reason)
    return Parameter(row.name, entry.category, row.description, rank, row.read, row.combine, row.split, row.show)


def _reason(entry: Entry) -> Reason:
    stem = entry.name.partition("[")[0]
    for reason, names in _UNMAPPED_NAMES.items():
        if stem in names:
            return reason
    return _UNMAPPED_CATEGORIES.get(entry.category, Reason.UNKNOWN)
