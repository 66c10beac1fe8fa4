"""Rows that go to DuckDB by way of a file arrive as they were."""

from pathlib import Path

import duckdb
import pytest

from search.duckdb.portions import Portion, line_of

LONG = bytes(range(256)) * 2000


def test_rows_arrive_as_they_were(tmp_path: Path) -> None:
    portion = Portion(tmp_path / "it's here", {"number": False, "content": True, "more": True})
    first = [(at, b'a,"\n\0\xff' * at, b"" if at % 2 else b"more") for at in range(300)]
    with duckdb.connect() as database:

        def arrived() -> list[tuple[int, bytes | None, bytes | None]]:
            return database.execute(f"FROM ({portion.relation(line_of(2 * len(LONG)))}) ORDER BY number").fetchall()

        assert arrived() == []
        portion.write(first)
        # No bytes at all are NULL.
        expected = [(number, content or None, more or None) for number, content, more in first]
        assert arrived() == expected
        portion.add([(300, LONG, LONG)])
        assert arrived() == [*expected, (300, LONG, LONG)]
        portion.write([(7, b"x", b"y")])
        assert arrived() == [(7, b"x", b"y")]


def test_a_line_is_as_long_as_it_was_said_to_be(tmp_path: Path) -> None:
    portion = Portion(tmp_path / "rows", {"content": True})
    portion.write([(LONG,)])
    with duckdb.connect() as database, pytest.raises(duckdb.Error):
        database.execute(portion.relation(1000)).fetchall()
    with duckdb.connect() as database:
        assert database.execute(portion.relation(line_of(len(LONG)))).fetchall() == [(LONG,)]
