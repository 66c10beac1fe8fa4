"""Login, refresh, logout over HTTP, on both databases."""

import asyncio
import time

import msgspec
import pytest

from api.accounts.accounts import Accounts
from api.accounts.keys import Keys
from api.accounts.tokens import Kind, Tokens
from mappings.errors import TooManyRequests, Unauthorized, WrongCredentials
from tests.api.conftest import SECRET

ADA = {"email": "ada@example.com", "password": "analytical", "name": "Ada"}
AUTH = "/api/v2/auth"


@pytest.fixture(params=["sqlite", "postgres"])
def any_database(request, settings):
    url = request.getfixturevalue("postgres_database") if request.param == "postgres" else None
    return msgspec.structs.replace(settings, database_url=url)


def test_refresh_rotates_and_a_reused_token_ends_the_session(serve, any_database):
    service = serve(database_url=any_database.database_url)
    first = service.session
    status, second = service.post(f"{AUTH}/refresh", {"refresh_token": first["refresh_token"]})
    assert status == 200
    assert list(second) == list(first)
    assert second["user"] == first["user"]
    assert second["refresh_token"] != first["refresh_token"]
    assert service.get(f"{AUTH}/me", second["access_token"]) == (200, first["user"])
    refused = 401, {"detail": "Token is invalid."}
    assert service.post(f"{AUTH}/refresh", {"refresh_token": first["refresh_token"]}) == refused
    assert service.post(f"{AUTH}/refresh", {"refresh_token": second["refresh_token"]}) == refused
    for session in (first, second):
        assert service.get(f"{AUTH}/me", session["access_token"]) == refused


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
async def test_of_many_refreshes_at_once_one_wins_at_most(any_database):
    accounts = Accounts(any_database)
    await accounts.open()
    session = await accounts.register(ADA)
    body = {"refresh_token": session.refresh_token}
    found = await asyncio.gather(*(accounts.refresh(body) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(answer, Unauthorized) for answer in found) == 7
    with pytest.raises(Unauthorized):
        await accounts.identify(session.access_token)
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
    with pytest.raises(Unauthorized):
        await accounts.refresh({"refresh_token": third.refresh_token})
    assert ended == sessions
    await accounts.close()


@pytest.mark.anyio
async def test_expired_sessions_are_forgotten(any_database):
    accounts = Accounts(any_database)
    await accounts.open()
    user = (await accounts.register(ADA)).user.uuid
    old = await accounts.sessions.start(user, "x", int(time.time()) - 10)
    assert await accounts.sessions.alive([old, "nonsense"]) == {old}
    new = await accounts.sessions.start(user, "y", int(time.time()) + 10)
    assert await accounts.sessions.alive([old, new]) == {new}
    assert not await accounts.sessions.renew(old, "x", "z", 0)
    assert not await accounts.sessions.renew("nonsense", "x", "z", 0)
    await accounts.sessions.end("nonsense")
    assert not await accounts.sessions.holds("nonsense", user)
    await accounts.sessions.end_all(user)
    assert await accounts.sessions.alive([new]) == set()
    await accounts.close()


@pytest.mark.anyio
async def test_a_refresh_token_of_a_disabled_user(any_database):
    accounts = Accounts(any_database)
    await accounts.open()
    session = await accounts.register(ADA)
    await accounts.users.set_active("ada@example.com", False)
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
