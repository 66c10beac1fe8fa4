"""The users: reads and writes their table."""

from uuid import UUID, uuid4

import msgspec
from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from api.accounts.database import Database
from api.accounts.emails import folded
from api.accounts.sessions import end_sessions
from api.accounts.tables import USERS
from api.actions.roles import Role
from mappings.errors import Conflict


class User(msgspec.Struct, frozen=True):
    """A user as the rest of the service sees one. An inactive user keeps the row but can do nothing."""

    uuid: str
    email: str
    name: str
    password_hash: str
    active: bool = True
    role: Role = Role.USER


class Changes(msgspec.Struct, frozen=True):
    """What is to be different of a user; `None` stays as it is."""

    active: bool | None = None
    role: Role | None = None
    password_hash: str | None = None


_USER = select(USERS.c.id, USERS.c.email, USERS.c.name, USERS.c.password_hash, USERS.c.active, USERS.c.role)
"""The columns of a `User`, in its order."""


class Users:
    """Reads and writes users. Each call is a transaction of its own. Raises `AccountsUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, email: str, name: str, password_hash: str, role: Role = Role.USER) -> User:
        """Create a user. Raises `Conflict` if the e-mail is taken."""
        user = User(str(uuid4()), email, name, password_hash, role=role)
        row = insert(USERS).values(
            id=UUID(user.uuid),
            email=email,
            email_key=folded(email),
            name=name,
            password_hash=password_hash,
            active=user.active,
            role=role.value,
        )
        try:
            async with self._database.transaction() as connection:
                await connection.execute(row)
        except IntegrityError as error:
            raise Conflict("A user with this email exists already.") from error
        return user

    async def by_email(self, email: str, client: str = "") -> User | None:
        """The user with this e-mail, in whatever case it is written. `client` is who asks (`Database.reading`)."""
        return await self._one(USERS.c.email_key == folded(email), client)

    async def by_uuid(self, uuid: str) -> User | None:
        """The user with this uuid."""
        try:
            user_id = UUID(uuid)
        except ValueError:
            return None
        return await self._one(USERS.c.id == user_id, uuid)

    async def all(self) -> list[User]:
        """Every user, by e-mail."""
        async with self._database.reading() as connection:
            rows = await connection.execute(_USER.order_by(USERS.c.email_key))
            return [_user(row) for row in rows]

    async def any(self) -> bool:
        """Whether there is any user."""
        async with self._database.reading() as connection:
            return (await connection.execute(_USER.limit(1))).one_or_none() is not None

    async def change(self, uuid: str, changes: Changes) -> list[str]:
        """Change a user; the ids of the sessions that end with it: all of them, if anything is different afterwards."""
        values = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not None}
        if not values:
            return []
        user_id = UUID(uuid)
        different = or_(*(USERS.c[name] != value for name, value in values.items()))
        change = update(USERS).where(USERS.c.id == user_id, different).values(values)
        async with self._database.transaction() as connection:
            if (await connection.execute(change)).rowcount == 0:
                return []
            return await end_sessions(connection, user_id)

    async def delete(self, uuid: str) -> list[str]:
        """Delete a user with all that is of that user; the ids of the sessions that end with it."""
        user_id = UUID(uuid)
        async with self._database.transaction() as connection:
            ended = await end_sessions(connection, user_id)
            await connection.execute(delete(USERS).where(USERS.c.id == user_id))
            return ended

    async def _one(self, condition: ColumnElement[bool], client: str) -> User | None:
        async with self._database.reading(client) as connection:
            row = (await connection.execute(_USER.where(condition))).one_or_none()
        return None if row is None else _user(row)


def _user(row: Row[UUID, str, str, str, bool, str]) -> User:
    return User(str(row.id), row.email, row.name, row.password_hash, row.active, Role(row.role))
