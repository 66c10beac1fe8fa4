"""Different values are counted exactly, or it is said that they are not."""

import asyncio
from collections.abc import Callable

import pytest

from mappings.predicates import ContactFilter, Terms
from search.elasticsearch.distinct import FEW, MOST, Counted, _Estimate, _Listed, _Number
from search.engine import Distinct
from search.fields import ContactCompleteItem
from tests.harness.stores import cluster, engine_of, load


@pytest.mark.parametrize(
    ("estimate", "others", "number", "expected"),
    [
        (0, 0, 0, Distinct(0, exact=True)),
        (FEW - 1, 0, FEW, Distinct(FEW, exact=True)),
        (FEW + 1, 1, FEW, None),
        (MOST, MOST - FEW, FEW, None),
        (MOST + 1, 90_000, FEW, Distinct(MOST + 1, exact=False)),
        (MOST - 3, 1, MOST, Distinct(MOST, exact=False)),
        (MOST - 3, 0, MOST, Distinct(MOST, exact=True)),
    ],
)
def test_what_is_no_estimate_is_known(estimate: int, others: int, number: int, expected: Distinct | None) -> None:
    assert Counted(_Estimate(estimate), _Listed(others), _Number(number)).distinct() == expected


@pytest.mark.parametrize("shards", [1, 3])
def test_more_than_a_few_are_counted_exactly_too(
    elasticsearch_url: str, own_index: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, shards: int
) -> None:
    few = 5
    monkeypatch.setattr("search.elasticsearch.distinct.FEW", few)
    settings = cluster(elasticsearch_url, own_index("distinct"), shards=shards)
    contacts = [
        ContactCompleteItem(
            uuid=str(at), company=f"Company {at % (few + 7)}" if at % 9 else None, city="Rome" if at % 3 else "Paris"
        )
        for at in range(60)
    ]
    named = {contact.company for contact in contacts} - {None}
    romans = {contact.company for contact in contacts if contact.city == "Rome"} - {None}

    async def run() -> list[Distinct]:
        await load(settings, contacts)
        async with engine_of(settings) as engine:
            filters = ContactFilter(), ContactFilter(Terms("person_city", ("rome",)))
            return [(await engine.summary(engine.compile(each), "company_key")).distinct for each in filters]

    assert asyncio.run(run()) == [Distinct(len(named), exact=True), Distinct(len(romans), exact=True)]
