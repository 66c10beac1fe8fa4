"""Login, refresh, logout over HTTP, on both databases."""

import asyncio
import time

import msgspec
import pytest
from sqlalchemy import select

from api.accounts.accounts import Accounts
from api.accounts.keys import Keys
from api.accounts.sessions import GRACE_SECONDS, Renewal
from api.accounts.tables import METADATA
from api.accounts.tokens import Kind, Tokens
from api.accounts.users import Changes
from mappings.errors import TooManyRequests, Unauthorized, WrongCredentials
from tests.api.conftest import SECRET

ADA = {"email": "ada@example.com", "password": "analytical", "name": "Ada"}
AUTH = "/api/v2/auth"


@pytest.fixture(params=["sqlite", "postgres"])
def any_database(request, settings):
    url = request.getfixturevalue("postgres_database") if request.param == "postgres" else None
    return msgspec.structs.replace(settings, database_url=url)


def test_refresh_rotates_and_a_token_may_come_again_for_a_moment(serve, any_database):
    service = serve(database_url=any_database.database_url)
    first = service.session
    status, second = service.post(f"{AUTH}/refresh", {"refresh_token": first["refresh_token"]})
    assert status == 200
    assert list(second) == list(first)
    assert second["user"] == first["user"]
    assert second["refresh_token"] != first["refresh_token"]
    status, again = service.post(f"{AUTH}/refresh", {"refresh_token": first["refresh_token"]})
    assert (status, again["refresh_token"]) == (200, second["refresh_token"])
    for answer in (second, again):
        assert service.get(f"{AUTH}/me", answer["access_token"]) == (200, first["user"] | {"role": "user"})
    status, third = service.post(f"{AUTH}/refresh", {"refresh_token": again["refresh_token"]})
    assert status == 200
    assert service.get(f"{AUTH}/me", third["access_token"]) == (200, first["user"] | {"role": "user"})


class Clock:
    """The time as a test says it is."""

    def __init__(self) -> None:
        self.now = time.time() - 60

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def timed(any_database):
    """Accounts, and the clock of their sessions."""
    accounts, clock = Accounts(any_database), Clock()
    await accounts.open()
    accounts.sessions._clock = clock
    yield accounts, clock
    await accounts.close()


@pytest.mark.anyio
async def test_a_token_that_was_used_longer_ago_ends_the_session_and_tells(timed):
    accounts, clock = timed
    ended: list[str] = []
    accounts.listen(ended.append)
    first = await accounts.register(ADA)
    session = (await accounts.identify(first.access_token)).session
    second = await accounts.refresh({"refresh_token": first.refresh_token})
    clock.now += GRACE_SECONDS - 0.1
    again = await accounts.refresh({"refresh_token": first.refresh_token})
    assert (again.refresh_token, ended) == (second.refresh_token, [])
    clock.now += 0.2
    with pytest.raises(Unauthorized):
        await accounts.refresh({"refresh_token": first.refresh_token})
    assert ended == [session]
    for issued in (first, second, again):
        with pytest.raises(Unauthorized):
            await accounts.identify(issued.access_token)
        with pytest.raises(Unauthorized):
            await accounts.refresh({"refresh_token": issued.refresh_token})


@pytest.mark.anyio
async def test_who_comes_late_gets_the_token_that_is_good_by_then(timed):
    accounts, clock = timed
    first = await accounts.register(ADA)
    second = await accounts.refresh({"refresh_token": first.refresh_token})
    clock.now += 6
    third = await accounts.refresh({"refresh_token": second.refresh_token})
    for old in (first, second):
        again = await accounts.refresh({"refresh_token": old.refresh_token})
        assert again.refresh_token == third.refresh_token
    clock.now += 6
    again = await accounts.refresh({"refresh_token": second.refresh_token})
    assert again.refresh_token == third.refresh_token
    fourth = await accounts.refresh({"refresh_token": third.refresh_token})
    [own] = await accounts.own_sessions(fourth.access_token)
    assert own.renewed_at == int(clock.now)
    with pytest.raises(Unauthorized):
        await accounts.refresh({"refresh_token": first.refresh_token})


@pytest.mark.anyio
async def test_a_session_that_was_ended_is_not_renewed_in_the_moment_after_a_refresh(timed):
    accounts, _ = timed
    first = await accounts.register(ADA)
    await accounts.refresh({"refresh_token": first.refresh_token})
    await accounts.sessions.end_all(first.user.uuid)
    with pytest.raises(Unauthorized):
        await accounts.refresh({"refresh_token": first.refresh_token})


@pytest.mark.anyio
async def test_nothing_in_the_database_is_a_token(timed):
    accounts, _ = timed
    first = await accounts.register(ADA)
    second = await accounts.refresh({"refresh_token": first.refresh_token})
    async with accounts.database.engine.connect() as connection:
        rows = [str(row) for table in METADATA.sorted_tables for row in await connection.execute(select(table))]
    assert len(rows) == 3
    for token in (first.refresh_token, second.refresh_token, second.access_token):
        assert not any(token.rpartition(".")[2] in row for row in rows)


def test_logout_ends_only_its_own_session(serve, any_database):
    service = serve(database_url=any_database.database_url)
    mine = service.session
    status, other = service.post(f"{AUTH}/login", {"email": "ada@example.com", "password": "analytical"})
    assert status == 200
    assert service.post(f"{AUTH}/logout", b"", mine["access_token"]) == (204, None)
    assert service.get(f"{AUTH}/me", mine["access_token"])[0] == 401
    assert service.post(f"{AUTH}/logout", b"", mine["access_token"])[0] == 401
    assert service.post(f"{AUTH}/refresh", {"refresh_token": mine["refresh_token"]})[0] == 401
    assert service.get(f"{AUTH}/me", other["access_token"])[0] == 200
    assert service.post(f"{AUTH}/logout", {"refresh_token": other["refresh_token"]}) == (204, None)
    assert service.get(f"{AUTH}/me/", other["access_token"])[0] == 401


def test_who_is_not_logged_in(service):
    expected = 401, {"detail": "Authentication credentials were not provided."}
    assert service.get(f"{AUTH}/me") == expected
    assert service.post(f"{AUTH}/logout", {}) == expected
    assert service.open(f"{AUTH}/me", None)[2]["WWW-Authenticate"] == "Bearer"
    for token in (service.session["access_token"], "nonsense", 7, None, ""):
        status, _ = service.post(f"{AUTH}/refresh", {"refresh_token": token})
        assert status in (400, 401)
    for token in (service.session["refresh_token"], "nonsense", "x" * 10_000):
        assert service.get(f"{AUTH}/me", token)[0] == 401
    assert service.open(f"{AUTH}/me", None, authorization=f"Basic {service.token}")[0] == 401


@pytest.mark.anyio
async def test_refreshes_at_once_all_get_the_same_token(any_database):
    accounts, other = Accounts(any_database), Accounts(any_database)
    await accounts.open()
    await other.open()
    session = await accounts.register(ADA)
    body = {"refresh_token": session.refresh_token}
    found = await asyncio.gather(*(one.refresh(body) for one in (accounts, other) * 4))
    [good] = {answer.refresh_token for answer in found}
    for answer in found:
        assert (await accounts.identify(answer.access_token)).user == session.user.uuid
    await accounts.refresh({"refresh_token": good})
    await other.close()
    await accounts.close()


@pytest.mark.anyio
async def test_listeners_are_told_of_sessions_that_end_here(settings):
    accounts = Accounts(settings)
    await accounts.open()
    ended: list[str] = []
    accounts.listen(ended.append)
    first, second, third = [await accounts.register({**ADA, "email": f"{n}@example.com"}) for n in range(3)]
    sessions = [(await accounts.identify(issued.access_token)).session for issued in (first, second, third)]
    await accounts.logout({}, first.access_token)
    await accounts.logout({"refresh_token": second.refresh_token}, None)
    assert ended == sessions[:2]
    await accounts.refresh({"refresh_token": third.refresh_token})
    assert ended == sessions[:2]
    await accounts.administration.delete(third.user.uuid)
    assert ended == sessions
    await accounts.close()


@pytest.mark.anyio
async def test_expired_sessions_are_forgotten(any_database):
    accounts = Accounts(any_database)
    await accounts.open()
    user = (await accounts.register(ADA)).user.uuid
    password = (await accounts.users.by_uuid(user)).password_hash
    now = int(time.time())

    async def started(token_id, expires_at):
        return await accounts.sessions.start(user, password, Renewal(token_id, now), expires_at)

    old = await started("x", now - 10)
    assert await accounts.sessions.alive([old, "nonsense"]) == {old}
    new = await started("y", now + 10)
    assert await accounts.sessions.alive([old, new]) == {new}
    assert await accounts.sessions.renew(old, "x", "z", 60) is None
    assert await accounts.sessions.renew("nonsense", "x", "z", 60) is None
    await accounts.sessions.end("nonsense")
    assert await accounts.sessions.role_in("nonsense", user) is None
    assert new in await accounts.sessions.end_all(user)
    assert await accounts.sessions.alive([new]) == set()
    assert await accounts.sessions.end_all(user) == []
    assert await accounts.sessions.start(user, "another hash", Renewal("x", now), now + 10) is None
    await accounts.close()


@pytest.mark.anyio
async def test_a_refresh_token_of_a_disabled_user(any_database):
    accounts = Accounts(any_database)
    await accounts.open()
    session = await accounts.register(ADA)
    await accounts.users.change(session.user.uuid, Changes(active=False))
    with pytest.raises(Unauthorized):
        await accounts.refresh({"refresh_token": session.refresh_token})
    tokens = Tokens(Keys("HS256", SECRET, SECRET), 60)
    claims = tokens.verify(session.refresh_token, Kind.REFRESH)
    assert claims.session == tokens.verify(session.access_token).session
    await accounts.close()


@pytest.mark.anyio
async def test_logins_are_limited_by_address_and_by_email_there(settings):
    accounts = Accounts(msgspec.structs.replace(settings, login_rate_limit=12))
    await accounts.open()
    wrong = {"email": "ada@example.com", "password": "wrong password"}
    for address in ("a", "b"):
        for _ in range(2):
            with pytest.raises(WrongCredentials):
                await accounts.login(wrong, address)
        for body in (wrong, {**wrong, "email": " ADA@example.com"}):
            with pytest.raises(TooManyRequests) as caught:
                await accounts.login(body, address)
    assert 25 < (caught.value.retry_after or 0) <= 30
    for number in range(12):
        with pytest.raises(WrongCredentials):
            await accounts.login({**wrong, "email": f"{number}@example.com"}, "d")
    with pytest.raises(TooManyRequests):
        await accounts.login({**wrong, "email": "12@example.com"}, "d")
    with pytest.raises(TooManyRequests):
        await accounts.register({**ADA, "email": "new@example.com"}, "d")
    await accounts.close()


def test_a_refused_login_says_when_to_come_back(serve):
    service = serve(login_rate_limit=6)
    for _ in range(7):
        status, body, headers = service.open(f"{AUTH}/login", b'{"email": "a@b.c", "password": "x"}')
    assert (status, body) == (429, {"detail": "Too many logins; try again later"})
    assert 1 <= int(headers["Retry-After"]) <= 60
