"""Filters for measuring: real ones in kind, a different one every time, so that no cache in the engine answers."""

import random
from collections.abc import Iterable
from urllib.parse import quote

PEOPLE = "https://app.apollo.io/#/people"
"""The URL that selects everybody."""

TITLES = ("ceo", "founder", "owner", "director", "project manager", "marketing manager", "software engineer", "cto")
PLACES = ("United States", "Germany", "Canada", "United Kingdom", "France", "California, US", "India", "Netherlands")
KEYWORDS = ("saas", "marketing", "ecommerce", "cloud", "retail", "digital marketing", "startup", "consulting")
SENIORITIES = ("c_suite", "owner", "founder", "director", "manager", "vp", "senior", "entry")


def url(number: int) -> str:
    """The URL of the filter with this number: eight clauses, of which the revenue bound alone makes it unique."""
    return url_of(parameters(number))


def url_of(pairs: Iterable[str]) -> str:
    """The URL of encoded parameters."""
    return f"{PEOPLE}?{'&'.join(pairs)}"


def parameters(number: int, titles: int = 4, seniorities: int = 6, places: int = 4) -> list[str]:
    """The encoded parameters of that URL, one for each value."""
    chance = random.Random(number)
    pairs = [
        ("contactEmailStatusV2[]", "verified"),
        *(("personTitles[]", title) for title in chance.sample(TITLES, titles)),
        *(("personSeniorities[]", seniority) for seniority in chance.sample(SENIORITIES, seniorities)),
        *(("personLocations[]", place) for place in chance.sample(PLACES, places)),
        ("organizationNumEmployeesRanges[]", f"{chance.randint(1, 20)},{chance.randint(200, 20_000)}"),
        ("revenueRange[min]", str(100_000 + number)),
        *(("qOrganizationKeywordTags[]", keyword) for keyword in chance.sample(KEYWORDS, 3)),
        ("personNotLocations[]", "Brazil"),
    ]
    return [f"{name}={quote(value)}" for name, value in pairs]


def fifteen_values(number: int) -> list[str]:
    """The parameters of a URL of the same kind with 15 values."""
    return parameters(number, titles=3, seniorities=3, places=2)
