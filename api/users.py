"""The users: one table, in SQLite by default or any database that SQLAlchemy speaks to asynchronously."""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from advanced_alchemy.base import UUIDBase
from advanced_alchemy.exceptions import DuplicateKeyError, IntegrityError
from advanced_alchemy.repository import SQLAlchemyAsyncRepository
from sqlalchemy import String, event
from sqlalchemy.exc import ArgumentError, InvalidRequestError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import CreateTable

from mappings.errors import Conflict, SettingsError

FILE = "users.sqlite3"
"""The SQLite file in the data directory."""

LOCK_SECONDS = 5
"""How long to wait for another process that writes to the same SQLite file."""


class User(msgspec.Struct, frozen=True):
    """A user as the rest of the service sees one. An inactive user keeps the row but can do nothing."""

    uuid: str
    email: str
    name: str
    password_hash: str
    active: bool = True


class UserRow(UUIDBase):
    """The table. `email_key` is the folded e-mail, so that two spellings are one user."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(640), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)


class _Repository(SQLAlchemyAsyncRepository[UserRow]):
    model_type = UserRow


class Users:
    """Reads and writes users. Each call is a transaction of its own.

    Args:
        database_url: an SQLAlchemy URL; `None`: SQLite in `data_dir`.
        data_dir: created if absent, when it is used.

    Raises:
        SettingsError: the URL can't be used, or its driver is not installed.
    """

    def __init__(self, database_url: str | None, data_dir: Path) -> None:
        self._directory = data_dir if database_url is None else None
        url = database_url or f"sqlite+aiosqlite:///{data_dir / FILE}"
        try:
            self._engine = create_async_engine(url, connect_args=_connect_args(url))
        except (ArgumentError, InvalidRequestError, ImportError) as error:
            raise SettingsError(
                "CONTACTS_DATABASE_URL: expected an SQLAlchemy URL with an asynchronous driver that is installed, "
                "e.g. postgresql+asyncpg://user@host/database"
            ) from error
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)

    async def open(self) -> None:
        """Create the table where it is absent. Raises `SettingsError` if the database can't be opened."""
        try:
            if self._directory is not None:
                self._directory.mkdir(parents=True, exist_ok=True)
            async with self._engine.begin() as connection:
                await connection.execute(CreateTable(UserRow.__table__, if_not_exists=True))  # type: ignore[arg-type]
        except (OSError, SQLAlchemyError) as error:
            variable = "CONTACTS_DATABASE_URL" if self._directory is None else "CONTACTS_DATA_DIR"
            raise SettingsError(f"{variable}: the database of users can't be opened there") from error

    async def close(self) -> None:
        """Give all connections back."""
        await self._engine.dispose()

    async def add(self, email: str, name: str, password_hash: str) -> User:
        """Create a user. Raises `Conflict` if the e-mail is taken."""
        row = UserRow(email=email, email_key=_key(email), name=name, password_hash=password_hash, active=True)
        async with self._session() as session:
            try:
                return _user(await _Repository(session=session).add(row, auto_commit=True))
            except (DuplicateKeyError, IntegrityError) as error:
                raise Conflict("A user with this email exists already.") from error

    async def by_email(self, email: str) -> User | None:
        """The user with this e-mail, in whatever case it is written."""
        async with self._session() as session:
            row = await _Repository(session=session).get_one_or_none(email_key=_key(email))
            return None if row is None else _user(row)

    async def by_uuid(self, uuid: str) -> User | None:
        """The user with this uuid."""
        try:
            key = UUID(uuid)
        except ValueError:
            return None
        async with self._session() as session:
            row = await _Repository(session=session).get_one_or_none(id=key)
            return None if row is None else _user(row)

    async def all(self) -> list[User]:
        """Every user, by e-mail."""
        async with self._session() as session:
            rows = await _Repository(session=session).get_many(order_by=("email_key", False))
            return [_user(row) for row in rows]

    async def set_active(self, email: str, active: bool) -> bool:
        """Enable or disable a user; `False` if there is none with this e-mail."""
        async with self._session() as session:
            repository = _Repository(session=session)
            row = await repository.get_one_or_none(email_key=_key(email))
            if row is None:
                return False
            row.active = active
            await repository.update(row, auto_commit=True)
            return True

    def _session(self) -> AsyncSession:
        return AsyncSession(self._engine, expire_on_commit=False)

    @property
    def engine(self) -> AsyncEngine:
        """The database, for what else is kept beside the users."""
        return self._engine


def _user(row: UserRow) -> User:
    return User(str(row.id), row.email, row.name, row.password_hash, row.active)


def _key(email: str) -> str:
    return email.strip().casefold()


def _connect_args(url: str) -> dict[str, Any]:
    return {"timeout": LOCK_SECONDS} if url.startswith("sqlite") else {}


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Readers and one writer side by side: the command line may add a user while the service runs."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.close()
