"""Counts rows by the term that each has in a field with one value: DuckDB looks at the column of codes.

The rows go there as bits: a list of them would take longer to hand over than the look itself.
"""

import duckdb
from pyroaring import BitMap

from search.duckdb.bits import to_bits

_AMONG = "get_bit(?::BLOB::BIT, row) = 1"


def distinct(connection: duckdb.DuckDBPyConnection, field: str, rows: BitMap, terms: BitMap) -> int:
    """How many different terms `rows` have. `terms` are the ids of all those of the field, which follow each other."""
    if not rows or not terms:
        return 0
    seen = f"bit_count(bitstring_agg({field}, {terms.min()}, {terms.max()}))"
    bits = to_bits(rows, rows.max() + 1)
    statement = f"SELECT {seen} FROM contacts WHERE row <= {rows.max()} AND {_AMONG}"
    [(number,)] = connection.execute(statement, (bits,)).fetchall()
    return int(number or 0)


def most_frequent(
    connection: duckdb.DuckDBPyConnection, field: str, rows: BitMap, most: int, least: int
) -> list[tuple[int, int]]:
    """The ids of the terms that the most `rows` have, `least` or more, and how many have each: `most` of them at most.

    Of two with as many rows the first in order comes first.
    """
    if not rows:
        return []
    statement = (
        f"SELECT {field}, count(*) AS number FROM contacts WHERE row <= {rows.max()} AND {_AMONG} "
        f"AND {field} IS NOT NULL GROUP BY {field} HAVING number >= {least} ORDER BY number DESC, {field} LIMIT {most}"
    )
    return connection.execute(statement, (to_bits(rows, rows.max() + 1),)).fetchall()
