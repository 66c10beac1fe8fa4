"""PostgreSQL as a source: the stock schema, or any query whose columns carry the names of our fields.

Rows come through a server-side cursor, so that neither side ever holds the result. They come in the order of their
uuid: that is what an interrupted load goes on by, however the database stores them.
"""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from hashlib import sha256
from itertools import count
from operator import itemgetter
from typing import Any

import msgspec
import psycopg
from psycopg import sql
from psycopg.types.string import TextLoader

from indexing.sources.base import BATCH_ROWS, Keys, Reading, Row, RowBatch, Source, Start, batched
from indexing.sources.columns import map_columns
from indexing.sources.stock_schema import STOCK_QUERY
from mappings.errors import SourceError, shorten

CHANGED = "changed_at"
"""The column that tells when a row last changed, where `updated_at` does not tell all."""

_Connection = psycopg.AsyncConnection[tuple[Any, ...]]
_CONNECTING: Mapping[str, Any] = {
    "connect_timeout": 10,
    # A server that is gone is noticed within a minute, not after the two hours that are the system's default.
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 60_000,
    "application_name": "contacts index",
}


class PostgresSource(Source, frozen=True, kw_only=True):
    """The rows of one query.

    Attributes:
        dsn: where the database is; it may hold a password and is never shown.
        query: a SELECT; that of the stock schema by default.
        since: only rows that changed at or after this moment.
        after, until: only rows whose uuid is above that one, and up to this one.
        overrides: column → field, for columns that we would not know or would take for another field.
    """

    dsn: str
    query: str = STOCK_QUERY
    since: str | None = None
    after: str | None = None
    until: str | None = None
    overrides: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def name(self) -> str:
        return "postgres"

    @property
    def identity(self) -> str:
        asked = msgspec.json.encode([self.query, self.since, sorted(self.overrides.items())])
        return f"postgres {sha256(asked).hexdigest()}"

    @asynccontextmanager
    async def open(self, start: Start) -> AsyncGenerator[Reading]:
        """The rows after `start`; the query has been understood by the server."""
        async with self._connected() as connection:
            with _telling():
                query = await _Query.understood(self, connection)
            yield Reading(query.columns, query.batches(connection, start))

    async def keys(self, parts: int) -> Keys:
        """How the rows divide by their uuids."""
        async with self._connected() as connection:
            with _telling():
                query = await _Query.understood(self, connection)
                return await query.keys(connection, parts)

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[_Connection]:
        """A connection that sees the database as it is now."""
        with _telling():
            connection = await psycopg.AsyncConnection.connect(self.dsn, **_CONNECTING)
        try:
            with _telling():
                await connection.set_read_only(True)
                await connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
                # As the text that it comes as: nothing of ours takes it apart.
                connection.adapters.register_loader("uuid", TextLoader)
            yield connection
        finally:
            await connection.close()


class _Query:
    """The query of a source, with what its columns mean."""

    def __init__(self, source: PostgresSource, names: Sequence[str]) -> None:
        self._since, self._after, self._until = source.since, source.after, source.until
        self._asked = source.query, source.overrides
        self._from = _selected(source)
        self.columns = map_columns(names, source.overrides, ignored={CHANGED})
        fields = self.columns.fields
        self._uuid_at = fields.index("uuid") if "uuid" in fields else None
        self._uuid = None if self._uuid_at is None else names[self._uuid_at]
        self._changed = CHANGED if CHANGED in names else None
        if self._changed is None and "updated_at" in fields:
            self._changed = names[fields.index("updated_at")]
        self._changed_at = names.index(self._changed) if self._changed else None

    @classmethod
    async def understood(cls, source: PostgresSource, connection: _Connection) -> "_Query":
        """The query as the server takes it. Raises `psycopg.Error` where it does not."""
        async with connection.cursor() as cursor:
            await cursor.execute(sql.SQL("{} LIMIT 0").format(_selected(source)))
            return cls(source, [column.name for column in cursor.description or ()])

    async def batches(self, connection: _Connection, start: Start) -> AsyncGenerator[RowBatch]:
        """Its rows after `start`, each with the values as they come. Those of one uuid come together."""
        latest: datetime | None = None
        done = start.rows
        ahead: list[Row] = []
        with _telling():
            async with connection.cursor(name="contacts") as cursor:
                await cursor.execute(self._statement(start))
                while fetched := await cursor.fetchmany(BATCH_ROWS):
                    latest = max(filter(None, (latest, self._latest_change(fetched))), default=None)
                    watermark = None if latest is None else latest.isoformat()
                    for batch in batched(map(self._row, count(done + 1), fetched)):
                        rows, ahead = _parted(ahead, batch)
                        if rows:
                            yield RowBatch(rows, watermark=watermark)
                    done += len(fetched)
                if ahead:
                    yield RowBatch(ahead, watermark=watermark)

    async def keys(self, connection: _Connection, parts: int) -> Keys:
        """How its rows divide into so many parts of about the same size. Raises `SourceError`."""
        if self._uuid is None:
            raise SourceError("many hosts divide the rows by their uuid: the query needs a column uuid")
        uuid = sql.Identifier(self._uuid)
        changed = sql.SQL("max({})").format(sql.Identifier(self._changed)) if self._changed else sql.SQL("NULL")
        counted = sql.SQL("SELECT count(*), count({}), {} FROM ({}) AS rows").format(uuid, changed, self._from)
        async with connection.cursor() as cursor:
            await cursor.execute(counted)
            rows, with_uuid, latest = await cursor.fetchone() or (0, 0, None)
            if with_uuid < rows:
                raise SourceError(
                    f"{rows - with_uuid:,} of {rows:,} rows have no uuid, by which many hosts divide them; leave them "
                    "out of the query, or load on one host"
                )
            bounds = sql.SQL(
                "SELECT key FROM (SELECT {} AS key, row_number() OVER (ORDER BY {}) AS place FROM ({}) AS rows) "
                "AS keys WHERE place % {} = 0 AND place < {} ORDER BY key"
            ).format(uuid, uuid, self._from, sql.Literal(max(1, -(-rows // parts))), sql.Literal(rows))
            await cursor.execute(bounds)
            found = dict.fromkeys([str(key) for (key,) in await cursor.fetchall()])
        watermark = latest.isoformat() if isinstance(latest, datetime) else None
        return Keys(rows, tuple(found), self.columns, *self._asked, watermark)

    def _row(self, number: int, cells: tuple[Any, ...]) -> Row:
        uuid = None if self._uuid_at is None else cells[self._uuid_at]
        return Row(number, cells, place=None if uuid is None else str(uuid))

    def _latest_change(self, rows: Sequence[tuple[Any, ...]]) -> datetime | None:
        if self._changed_at is None:
            return None
        changes = map(itemgetter(self._changed_at), rows)
        return max((change for change in changes if isinstance(change, datetime)), default=None)

    def _statement(self, start: Start) -> sql.Composed:
        # Values are quoted into it: beside parameters, every `%` in the query itself would have to be doubled.
        conditions: list[sql.Composable] = []
        if self._since is not None:
            if self._changed is None:
                raise SourceError(f"--since needs a column {CHANGED} or updated_at in the query")
            changed = sql.Identifier(self._changed)
            conditions.append(sql.SQL("{} >= {}").format(changed, sql.Literal(self._since)))
        after = self._after
        if start.rows:
            if self._uuid is None or start.place is None:
                raise SourceError("a query without a uuid for every row can't be resumed; load it anew")
            after = start.place
        uuid = sql.Identifier(self._uuid or "")
        if after is not None:
            # Rows without a uuid come last.
            conditions.append(sql.SQL("({} > {} OR {} IS NULL)").format(uuid, sql.Literal(after), uuid))
        if self._until is not None:
            conditions.append(sql.SQL("{} <= {}").format(uuid, sql.Literal(self._until)))
        where = sql.SQL(" WHERE {}").format(sql.SQL(" AND ").join(conditions)) if conditions else sql.SQL("")
        order = sql.SQL(" ORDER BY {}").format(sql.Identifier(self._uuid)) if self._uuid else sql.SQL("")
        return sql.Composed([self._from, where, order])


def _parted(rows: list[Row], following: list[Row]) -> tuple[list[Row], list[Row]]:
    """Two batches, of which the second has all rows of the uuid that one ends and the other begins with: an interrupted
    load goes on behind a uuid.

    Where the first has no other rows it stays, without a place: behind it that load can't go on.
    """
    if not rows or (place := rows[-1].place) is None or following[0].place != place:
        return rows, following
    first = next(at for at, row in enumerate(rows) if row.place == place)
    if not first:
        return [*rows[:-1], msgspec.structs.replace(rows[-1], place=None)], following
    return rows[:first], rows[first:] + following


def _selected(source: PostgresSource) -> sql.Composed:
    return sql.SQL("SELECT * FROM (\n{}\n) AS contacts").format(sql.SQL(source.query.strip().rstrip(";")))


@contextmanager
def _telling() -> Iterator[None]:
    """Turns what goes wrong in the database into a `SourceError` that holds no address and no password."""
    try:
        yield
    except psycopg.Error as error:
        if error.diag.message_primary:
            raise SourceError(f"PostgreSQL: {shorten(error.diag.message_primary, 300)}") from error
        trouble = "can't be reached" if isinstance(error, psycopg.OperationalError) else "sent what can't be read"
        raise SourceError(f"PostgreSQL {trouble} ({type(error).__name__})") from error
