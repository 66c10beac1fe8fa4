"""Items are read by row, in the order that is asked for, wherever they lie in the table."""

from collections.abc import Iterator, Sequence

import duckdb
import pytest

from search.duckdb.item_store import read_packed, read_uuids


@pytest.fixture(scope="module", params=["row", "-row"], ids=["in order", "out of order"])
def connection(request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        rows = "SELECT range::INTEGER AS row FROM range(5000)"
        opened.execute(
            f"CREATE TABLE items AS SELECT row, 'u' || row AS uuid, ('i' || row)::BLOB AS item FROM ({rows}) "
            f"ORDER BY {request.param}"
        )
        yield opened


@pytest.mark.parametrize("rows", [[], [7], [3, 4, 5], [5, 4, 3], [4999, 0, 17, 2500], list(range(0, 5000, 3))])
def test_rows_come_as_they_were_asked_for(connection: duckdb.DuckDBPyConnection, rows: Sequence[int]) -> None:
    assert read_packed(connection, rows) == [b"i%d" % row for row in rows]
    assert read_uuids(connection, rows) == [f"u{row}" for row in rows]
