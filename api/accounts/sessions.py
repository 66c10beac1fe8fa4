"""Sessions: one row for each login, the family of all tokens that descend from it.

A session knows the one refresh token that is good. Each refresh replaces it; an older one that turns up again was
copied by somebody, and since nobody can tell who is the thief, the whole session ends (RFC 9700, 4.14.2).
"""

import time
from collections.abc import Collection
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.sql.dml import Update

from api.accounts.database import Database
from api.accounts.tables import SESSIONS, USERS

ASKED_AT_ONCE = 500
"""Sessions looked up by one query."""


_ALIVE = (
    select(SESSIONS.c.id)
    .join(USERS, USERS.c.id == SESSIONS.c.user_id)
    .where(SESSIONS.c.revoked.is_(False), USERS.c.active.is_(True))
)


class Sessions:
    """Starts, renews and ends sessions. Each call is a transaction of its own. Raises `AccountsUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(self, user: str, refresh_id: str, expires_at: int) -> str:
        """A new session's id. The user's expired ones are forgotten on this occasion."""
        session_id, user_id = uuid4(), UUID(user)
        expired = delete(SESSIONS).where(SESSIONS.c.user_id == user_id, SESSIONS.c.expires_at < int(time.time()))
        row = insert(SESSIONS).values(
            id=session_id, user_id=user_id, refresh_id=refresh_id, expires_at=expires_at, revoked=False
        )
        async with self._database.transaction() as connection:
            await connection.execute(expired)
            await connection.execute(row)
        return str(session_id)

    async def renew(self, session_id: str, used: str, refresh_id: str, expires_at: int) -> bool:
        """Replace the refresh token `used` by `refresh_id`; `False`, and the session is ended, if it was not the good
        one.
        """
        key = _uuid(session_id)
        if key is None:
            return False
        good = SESSIONS.c.id == key, SESSIONS.c.refresh_id == used, SESSIONS.c.revoked.is_(False)
        async with self._database.transaction() as connection:
            change = update(SESSIONS).where(*good).values(refresh_id=refresh_id, expires_at=expires_at)
            renewed = (await connection.execute(change)).rowcount > 0
            if not renewed:
                await connection.execute(_ending(key))
        return renewed

    async def end(self, session_id: str) -> None:
        """End a session: neither its refresh token nor its access tokens hold any longer."""
        key = _uuid(session_id)
        if key is not None:
            async with self._database.transaction() as connection:
                await connection.execute(_ending(key))

    async def end_all(self, user: str) -> None:
        """End all sessions of a user."""
        async with self._database.transaction() as connection:
            await connection.execute(update(SESSIONS).where(SESSIONS.c.user_id == UUID(user)).values(revoked=True))

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

    async def holds(self, session_id: str, user: str) -> bool:
        """Whether the session is this user's, who is active, and not ended."""
        key, user_id = _uuid(session_id), _uuid(user)
        if key is None or user_id is None:
            return False
        async with self._database.reading() as connection:
            rows = await connection.execute(_ALIVE.where(SESSIONS.c.id == key, USERS.c.id == user_id))
            return rows.one_or_none() is not None


def _ending(key: UUID) -> Update:
    return update(SESSIONS).where(SESSIONS.c.id == key).values(revoked=True)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
