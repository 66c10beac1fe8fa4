"""Columns that go to DuckDB and come from it are the same on both sides."""

from array import array
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.duckdb.arrow import Buffers, Table, columns
from search.duckdb.portions import ends

ROWS = st.lists(st.tuples(st.integers(-(2**31), 2**31 - 1), st.text(max_size=9), st.binary(max_size=99)), max_size=9)
TYPES = {"number": "INTEGER", "text": "VARCHAR", "content": "BLOB"}


def batch(rows: list[tuple[int, str, bytes]]) -> tuple[int, list[Buffers]]:
    texts, contents = [text.encode() for _, text, _ in rows], [content for *_, content in rows]
    sized = [(ends(map(len, each)), b"".join(each)) for each in (texts, contents)]
    return len(rows), [(array("i", [number for number, *_ in rows]),), *sized]


@settings(max_examples=25, deadline=None)
@given(st.lists(ROWS, max_size=3))
def test_there_and_back(batches: list[list[tuple[int, str, bytes]]]) -> None:
    rows = [row for each in batches for row in each]
    with duckdb.connect() as database:
        database.execute("CREATE TABLE arrived (number INTEGER, text VARCHAR, content BLOB)")
        Table(TYPES, map(batch, batches)).insert(database, "arrived")
        assert database.execute("FROM arrived").fetchall() == rows
        found = list(columns(database.sql("SELECT number, text, content FROM arrived"), (4, 0, 0)))
        assert sum(count for count, _ in found) == len(rows)
        assert (
            b"".join([numbers for _, (numbers, _, _) in found]) == array("i", [number for number, *_ in rows]).tobytes()
        )
        assert b"".join([texts for _, (_, texts, _) in found]) == "".join([text for _, text, _ in rows]).encode()
        assert b"".join([contents for *_, (_, _, contents) in found]) == b"".join([content for *_, content in rows])


def test_what_is_asked_for_in_part_is_given_back() -> None:
    with duckdb.connect() as database:
        found = columns(database.sql("SELECT range::BIGINT AS number FROM range(1_000_000)"), (8,))
        count, [numbers] = next(found)
        assert 0 < count < 1_000_000
        assert array("q", numbers)[:3].tolist() == [0, 1, 2]
        found.close()
        assert database.execute("SELECT 1").fetchall() == [(1,)]


def test_selected_columns_are_added() -> None:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE arrived (content BLOB, number INTEGER)")
        rows = [(1, "a", b""), (2, "b", b"x")]
        Table(TYPES, [batch(rows)]).insert(database, "arrived", "nullif(content, ''::BLOB), number")
        assert database.execute("FROM arrived").fetchall() == [(None, 1), (b"x", 2)]


def test_what_goes_wrong_on_the_way_is_told() -> None:
    def failing() -> Iterator[tuple[int, list[Buffers]]]:
        yield batch([(1, "a", b"b")])
        raise OSError("no such place")

    with duckdb.connect() as database:
        database.execute("CREATE TABLE arrived (number INTEGER, text VARCHAR, content BLOB)")
        with pytest.raises(OSError, match="no such place"):
            Table(TYPES, failing()).insert(database, "arrived")
        with pytest.raises(duckdb.Error):
            Table(TYPES, []).insert(database, "absent")
        with pytest.raises(duckdb.Error, match="twelve"):
            list(
                columns(
                    database.sql("SELECT (CASE WHEN range < 9 THEN '1' ELSE 'twelve' END)::INTEGER FROM range(10)"),
                    (4,),
                )
            )
        assert database.execute("FROM arrived").fetchall() == []
