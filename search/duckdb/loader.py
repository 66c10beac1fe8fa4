"""Loads contacts into a fresh DuckDB file: documents go to a staging file as they come, tables are built at the end."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

import duckdb
import msgspec

from mappings.errors import EngineRejected, EngineUnavailable
from search.documents import SearchFields, search_fields
from search.duckdb.files import live_path, pointer_path, switch
from search.duckdb.schema import CODED, CREATE, NUMBERS, POSTED, SORT_TEXTS
from search.engine import EngineSettings
from search.fields import ContactListItem
from search.loader import Document, Refusal

Result = TypeVar("Result")

_encode = msgspec.json.Encoder().encode

_LONGEST_DOCUMENT = 64 * 1024 * 1024
"""Bytes of one staged line. DuckDB wants a bound; ours is far over any row that the sources let through."""


class DuckDBLoader:
    """One load; see `search.loader.Loader` for the methods.

    Args:
        keep: earlier files that stay for a rollback after the swap.
    """

    def __init__(self, settings: EngineSettings, keep: int = 1) -> None:
        self._data_dir, self._index, self._keep = settings.data_dir, settings.index, keep
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        self._file = self._data_dir / f"{self._index}-{stamp}.duckdb"
        self._staging = self._data_dir / f"{self._index}-{stamp}.ndjson"
        self._scratch = self._data_dir / f"{self._index}-{stamp}.scratch"
        self._stream: BinaryIO | None = None

    @staticmethod
    def encode(row: int, item: ContactListItem) -> Document:
        parts = (row, _encode(item.uuid), _encode(item), _encode(search_fields(item)))
        return Document(row, b'{"line":%d,"uuid":%b,"item":%b,"search":%b}\n' % parts)

    async def start(self) -> None:
        await _in_thread(self._start)

    async def write(self, documents: Sequence[Document]) -> list[Refusal]:
        await _in_thread(partial(self._write, documents))
        return []

    async def finish(self) -> int:
        return await _in_thread(self._build)

    async def live_count(self) -> int | None:
        return await _in_thread(self._live_count)

    async def swap(self) -> None:
        await _in_thread(self._swap)

    async def abort(self) -> None:
        await _in_thread(partial(self._remove, self._file, self._staging, self._scratch))

    async def close(self) -> None:
        await _in_thread(self._remove_scratch)

    def _start(self) -> None:
        self._data_dir.mkdir(parents=True, exist_ok=True)
        self._stream = self._staging.open("wb")

    def _write(self, documents: Sequence[Document]) -> None:
        if self._stream is None:
            raise RuntimeError("start the loader before writing to it")
        self._stream.write(b"".join([document.body for document in documents]))

    def _build(self) -> int:
        if self._stream is None:
            raise RuntimeError("start the loader before finishing it")
        self._stream.close()
        with duckdb.connect(self._file) as database:
            for statement in (*CREATE, *self._statements()):
                database.execute(statement)
            [(count,)] = database.execute("SELECT count(*) FROM contacts").fetchall()
        self._remove_scratch()
        return int(count)

    def _statements(self) -> list[str]:
        """Staging file → the tables of `search.duckdb.schema`, field by field so that memory stays bounded."""
        types = ", ".join(f"{name} {_sql_type(name)}" for name in SearchFields.__struct_fields__)
        documents = (
            f"SELECT line, uuid, item, unnest(search) FROM read_json('{_quoted(self._staging)}', "
            f"format = 'newline_delimited', maximum_object_size = {_LONGEST_DOCUMENT}, "
            f"columns = {{line: 'BIGINT', uuid: 'VARCHAR', item: 'JSON', search: 'STRUCT({types})'}}) "
            "QUALIFY row_number() OVER (PARTITION BY uuid ORDER BY line DESC) = 1"
        )
        return [
            f"ATTACH '{_quoted(self._scratch)}' AS scratch",
            "CREATE TABLE scratch.staged AS SELECT "
            f"row_number() OVER (ORDER BY created_at DESC NULLS LAST, uuid) - 1 AS row, * FROM ({documents})",
            "INSERT INTO items SELECT row, uuid, item FROM scratch.staged ORDER BY row",
            *(statement for name in sorted((*CODED, *POSTED)) for statement in _field_statements(name)),
            _contacts_statement(),
            "DETACH scratch",
            "CHECKPOINT",
        ]

    def _live_count(self) -> int | None:
        if not pointer_path(self._data_dir, self._index).exists():
            return None
        with duckdb.connect(live_path(self._data_dir, self._index), read_only=True) as database:
            [(count,)] = database.execute("SELECT count(*) FROM contacts").fetchall()
        return int(count)

    def _swap(self) -> None:
        switch(self._data_dir, self._index, self._file.name)
        earlier = sorted(path for path in self._data_dir.glob(f"{self._index}-*.duckdb") if path != self._file)
        self._remove(*earlier[: max(0, len(earlier) - self._keep)])

    def _remove_scratch(self) -> None:
        self._remove(self._staging, self._scratch)

    def _remove(self, *paths: Path) -> None:
        if self._stream is not None:
            self._stream.close()
        for path in paths:
            path.unlink(missing_ok=True)
            path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _field_statements(name: str) -> list[str]:
    """The dictionary of one field and, where a contact can have several values of it, its postings."""
    text = f"unnest({name})" if name in POSTED else name
    terms = (
        "INSERT INTO terms SELECT (SELECT coalesce(max(id), -1) FROM terms) + row_number() OVER (ORDER BY text), "
        f"'{name}', text FROM (SELECT DISTINCT {text} AS text FROM scratch.staged) WHERE text IS NOT NULL ORDER BY text"
    )
    postings = (
        f"INSERT INTO postings SELECT id, row FROM (SELECT row, {text} AS text FROM scratch.staged) "
        f"JOIN (SELECT id, text FROM terms WHERE field = '{name}') USING (text) ORDER BY id, row"
    )
    return [terms, postings] if name in POSTED else [terms]


def _contacts_statement() -> str:
    codes = ", ".join(f"{name}_terms.id" for name in CODED)
    joins = " ".join(
        f"LEFT JOIN (SELECT id, text FROM terms WHERE field = '{name}') AS {name}_terms "
        f"ON {name}_terms.text = staged.{name}"
        for name in CODED
    )
    plain = ", ".join(f"staged.{name}" for name in (*NUMBERS, *SORT_TEXTS))
    return (
        f"INSERT INTO contacts SELECT staged.row, staged.uuid, {codes}, {plain} "
        f"FROM scratch.staged AS staged {joins} ORDER BY staged.row"
    )


def _sql_type(name: str) -> str:
    if name in NUMBERS:
        return "BIGINT"
    return "VARCHAR[]" if name in POSTED else "VARCHAR"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


async def _in_thread(work: Callable[[], Result]) -> Result:
    try:
        return await asyncio.to_thread(work)
    except duckdb.Error as error:
        raise EngineRejected(f"DuckDB could not take the contacts: {type(error).__name__}") from error
    except OSError as error:
        raise EngineUnavailable(f"The data directory can't be written: {error.strerror}") from error
