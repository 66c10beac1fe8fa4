"""Rows that wait in a file arrive in DuckDB as they were."""

from pathlib import Path

import duckdb
import pytest

from search.duckdb import portions
from search.duckdb.portions import Portion

LONG = bytes(range(256)) * 2000


@pytest.mark.parametrize("at_once", [1, 7, 10_000])
def test_rows_arrive_as_they_were(at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "_ROWS_AT_ONCE", at_once)
    monkeypatch.setattr(portions, "_BATCHES_AT_ONCE", 2)
    path = tmp_path / "it's here"
    path.write_text("what was left there")
    portion = Portion(path, {"number": "INTEGER", "text": "VARCHAR", "content": "BLOB"})
    rows = [(at, "é" * (at % 3), b'a,"\n\0\xff' * at) for at in range(50)] + [(2**31 - 1, "", LONG), (-1, "x", b"")]
    for some in (rows[:20], rows[20:], []):
        portion.add([((number,), (text.encode(), content)) for number, text, content in some])
    with duckdb.connect() as database:
        database.execute("CREATE TABLE arrived (number INTEGER, text VARCHAR, content BLOB)")
        portion.insert(database, "arrived")
        assert database.execute("FROM arrived").fetchall() == rows


def test_no_rows_are_none(tmp_path: Path) -> None:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE arrived (content BLOB)")
        Portion(tmp_path / "rows", {"content": "BLOB"}).insert(database, "arrived")
        assert database.execute("FROM arrived").fetchall() == []
