"""Sessions: one row for each login, the family of all tokens that descend from it.

A session knows the one refresh token that is good. Each refresh replaces it; an older one that turns up again was
copied by somebody, and since nobody can tell who is the thief, the whole session ends (RFC 9700, 4.14.2).
"""

import time
from collections.abc import Collection
from uuid import UUID, uuid4

from advanced_alchemy.base import UUIDBase
from sqlalchemy import BigInteger, ForeignKey, String, delete, insert, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import Executable

from api.accounts.database import Database
from api.accounts.users import UserRow

ASKED_AT_ONCE = 500
"""Sessions looked up by one query."""


class SessionRow(UUIDBase):
    """The table. `refresh_id` is the `jti` of the refresh token that is good; `expires_at` is that token's."""

    __tablename__ = "sessions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    refresh_id: Mapped[str] = mapped_column(String(36))
    expires_at: Mapped[int] = mapped_column(BigInteger)
    revoked: Mapped[bool] = mapped_column(default=False)


class Sessions:
    """Starts, renews and ends sessions. Each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(self, user: str, refresh_id: str, expires_at: int) -> str:
        """A new session's id. The user's expired ones are forgotten on this occasion."""
        session_id, user_id = uuid4(), UUID(user)
        row = {"id": session_id, "user_id": user_id, "refresh_id": refresh_id, "expires_at": expires_at}
        async with self._database.session() as session:
            old = delete(SessionRow).where(SessionRow.user_id == user_id, SessionRow.expires_at < int(time.time()))
            await session.execute(old)
            await session.execute(insert(SessionRow).values(revoked=False, **row))
            await session.commit()
        return str(session_id)

    async def renew(self, session_id: str, used: str, refresh_id: str, expires_at: int) -> bool:
        """Replace the refresh token `used` by `refresh_id`; `False`, and the session is ended, if it was not the good
        one.
        """
        key = _uuid(session_id)
        if key is None:
            return False
        change = (
            update(SessionRow)
            .where(SessionRow.id == key, SessionRow.refresh_id == used, SessionRow.revoked.is_(False))
            .values(refresh_id=refresh_id, expires_at=expires_at)
        )
        async with self._database.session() as session:
            renewed = await _changed(session, change)
            if not renewed:
                await session.execute(_ending(key))
            await session.commit()
        return renewed

    async def end(self, session_id: str) -> None:
        """End a session: neither its refresh token nor its access tokens hold any longer."""
        key = _uuid(session_id)
        if key is not None:
            async with self._database.session() as session:
                await session.execute(_ending(key))
                await session.commit()

    async def end_all(self, user: str) -> None:
        """End all sessions of a user."""
        async with self._database.session() as session:
            ended = update(SessionRow).where(SessionRow.user_id == UUID(user)).values(revoked=True)
            await session.execute(ended)
            await session.commit()

    async def alive(self, session_ids: Collection[str]) -> set[str]:
        """Those of `session_ids` that are not ended and whose users are active."""
        keys = [key for key in map(_uuid, session_ids) if key is not None]
        found: set[str] = set()
        async with self._database.session() as session:
            for start in range(0, len(keys), ASKED_AT_ONCE):
                some = keys[start : start + ASKED_AT_ONCE]
                good = (
                    select(SessionRow.id)
                    .join(UserRow, UserRow.id == SessionRow.user_id)
                    .where(SessionRow.id.in_(some), SessionRow.revoked.is_(False), UserRow.active.is_(True))
                )
                found.update(str(key) for key in (await session.execute(good)).scalars())
        return found

    async def holds(self, session_id: str, user: str) -> bool:
        """Whether the session is this user's, who is active, and not ended."""
        key, user_id = _uuid(session_id), _uuid(user)
        if key is None or user_id is None:
            return False
        good = (
            select(SessionRow.id)
            .join(UserRow, UserRow.id == SessionRow.user_id)
            .where(SessionRow.id == key, SessionRow.revoked.is_(False), UserRow.active.is_(True), UserRow.id == user_id)
        )
        async with self._database.session() as session:
            return (await session.execute(good)).scalar_one_or_none() is not None


def _ending(key: UUID) -> Executable:
    return update(SessionRow).where(SessionRow.id == key).values(revoked=True)


async def _changed(session: AsyncSession, statement: Executable) -> bool:
    result = await session.execute(statement)
    return isinstance(result, CursorResult) and result.rowcount > 0


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
