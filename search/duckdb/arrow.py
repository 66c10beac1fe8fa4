"""Columns between Python and DuckDB without a Python object for each value, laid out as Arrow's are
(https://arrow.apache.org/docs/format/Columnar.html): the values of a column lie one after the other.

`Table` is what DuckDB reads from Python; `columns` are those that it found.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence

import duckdb
import nanoarrow
from nanoarrow.c_array import CArray, CArrayView
from nanoarrow.c_array_stream import CArrayStream

Buffer = bytes | array  # type: ignore
Buffers = tuple[Buffer, ...]
"""Of a column of numbers their bytes; of texts, or bytes, where each begins and the last ends, and all of them."""

_TYPES = {"INTEGER": nanoarrow.int32(), "VARCHAR": nanoarrow.string(), "BLOB": nanoarrow.binary()}
"""Type of DuckDB → that of Arrow."""


class Table:
    """Columns, which DuckDB reads once.

    Args:
        types: their names, and types of DuckDB: `INTEGER`, `VARCHAR` or `BLOB`.
        batches: how many rows, and their buffers in each column; all are in memory until they are read.
    """

    def __init__(self, types: Mapping[str, str], batches: Iterable[tuple[int, Sequence[Buffers]]]) -> None:
        fields = {name: _TYPES[type_] for name, type_ in types.items()}
        self._schema = nanoarrow.struct(fields)
        arrays = [self._array(rows, list(fields.values()), columns) for rows, columns in batches]
        self._stream = CArrayStream.from_c_arrays(arrays, nanoarrow.c_schema(self._schema), move=True, validate=False)

    def insert(self, database: duckdb.DuckDBPyConnection, table: str, selected: str = "*") -> None:
        """Add all rows, of each what is `selected`, to a table."""
        rows = self  # noqa: F841 # DuckDB finds it by this name.
        database.execute(f"INSERT INTO {table} SELECT {selected} FROM rows")

    def __arrow_c_schema__(self) -> object:
        # DuckDB asks for it first, and would have to open the stream for it.
        return self._schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._stream.__arrow_c_stream__(requested_schema)

    def _array(self, rows: int, types: Sequence[nanoarrow.Schema], columns: Sequence[Buffers]) -> CArray:
        children = [
            nanoarrow.c_array_from_buffers(type_, rows, [None, *buffers], null_count=0, validation_level="none")
            for type_, buffers in zip(types, columns, strict=True)
        ]
        return nanoarrow.c_array_from_buffers(
            self._schema, rows, [None], null_count=0, children=children, validation_level="none"
        )


def columns(found: duckdb.DuckDBPyRelation, widths: Sequence[int]) -> Iterator[tuple[int, list[bytes]]]:
    """What a statement finds, some rows at a time: how many, and of each column the bytes of all values.

    Args:
        widths: bytes of a number of each column, none of which is NULL; 0 of texts, of which there are the bytes of
            all, one after the other.
    """
    for batch in nanoarrow.c_array_stream(found):
        view = batch.view()
        yield batch.length, [_read(view.child(at), width) for at, width in enumerate(widths)]


def _read(column: CArrayView, width: int) -> bytes:
    first, last = column.offset, column.offset + column.length
    values = memoryview(column.buffer(1)).cast("B")
    if width:
        return bytes(values[first * width : last * width])
    ends = values.cast("i")
    return bytes(memoryview(column.buffer(2)).cast("B")[ends[first] : ends[last]])
