"""Whatever became of the database of users, the operator reads which it is, what is wrong and a cure."""

import asyncio
import gc
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from api.accounts import database as module
from api.accounts.accounts import Accounts
from api.accounts.database import FILE, Database
from api.accounts.sessions import Sessions
from api.accounts.trouble import check_file, trouble_of
from api.accounts.users import Users
from api.settings import Settings
from mappings.errors import AccountsUnavailable, SettingsError, detail_of
from tests.harness.damage import DAMAGES, kept_from_us
from tests.harness.processes import server_directory

pytestmark = pytest.mark.anyio

EMAIL = "ada@example.com"
URL = make_url("sqlite+aiosqlite:////data/users.sqlite3")


@asynccontextmanager
async def opened(directory: Path, url: str | None = None) -> AsyncIterator[Database]:
    database = Database(url, directory)
    try:
        await database.open()
        yield database
    finally:
        await database.close()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Somebody else is writing to the SQLite file at `path`, and keeps others from it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


async def told(database: Database) -> str:
    """What the operator reads when a user is looked up and can't be. A client learns nothing of it."""
    with pytest.raises(
        AccountsUnavailable, match=r"^Users can't be looked up at the moment; try again later\.$"
    ) as caught:
        await Users(database).by_email(EMAIL)
    with pytest.raises(AccountsUnavailable):
        await Users(database).add("eve@example.com", "", "hash")
    return caught.value.detail


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_damaged_file_does_not_open(settings: Settings, damage: str, tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        for number in range(100):
            await Users(database).add(f"{number}@example.com", "", "hash")
    DAMAGES[damage](tmp_path / FILE)
    with pytest.raises((SettingsError, AccountsUnavailable)) as caught:
        async with opened(tmp_path) as database:
            await Users(database).all()
    message = detail_of(caught.value) or str(caught.value)
    assert f"the database of users {tmp_path / FILE} is " in message
    assert "put a backup in its place" in message


async def test_damage_under_a_running_service_is_told_and_can_be_mended(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / FILE
    async with opened(tmp_path) as database:
        made = await Users(database).add(EMAIL, "Ada", "hash")
    whole = path.read_bytes()
    async with opened(tmp_path) as database:
        path.write_bytes(bytes(len(whole)))
        message = await told(database)
        assert message.startswith(f"the database of users {path} is ")
        assert "put a backup in its place" in message
        with pytest.raises(AccountsUnavailable):
            await database.ready()
        path.write_bytes(whole)
        assert await Users(database).by_email(EMAIL) == made
        await database.ready()


async def test_a_locked_file_stops_no_reader_however_many_wait_to_write(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOCK_SECONDS", 2)
    async with opened(tmp_path) as database:
        users, sessions = Users(database), Sessions(database)
        made = await users.add(EMAIL, "Ada", "hash")
        with locked(tmp_path / FILE):
            writers = [asyncio.create_task(users.add(f"{number}@example.com", "", "h")) for number in range(40)]
            await asyncio.sleep(0.1)
            # Many at once, so that some of them open a new connection.
            read = await asyncio.wait_for(asyncio.gather(*[users.by_email(EMAIL) for _ in range(20)]), 1.5)
            assert read == [made] * 20
            assert await sessions.alive([str(uuid4())]) == set()
            await database.ready()
            assert not any(writer.done() for writer in writers)
            [first, *_] = await asyncio.gather(*writers[:1], return_exceptions=True)
            for writer in writers:
                writer.cancel()
            await asyncio.gather(*writers, return_exceptions=True)
        assert isinstance(first, AccountsUnavailable)
        assert first.detail == (
            f"the database of users {tmp_path / FILE} is locked by another process; "
            f"end what holds it, which `fuser -v {tmp_path / FILE}` shows"
        )
        assert await users.by_email(EMAIL) == made


async def test_tokens_are_checked_while_many_wait_to_write(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOCK_SECONDS", 2)
    accounts = Accounts(settings)
    await accounts.open()
    try:
        user = await accounts.administration.create(EMAIL, "long enough", "")
        token = await accounts.access_token(user)
        with locked(tmp_path / FILE):
            writers = [asyncio.create_task(accounts.access_token(user)) for _ in range(40)]
            await asyncio.sleep(0.1)
            claims = await asyncio.wait_for(asyncio.gather(*[accounts.identify(token) for _ in range(20)]), 1.5)
            assert {claim.user for claim in claims} == {user.uuid}
            assert (await accounts.me(token)).email == EMAIL
            assert not any(writer.done() for writer in writers)
        await asyncio.gather(*writers, return_exceptions=True)
    finally:
        await accounts.close()


async def test_an_error_strands_no_connection_that_others_use(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.1)
    async with opened(tmp_path) as database:
        async with database.transaction():
            with locked(tmp_path / FILE), pytest.raises(AccountsUnavailable):
                await Users(database).add(EMAIL, "", "hash")
        await Users(database).add(EMAIL, "", "hash")
    # What nobody can close any more warns when it goes, which fails this test.
    gc.collect()


async def test_a_file_that_is_locked_at_the_start_is_opened(settings: Settings, tmp_path: Path) -> None:
    async with opened(tmp_path):
        pass
    with locked(tmp_path / FILE):
        async with opened(tmp_path) as database:
            assert await Users(database).all() == []


async def test_a_new_file_that_is_locked_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.2)
    with locked(tmp_path / FILE), pytest.raises(SettingsError, match=f"{tmp_path / FILE} is locked by another process"):
        async with opened(tmp_path):
            pass


@pytest.mark.parametrize("version", ["9999", "0000", "9", "4f2c1d7a9e21"])
async def test_tables_of_another_version_or_program_are_left_alone(tmp_path: Path, version: str) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as other:
        other.execute("CREATE TABLE alembic_version (version_num TEXT)")
        other.execute("INSERT INTO alembic_version VALUES (?)", (version,))
        other.commit()
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(
        SettingsError, match=rf"^CONTACTS_DATA_DIR: .* of another program \('{version}'\); use that version"
    ):
        async with opened(tmp_path):
            pass
    with closing(sqlite3.connect(tmp_path / FILE)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("alembic_version",)]
    assert len(before) == (tmp_path / FILE).stat().st_size


async def test_what_we_may_not_open_is_to_be_let_open() -> None:
    with server_directory("kept-") as directory:
        path = directory / FILE
        path.touch()
        directory.chmod(0o755)
        url = make_url(f"sqlite+aiosqlite:///{path}")
        with kept_from_us(path), pytest.raises(PermissionError) as caught:
            check_file(url)
    assert trouble_of(caught.value, url).startswith(
        f"the database of users {path} can't be opened: permission denied; let "
    )


async def test_a_server_that_lacks_the_tables_is_told(postgres_database: str, tmp_path: Path) -> None:
    async with opened(tmp_path, postgres_database) as database:
        async with database.transaction() as connection:
            await connection.execute(text("DROP TABLE sessions CASCADE"))
        with pytest.raises(AccountsUnavailable) as caught:
            await database.ready()
        assert caught.value.detail == (
            "the database of users (CONTACTS_DATABASE_URL) lacks tables of ours; "
            "restart the service, which makes those that are missing"
        )


REFUSALS = [("database", "no_such_database", "is not there"), ("username", "nobody-here", "refuses the user or the p")]


@pytest.mark.parametrize(("part", "value", "what"), REFUSALS)
async def test_a_server_that_refuses_us_is_told(
    postgres_database: str, tmp_path: Path, part: str, value: str, what: str
) -> None:
    url = make_url(postgres_database).set(**{part: value}).render_as_string(hide_password=False)
    with pytest.raises(SettingsError, match=rf"^CONTACTS_DATABASE_URL: the database of users .* {what}"):
        async with opened(tmp_path, url):
            pass


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError(), "does not answer in time"),
        (psycopg.errors.lookup("25006")(), "is a replica"),
        (psycopg.errors.lookup("53300")(), "has no connection"),
        (psycopg.errors.lookup("22012")(), "refused a statement (SQLSTATE 22012)"),
        (OSError(), "can't be opened (OSError)"),
    ],
)
def test_further_troubles(error: Exception, words: str) -> None:
    assert words in trouble_of(error, URL)


@pytest.mark.parametrize("name", ["SQLITE_IOERR_READ", "SQLITE_FULL", "SQLITE_READONLY_DBMOVED", "SQLITE_MISUSE", ""])
def test_errors_of_sqlite_have_words_of_ours(name: str) -> None:
    error = sqlite3.OperationalError("secret")
    error.sqlite_errorname = name
    assert trouble_of(error, URL).startswith("the database of users /data/users.sqlite3 can't ")
    assert "secret" not in trouble_of(error, URL)
