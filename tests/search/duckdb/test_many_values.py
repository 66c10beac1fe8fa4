"""Many values in one filter: the right contacts, in all the shapes in which people ask for many."""

import asyncio
from typing import Any

import pytest

from mappings.predicates import All, ContactFilter, Not, Order, Phrase, Range, Substring, Terms, all_of, any_of
from search.duckdb.compiled import LARGE, Packed
from search.engine import Engine, EngineSettings
from search.fields import ContactCompleteItem
from tests.harness.oracle import Oracle
from tests.harness.stores import engine_of, load
from tests.search.test_agreement import check

CONTACTS = [
    ContactCompleteItem(uuid=str(at), title=f"title {at}", company=f"c++ number{at} ltd",
                        keywords=(f"kw{at}", f"c+{at} x"),
                    email=f"mail{at % 5}@host{at}.com", employees=at,
                    city=f"city{at}", state=f"state{at % 7}", country="France")
    for at in range(60)
]  # fmt: skip


PREDICATES = dict(zip((
    "ranges", "phrases", "plus signs", "substrings", "excluded", "groups", "several fields", "all",
         "groups of alternatives", "all but some", "all of one group",
), (
    any_of([*(Range("employees", at, at + at % 3) for at in range(3, 5000, 7)), Range("employees", 9, 4),
            *(Range("annual_revenue", lte=-(2**70) - at) for at in range(20)), Range("employees", 2**70)]),
    any_of(Phrase("keywords", f"kw{at}") for at in range(0, 1500, 3)),
    any_of(Phrase("keywords", f"c+{at}") for at in range(30, 1230)),
    any_of(Substring("company_text", f"++ number{at} l") for at in range(5, 700)),
    Not(any_of(Phrase("keywords", f"kw{at}") for at in range(10, 1000))),
    any_of(
        All((Phrase("person_location", f"city{at}"), Phrase("person_location", f"state{at % 7}"),
             Phrase("person_location", "france")))
        for at in range(0, 200, 2)
    ),
    any_of([*(Phrase("company_text", f"number{at}") for at in range(9)),
            *(Terms("title_words", (str(at),)) for at in range(20, 30)), Phrase("industries", "x")]),
    all_of(
        any_of([Phrase("keywords", f"kw{at}"), Phrase("company_text", f"number{at}"),
                Substring("company_text", "r1")])
        for at in range(300)
    ),
    any_of(
        All((any_of([Phrase("keywords", f"kw{at}"), Phrase("company_text", f"number{at}")]),
             Terms("title_key", (f"{other} title", f"{at + 1} title"))))
        for at in range(40) for other in (at, at + 100)
    ),
    all_of([*(Terms("search_words", (word,)) for word in ("mail3", "com", "host3")),
            *(Phrase("person_location", place) for place in ("state3", "city3")), Phrase("keywords", "x"),
            *(Not(Phrase("keywords", f"kw{at}")) for at in range(10, 30)), Terms("title_words", ("title",)),
            Phrase("person_location", "france"), Substring("company_text", "c++ number")]),
    any_of([all_of(Terms("search_words", (word, "none")) for word in ("com", "host9")), Terms("title_key", ())]),
), strict=True))  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the engine finds, by name: one engine for all, since it starts a process for large filters."""
    settings = EngineSettings(data_dir=tmp_path_factory.mktemp("many"))

    async def run() -> dict[str, list[str]]:
        await load(settings, CONTACTS)
        async with engine_of(settings) as engine:
            asked = {name: engine.compile(ContactFilter(predicate)) for name, predicate in PREDICATES.items()}
            assert {type(compiled) for compiled in asked.values()} == {ContactFilter, Packed}
            await _answers_in_every_way(engine)
            return {name: await engine.uuids(compiled, 1000) for name, compiled in asked.items()}

    return asyncio.run(run())


async def _answers_in_every_way(engine: Engine[Any]) -> None:
    """A large filter has pages, scans and counts like a small one, and many small ones are counted like a few."""
    oracle = Oracle(CONTACTS)
    for order in (Order(), Order("employees", ascending=True)):
        await check(engine, oracle, ContactFilter(PREDICATES["excluded"], order), 25)
    asked = [ContactFilter(Phrase("keywords", f"kw{at}")) for at in range(LARGE + 1)]
    for several in (asked, [*asked[:2], ContactFilter(PREDICATES["phrases"])]):
        assert await engine.count_many(list(map(engine.compile, several))) == list(map(oracle.count, several))


@pytest.mark.parametrize("name", PREDICATES)
def test_many_values_find_what_they_should(name: str, found: dict[str, list[str]]) -> None:
    expected = Oracle(CONTACTS).uuids(ContactFilter(PREDICATES[name]))
    assert 0 < len(expected) < len(CONTACTS)
    assert found[name] == expected
