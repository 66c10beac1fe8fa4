"""PostgreSQL as a source: the stock schema, or any query whose columns carry the names of our fields.

Rows come through a server-side cursor, so that neither side ever holds the result. They come in the order of their
uuid: that is what an interrupted load goes on by, however the database stores them.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec
import psycopg
from psycopg import sql

from indexing.sources.base import Row, Start
from indexing.sources.columns import ColumnMapping, map_columns
from indexing.sources.stock_schema import STOCK_QUERY
from mappings.errors import SourceError, shorten
from search.fields import LIST_FIELDS

CHANGED = "changed_at"
"""The column that tells when a row last changed, where `updated_at` does not tell all."""

_FETCHED = 2000
_CONNECTING: Mapping[str, Any] = {
    "connect_timeout": 10,
    # A server that is gone is noticed within a minute, not after the two hours that are the system's default.
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 60_000,
    "application_name": "contacts index",
}


class PostgresSource(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one query.

    Attributes:
        dsn: where the database is; it may hold a password and is never shown.
        query: a SELECT; that of the stock schema by default.
        since: only rows that changed at or after this moment.
        overrides: column → field, for columns that we would not know or would take for another field.
    """

    dsn: str
    query: str = STOCK_QUERY
    since: str | None = None
    overrides: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def name(self) -> str:
        return "postgres"

    @property
    def size(self) -> int | None:
        return None

    @property
    def identity(self) -> str:
        asked = msgspec.json.encode([self.query, self.since, sorted(self.overrides.items())])
        return f"postgres {sha256(asked).hexdigest()}"

    @property
    def carried(self) -> bool:
        return False

    @contextmanager
    def open(self, start: Start) -> Iterator["PostgresReader"]:
        """The reader of the rows after `start`; the query has been understood by the server."""
        with _telling():
            connection = psycopg.connect(self.dsn, **_CONNECTING)
        try:
            with _telling():
                connection.read_only = True
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                reader = PostgresReader(self, connection, start)
            yield reader
        finally:
            connection.close()


class PostgresReader:
    """The rows of a query, as texts. `columns` tells what its columns mean."""

    def __init__(self, source: PostgresSource, connection: psycopg.Connection[Any], start: Start) -> None:
        self._source, self._connection, self._start = source, connection, start
        query = source.query.strip().rstrip(";")
        self._from = sql.SQL("SELECT * FROM (\n{}\n) AS contacts").format(sql.SQL(query))
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("{} LIMIT 0").format(self._from))
            names = [column.name for column in cursor.description or ()]
        self.columns: ColumnMapping | None = map_columns(names, source.overrides, ignored={CHANGED})
        fields = self.columns.fields
        self._texts = [_text_of_list if field in LIST_FIELDS else _text_of for field in fields]
        self._uuid = names[fields.index("uuid")] if "uuid" in fields else None
        self._uuid_at = fields.index("uuid") if "uuid" in fields else None
        self._changed = CHANGED if CHANGED in names else None
        if self._changed is None and "updated_at" in fields:
            self._changed = names[fields.index("updated_at")]
        self._changed_at = names.index(self._changed) if self._changed else None
        self._latest: Any = None

    def position(self) -> int:
        return 0

    def watermark(self) -> str | None:
        return None if self._latest is None else str(self._latest.isoformat())

    def __iter__(self) -> Iterator[Row]:
        with _telling(), self._connection.cursor(name="contacts") as cursor:
            cursor.itersize = _FETCHED
            cursor.execute(self._statement())
            texts, uuid_at, changed_at = self._texts, self._uuid_at, self._changed_at
            for number, row in enumerate(cursor, self._start.rows + 1):
                if changed_at is not None:
                    changed = row[changed_at]
                    if isinstance(changed, datetime) and (self._latest is None or changed > self._latest):
                        self._latest = changed
                place = None if uuid_at is None or row[uuid_at] is None else str(row[uuid_at])
                cells = [text(value) for text, value in zip(texts, row, strict=True)]
                yield Row(number, cells, place=place)

    def _statement(self) -> sql.Composed:
        # Values are quoted into it: beside parameters, every `%` in the query itself would have to be doubled.
        conditions: list[sql.Composable] = []
        if self._source.since is not None:
            if self._changed is None:
                raise SourceError(f"--since needs a column {CHANGED} or updated_at in the query")
            changed = sql.Identifier(self._changed)
            conditions.append(sql.SQL("{} >= {}").format(changed, sql.Literal(self._source.since)))
        if self._start.rows:
            if self._uuid is None or self._start.place is None:
                raise SourceError("a query without a uuid for every row can't be resumed; load it anew")
            # Rows without a uuid come last.
            uuid, place = sql.Identifier(self._uuid), sql.Literal(self._start.place)
            conditions.append(sql.SQL("({} > {} OR {} IS NULL)").format(uuid, place, uuid))
        where = sql.SQL(" WHERE {}").format(sql.SQL(" AND ").join(conditions)) if conditions else sql.SQL("")
        order = sql.SQL(" ORDER BY {}").format(sql.Identifier(self._uuid)) if self._uuid else sql.SQL("")
        return sql.Composed([self._from, where, order])


def _text_of(value: Any) -> str:
    """A value as a CSV would have it. Several industries stand in one text, joined by `; `."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | float):
        return format(Decimal(str(value)), "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list):
        return "; ".join(_text_of(part) for part in value if part is not None)
    return str(value)


def _text_of_list(value: Any) -> str:
    """An array keeps its elements whole, whatever commas they hold."""
    if not isinstance(value, list):
        return _text_of(value)
    return msgspec.json.encode([_text_of(part) for part in value if part is not None]).decode()


_Text = Callable[[Any], str]


@contextmanager
def _telling() -> Iterator[None]:
    """Turns what goes wrong in the database into a `SourceError` that holds no address and no password."""
    try:
        yield
    except psycopg.Error as error:
        if error.diag.message_primary:
            raise SourceError(f"PostgreSQL: {shorten(error.diag.message_primary, 300)}") from error
        what = "can't be reached" if isinstance(error, psycopg.OperationalError) else "sent what can't be read"
        raise SourceError(f"PostgreSQL {what} ({type(error).__name__})") from error
