"""Sessions: one row for each login, the family of all tokens that descend from it.

A session knows the one refresh token that is good. Each refresh replaces it. For `GRACE_SECONDS` the one before may
come again, as it does from a client that refreshes twice at once or lost the answer, and is answered with the same
successor: kept of that are its id and the time at which it was made, from which it is signed again. An older one that
turns up was copied by somebody, and since nobody can tell who is the thief, the whole session ends (RFC 9700, 4.14.2).
"""

import time
from collections.abc import Callable, Collection
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import Update

from api.accounts.database import Database
from api.accounts.tables import RENEWALS, SESSIONS, USERS
from api.actions.roles import Role

GRACE_SECONDS = 10
"""How long a refresh token that was used up is answered again with the one that is good."""

ASKED_AT_ONCE = 500
"""Sessions looked up by one query."""

LONGEST_ADDRESS = 64
"""Characters of an address that are kept."""

_MILLISECONDS = 1000

_ALIVE = (
    select(SESSIONS.c.id)
    .join(USERS, USERS.c.id == SESSIONS.c.user_id)
    .where(SESSIONS.c.revoked.is_(False), USERS.c.active.is_(True))
)


class Renewal(msgspec.Struct, frozen=True):
    """The refresh token that is good now: its id, and when it was made, in seconds since 1970."""

    token_id: str
    made_at: int


class OpenSession(msgspec.Struct, frozen=True):
    """A session that has not ended.

    Attributes:
        started_at: seconds since 1970; 0 where an earlier version started it.
        renewed_at: the last refresh; the start, if there was none.
        address: where it was started.
    """

    uuid: str
    started_at: int
    renewed_at: int
    expires_at: int
    address: str


_OPEN = select(
    SESSIONS.c.id, SESSIONS.c.started_at, SESSIONS.c.renewed_at, SESSIONS.c.expires_at, SESSIONS.c.address
).order_by(SESSIONS.c.started_at, SESSIONS.c.id)
"""The columns of an `OpenSession`, in its order."""


class Sessions:
    """Starts, renews and ends sessions. Each call is a transaction of its own. Raises `AccountsUnavailable`.

    Args:
        clock: seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def start(
        self, user: str, password_hash: str, first: Renewal, expires_at: int, address: str = ""
    ) -> str | None:
        """A new session's id; `None` if the user is disabled, gone or has another password than `password_hash` by now.

        The user's expired sessions are forgotten on this occasion.
        """
        session_id, user_id = uuid4(), UUID(user)
        expired = delete(SESSIONS).where(SESSIONS.c.user_id == user_id, SESSIONS.c.expires_at < int(self._clock()))
        values = {
            "id": literal(session_id, SESSIONS.c.id.type),
            "user_id": USERS.c.id,
            "refresh_id": literal(first.token_id),
            "expires_at": literal(expires_at, SESSIONS.c.expires_at.type),
            "revoked": literal(False),
            "started_at": literal(first.made_at, SESSIONS.c.started_at.type),
            "renewed_at": literal(first.made_at, SESSIONS.c.renewed_at.type),
            "address": literal(address[:LONGEST_ADDRESS]),
        }
        # The row is locked: what changes the user ends sessions, and this one would come just after that.
        able = (
            select(*values.values())
            .where(USERS.c.id == user_id, USERS.c.password_hash == password_hash, USERS.c.active.is_(True))
            .with_for_update(read=True)
        )
        row = insert(SESSIONS).from_select(list(values), able).returning(SESSIONS.c.id)
        async with self._database.transaction() as connection:
            await connection.execute(expired)
            started = (await connection.execute(row)).one_or_none()
        return None if started is None else str(session_id)

    async def renew(self, session_id: str, used: str, fresh: str, lasts: int) -> Renewal | None:
        """Replace the refresh token `used` by `fresh`, which lasts for so many seconds; what is good now.

        `None`, and the session is ended, if `used` was neither good until now nor used up within `GRACE_SECONDS`.
        """
        key, now = _uuid(session_id), self._clock()
        if key is None:
            return None
        seconds, since = int(now), int((now - GRACE_SECONDS) * _MILLISECONDS)
        good = SESSIONS.c.id == key, SESSIONS.c.refresh_id == used, SESSIONS.c.revoked.is_(False)
        change = update(SESSIONS).where(*good).values(refresh_id=fresh, expires_at=seconds + lasts, renewed_at=seconds)
        async with self._database.transaction() as connection:
            # A write comes first, so that of two at once the second finds what the first did.
            if (await connection.execute(change)).rowcount > 0:
                of_session = RENEWALS.c.session_id == key
                await connection.execute(delete(RENEWALS).where(of_session, RENEWALS.c.at < since))
                row = {"session_id": key, "used_id": used, "at": int(now * _MILLISECONDS)}
                await connection.execute(insert(RENEWALS).values(row))
                return Renewal(fresh, seconds)
            again = (
                select(SESSIONS.c.refresh_id, SESSIONS.c.renewed_at)
                .join(RENEWALS, SESSIONS.c.id == RENEWALS.c.session_id)
                .where(SESSIONS.c.id == key, SESSIONS.c.revoked.is_(False))
                .where(RENEWALS.c.used_id == used, RENEWALS.c.at >= since)
            )
            if (found := (await connection.execute(again)).one_or_none()) is not None:
                return Renewal(found.refresh_id, found.renewed_at)
            await connection.execute(_ending(key))
        return None

    async def end(self, session_id: str) -> None:
        """End a session: neither its refresh token nor its access tokens hold any longer."""
        key = _uuid(session_id)
        if key is not None:
            async with self._database.transaction() as connection:
                await connection.execute(_ending(key))

    async def end_all(self, user: str) -> list[str]:
        """End all sessions of a user; their ids."""
        async with self._database.transaction() as connection:
            return await end_sessions(connection, UUID(user))

    async def of(self, user: str) -> list[OpenSession]:
        """A user's sessions that have not ended, in the order in which they began."""
        own = SESSIONS.c.user_id == UUID(user), SESSIONS.c.revoked.is_(False)
        async with self._database.reading(user) as connection:
            rows = await connection.execute(_OPEN.where(*own, SESSIONS.c.expires_at >= int(self._clock())))
            return [OpenSession(str(key), *more) for key, *more in rows]

    async def alive(self, session_ids: Collection[str]) -> set[str]:
        """Those of `session_ids` that are not ended and whose users are active."""
        keys = [key for key in map(_uuid, session_ids) if key is not None]
        alive: set[str] = set()
        async with self._database.reading() as connection:
            for start in range(0, len(keys), ASKED_AT_ONCE):
                some = keys[start : start + ASKED_AT_ONCE]
                rows = await connection.execute(_ALIVE.where(SESSIONS.c.id.in_(some)))
                alive.update(str(key) for key in rows.scalars())
        return alive

    async def role_in(self, session_id: str, user: str) -> Role | None:
        """The role of the user; `None` unless the session is this user's, who is active, and not ended."""
        key, user_id = _uuid(session_id), _uuid(user)
        if key is None or user_id is None:
            return None
        role = _ALIVE.with_only_columns(USERS.c.role).where(SESSIONS.c.id == key, USERS.c.id == user_id)
        async with self._database.reading(user) as connection:
            found = (await connection.execute(role)).scalar_one_or_none()
        return None if found is None else Role(found)


async def end_sessions(connection: AsyncConnection, user_id: UUID) -> list[str]:
    """End all sessions of a user in a transaction that does more; the ids of those that had not ended."""
    ending = update(SESSIONS).where(SESSIONS.c.user_id == user_id, SESSIONS.c.revoked.is_(False)).values(revoked=True)
    return [str(key) for key in (await connection.execute(ending.returning(SESSIONS.c.id))).scalars()]


def _ending(key: UUID) -> Update:
    return update(SESSIONS).where(SESSIONS.c.id == key).values(revoked=True)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
