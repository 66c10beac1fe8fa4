"""A file of another mapping version: everybody is there, and whatever needs a set says what to do."""

from collections.abc import Callable, Iterator

import duckdb
import pytest

from mappings.errors import EngineUnavailable
from mappings.predicates import Order, Terms
from search.cursor import Position
from search.duckdb.earlier import EarlierSets, sets_of
from search.duckdb.sets import Sets, no_pause
from search.fields import MAPPING_VERSION

BY_TITLE = Order("title", ascending=True)
ASKED: dict[str, Callable[[Sets, duckdb.DuckDBPyConnection], object]] = {
    "leaves": lambda sets, file: sets.of_leaves(file, [Terms("seniority", ("vp",))], no_pause),
    "sizes": lambda sets, file: sets.sizes(file, [Terms("seniority", ("vp",))]),
    "numbers": lambda sets, file: sets.between(file, "employees", 1, 2, sets.everyone, no_pause),
    "fields": lambda sets, file: sets.filled(file, "city"),
    "another order": lambda sets, file: sets.first(file, BY_TITLE, sets.everyone, 2),
    "a place": lambda sets, file: sets.beside(file, Order(), Position(1, "a"), no_pause),
}


@pytest.fixture(scope="module")
def file() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("CREATE TABLE contacts AS SELECT range::INTEGER AS row FROM range(9)")
        opened.execute("CREATE TABLE meta AS SELECT 'mapping version' AS name, '1'::BLOB AS value")
        yield opened


def test_everybody_is_there_in_order(file: duckdb.DuckDBPyConnection) -> None:
    sets = sets_of(file)
    assert isinstance(sets, EarlierSets)
    assert sets.first(file, Order(), sets.everyone, 3, 2) == [2, 3, 4]


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_what_needs_sets_says_what_to_do(file: duckdb.DuckDBPyConnection, ask: Callable[..., object]) -> None:
    with pytest.raises(EngineUnavailable, match="contacts index rebuild"):
        ask(sets_of(file), file)


def test_it_has_nothing_that_no_file_has(file: duckdb.DuckDBPyConnection) -> None:
    sets = EarlierSets(file)
    sets._version = MAPPING_VERSION
    with pytest.raises(AttributeError, match="unheard_of"):
        sets.unheard_of  # noqa: B018
