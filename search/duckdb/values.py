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
