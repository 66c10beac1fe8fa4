"""Many counts at once in DuckDB: the same as one after the other, however few sets are held at once."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappings.predicates import All, Any, ContactFilter, Not, Phrase, Predicate, Terms
from search.duckdb import tally
from search.engine import EngineSettings
from search.fields import ContactCompleteItem
from tests.harness.oracle import Oracle
from tests.harness.stores import engine_of, load
from tests.harness.strategies import predicates

KEYWORDS = tuple(f"kw{number}" for number in range(6))
CONTACTS = [
    ContactCompleteItem(
        uuid=str(at),
        keywords=tuple(f"{word} x{at % 3}" for bit, word in enumerate(KEYWORDS) if at >> bit & 1),
        title=f"t{at % 5}",
        company=f"kw{at % 7} ltd",
        employees=at,
    )
    for at in range(64)
]
words = st.sampled_from(KEYWORDS)
texts: st.SearchStrategy[Predicate] = st.recursive(
    st.one_of(
        st.builds(Phrase, st.sampled_from(("keywords", "company_text")), words),
        st.builds(Terms, st.just("title_key"), st.lists(st.sampled_from(("t1", "t2", "none")), max_size=2).map(tuple)),
    ),
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Any, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("counting")
    asyncio.run(load(EngineSettings(data_dir=path), CONTACTS))
    return path


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(texts, predicates), max_size=8), st.sampled_from((1, 2, 3, 64)))
def test_many_counts_are_the_separate_ones(
    directory: Path, monkeypatch: pytest.MonkeyPatch, asked: list[Predicate], at_once: int
) -> None:
    async def count() -> list[int]:
        async with engine_of(EngineSettings(data_dir=directory)) as engine:
            return await engine.count_many([engine.compile(ContactFilter(each)) for each in asked])

    monkeypatch.setattr(tally, "LEAVES", at_once)
    oracle = Oracle(CONTACTS)
    assert asyncio.run(count()) == [oracle.count(ContactFilter(each)) for each in asked]
