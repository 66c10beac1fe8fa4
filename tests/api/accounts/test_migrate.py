import sqlite3

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from api.accounts.database import FILE, HEAD, Database, version_of
from api.accounts.migrate import migrate, upgrade
from mappings.errors import SettingsError

pytestmark = pytest.mark.anyio

TABLES = {"users", "sessions", "renewals", "searches"}


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path) -> str:
    if request.param == "postgres":
        return request.getfixturevalue("postgres_database")
    return f"sqlite+aiosqlite:///{tmp_path / FILE}"


def downgrade(connection: Connection) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "api.accounts:migrations")
    command.downgrade(config, "base")


async def tables_and_version(database: Database) -> tuple[set[str], str | None]:
    async with database.engine.connect() as connection:
        names = await connection.run_sync(lambda plain: inspect(plain).get_table_names())
        return set(names) - {"alembic_version"}, await connection.run_sync(version_of)


async def test_the_steps_are_taken_once_and_can_be_undone(url, tmp_path, capsys):
    database = Database(url, tmp_path)
    assert await tables_and_version(database) == (set(), None)
    for _ in range(2):
        assert await migrate(url) == 0
        assert await tables_and_version(database) == (TABLES, HEAD)
    await database.locked(downgrade)
    assert await tables_and_version(database) == (set(), None)
    await database.locked(upgrade)
    assert await tables_and_version(database) == (TABLES, HEAD)
    await database.close()
    assert capsys.readouterr().err == ""


async def test_a_failure_is_one_line_without_the_url(capsys):
    assert await migrate("postgresql://nobody:hunter2@127.0.0.1:1/none") == 1
    said = capsys.readouterr()
    place = "the database of users (CONTACTS_DATABASE_URL) can't be reached, or refuses us"
    assert said.out == f"{place}; start it, or correct CONTACTS_DATABASE_URL\n"
    assert said.err == ""


async def test_a_database_whose_version_is_unknown_is_left_alone(tmp_path, capsys):
    with sqlite3.connect(tmp_path / FILE) as later:
        later.executescript("CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('9')")
    later.close()
    assert await migrate(f"sqlite+aiosqlite:///{tmp_path / FILE}") == 1
    assert capsys.readouterr().out == "a step is missing (CommandError)\n"
    database = Database(None, tmp_path)
    assert await tables_and_version(database) == (set(), "9")
    await database.close()


async def test_migrating_does_not_take_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr("api.accounts.database.MIGRATE_SECONDS", 0.001)
    database = Database(None, tmp_path)
    with pytest.raises(SettingsError, match="can't be brought up to date"):
        await database.open()
    await database.close()
