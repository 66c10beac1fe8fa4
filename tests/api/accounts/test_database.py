import asyncio
import multiprocessing
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec
import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, update

from api.accounts import database as module
from api.accounts.accounts import Accounts
from api.accounts.administration import ListedUser
from api.accounts.database import FILE, HEAD, Database, opened
from api.accounts.tables import METADATA, USERS
from api.accounts.users import Users
from api.actions.roles import Role
from api.settings import Settings
from mappings.errors import AccountsUnavailable, Conflict, SettingsError, WrongCredentials
from search.engine import EngineSettings

DUMPS = Path(__file__).parents[2] / "data"
ADA, ADAS_SESSION = "4cb67f11-8964-4009-ac46-086c9be6dc10", "39b8e23c-5837-48d5-9940-e9912333a5bd"
BOB, BOBS_SESSION = "339048ec-3a79-4b2d-8832-011752c90730", "93495640-acd1-458a-a33a-5f664f89482a"

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str | None:
    return request.getfixturevalue("postgres_database") if request.param == "postgres" else None


def test_the_newest_migration_is_the_one_the_code_expects():
    config = Config()
    config.set_main_option("script_location", "api.accounts:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


async def test_the_migrations_make_the_tables_that_the_code_knows(url, tmp_path):
    database = Database(url, tmp_path)
    await database.open()
    # SQLite has no types that could be compared.
    options = {"compare_type": url is not None}
    async with database.engine.connect() as connection:
        differences = await connection.run_sync(
            lambda plain: compare_metadata(MigrationContext.configure(plain, opts=options), METADATA)
        )
    assert differences == []
    await database.ready()
    await database.close()


async def test_who_has_much_looked_up_takes_the_database_from_nobody_else(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.3)

    async def look(user: str) -> None:
        async with database.reading(user) as connection:
            await connection.execute(select(1))
            await asyncio.sleep(0.02)

    async with opened(Settings(engine=EngineSettings(data_dir=tmp_path))) as database:
        looking = [asyncio.create_task(look("eve")) for _ in range(400)]
        await asyncio.sleep(0.05)
        await look("ada")
        await database.ready()
        assert not looking[-1].done()
        await asyncio.gather(*looking)
        assert database.errors == 0


async def test_users_survive_a_second_start_and_are_unique(url, tmp_path):
    for attempt in range(2):
        database = Database(url, tmp_path)
        await database.open()
        users = Users(database)
        if attempt == 0:
            made = await users.add("Ada@example.com", "Ada", "hash")
        else:
            assert await users.by_uuid(made.uuid) == made
            assert await users.by_uuid("nonsense") is None
            with pytest.raises(Conflict):
                await users.add("ada@EXAMPLE.com", "", "hash")
        await database.close()


async def test_a_database_from_before_the_migrations_keeps_its_users(tmp_path):
    database = Database(None, tmp_path)
    await database.open()
    made = await Users(database).add("ada@example.com", "Ada", "hash")
    await database.close()
    with sqlite3.connect(tmp_path / FILE) as old:
        old.execute("DROP TABLE searches")
        old.execute("DROP TABLE renewals")
        old.execute("DROP TABLE sessions")
        old.execute("ALTER TABLE users DROP COLUMN role")
        old.execute("DROP TABLE alembic_version")
    old.close()
    again = Database(None, tmp_path)
    await again.open()
    assert await Users(again).by_uuid(made.uuid) == made
    await again.close()


async def test_a_database_of_an_earlier_version(url, settings, tmp_path):
    if url is None:
        (tmp_path / FILE).unlink()
        with sqlite3.connect(tmp_path / FILE) as old:
            old.executescript((DUMPS / "users.sqlite.sql").read_text())
        old.close()
    else:
        with psycopg.connect(url) as connection:
            connection.execute((DUMPS / "users.postgres.sql").read_bytes())
    accounts = Accounts(msgspec.structs.replace(settings, database_url=url))
    await accounts.open()
    assert await accounts.administration.all() == [
        ListedUser(ADA, "Ada@Example.com", "Ada", True, Role.USER),
        ListedUser(BOB, "bob@example.com", "", False, Role.USER),
    ]
    body = {"email": "ada@example.com", "password": "analytical"}
    assert (await accounts.login(body)).user.uuid == ADA
    with pytest.raises(Conflict):
        await accounts.register(body)
    with pytest.raises(WrongCredentials):
        await accounts.login({**body, "email": "bob@example.com"})
    assert await accounts.sessions.role_in(ADAS_SESSION, ADA) is Role.USER
    assert await accounts.sessions.role_in(BOBS_SESSION, BOB) is None
    old, new = await accounts.sessions.of(ADA)
    assert (old.uuid, old.started_at, old.renewed_at, old.address) == (ADAS_SESSION, 0, 0, "")
    assert 0 < new.started_at == new.renewed_at
    assert await accounts.sessions.alive([ADAS_SESSION, BOBS_SESSION]) == {ADAS_SESSION}
    renewal = await accounts.sessions.renew(ADAS_SESSION, "83d42a68-857e-47ee-8f91-cd7369c28dab", "fresh", 60)
    assert renewal is not None
    assert renewal.token_id == "fresh"
    await accounts.close()


def _open(url: str | None, directory: Path) -> str:
    async def run() -> str:
        database = Database(url, directory)
        try:
            await database.open()
            await database.ready()
        finally:
            await database.close()
        return "opened"

    return asyncio.run(run())


async def test_many_processes_may_start_at_once(url, tmp_path):
    with ProcessPoolExecutor(8, mp_context=multiprocessing.get_context("spawn")) as pool:
        futures = [pool.submit(_open, url, tmp_path) for _ in range(8)]
        assert [future.result(60) for future in futures] == ["opened"] * 8


async def test_a_database_for_a_while(settings):
    async with opened(settings) as database:
        made = await Users(database).add("ada@example.com", "Ada", "hash")
    async with opened(settings) as database:
        assert await Users(database).all() == [made]


async def test_what_raises_changes_nothing(settings):
    async def rename(database: Database) -> None:
        async with database.transaction() as connection:
            await connection.execute(update(USERS).values(name="Eve"))
            raise KeyError

    async with opened(settings) as database:
        made = await Users(database).add("ada@example.com", "Ada", "hash")
        with pytest.raises(KeyError):
            await rename(database)
        assert await Users(database).all() == [made]


async def test_a_database_that_is_not_there(tmp_path):
    database = Database("postgresql://nobody@127.0.0.1:1/none", tmp_path)
    with pytest.raises(SettingsError, match=r"^CONTACTS_DATABASE_URL: "):
        await database.open()
    with pytest.raises(AccountsUnavailable):
        await database.ready()
    with pytest.raises(AccountsUnavailable):
        await Users(database).add("ada@example.com", "", "hash")
    await database.close()
