"""The users: reads and writes their table."""

from uuid import UUID, uuid4

import msgspec
from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.exc import IntegrityError

from api.accounts.database import Database
from api.accounts.emails import folded
from api.accounts.tables import USERS
from mappings.errors import Conflict


class User(msgspec.Struct, frozen=True):
    """A user as the rest of the service sees one. An inactive user keeps the row but can do nothing."""

    uuid: str
    email: str
    name: str
    password_hash: str
    active: bool = True


_USER = select(USERS.c.id, USERS.c.email, USERS.c.name, USERS.c.password_hash, USERS.c.active)
"""The columns of a `User`, in its order."""


class Users:
    """Reads and writes users. Each call is a transaction of its own. Raises `AccountsUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, email: str, name: str, password_hash: str) -> User:
        """Create a user. Raises `Conflict` if the e-mail is taken."""
        user_id = uuid4()
        row = insert(USERS).values(
            id=user_id, email=email, email_key=folded(email), name=name, password_hash=password_hash, active=True
        )
        try:
            async with self._database.transaction() as connection:
                await connection.execute(row)
        except IntegrityError as error:
            raise Conflict("A user with this email exists already.") from error
        return User(str(user_id), email, name, password_hash)

    async def by_email(self, email: str) -> User | None:
        """The user with this e-mail, in whatever case it is written."""
        return await self._one(USERS.c.email_key == folded(email))

    async def by_uuid(self, uuid: str) -> User | None:
        """The user with this uuid."""
        try:
            user_id = UUID(uuid)
        except ValueError:
            return None
        return await self._one(USERS.c.id == user_id)

    async def all(self) -> list[User]:
        """Every user, by e-mail."""
        async with self._database.transaction() as connection:
            rows = await connection.execute(_USER.order_by(USERS.c.email_key))
            return [_user(*row) for row in rows]

    async def set_active(self, email: str, active: bool) -> bool:
        """Enable or disable a user; `False` if there is none with this e-mail."""
        change = update(USERS).where(USERS.c.email_key == folded(email)).values(active=active)
        async with self._database.transaction() as connection:
            return (await connection.execute(change)).rowcount > 0

    async def _one(self, condition: ColumnElement[bool]) -> User | None:
        async with self._database.transaction() as connection:
            row = (await connection.execute(_USER.where(condition))).one_or_none()
        return None if row is None else _user(*row)


def _user(user_id: UUID, email: str, name: str, password_hash: str, active: bool) -> User:
    return User(str(user_id), email, name, password_hash, active)
