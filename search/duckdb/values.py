"""Counts rows by the term that each has in a field with one value: DuckDB looks at the column of codes.

The rows go there as bits: a list of them would take longer to hand over than the look itself.
"""

import duckdb
from pyroaring import BitMap

from search.duckdb.bits import to_bits
from search.duckdb.compiled import Compiled
from search.facets import FacetQuery

_AMONG = "get_bit(?::BLOB::BIT, row) = 1"
_A_TERM = "get_bit(?::BLOB::BIT, {field}) = 1"


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
    connection: duckdb.DuckDBPyConnection, query: FacetQuery[Compiled], rows: BitMap, terms: BitMap | None = None
) -> list[tuple[int, int]]:
    """The ids of the terms that the most `rows` have, and how many have each: as many as the query wants, of its field.

    Of two with as many rows the first in order comes first. Where there are `terms` they are of these.
    """
    if not rows or (terms is not None and not terms):
        return []
    field = query.field
    where, bits = f"row <= {rows.max()} AND {_AMONG}", [to_bits(rows, rows.max() + 1)]
    if terms is not None:
        where += f" AND {field} <= {terms.max()} AND {_A_TERM.format(field=field)}"
        bits.append(to_bits(terms, terms.max() + 1))
    statement = (
        f"SELECT {field}, count(*) AS number FROM contacts WHERE {where} "
        f"AND {field} IS NOT NULL GROUP BY {field} HAVING number >= {query.least} ORDER BY number DESC, {field} "
        f"LIMIT {query.size}"
    )
    return connection.execute(statement, bits).fetchall()
