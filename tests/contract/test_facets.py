"""Who the contacts of a search are, of 10,000: on both engines, as somebody counts who has no engine."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from mappings.canonical import canonical
from mappings.contact_filter import map_url
from mappings.facets import bounds_of, facet_rows, sought
from mappings.predicates import ContactFilter
from mappings.url import parse
from search.facets import Facet, FacetQuery
from search.fields import SEARCH_FIELDS, ContactCompleteItem
from search.labels import label
from tests.contract.conftest import URLS, refusal
from tests.contract.doors import Door
from tests.contract.test_roles import asked, counter
from tests.harness.naive_engine import Contact, facet_of, hits_of, searchable
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
def count(people: list[ContactCompleteItem]) -> Count:
    """Counts without an engine, once for all that ask the same."""
    return cache(Oracle(people).facet)


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


def test_values_are_found_by_a_part_of_them(door: Door, count: Count) -> None:
    names = ["title", "technologies", "person_city", "industries"]
    for contains in ("mark man", "C++", "soft er", "an", "no such word"):
        answer = door.data("facet_contacts", url=NARROW, facets=names, size=5, contains=contains)
        for facet in answer["facets"]:
            row = ROWS[facet["name"]]
            rest = map_url(canonical(parse(NARROW)).without(row.parameter or "").apollo_url, datetime.now(UTC).date())
            words = sought(row, contains)
            expected = count(FacetQuery(field=row.field, compiled=rest.filter, size=5, containing=words))
            assert [(each["value"], each["count"]) for each in facet["buckets"]] == [
                (bucket.value, bucket.count) for bucket in expected.buckets
            ], (row.name, contains)
            assert facet["other"] == expected.other


def test_real_urls_are_counted_by_the_closed_facets(service: Service, count: Count) -> None:
    for url in [each for each in URLS if refusal(each) is None][::60]:
        check(service.data("facet_contacts", url=url), url, count, 10)


def test_numbers_of_every_real_url_add_up(
    service: Service, found: dict[str, frozenset[str]], people: list[ContactCompleteItem]
) -> None:
    everybody, names = searchable(people), itertools.cycle(ROWS)
    spellings = spelled(everybody, people)
    compared = 0
    for url, those in found.items():
        answer = service.data("facet_contacts", url=url, facets=list(itertools.islice(names, 2)), size=4)
        assert (answer["count"], answer["total"]) == (len(those), len(everybody))
        matching = [contact for contact in everybody if contact[0] in those]
        asked = {name for name, _ in canonical(parse(url)).parameters}
        for facet in answer["facets"]:
            row = ROWS[facet["name"]]
            numbers = {bucket["value"]: bucket["count"] for bucket in facet["buckets"]}
            chosen = {bucket["value"] for bucket in facet["buckets"] if bucket["chosen"]}
            if not SEARCH_FIELDS[row.field].many and not (row.ranges and chosen - {*row.ranges}):
                assert sum(numbers.values()) + facet["other"] + facet["missing"] == facet["count"], (url, row.name)
            for bucket in facet["buckets"]:
                if not row.ranges and bucket["count"]:
                    assert bucket["label"] == spellings[row.field, bucket["value"]]
            if row.parameter not in asked:
                bounds = tuple(map(bounds_of, numbers)) if row.ranges else ()
                counted = facet_of(
                    matching, FacetQuery(field=row.field, compiled=ContactFilter(), size=4, ranges=bounds)
                )
                assert (facet["count"], facet["missing"]) == (counted.count, counted.missing), (url, row.name)
                assert [*numbers.values()] == [bucket.count for bucket in counted.buckets]
                assert bounds or [*numbers] == [bucket.value for bucket in counted.buckets]
                compared += 1
    assert compared > len(found)


def spelled(everybody: list[Contact], people: list[ContactCompleteItem]) -> dict[tuple[str, str], str]:
    """Field with a facet and value → how the first contact in default order that has it spells it."""
    items = {person.uuid: person for person in people}
    spellings: dict[tuple[str, str], str] = {}
    fields_of = {uuid: fields for uuid, _, fields in everybody}
    for hit in hits_of(everybody, ContactFilter()):
        for row in ROWS.values():
            values = () if row.ranges else fields_of[hit.uuid].get(row.field, ())
            for value in (values,) if isinstance(values, str) else values:
                if (row.field, value) not in spellings:
                    spellings[row.field, value] = label(items[hit.uuid], row.field, value)
    return spellings


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
