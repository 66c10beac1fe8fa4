"""Tokens are taken for a while, and nothing else is done, while the database of users does not answer."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import psycopg
import pytest

from api.accounts import database as module
from api.accounts import recent
from api.accounts.accounts import Accounts
from api.accounts.recent import MOST_SECONDS, RecentSessions
from api.actions.roles import Role
from api.settings import Settings
from mappings.errors import AccountsUnavailable, Unauthorized

pytestmark = pytest.mark.anyio

BODY = {"email": "ada@example.com", "password": "long enough"}


class Looked:
    """Sessions of a database that may be away."""

    def __init__(self) -> None:
        self.roles: dict[str, Role] = {}
        self.away = False
        self.looks = 0

    async def role_in(self, session: str, user: str) -> Role | None:
        self.looks += 1
        await asyncio.sleep(0)
        if self.away:
            raise AccountsUnavailable("away", "why")
        return self.roles.get(session) if user == "ada" else None


class Now:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def looked() -> Looked:
    return Looked()


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def sessions(looked: Looked, now: Now) -> RecentSessions:
    return RecentSessions(looked, now)  # type: ignore[arg-type]


async def test_what_held_a_moment_ago_holds_while_nobody_can_tell(looked, now, sessions, caplog):
    looked.roles = {"s": Role.USER, "t": Role.ADMIN}
    assert await sessions.role_in("s", "ada") is Role.USER
    looked.away, now.seconds = True, MOST_SECONDS
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert await sessions.role_in("s", "ada") is Role.USER
    assert sessions.relied_on == 3
    assert [record.getMessage() for record in caplog.records] == [
        "users can't be looked up: tokens that held in the last 60 s are taken until they can (why)"
    ]
    for session, user in (("s", "eve"), ("t", "ada"), ("u", "ada")):
        with pytest.raises(AccountsUnavailable):
            await sessions.role_in(session, user)
    now.seconds += 0.1
    with pytest.raises(AccountsUnavailable):
        await sessions.role_in("s", "ada")
    looked.away = False
    assert await sessions.role_in("s", "ada") is Role.USER
    looked.away = True
    assert await sessions.role_in("s", "ada") is Role.USER
    assert len(caplog.records) == 1 + 1


async def test_what_ended_is_not_remembered(looked, sessions):
    looked.roles = {"s": Role.USER, "t": Role.USER}
    for session in ("s", "t"):
        await sessions.role_in(session, "ada")
    sessions.forget("s")
    sessions.forget("s")
    del looked.roles["t"]
    assert await sessions.role_in("t", "ada") is None
    looked.away = True
    for session in ("s", "t"):
        with pytest.raises(AccountsUnavailable):
            await sessions.role_in(session, "ada")


async def test_a_session_that_is_asked_for_many_times_at_once_is_looked_up_once(looked, sessions):
    looked.roles = {"s": Role.USER, "t": Role.ADMIN}
    asked = [sessions.role_in(session, "ada") for session in "stu" for _ in range(50)]
    assert await asyncio.gather(*asked) == [Role.USER] * 50 + [Role.ADMIN] * 50 + [None] * 50
    assert looked.looks == 3


async def test_so_many_are_remembered(looked, sessions, monkeypatch):
    monkeypatch.setattr(recent, "MOST_SESSIONS", 2)
    looked.roles = dict.fromkeys("abc", Role.USER)
    for session in ("a", "b", "a", "c"):
        await sessions.role_in(session, "ada")
    looked.away = True
    assert await sessions.role_in("a", "ada") is await sessions.role_in("c", "ada") is Role.USER
    with pytest.raises(AccountsUnavailable):
        await sessions.role_in("b", "ada")


@asynccontextmanager
async def locked(url: str) -> AsyncIterator[psycopg.AsyncConnection]:
    """The tables of users are somebody's alone, as in a migration."""
    async with await psycopg.AsyncConnection.connect(url) as other:
        await other.execute("LOCK TABLE users, sessions IN ACCESS EXCLUSIVE MODE")
        yield other


@pytest.fixture
async def accounts(settings: Settings, postgres_database: str, monkeypatch) -> AsyncIterator[Accounts]:
    monkeypatch.setattr(module, "ANSWER_SECONDS", 1)
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.01)
    accounts = Accounts(msgspec.structs.replace(settings, database_url=postgres_database))
    await accounts.open()
    yield accounts
    await accounts.close()


async def test_a_lock_on_the_tables_stops_logins_and_no_token_that_held(accounts, postgres_database):
    first = await accounts.register(BODY)
    claims = await accounts.identify(first.access_token)
    unseen = await accounts.login(BODY)
    async with locked(postgres_database):
        # More than there are connections: nobody waits twice.
        taken = await asyncio.wait_for(
            asyncio.gather(*[accounts.identify(first.access_token) for _ in range(40)]), 10 * module.ANSWER_SECONDS
        )
        assert taken == [claims] * 40
        for refused in (
            lambda: accounts.identify(unseen.access_token),
            lambda: accounts.me(first.access_token),
            lambda: accounts.login(BODY),
            lambda: accounts.refresh({"refresh_token": first.refresh_token}),
            lambda: accounts.logout({}, first.access_token),
            accounts.database.ready,
        ):
            # At once: one looks whether it answers, and all others need not wait for that.
            with pytest.raises(AccountsUnavailable, match="try again later") as caught:
                await asyncio.wait_for(refused(), module.ANSWER_SECONDS / 2)
            assert "may be locked" in caught.value.detail
        assert await accounts.identify(first.access_token) == claims
    await answering(accounts)
    assert await accounts.identify(unseen.access_token)
    await accounts.logout({}, first.access_token)
    with pytest.raises(Unauthorized):
        await accounts.identify(first.access_token)


async def test_a_session_that_ended_here_is_not_taken_under_a_lock(accounts, postgres_database):
    tokens = [await accounts.register(BODY), await accounts.login(BODY), await accounts.login(BODY)]
    for issued in tokens:
        await accounts.identify(issued.access_token)
    await accounts.logout({}, tokens[0].access_token)
    async with locked(postgres_database):
        with pytest.raises(AccountsUnavailable):
            await accounts.identify(tokens[0].access_token)
        assert await accounts.identify(tokens[1].access_token)
    await answering(accounts)
    user = await accounts.administration.with_email(BODY["email"])
    assert user is not None
    await accounts.administration.change(user.uuid, role=Role.COUNTER)
    async with locked(postgres_database):
        for issued in tokens:
            with pytest.raises(AccountsUnavailable):
                await accounts.identify(issued.access_token)


async def answering(accounts: Accounts) -> None:
    """Return when the database is known to answer again."""
    async with asyncio.timeout(10):
        while True:
            try:
                await accounts.database.ready()
                return
            except AccountsUnavailable:
                await asyncio.sleep(0.01)
