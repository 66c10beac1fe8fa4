"""Columns between Python and DuckDB without a Python object for each value: Arrow's C interface
(https://arrow.apache.org/docs/format/CDataInterface.html), of which DuckDB needs no library.

`Table` is what DuckDB reads from Python; `columns` are those that it found. Values of a column lie one after the other.
"""

import ctypes
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

import duckdb

Buffer = bytes | array  # type: ignore
Buffers = tuple[Buffer, ...]
"""Of a column of numbers their bytes; of texts, or bytes, where each begins and the last ends, and all of them."""

FORMATS = {"INTEGER": b"i", "VARCHAR": b"u", "BLOB": b"z"}
"""Type of DuckDB → what Arrow calls it."""

_EIO = 5
_NULLABLE = 2


class _Schema(ctypes.Structure):
    pass


class _Array(ctypes.Structure):
    pass


class _Stream(ctypes.Structure):
    pass


_ReleaseSchema = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Schema))
_ReleaseArray = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Array))
_ReleaseStream = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Stream))
_GetSchema = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Schema))
_GetNext = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Array))
_GetLastError = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.POINTER(_Stream))

_Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
    ("dictionary", ctypes.POINTER(_Schema)),
    ("release", _ReleaseSchema),
    ("private_data", ctypes.c_void_p),
]
_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
    ("dictionary", ctypes.POINTER(_Array)),
    ("release", _ReleaseArray),
    ("private_data", ctypes.c_void_p),
]
_Stream._fields_ = [
    ("get_schema", _GetSchema),
    ("get_next", _GetNext),
    ("get_last_error", _GetLastError),
    ("release", _ReleaseStream),
    ("private_data", ctypes.c_void_p),
]

_new = ctypes.pythonapi.PyCapsule_New
_new.restype, _new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype, _pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]


_held: dict[int, Any] = {}
"""What DuckDB has not released yet, by the `private_data` of its array."""

_numbers = count(1)


def _schema_released(schema: Any) -> None:
    schema.contents.release = _ReleaseSchema()


def _array_released(found: Any) -> None:
    _held.pop(found.contents.private_data, None)
    found.contents.release = _ReleaseArray()


def _stream_released(stream: Any) -> None:
    stream.contents.release = _ReleaseStream()


def _no_error(_: Any) -> None:
    """The words of what went wrong; `Table.insert` raises it itself."""


_release_schema, _release_array = _ReleaseSchema(_schema_released), _ReleaseArray(_array_released)
_release_stream, _last_error = _ReleaseStream(_stream_released), _GetLastError(_no_error)


class Table:
    """Columns, some rows at a time, which DuckDB reads once.

    Args:
        types: their names, and types of `FORMATS`.
        batches: how many rows, and their buffers in each column. Several batches are in use at once.
    """

    def __init__(self, types: Mapping[str, str], batches: Iterable[tuple[int, Sequence[Buffers]]]) -> None:
        self._failure: Exception | None = None
        self._types, self._batches = types, iter(batches)
        self._kept: list[Any] = []
        self._stream = _Stream(
            _GetSchema(self._get_schema), _GetNext(self._get_next), _last_error, _release_stream, None
        )
        self._schema = _Schema()
        self._fill_schema(self._schema)

    def insert(self, database: duckdb.DuckDBPyConnection, table: str, selected: str = "*") -> None:
        """Add all rows, of each what is `selected`, to a table. What `batches` raises is raised."""
        rows = self  # noqa: F841 # DuckDB finds it by this name.
        try:
            database.execute(f"INSERT INTO {table} SELECT {selected} FROM rows")
        except duckdb.Error:
            if self._failure is not None:
                raise self._failure from None
            raise

    def __arrow_c_schema__(self) -> object:
        return _new(ctypes.addressof(self._schema), b"arrow_schema", None)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return _new(ctypes.addressof(self._stream), b"arrow_array_stream", None)

    def _fill_schema(self, schema: Any) -> None:
        children = [
            _Schema(FORMATS[type_], name.encode(), None, _NULLABLE, 0, None, None, _release_schema, None)
            for name, type_ in self._types.items()
        ]
        pointers = (ctypes.POINTER(_Schema) * len(children))(*map(ctypes.pointer, children))
        made = _Schema(b"+s", b"", None, 0, len(children), pointers, None, _release_schema, None)
        self._kept += [children, pointers, made]
        ctypes.memmove(ctypes.addressof(schema), ctypes.addressof(made), ctypes.sizeof(_Schema))

    def _get_schema(self, _: Any, schema: Any) -> int:
        self._fill_schema(schema.contents)
        return 0

    def _get_next(self, _: Any, found: Any) -> int:
        try:
            batch = next(self._batches, None)
        except Exception as error:  # It must not go through DuckDB.
            self._failure = error
            return _EIO
        held: list[Any] = []
        made = _Array()
        if batch is not None:
            rows, columns = batch
            children = [_array(rows, [None, *buffers], [], held) for buffers in columns]
            made = _array(rows, [None], children, held)
            made.private_data = next(_numbers)
            _held[made.private_data] = held
        ctypes.memmove(ctypes.addressof(found.contents), ctypes.addressof(made), ctypes.sizeof(_Array))
        return 0


def _array(rows: int, buffers: Sequence[Buffer | None], children: Sequence[Any], held: list[Any]) -> Any:
    places = (ctypes.c_void_p * len(buffers))(*[None if each is None else _address(each, held) for each in buffers])
    pointers = (ctypes.POINTER(_Array) * len(children))(*map(ctypes.pointer, children))
    held += [places, pointers, children]
    return _Array(rows, 0, 0, len(places), len(children), places, pointers, None, _release_array, None)


def _address(buffer: Buffer, held: list[Any]) -> int | None:
    if isinstance(buffer, bytes):
        held.append(buffer)
        return ctypes.cast(ctypes.c_char_p(buffer), ctypes.c_void_p).value
    view = (ctypes.c_char * memoryview(buffer).nbytes).from_buffer(buffer)
    held.append(view)
    return ctypes.addressof(view)


def columns(found: duckdb.DuckDBPyRelation, widths: Sequence[int]) -> Iterator[tuple[int, list[bytes]]]:
    """What a statement finds, some rows at a time: how many, and of each column the bytes of all values.

    Args:
        widths: bytes of a number of each column, none of which is NULL; 0 of texts, of which there are the bytes of
            all, one after the other.
    """
    capsule = found.__arrow_c_stream__()
    stream = ctypes.cast(_pointer(capsule, b"arrow_array_stream"), ctypes.POINTER(_Stream)).contents
    while True:
        batch = _Array()
        if stream.get_next(ctypes.byref(stream), ctypes.byref(batch)):
            raise duckdb.InvalidInputException(str(stream.get_last_error(ctypes.byref(stream))))
        if not batch.release:
            return
        try:
            yield batch.length, [_read(batch.children[at].contents, width) for at, width in enumerate(widths)]
        finally:
            batch.release(ctypes.byref(batch))


def _read(column: Any, width: int) -> bytes:
    if width:
        return ctypes.string_at(column.buffers[1] + column.offset * width, column.length * width)
    ends = (ctypes.c_int32 * (column.length + 1)).from_address(column.buffers[1] + column.offset * 4)
    return ctypes.string_at(column.buffers[2] + ends[0], ends[column.length] - ends[0])
