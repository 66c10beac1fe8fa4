"""What contacts are counted by has values that the server can count: as many of each as plain Python finds."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from mappings.text import LONGEST_TERM
from search.elasticsearch.client import Client
from search.elasticsearch.schema import facet_path
from search.fields import FACETS, SEARCH_FIELDS, ContactCompleteItem, Kind
from tests.harness.naive_engine import derived
from tests.harness.stores import cluster, load

LONG = "long " * LONGEST_TERM
CONTACTS = [
    ContactCompleteItem(
        uuid=str(at),
        title=("CEO", "Manager, Project", "Project Manager", None)[at % 4],
        seniority=("C-Level", "vp", "")[at % 3],
        departments=("Sales", "Marketing")[: at % 3],
        email_status=("Verified", None)[at % 2],
        company=("Acme, Inc.", "ACME Inc", LONG)[at % 3],
        industry=("banking; retail", "banking")[at % 2],
        keywords=("Digital Marketing", "SaaS", LONG)[: at % 4] or None,
        technologies=("C++", "c#")[: at % 3] or None,
        city=("Paris", "Austin, TX")[at % 2],
        state=("", "CA")[at % 2],
        country=("France", "England", "USA")[at % 3],
        company_city="Rome",
        company_state=("Lazio", None)[at % 2],
        company_country="Italy",
        employees=(5, 50, None)[at % 3],
        annual_revenue=at % 2,
        latest_funding=("Seed", "Series A")[at % 2],
        created_at=("2024-01-15T10:30:00", "2024-02-01T00:00:00", None)[at % 3],
    )
    for at in range(40)
]


def test_every_facet_has_its_field() -> None:
    assert set(FACETS) == {
        "seniority", "departments", "email_status", "industries", "employees", "annual_revenue", "funding_stage",
        "person_country", "company_country", "person_state", "person_city", "company_state", "company_city", "title",
        "company", "technologies", "keywords", "created_month",
    }  # fmt: skip


@pytest.fixture(scope="module")
def counted(elasticsearch_url: str, own_index: Callable[[str], str]) -> dict[str, dict[object, int]]:
    """Facet → value → how many contacts the server says have it."""
    settings = cluster(elasticsearch_url, own_index("facets"))
    aggregations = {name: {"terms": {"field": facet_path(name), "size": 100}} for name in FACETS}

    async def run() -> dict[str, dict[object, int]]:
        await load(settings, CONTACTS)
        client = Client(settings)
        try:
            answer = await client.json("POST", f"/{settings.index}/_search", {"size": 0, "aggs": aggregations})
        finally:
            await client.close()
        return {
            name: {bucket["key"]: bucket["doc_count"] for bucket in found["buckets"]}
            for name, found in answer["aggregations"].items()
        }

    return asyncio.run(run())


@pytest.mark.parametrize("facet", FACETS)
def test_the_server_counts_what_there_is(facet: str, counted: dict[str, dict[object, int]]) -> None:
    field = FACETS[facet]
    values = [derived(contact).get(field, ()) for contact in CONTACTS]
    several = [each if isinstance(each, list | tuple) else [each] for each in values]
    expected = Counter(value for each in several for value in each if len(str(value)) <= LONGEST_TERM)
    assert counted[facet] == expected
    assert expected
    assert any(isinstance(value, int) for value in expected) == (SEARCH_FIELDS[field].kind is Kind.NUMBER)
