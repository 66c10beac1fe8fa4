"""The database of users: SQLite by default, or PostgreSQL by a URL, with the tables its migrations make."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import Connection, event, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InvalidRequestError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from api.accounts.tables import SESSIONS, USERS
from api.accounts.trouble import check_file, trouble_of, unavailable
from api.actions.slots import Slots
from api.settings import Settings
from mappings.errors import SettingsError
from search.private import make_directory

FILE = "users.sqlite3"
"""The SQLite file in the data directory."""

HEAD = "0005"
"""The newest migration. A database that has it needs no look at the others, nor the package that runs them."""

LOCK_SECONDS = 10
"""How long to wait for another process that migrates the same SQLite file."""

WRITE_SECONDS = 2
"""How long who writes waits for another process that writes to the same SQLite file."""

ANSWER_SECONDS = 3
"""How long one use of the database may take, and the wait for a connection to it. The use itself takes milliseconds."""

SQLITE_SECONDS = 15
"""How long one use of SQLite may take. It ends its waits by itself before; a thread that waits can't be called back."""

PAUSE_SECONDS = 0.5
"""Between two looks whether a database answers again that did not."""

READERS = 10
"""Uses that only read at once, with a connection each. More wait here, and take turns by who they are: a user who has a
thousand tokens looked up takes the database from nobody else."""

SPARE = 2
"""Connections beside those, which look whether the database answers."""

WRITERS = 5
"""Connections for those who write. More would only wait for one another, or for another process that writes."""

CONNECT_SECONDS = 5

MIGRATE_SECONDS = 120
"""How long the missing migrations may take, the wait for another process that runs them included."""

_MIGRATION_LOCK = 7_103_366_412
"""An arbitrary number: PostgreSQL's name for our lock."""

_ANY_SESSION = select(SESSIONS.c.id).join(USERS, USERS.c.id == SESSIONS.c.user_id).limit(1)


class Database:
    """The connections of one database.

    Args:
        url: an SQLAlchemy URL; `None`: SQLite in `data_dir`. `postgresql://…` is taken with psycopg.
        data_dir: created if absent, when it is used.

    One that does not answer who reads is silent: everybody is refused at once, and not after a wait, until it answers.

    Attributes:
        errors: how often it was not there or took too long.

    Raises:
        SettingsError: the URL can't be used, or its driver is not installed.
    """

    def __init__(self, url: str | None, data_dir: Path) -> None:
        self._directory = data_dir if url is None else None
        self.errors = 0
        self._readers = Slots(READERS - 1, kept=1)
        self._silence: BaseException | None = None
        self._asking: asyncio.Task[None] | None = None
        try:
            parsed = _with_driver(make_url(url or f"sqlite+aiosqlite:///{data_dir / FILE}"))
            self._engine = create_async_engine(
                parsed, **_options(parsed, LOCK_SECONDS), pool_size=READERS, max_overflow=SPARE
            )
            waiting = min(LOCK_SECONDS, WRITE_SECONDS)
            self._writing = create_async_engine(parsed, **_options(parsed, waiting), pool_size=WRITERS, max_overflow=0)
        # Of a port that is no number, and of options that a driver does not have, errors are Python's own.
        except (ArgumentError, InvalidRequestError, ImportError, ValueError, TypeError) as error:
            raise SettingsError(
                "CONTACTS_DATABASE_URL: expected an SQLAlchemy URL with an asynchronous driver that is installed, "
                "e.g. postgresql://user:password@host/database"
            ) from error
        if self._sqlite:
            for engine in (self._engine, self._writing):
                event.listen(engine.sync_engine, "connect", _prepare_sqlite)
                event.listen(engine.sync_engine, "handle_error", _renew_sqlite)

    async def open(self) -> None:
        """Bring the tables up to date. Several processes may do so at once: one migrates, the others wait for it.

        Raises:
            SettingsError: the database can't be opened, or its tables can't be brought up to date.
        """
        try:
            if self._directory is not None:
                make_directory(self._directory)
            await asyncio.to_thread(check_file, self._engine.url)
            async with self._engine.connect() as connection:
                version = await connection.run_sync(version_of)
        except (OSError, sqlite3.Error, SQLAlchemyError) as error:
            raise SettingsError(f"{self._variable}: {trouble_of(error, self._engine.url)}") from error
        if not is_known(version):
            raise SettingsError(
                f"{self._variable}: the tables of users there are of a later version of this software, or of another "
                f"program ({version!r}); use that version, or a backup from before it, or another database"
            )
        if version != HEAD:
            await self._migrate()

    async def _migrate(self) -> None:
        """Run `api.accounts.migrate`; see there why in a process of its own."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "api.accounts.migrate"),
            env=_environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # Ctrl-C is for us: it would have much to say about it.
            start_new_session=True,
        )
        url, said = self._engine.url.render_as_string(hide_password=False), b"that took too long"
        try:
            async with asyncio.timeout(MIGRATE_SECONDS):
                said, _ = await process.communicate(f"{url}\n".encode())
        except TimeoutError:
            pass
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            reason = said.decode().strip()
            raise SettingsError(f"{self._variable}: the tables of users can't be brought up to date: {reason}")

    async def locked(self, change: Callable[[Connection], None]) -> None:
        """Run `change` in a transaction that no other process makes at the same time."""
        async with self._engine.connect() as connection:
            if self._sqlite:
                # What SQLite's driver begins by itself would not lock before the first write.
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": _MIGRATION_LOCK})
            await connection.run_sync(change)
            await connection.commit()

    async def close(self) -> None:
        """Give all connections back."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])
        await self._engine.dispose()
        await self._writing.dispose()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A connection for one use, whose changes are committed at its end and rolled back if it raises.

        Raises:
            AccountsUnavailable: the database is not there, locked or damaged, or takes too long.
        """
        async with self._use(self._writing) as connection:
            yield connection

    @asynccontextmanager
    async def reading(self, client: str = "") -> AsyncIterator[AsyncConnection]:
        """A connection for one use that only reads. Those who wait until they may write take none from those who read.

        Args:
            client: who is waited for: a user, or where a login comes from; by default whoever runs the service.

        Raises:
            AccountsUnavailable: as `transaction`.
            TooManyRequests: too many wait for their turn.
        """
        async with self._readers.turn(client), self._use(self._engine) as connection:
            yield connection

    @asynccontextmanager
    async def _use(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        if self._silence is not None:
            self.errors += 1
            raise unavailable(self._silence, engine.url) from self._silence
        try:
            async with asyncio.timeout(self._patience), engine.begin() as connection:
                yield connection
        except (IntegrityError, DataError):
            raise
        # What goes wrong while a connection is prepared comes as the driver raises it.
        except (OSError, TimeoutError, PoolTimeout, DatabaseError, InterfaceError, sqlite3.Error) as error:
            self.errors += 1
            if engine is self._engine and isinstance(error, TimeoutError | PoolTimeout):
                self._fall_silent(error)
            raise unavailable(error, engine.url) from error

    def _fall_silent(self, error: BaseException) -> None:
        """Refuse everybody until the database answers."""
        if self._silence is None:
            self._silence = error
            self._asking = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        """Ask until there is an answer. What was wrong last is what the operator is told meanwhile."""
        while self._silence is not None:
            try:
                async with asyncio.timeout(self._patience), self._engine.begin() as connection:
                    await connection.execute(_ANY_SESSION)
            except Exception as error:
                self._silence = error
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                self._silence = None

    async def ready(self) -> None:
        """Return when the database answers, and has our tables. Raises `AccountsUnavailable`."""
        async with self._use(self._engine) as connection:
            await connection.execute(_ANY_SESSION)

    @property
    def engine(self) -> AsyncEngine:
        """The connections themselves, for tests and tools."""
        return self._engine

    @property
    def _patience(self) -> float:
        """How long one use may take, in seconds."""
        return SQLITE_SECONDS if self._sqlite else ANSWER_SECONDS

    @property
    def _variable(self) -> str:
        """The setting that says where the database is."""
        return "CONTACTS_DATABASE_URL" if self._directory is None else "CONTACTS_DATA_DIR"

    @property
    def _sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The database of the settings, up to date, for the length of a block."""
    database = Database(settings.database_url, settings.engine.data_dir)
    try:
        await database.open()
        yield database
    finally:
        await database.close()


def _with_driver(url: URL) -> URL:
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def _options(url: URL, lock_seconds: float) -> dict[str, object]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": lock_seconds}, "pool_timeout": ANSWER_SECONDS}
    arguments = {"psycopg": {"connect_timeout": CONNECT_SECONDS}, "asyncpg": {"timeout": CONNECT_SECONDS}}
    # A connection that the server or a firewall dropped is found out before it is used.
    return {
        "connect_args": arguments.get(url.get_driver_name(), {}),
        "pool_pre_ping": True,
        "pool_timeout": ANSWER_SECONDS,
    }


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    """Readers and one writer side by side, the command line beside the service; and foreign keys that hold."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _renew_sqlite(context: ExceptionContext) -> None:
    """Connections remember what they read of a file that is damaged: none of them is used again once one says so.

    Each is closed when its use is over, or before the next one. Those that wait for a lock remember nothing wrong.
    """
    error = context.original_exception
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.IntegrityError | sqlite3.DataError):
        name = getattr(error, "sqlite_errorname", "")
        context.is_disconnect = not name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _environment() -> dict[str, str]:
    """Ours, with the place where this package is found, however we found it ourselves."""
    paths = (str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH"))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def version_of(connection: Connection) -> str | None:
    """The newest migration that the database has seen; `None` for one that has seen none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def is_known(version: str | None) -> bool:
    """Whether a database of this `version_of` is one of ours, and of no later version than we are."""
    return version is None or (len(version) == len(HEAD) and "0000" < version <= HEAD)
