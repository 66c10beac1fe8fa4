"""The catalogue: what each name of real URLs is called in answers, in words for people who never saw our code."""

import json
import re
from importlib import resources

import pytest

from mappings.analysis import analyze
from mappings.catalogue import CATEGORIES, entries
from mappings.url import parse

ROWS = json.loads(resources.files("mappings").joinpath("data", "parameters.json").read_text())
NAMES = [row["name"] for row in ROWS]

DESCRIPTIONS = {
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
    "personTitles[]": "Job titles to include",
    "organizationKeywordTags": "Company keywords",
    "q_keywords": "Free-text search: all the words",
    "fooBar[]": "Not a known parameter",
}
"""What `analyze` answers: names that used to be explained to insiders, one that is in the contract, other spellings."""

PLAIN = re.compile(r"[A-Z][A-Za-z ,:'-]+[a-z]")
"""One phrase: no full stop, no brackets, no `#/` of screens, no underscores, no years."""

HUMP = re.compile(r"\b[a-z]+[A-Z]")
INSIDERS = re.compile(
    r"\b(api|ui|url|parser|scan|variant|spelling|guessed|honoured|seen|malformed|enum|slug|uid|token|hq|yoe|net new"
    r"|third-party|finder|explorer|flag|param\w*)\b",
    re.IGNORECASE,
)


def described(name: str) -> str:
    """The description that `analyze` answers for a parameter."""
    [category] = analyze(parse(f"https://app.apollo.io/#/people?{name}=x")).categories
    return category.parameters[0].description


@pytest.mark.parametrize(("name", "description"), DESCRIPTIONS.items())
def test_what_analyze_answers(name: str, description: str) -> None:
    assert described(name) == description


@pytest.mark.parametrize("name", NAMES)
def test_a_description_is_one_plain_phrase_without_insiders_words(name: str) -> None:
    description = described(name)
    assert PLAIN.fullmatch(description), description
    assert " " in description
    assert len(description) <= 60
    assert not HUMP.search(description), description
    assert not INSIDERS.search(description), description


def test_an_entry_has_a_category_and_a_description() -> None:
    for row in ROWS:
        assert set(row) == {"name", "category", "description"}
    assert len(set(NAMES)) == len(NAMES)


def test_entries_stand_in_the_order_of_the_categories() -> None:
    categories = [entry.category for entry in entries()]
    assert categories == sorted(categories, key=CATEGORIES.index)
    assert set(categories) == set(CATEGORIES)
