"""Many predicates in one statement: the right rows, and a statement that does not grow with their number."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mappings.algebra import simplified
from mappings.predicates import MATCH_NONE, All, Any, ContactFilter, Not, Phrase, Predicate, Terms
from search.duckdb.compile import compile_filter
from search.duckdb.engine import DuckDBEngine
from search.duckdb.rows import any_rows
from search.duckdb.sql import Sql
from search.engine import EngineSettings
from search.fields import ContactCompleteItem
from tests.harness.naive_engine import derived, matches
from tests.harness.stores import load
from tests.harness.strategies import items, predicates


def place(name: object) -> Phrase:
    return Phrase("person_location", f"place{name}")


def word(name: object) -> Terms:
    return Terms("title_words", (f"word{name}",))


def region(name: object) -> Predicate:
    inside = Any((place(f"{name} a"), place(f"{name} b")))
    return Any((place(name), All((inside, Not(Any((place(f"{name} c"), place(f"{name} d"))))))))


SHAPES: dict[str, Callable[[int], Predicate]] = {
    "negated alternatives": lambda at: Not(place(at)),
    "negated words": lambda at: Not(All((word(at), word(-at)))),
    "negated domains": lambda at: Not(Any((Phrase("company_text", f"{at} x"), Terms("company_domains", (f"{at}.x",))))),
    "words, some not": lambda at: All((word(at), Not(word(-at)))),
    "alternated with negated": lambda at: Any((All((word(at), word(-at))), Not(All((word(at), word(f"x{at}")))))),
    "pairs": lambda at: All((place(at), place(f"x{at // 2}"))),
    "triples": lambda at: All((place(at), place(f"x{at // 2}"), place(f"y{at // 4}"))),
    "quadruples": lambda at: All((place(at), place(f"x{at // 2}"), place(f"y{at // 4}"), place(f"z{at // 8}"))),
    "conjunctions": lambda at: All(tuple(word(at + further) for further in range(9))),
    "regions": region,
    "cities in regions": lambda at: All((region(at % 40), place(f"x{at}"))),
    "regions in regions": lambda at: All((region(at % 40), region(f"x{at}"))),
    "negated regions": lambda at: Not(All((region(at), place(f"x{at}")))),
    "negated twice": lambda at: Not(Not(All((place(at), Not(place(f"x{at}")))))),
    "negated alternatives of negated": lambda at: Not(Any((Not(place(at)), word(at)))),
    "negated conjunctions of negated": lambda at: Not(All((Not(place(at)), word(at)))),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("combinator", [All, Any])
def test_a_statement_does_not_grow_with_what_is_asked(shape, combinator) -> None:
    few, many = (
        compile_filter(ContactFilter(combinator(tuple(map(shape, range(number)))))).where for number in (200, 400)
    )
    assert many.text.count("SELECT") == few.text.count("SELECT") < 40


def test_rows_are_those_of_the_naive_evaluator(tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("rows")
    store = EngineSettings(data_dir=directory)

    async def rows(contacts: list[ContactCompleteItem], conditions: list[Sql]) -> list[set[str]]:
        await load(store, contacts)
        engine = DuckDBEngine(store)
        try:
            asked = [Sql(f"SELECT uuid FROM contacts WHERE {sql.text}", sql.parameters) for sql in conditions]
            return [{uuid for (uuid,) in await engine._fetch(sql)} for sql in asked]
        finally:
            await engine.close()

    # A load takes much longer than a statement: few of them, and many statements each.
    @settings(
        max_examples=8,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )
    @given(
        st.lists(items, min_size=1, max_size=40, unique_by=lambda item: item.uuid),
        st.lists(
            predicates.map(simplified).filter(lambda predicate: predicate != MATCH_NONE), min_size=20, max_size=60
        ),
    )
    def agree(contacts: list[ContactCompleteItem], asked: list[Predicate]) -> None:
        found = asyncio.run(rows(contacts, [any_rows([predicate]) for predicate in asked]))
        fields = {item.uuid: derived(item) for item in contacts}
        assert found == [{uuid for uuid, of in fields.items() if matches(predicate, of)} for predicate in asked]

    agree()
