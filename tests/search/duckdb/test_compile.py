"""Filters as SQL. That they find the right contacts is for the agreement with the others to tell."""

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.algebra import simplified
from mappings.predicates import All, Any, ContactFilter, Exists, MatchAll, Not, Order, Phrase, Range, Substring, Terms
from search.cursor import Position
from search.duckdb.compile import beside, compile_filter, condition, order_by, rows_of, statement
from search.fields import LONG_MAX, LONG_MIN
from tests.harness.strategies import filters, predicates

CANARY = "can'ary"


@pytest.mark.parametrize(
    ("predicate", "text", "parameters"),
    [
        (MatchAll(), "true", ()),
        (All(()), "true", ()),
        (Any(()), "false", ()),
        (Range("employees"), "employees IS NOT NULL", ()),
        (Range("employees", 1, 2**70), "(employees >= ? AND employees <= ?)", (1, LONG_MAX)),
        (Range("employees", gte=-(2**70)), "(employees >= ?)", (LONG_MIN,)),
        # A contact without the number is none that has it: NULL must not stay NULL under a negation.
        (Not(Range("employees", 1)), "((employees >= ?)) IS NOT TRUE", (1,)),
        (Exists("uuid"), "present & 1 <> 0", ()),
    ],
)
def test_each_condition(predicate, text, parameters) -> None:
    compiled = condition(predicate)
    assert (compiled.text, compiled.parameters) == (text, parameters)


def test_a_range_of_something_else_than_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="title_key"):
        condition(Range("title_key", 1))


@given(predicates, st.sampled_from((Terms, Phrase, Substring)))
def test_no_value_becomes_part_of_the_sql(predicate, kind) -> None:
    value = (CANARY,) if kind is Terms else CANARY
    compiled = condition(Any((predicate, kind("company_text", value))))
    assert CANARY not in compiled.text
    assert CANARY in str(compiled.parameters) or isinstance(simplified(predicate), MatchAll)


@given(filters, st.integers(), st.booleans(), st.booleans())
def test_every_question_mark_has_its_parameter(contact_filter: ContactFilter, value, known, backward) -> None:
    compiled = compile_filter(contact_filter)
    position = Position(value if known else None, "uuid", backward=backward)
    for sql in (
        statement(compiled, "LIMIT 5"),
        statement(compiled, "LIMIT 5", position),
        rows_of(compiled, 3, position),
    ):
        assert sql.text.count("?") == len(sql.parameters)


UUIDS = "abcdef"
orders = st.builds(Order, st.sampled_from(("created_at", "employees", "title")), st.booleans())


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """In memory; to open one takes longer than an example does."""
    with duckdb.connect() as opened:
        yield opened


@given(order=orders, values=st.lists(st.sampled_from((None, 1, 2, 3)), min_size=1, max_size=len(UUIDS)))
def test_beside_a_contact_are_those_that_stand_before_and_after_it(
    database: duckdb.DuckDBPyConnection, order: Order, values: list[int | None]
) -> None:
    # Rows are numbered in default order, as in a real file; here they are inserted so.
    columns = "row INTEGER, uuid VARCHAR, created_at BIGINT, employees BIGINT, sort_title VARCHAR"
    database.execute(f"CREATE OR REPLACE TABLE contacts ({columns})")
    contacts = sorted(zip(values, UUIDS, strict=False), key=lambda each: (each[0] is None, -(each[0] or 0), each[1]))
    for row, (value, uuid) in enumerate(contacts):
        text = None if value is None else str(value)
        database.execute("INSERT INTO contacts VALUES (?, ?, ?, ?, ?)", (row, uuid, value, value, text))

    def read(backward: bool, where: str = "true", parameters: tuple = ()) -> list[tuple]:
        column = "sort_title" if order.field == "title" else order.field
        sql = f"SELECT {column}, uuid FROM contacts WHERE {where} ORDER BY {order_by(order, backward)}"
        return database.execute(sql, parameters).fetchall()

    forward = read(backward=False)
    assert read(backward=True) == forward[::-1]
    for at, (value, uuid) in enumerate(forward):
        for backward, expected in ((False, forward[at + 1 :]), (True, forward[:at][::-1])):
            place = beside(order, Position(value, uuid, backward=backward))
            assert read(backward, place.text, place.parameters) == expected


def test_many_ranges_of_a_field_are_one_condition() -> None:
    ranges = [Range("employees", at, at + 1) for at in (7, 1, 4, 2, 9, 20, 30, 40, 50)]
    compiled = condition(Any((*ranges, Range("total_funding", 1), Range("employees", 9, 8))))
    assert compiled.text.count("employees") == 1
    assert compiled.parameters == (1, [1, 4, 7, 9, 20, 30, 40, 50], [3, 5, 8, 10, 21, 31, 41, 51])
    assert condition(Any(tuple(ranges[:8]))).text.count("employees") == 16
