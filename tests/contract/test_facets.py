"""Who the contacts of a search are, of 10,000: on both engines, as somebody counts who has no engine."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from indexing.sources.csv import CsvSource
from mappings.canonical import canonical
from mappings.contact_filter import map_url
from mappings.facets import bounds_of, facet_rows
from mappings.predicates import ContactFilter
from mappings.url import parse
from search.facets import Facet, FacetQuery
from search.fields import SEARCH_FIELDS
from tests.contract.doors import Door
from tests.contract.test_roles import asked, counter
from tests.contract.test_urls import URLS, refusal
from tests.harness.loads import items_of
from tests.harness.oracle import Oracle
from tests.harness.service import Service

__all__ = ["counter"]

PEOPLE = "https://app.apollo.io/#/people"
NARROW = f"{PEOPLE}?personSeniorities[]=c_suite&personLocations[]=Germany&organizationNumEmployeesRanges[]=11,50"
ROWS = facet_rows()
FACET = ["name", "parameter", "count", "missing", "other", "exact", "buckets"]
BUCKET = ["value", "label", "count", "chosen", "lift", "url", "url_exact"]


Count = Callable[[FacetQuery[ContactFilter]], Facet]


@pytest.fixture(scope="session")
def count(sample_csv: Path) -> Count:
    """Counts without an engine, once for all that ask the same."""
    return cache(Oracle(items_of(CsvSource(path=str(sample_csv)))).facet)


def check(answer: dict[str, Any], url: str, count: Count, size: int) -> None:
    """Each facet is what the evaluator counts of the search without its parameter."""
    today = datetime.now(UTC).date()
    for facet in answer["facets"]:
        row = ROWS[facet["name"]]
        rest = map_url(canonical(parse(url)).without(row.parameter or "").apollo_url, today).filter
        chosen = [bucket["value"] for bucket in facet["buckets"] if bucket["chosen"]]
        ranges = [bucket["value"] for bucket in facet["buckets"]] if row.ranges else []
        query = FacetQuery(
            field=row.field, compiled=rest, size=size, values=tuple(chosen), ranges=tuple(map(bounds_of, ranges))
        )
        expected = count(query)
        assert facet["exact"] is True
        assert [facet[name] for name in ("count", "missing", "other")] == [
            expected.count, expected.missing, expected.other
        ], (url, row.name)  # fmt: skip
        numbers = {bucket["value"]: bucket["count"] for bucket in facet["buckets"]}
        if not row.ranges:
            assert numbers == {bucket.value: bucket.count for bucket in expected.buckets}, (url, row.name)
        if not SEARCH_FIELDS[row.field].many and {*ranges} <= {*row.ranges}:
            assert sum(numbers.values()) + facet["other"] + facet["missing"] == facet["count"]


def test_contacts_are_counted_by_every_field(door: Door, count: Count) -> None:
    answer = door.data("facet_contacts", url=NARROW, facets=list(ROWS), size=5)
    assert list(answer) == ["count", "total", "companies", "facets"]
    assert answer["total"] == 10_000
    assert [facet["name"] for facet in answer["facets"]] == list(ROWS)
    assert all(list(facet) == FACET for facet in answer["facets"])
    assert all(list(bucket) == BUCKET for facet in answer["facets"] for bucket in facet["buckets"])
    check(answer, NARROW, count, 5)
    for facet in answer["facets"]:
        for bucket in facet["buckets"][:2]:
            if bucket["url_exact"] and facet["name"] not in ("seniority", "employees"):
                assert door.data("count_contacts", url=bucket["url"])["count"] == bucket["count"]


def test_real_urls_are_counted_by_the_closed_facets(service: Service, count: Count) -> None:
    for url in [each for each in URLS if refusal(each) is None][::60]:
        check(service.data("facet_contacts", url=url), url, count, 10)


def test_what_sets_contacts_apart(door: Door) -> None:
    fields = {"facets": ["company_country", "industries"], "special": True, "size": 3}
    answer = door.data("facet_contacts", url=f"{PEOPLE}?personLocations[]=Germany", **fields)
    industries, countries = answer["facets"]
    assert countries["buckets"][0]["value"] == "germany"
    for facet in (countries, industries):
        assert 0 < len(facet["buckets"]) <= 3
        for bucket in facet["buckets"]:
            assert bucket["count"] >= 3
            assert bucket["lift"] > 1


def test_a_counter_is_told_the_closed_facets(door: Door, counter: str) -> None:
    status, answer = asked(door, counter, "facet_contacts", url=NARROW)
    assert status == 200
    assert [facet["name"] for facet in answer["facets"]] == [name for name, row in ROWS.items() if row.closed]
    numbers = [bucket["count"] for facet in answer["facets"] for bucket in facet["buckets"]]
    assert "<5" in numbers
    assert not any(isinstance(number, int) and number < 5 for number in numbers)
    status, words = asked(door, counter, "facet_contacts", url=PEOPLE, facets=["title"])
    assert status in (403, "forbidden")
    assert "title needs the role user" in words


def test_what_is_wrong_is_said(door: Door) -> None:
    assert "'shoe' is no facet; there are seniority, " in door.refusal("facet_contacts", url=PEOPLE, facets=["shoe"])
    assert "1 to 100, not 101" in door.refusal("facet_contacts", url=PEOPLE, size=101)
    assert "size" in door.refusal("facet_contacts", url=PEOPLE, size=0)
