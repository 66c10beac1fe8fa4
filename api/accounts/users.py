"""The users: one table, read and written through advanced-alchemy's repository."""

from uuid import UUID

import msgspec
from advanced_alchemy.base import UUIDBase
from advanced_alchemy.repository import SQLAlchemyAsyncRepository
from sqlalchemy import String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from api.accounts.database import Database
from mappings.errors import Conflict


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
    """Reads and writes users. Each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, email: str, name: str, password_hash: str) -> User:
        """Create a user. Raises `Conflict` if the e-mail is taken."""
        row = UserRow(email=email, email_key=_key(email), name=name, password_hash=password_hash, active=True)
        async with self._database.session() as session:
            try:
                return _user(await _repository(session).add(row, auto_commit=True))
            except IntegrityError as error:
                raise Conflict("A user with this email exists already.") from error

    async def by_email(self, email: str) -> User | None:
        """The user with this e-mail, in whatever case it is written."""
        async with self._database.session() as session:
            row = await _repository(session).get_one_or_none(email_key=_key(email))
            return None if row is None else _user(row)

    async def by_uuid(self, uuid: str) -> User | None:
        """The user with this uuid."""
        try:
            key = UUID(uuid)
        except ValueError:
            return None
        async with self._database.session() as session:
            row = await _repository(session).get_one_or_none(id=key)
            return None if row is None else _user(row)

    async def all(self) -> list[User]:
        """Every user, by e-mail."""
        async with self._database.session() as session:
            rows = await _repository(session).get_many(order_by=("email_key", False))
            return [_user(row) for row in rows]

    async def set_active(self, email: str, active: bool) -> bool:
        """Enable or disable a user; `False` if there is none with this e-mail."""
        async with self._database.session() as session:
            repository = _repository(session)
            row = await repository.get_one_or_none(email_key=_key(email))
            if row is None:
                return False
            row.active = active
            await repository.update(row, auto_commit=True)
            return True


def _repository(session: AsyncSession) -> _Repository:
    # Wrapped, a lost connection could not be told from an e-mail that is taken.
    return _Repository(session=session, wrap_exceptions=False)


def _user(row: UserRow) -> User:
    return User(str(row.id), row.email, row.name, row.password_hash, row.active)


def _key(email: str) -> str:
    return email.strip().casefold()
