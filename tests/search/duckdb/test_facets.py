"""Facets of a file: by sets and by columns, of many terms and long ones, within their time."""

import asyncio
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from mappings.errors import EngineRejected
from mappings.predicates import ContactFilter, Range, Terms
from mappings.text import LONGEST_TERM
from search.duckdb import facets, sets, values
from search.engine import EngineSettings
from search.facets import TIMED_OUT, Bucket, Facet, FacetQuery
from search.fields import ContactCompleteItem
from tests.harness.oracle import Oracle
from tests.harness.stores import engine_of, load

LONG = ("long " * LONGEST_TERM)[: LONGEST_TERM + 100]
CONTACTS = [
    ContactCompleteItem(
        uuid=f"{at:04}",
        company=f"Company {at % 1100}\\n" if at % 7 else None,
        keywords=(f"kw{at % 40}", f"rare \\{at}", LONG) if at % 3 else None,
        employees=at,
        title="CEO" if at % 2 else "CFO",
    )
    for at in range(1500)
]
ALL, SOME, FEW = ContactFilter(), ContactFilter(Range("employees", 100, 400)), ContactFilter(Range("employees", 7, 9))
NOBODY = ContactFilter(Terms("title_key", ("nobody",)))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> EngineSettings:
    settings = EngineSettings(data_dir=tmp_path_factory.mktemp("facets"))
    asyncio.run(load(settings, CONTACTS))
    return settings


@pytest.fixture(autouse=True)
def _many(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than these are many terms here."""
    monkeypatch.setattr("search.duckdb.vocabulary.MANY", 100)


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle(CONTACTS)


def counted(store: EngineSettings, queries: list[FacetQuery[ContactFilter]]) -> list[Facet]:
    async def run() -> list[Facet]:
        async with engine_of(store) as engine:
            return await engine.facets(queries)

    return asyncio.run(run())


@pytest.mark.parametrize("field", ["company_text", "keywords", "title_key"])
def test_terms_are_counted_however_many_there_are(store: EngineSettings, oracle: Oracle, field: str) -> None:
    queries = [
        FacetQuery(field=field, compiled=of, size=size, least=least, values=values, containing=containing)
        for of in (ALL, SOME, FEW, NOBODY)
        for size in (0, 1, 10, 2000)
        for least in (1, 3)
        for values, containing in (
            ((), ()),
            (("company 8", "kw7", "rare 1", "no such"), ()),
            ((), ("1",)),
            (("kw7",), ("2", "kw")),
            ((), ("2", "y", "omp")),
            ((), ("chief", "exec")),
            ((), ("nothing has it",)),
        )
    ]
    assert counted(store, queries) == [oracle.facet(query) for query in queries]


def test_terms_that_are_too_long_are_others_even_where_they_are_the_most_frequent(store: EngineSettings) -> None:
    [found] = counted(store, [FacetQuery(field="keywords", compiled=ALL, size=1)])
    assert (found.count, found.missing, found.buckets[0].count < 100, found.other > 900) == (1500, 500, True, True)


def limited(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(facets, "FACET_SECONDS", seconds)


def test_a_facet_that_takes_too_long_is_left_out_and_the_others_come(
    store: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = FacetQuery(field="keywords", compiled=ALL, size=3)
    other = FacetQuery(field="employees", compiled=ALL, ranges=((None, None),))
    ranged = facets.Sets.ranged

    def patient(*arguments: Any) -> Any:
        return ranged(*arguments[:-1], lambda: None)

    monkeypatch.setattr(facets.Sets, "ranged", patient)
    limited(monkeypatch, -1.0)
    assert counted(store, [query, other]) == [TIMED_OUT, Facet(count=1500, buckets=(Bucket((None, None), 1500),))]


def test_so_is_one_whose_statement_takes_too_long(store: EngineSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(connection: duckdb.DuckDBPyConnection, *_: Any) -> Any:
        return connection.execute("SELECT count(*) FROM range(100000000) a, range(100000000) b").fetchall()

    limited(monkeypatch, 0.2)
    monkeypatch.setattr(facets, "most_frequent", endless)
    query = FacetQuery(field="company_text", compiled=ALL, size=3)
    other = FacetQuery(field="title_key", compiled=ALL, size=1)
    assert counted(store, [query, other])[0] == TIMED_OUT


def test_what_is_interrupted_by_somebody_else_is_no_matter_of_time(
    store: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> Any:
        raise duckdb.InterruptException("by who waits no more")

    monkeypatch.setattr(facets, "most_frequent", interrupted)
    with pytest.raises(EngineRejected):
        counted(store, [FacetQuery(field="company_text", compiled=ALL, size=3)])


@pytest.mark.parametrize("few", [20_000, 0])
def test_different_values_are_counted(
    store: EngineSettings, oracle: Oracle, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(sets, "_FEW_ROWS", few)

    async def run(of: ContactFilter) -> int:
        async with engine_of(store) as engine:
            return (await engine.summary(of, "company_key")).distinct.count

    for of in (ALL, SOME, NOBODY):
        assert asyncio.run(run(of)) == oracle.distinct(of, "company_key")


def test_no_rows_have_no_terms() -> None:
    query = FacetQuery(field="company_text", compiled=ALL, size=3)
    assert values.most_frequent(duckdb.connect(), query, facets.BitMap()) == []
    work: Callable[..., Any] = values.distinct
    assert work(duckdb.connect(), "company_text", facets.BitMap(), facets.BitMap([1])) == 0
