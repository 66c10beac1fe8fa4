"""Filters for measuring: real ones in kind, a different one every time, so that no cache in the engine answers."""

import random
from urllib.parse import quote

TITLES = ("ceo", "founder", "owner", "director", "project manager", "marketing manager", "software engineer", "cto")
PLACES = ("United States", "Germany", "Canada", "United Kingdom", "France", "California, US", "India", "Netherlands")
KEYWORDS = ("saas", "marketing", "ecommerce", "cloud", "retail", "digital marketing", "startup", "consulting")
SENIORITIES = ("c_suite", "owner", "founder", "director", "manager", "vp", "senior", "entry")


def url(number: int) -> str:
    """The URL of the filter with this number: seven clauses, of which the revenue bound alone makes it unique."""
    chance = random.Random(number)
    pairs = [
        ("contactEmailStatusV2[]", "verified"),
        *(("personTitles[]", title) for title in chance.sample(TITLES, 4)),
        *(("personSeniorities[]", seniority) for seniority in chance.sample(SENIORITIES, 6)),
        *(("personLocations[]", place) for place in chance.sample(PLACES, 4)),
        ("organizationNumEmployeesRanges[]", f"{chance.randint(1, 20)},{chance.randint(200, 20_000)}"),
        ("revenueRange[min]", str(100_000 + number)),
        *(("qOrganizationKeywordTags[]", keyword) for keyword in chance.sample(KEYWORDS, 3)),
        ("personNotLocations[]", "Brazil"),
    ]
    return "https://app.apollo.io/#/people?" + "&".join(f"{name}={quote(value)}" for name, value in pairs)
