import asyncio
import time

import msgspec
import pytest

from api.accounts.accounts import Accounts, OwnUser
from api.accounts.database import Database
from api.actions.roles import Role
from api.settings import Settings
from mappings.errors import (
    Conflict,
    Forbidden,
    InvalidField,
    MissingField,
    NotFound,
    SettingsError,
    TooManyRequests,
    Unauthorized,
    WrongCredentials,
)
from search.engine import EngineSettings

pytestmark = pytest.mark.anyio

ADA = {"email": "Ada@Example.com", "password": "analytical", "name": "Ada"}


@pytest.fixture
async def accounts(settings: Settings):
    accounts = Accounts(settings)
    await accounts.open()
    yield accounts
    await accounts.close()


async def test_register_then_login_in_another_case(accounts):
    registered = await accounts.register(ADA)
    assert (registered.user.email, registered.user.name) == ("Ada@Example.com", "Ada")
    session = await accounts.login({"email": " ada@EXAMPLE.com ", "password": "analytical"})
    assert session.user == registered.user
    assert session.token_type == "bearer"
    assert session.expires_in == 1800
    assert (await accounts.identify(session.access_token)).user == registered.user.uuid
    with pytest.raises(Unauthorized):
        await accounts.identify(session.refresh_token)


async def test_an_email_is_taken_in_any_case(accounts):
    await accounts.register(ADA)
    for email in ("ada@example.com", "ADA@EXAMPLE.COM"):
        with pytest.raises(Conflict):
            await accounts.register({**ADA, "email": email})


async def test_two_at_once_make_one_user(accounts):
    found = await asyncio.gather(*(accounts.register(ADA) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(answer, Conflict) for answer in found) == 4


async def test_wrong_password_unknown_user_and_disabled_user_get_the_same_answer(accounts):
    await accounts.register(ADA)
    wrong = {**ADA, "password": "wrong-password"}
    unknown = {**ADA, "email": "nobody@example.com"}
    seconds: dict[str, list[float]] = {"wrong": [], "unknown": []}
    for name, body in (("wrong", wrong), ("unknown", unknown)) * 5:
        started = time.perf_counter()
        with pytest.raises(WrongCredentials, match=r"^Invalid email or password\.$"):
            await accounts.login(body)
        seconds[name].append(time.perf_counter() - started)
    # What else the machine does makes some of them slow, hardly all.
    assert 0.3 < min(seconds["wrong"]) / min(seconds["unknown"]) < 3
    user = await accounts.users.by_email("ADA@example.com")
    await accounts.administration.change(user.uuid, active=False)
    with pytest.raises(WrongCredentials):
        await accounts.login(ADA)


async def test_a_disabled_user_keeps_no_access(accounts):
    session = await accounts.register(ADA)
    await accounts.administration.change(session.user.uuid, active=False)
    with pytest.raises(Unauthorized):
        await accounts.identify(session.access_token)
    assert [user.active for user in await accounts.users.all()] == [False]
    with pytest.raises(Conflict, match="is disabled"):
        await accounts.access_token(await accounts.users.by_email("ada@example.com"))
    await accounts.administration.change(session.user.uuid, active=True)
    with pytest.raises(Unauthorized):
        await accounts.identify(session.access_token)
    assert (await accounts.login(ADA)).user == session.user


async def test_nobody_registers_unless_registration_is_open(settings):
    for environment, registration, is_open in (
        ("production", None, False),
        ("production", "open", True),
        ("development", None, True),
        ("development", "closed", False),
    ):
        changed = msgspec.structs.replace(settings, environment=environment, registration=registration)
        assert changed.registration_open is is_open
        accounts = Accounts(changed)
        await accounts.open()
        body = {**ADA, "email": f"{environment}-{registration}@example.com"}
        if is_open:
            assert (await accounts.register(body)).user.email == body["email"]
        else:
            with pytest.raises(Forbidden, match=r"^Registration is closed"):
                await accounts.register(body)
        await accounts.close()


async def test_a_login_that_comes_too_late_for_a_change_starts_no_session(accounts):
    user = (await accounts.register(ADA)).user
    before = await accounts.users.by_uuid(user.uuid)

    async def changed_meanwhile(password, stored, client):
        await accounts.administration.change(user.uuid, password="another one")
        return True

    accounts._passwords.check = changed_meanwhile
    with pytest.raises(WrongCredentials):
        await accounts.login(ADA)
    assert await accounts.sessions.of(user.uuid) == []
    assert (await accounts.users.by_uuid(user.uuid)).password_hash != before.password_hash


async def test_a_user_who_is_deleted_in_the_same_moment(accounts):
    issued = await accounts.register(ADA)
    renew = accounts.sessions.renew

    async def renewed(*arguments):
        renewal = await renew(*arguments)
        await accounts.administration.delete(issued.user.uuid)
        return renewal

    accounts.sessions.renew = renewed
    with pytest.raises(Unauthorized):
        await accounts.refresh({"refresh_token": issued.refresh_token})
    accounts.sessions.renew = renew
    with pytest.raises(Unauthorized):
        await accounts.refresh({"refresh_token": issued.refresh_token})


async def test_a_new_password_ends_all_sessions_but_the_one_that_begins(accounts):
    ended: list[str] = []
    accounts.listen(ended.append)
    first, second = await accounts.register(ADA), await accounts.login(ADA)
    sessions = {(await accounts.identify(issued.access_token)).session for issued in (first, second)}
    body = {"password": "analytical", "new_password": "differential"}
    for wrong, kind in (
        ({**body, "password": "wrong password"}, Forbidden),
        ({**body, "new_password": "short"}, InvalidField),
        ({"password": "analytical"}, MissingField),
    ):
        with pytest.raises(kind):
            await accounts.change_password(wrong, first.access_token)
    with pytest.raises(Unauthorized):
        await accounts.change_password(body, None)
    assert ended == []
    third = await accounts.change_password(body, first.access_token, "192.0.2.7")
    assert (set(ended), len(ended)) == (sessions, 2)
    for issued in (first, second):
        with pytest.raises(Unauthorized):
            await accounts.identify(issued.access_token)
        with pytest.raises(Unauthorized):
            await accounts.refresh({"refresh_token": issued.refresh_token})
    [own] = await accounts.own_sessions(third.access_token)
    assert (own.current, own.address) == (True, "192.0.2.7")
    with pytest.raises(WrongCredentials):
        await accounts.login(ADA)
    await accounts.login({**ADA, "password": "differential"})


async def test_the_password_of_a_stolen_token_is_not_guessed_with_it(settings):
    accounts = Accounts(msgspec.structs.replace(settings, login_rate_limit=12))
    await accounts.open()
    token = (await accounts.register(ADA, "192.0.2.7")).access_token
    body = {"password": "wrong password", "new_password": "differential"}
    with pytest.raises(Forbidden):
        await accounts.change_password(body, token, "192.0.2.7")
    with pytest.raises(TooManyRequests):
        await accounts.change_password(body, token, "192.0.2.7")
    await accounts.close()


async def test_one_s_own_sessions_are_listed_and_ended(accounts):
    ended: list[str] = []
    accounts.listen(ended.append)
    eve = await accounts.register({**ADA, "email": "eve@example.com"})
    first, second, third = (
        await accounts.register(ADA, "a"),
        await accounts.login(ADA, "b"),
        await accounts.login(ADA, "c"),
    )
    listed = await accounts.own_sessions(second.access_token)
    assert {(own.address, own.current) for own in listed} == {("a", False), ("b", True), ("c", False)}
    assert all(0 < own.started_at == own.renewed_at < own.expires_at for own in listed)
    [eves] = await accounts.own_sessions(eve.access_token)
    for foreign in (eves.uuid, "nonsense"):
        with pytest.raises(NotFound):
            await accounts.end_session(second.access_token, foreign)
    [gone] = [own.uuid for own in listed if own.address == "c"]
    await accounts.end_session(second.access_token, gone)
    assert ended == [gone]
    with pytest.raises(Unauthorized):
        await accounts.identify(third.access_token)
    await accounts.end_sessions(second.access_token)
    assert set(ended) == {own.uuid for own in listed}
    for issued in (first, second):
        with pytest.raises(Unauthorized):
            await accounts.own_sessions(issued.access_token)
    assert await accounts.own_sessions(eve.access_token) == [eves]


async def test_whose_token_it_is(accounts):
    issued = await accounts.register(ADA)
    me = OwnUser(*msgspec.structs.astuple(issued.user), role=Role.USER)
    assert await accounts.me(issued.access_token) == me
    user = await accounts.users.by_email("ada@example.com")
    assert await accounts.me(await accounts.access_token(user)) == me
    for token in (issued.refresh_token, "nonsense", "", None):
        with pytest.raises(Unauthorized):
            await accounts.me(token)


async def test_a_name_may_not_be_too_long(accounts):
    with pytest.raises(InvalidField, match=r"^name must have at most 200 characters$"):
        await accounts.administration.create("ada@example.com", "analytical", "x" * 201)


async def test_a_user_whose_hash_is_none_can_not_log_in(accounts):
    await accounts.users.add("ada@example.com", "Ada", "not a hash")
    with pytest.raises(WrongCredentials):
        await accounts.login(ADA)


async def test_no_token_is_signed_without_a_secret(tmp_path):
    with pytest.raises(SettingsError, match=r"^CONTACTS_JWT_SECRET: not set"):
        Accounts(Settings(engine=EngineSettings(data_dir=tmp_path)))


async def test_users_are_still_there_after_a_restart(accounts, settings):
    session = await accounts.register(ADA)
    again = Accounts(settings)
    await again.open()
    assert (await again.identify(session.access_token)).user == session.user.uuid
    await again.close()


@pytest.mark.parametrize("password", ["short12", "x" * 1025])
async def test_the_length_of_a_password(accounts, password):
    with pytest.raises(InvalidField, match="8 to 1024 characters"):
        await accounts.register({**ADA, "password": password})


async def test_too_many_hashes_at_once(accounts):
    found = await asyncio.gather(*(accounts.login(ADA) for _ in range(200)), return_exceptions=True)
    assert {type(answer) for answer in found} == {WrongCredentials, TooManyRequests}


@pytest.mark.parametrize("url", ["nonsense", "nosuch://x", "sqlite:///x.db", "postgresql+nodriver://x/y"])
def test_a_database_url_that_can_not_be_used(tmp_path, url):
    with pytest.raises(SettingsError, match=r"^CONTACTS_DATABASE_URL: "):
        Database(url, tmp_path)


async def test_a_data_directory_that_can_not_be_made(tmp_path):
    (tmp_path / "file").touch()
    database = Database(None, tmp_path / "file" / "data")
    with pytest.raises(SettingsError, match=r"^CONTACTS_DATA_DIR: "):
        await database.open()
    await database.close()
