"""`contacts doctor` with things that are really wrong."""

import asyncio
import errno
import json
import os
import socket
import sqlite3
import subprocess
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.accounts.database import FILE, HEAD
from api.edge import limits
from api.settings import Settings
from indexing.cli import doctor
from indexing.cli.checks import address, directory, process, users
from indexing.cli.server_process import CONTACTS, free_port
from search.engine import EngineSettings
from search.findings import Finding
from tests.harness.damage import kept_from_us
from tests.harness.loads import duckdb_environment, elasticsearch_environment, loaded
from tests.harness.processes import server_directory
from tests.harness.service import contacts, running

PEOPLE = "uuid,First Name,Title\n1,Ann,CEO\n2,Bob,CTO\n"
SECRET = "only-for-the-test-and-long-enough-for-it"


@pytest.fixture
def healthy(tmp_path: Path) -> dict[str, str]:
    """An installation that nothing is wrong with."""
    environment = duckdb_environment(tmp_path) | {"CONTACTS_JWT_SECRET": SECRET, "CONTACTS_PORT": str(free_port())}
    loaded(environment, "csv", "-", stdin=PEOPLE)
    made = contacts(environment, "users", "create", "ada@example.com", "--password-stdin", stdin="long enough\n")
    assert made.returncode == 0
    data = Path(environment["CONTACTS_DATA_DIR"])
    data.chmod(0o700)
    for path in data.iterdir():
        path.chmod(0o600)
    return environment


def examined(environment: dict[str, str]) -> list[tuple[str, str, str]]:
    """Subject, level and words of all findings, which the exit code agrees with."""
    done = contacts(environment, "doctor", "--json")
    diagnosis = json.loads(done.stdout)
    faults = [finding for finding in diagnosis["findings"] if finding["level"] == "fault"]
    assert diagnosis["healthy"] == (not faults)
    assert done.returncode == bool(faults)
    assert bool(done.stderr) == bool(faults)
    assert all(bool(finding["cure"]) == (finding["level"] != "ok") for finding in diagnosis["findings"])
    return [
        (finding["subject"], finding["level"], f"{finding['found']} -> {finding['cure']}")
        for finding in diagnosis["findings"]
    ]


def wrong(environment: dict[str, str]) -> list[tuple[str, str, str]]:
    """What is not ok."""
    return [finding for finding in examined(environment) if finding[1] != "ok"]


def only(environment: dict[str, str]) -> tuple[str, str, str]:
    """The one thing that is not ok."""
    [found] = wrong(environment)
    return found


def test_nothing_is_wrong(healthy: dict[str, str]) -> None:
    found = examined(healthy)
    assert {level for _, level, _ in found} == {"ok"}
    subjects = {"settings", "version", "open files", "secret", "data directory", "disk", "engine", "loads", "users"}
    assert subjects <= {subject for subject, _, _ in found}
    told = contacts(healthy, "doctor")
    assert (told.returncode, told.stderr) == (0, "")
    assert "ok       users: 1, tables of version" in told.stdout


def test_a_fault_is_told_with_its_cure(healthy: dict[str, str]) -> None:
    told = contacts(healthy | {"CONTACTS_PORT": "many"}, "doctor")
    assert told.returncode == 1
    assert told.stderr == "error: 1 fault found\n"
    assert told.stdout.startswith(
        "fault    settings: CONTACTS_PORT: 'many' can't be used; expected a whole number from 0"
    )
    assert "\n         -> correct it in the environment or in " in told.stdout


def test_settings_and_secrets(healthy: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    subject, level, words = only(healthy | {"CONTACTS_SHADE_OF_BLUE": "7"})
    assert (subject, level) == ("settings", "warning")
    assert "CONTACTS_SHADE_OF_BLUE" in words
    development = {name: value for name, value in healthy.items() if name != "CONTACTS_JWT_SECRET"}
    assert "each start makes another one" in only(development)[2]
    subject, level, words = only(development | {"CONTACTS_ENV": "production"})
    assert (subject, level) == ("secret", "fault")
    assert words.startswith("CONTACTS_JWT_SECRET: not set")
    key = {"CONTACTS_JWT_ALGORITHM": "EdDSA", "CONTACTS_JWT_KEY_FILE": str(tmp_path / "gone.pem")}
    assert "gone.pem' can't be read" in only(healthy | key)[2]
    (tmp_path / ".env").write_text("CONTACTS_PORT=9000\n")
    (tmp_path / ".env").chmod(0o644)
    assert only(healthy)[2] == f"others on this machine may read {tmp_path / '.env'} -> chmod 600 {tmp_path / '.env'}"


def test_modes_of_files(healthy: dict[str, str]) -> None:
    data = Path(healthy["CONTACTS_DATA_DIR"])
    [store] = data.glob("*.duckdb")
    data.chmod(0o755)
    store.chmod(0o644)
    (data / FILE).chmod(0o640)
    found = wrong(healthy)
    assert {level for _, level, _ in found} == {"warning"}
    for _, _, words in found:
        subprocess.run(words.partition(" -> ")[2], shell=True, check=True)
    assert len(found) == 3
    assert wrong(healthy) == []


def test_a_directory_that_is_not_there_or_not_ours(healthy: dict[str, str], tmp_path: Path) -> None:
    elsewhere = healthy | {"CONTACTS_DATA_DIR": str(tmp_path / "nowhere")}
    assert [subject for subject, _, _ in wrong(elsewhere)] == ["data directory", "engine", "users"]
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "a-file").write_text("")
    found = wrong(elsewhere | {"CONTACTS_DATA_DIR": str(tmp_path / "a-file")})
    assert ("data directory", "fault") in [each[:2] for each in found]
    with server_directory("kept-") as kept, kept_from_us(kept):
        [finding] = directory.directory(Settings(engine=EngineSettings(data_dir=kept)))
        assert finding.found == f"{kept} can't be read and written by user {os.geteuid()}"
    assert finding.level == "fault"


def test_a_disk_that_is_nearly_full(healthy: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "LEAST_FREE", 2**60)
    assert only(healthy)[:2] == ("disk", "fault")
    monkeypatch.setattr(directory, "LEAST_FREE", 0)
    monkeypatch.setattr(directory, "ROOM_FOR_A_LOAD", 2**60)
    assert only(healthy)[:2] == ("disk", "warning")


def test_what_loads_leave(healthy: dict[str, str]) -> None:
    data = Path(healthy["CONTACTS_DATA_DIR"])
    (data / "contacts.job.json").write_bytes(b'{"store":"s","in_place":false,"base":0,"inputs":[],"reject_path":"r"}')
    subject, level, words = only(healthy)
    assert (subject, level) == ("interrupted load", "warning")
    assert "--resume" in words
    (data / "contacts.job.json").write_bytes(b"{")
    subject, level, words = only(healthy)
    assert (subject, level) == ("interrupted load", "fault")
    assert "delete it" in words


def test_files_of_contacts(healthy: dict[str, str]) -> None:
    data = Path(healthy["CONTACTS_DATA_DIR"])
    later = datetime.now(UTC) + timedelta(days=2)
    future = data / f"contacts-{later:%Y%m%dT%H%M%S}000000Z.duckdb"
    future.touch(0o600)
    found = {subject: (level, words) for subject, level, words in wrong(healthy)}
    assert set(found) == {"loads", "clock"}
    assert found["loads"][0] == "warning"
    assert f"{future} is empty" in found["loads"][1]
    assert found["clock"][0] == "fault"
    future.unlink()
    [store] = data.glob("*.duckdb")
    store.write_bytes(bytes(1000))
    subject, level, words = only(healthy)
    assert (subject, level) == ("engine", "fault")
    assert f"{store} is no DuckDB file" in words
    (data / "contacts.current").unlink()
    assert ("loads", "fault") in [found[:2] for found in wrong(healthy)]


@pytest.mark.parametrize("kind", ["noise", "a later version", "no tables", "nobody", "locked away"])
def test_users(healthy: dict[str, str], kind: str, tmp_path: Path) -> None:
    path = Path(healthy["CONTACTS_DATA_DIR"]) / FILE
    if kind == "noise":
        path.write_bytes(b"noise" * 100)
    elif kind == "no tables":
        path.write_bytes(b"")
    elif kind == "locked away":
        path.unlink()
        path.mkdir(0o700)
    else:
        with closing(sqlite3.connect(path)) as database:
            sql = "DELETE FROM users" if kind == "nobody" else "UPDATE alembic_version SET version_num = '9999'"
            database.execute(sql)
            database.commit()
    subject, level, words = only(healthy)
    assert subject == "users"
    expected = {
        "noise": ("fault", "is no SQLite database"),
        "a later version": ("fault", "of a later version"),
        "no tables": ("warning", f"of version none, ours are of {HEAD}"),
        "nobody": ("warning", "contacts users create"),
        "locked away": ("fault", "is a directory"),
    }
    assert level == expected[kind][0]
    assert expected[kind][1] in words


def test_users_on_a_server(healthy: dict[str, str], postgres_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = healthy | {"CONTACTS_DATABASE_URL": postgres_database}
    assert only(environment)[1:] == (
        "warning",
        f"its tables are of version none, ours are of {HEAD} -> the next start renews them",
    )
    assert contacts(environment, "users", "list").returncode == 0
    assert only(environment)[2] == "there are none: nobody can log in -> contacts users create EMAIL"
    monkeypatch.setattr(users, "MOST_APART", -1)
    assert "clock" in [subject for subject, level, _ in wrong(environment) if level == "fault"]
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        connection.execute("DROP TABLE sessions CASCADE")
    assert "lacks tables of ours" in str(wrong(environment))
    away = environment | {"CONTACTS_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    assert only(away)[:2] == ("users", "fault")
    for url in (
        "no-such-driver://",
        "postgresql://u:hush@h:port/d",
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:////no/x",
    ):
        subject, level, words = only(environment | {"CONTACTS_DATABASE_URL": url})
        assert (subject, level) == ("users", "fault")
        assert "does not answer" not in words
        assert "hush" not in words


def test_a_server_whose_user_may_make_no_tables(healthy: dict[str, str], postgres_database: str) -> None:
    environment = healthy | {"CONTACTS_DATABASE_URL": postgres_database}
    assert contacts(environment, "users", "list").returncode == 0
    role = f"reader_{postgres_database.rpartition('/')[2]}"[:60]
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'p'")
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
        try:
            info = connection.info
            url = f"postgresql://{role}:p@{info.host}:{info.port}/{info.dbname}"
            found = wrong(environment | {"CONTACTS_DATABASE_URL": url})
        finally:
            connection.execute(f"DROP OWNED BY {role}")
            connection.execute(f"DROP ROLE {role}")
    assert ("users' privileges", "warning") in [each[:2] for each in found]


def test_too_few_open_files(healthy: dict[str, str]) -> None:
    command = ["bash", "-c", f"ulimit -n 11000; {' '.join(CONTACTS)} doctor --json"]
    done = subprocess.run(command, env=healthy, capture_output=True, text=True, check=True)
    [found] = [finding for finding in json.loads(done.stdout)["findings"] if finding["level"] != "ok"]
    assert (found["subject"], found["level"]) == ("open files", "warning")
    assert found["cure"].startswith(
        f"raise the limit to {10_000 + limits.HTTP_CONNECTIONS + limits.OTHER_DESCRIPTORS:,} "
    )


def test_a_clock_that_was_never_set(healthy: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "EARLIEST", 9999)
    assert only(healthy)[:2] == ("clock", "fault")


def test_an_engine_that_is_not_there(healthy: dict[str, str]) -> None:
    url = {"CONTACTS_ENGINE": "elasticsearch", "CONTACTS_ELASTICSEARCH_URL": "http://127.0.0.1:1"}
    found = wrong(healthy | url)
    assert [each[:2] for each in found] == [("engine", "fault"), ("loads", "fault")]


def test_a_part_that_takes_for_ever(healthy: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SECONDS", 0.0)
    assert {each[:2] for each in wrong(healthy)} == {("engine", "fault"), ("users", "fault")}


def test_a_real_cluster(tmp_path: Path, elasticsearch_url: str, own_index: Any) -> None:
    environment = elasticsearch_environment(tmp_path, elasticsearch_url, own_index("doctor"))
    environment["CONTACTS_JWT_SECRET"] = SECRET
    loaded(environment, "csv", "-", stdin=PEOPLE)
    found = {subject: level for subject, level, _ in examined(environment)}
    assert found["engine"] == found["loads"] == found["engine version"] == found["engine security"] == "ok"


class _Other(BaseHTTPRequestHandler):
    """It answers everything with the same JSON, as no Elasticsearch would."""

    def do_GET(self) -> None:
        self.send_response(200)
        for name, value in (("content-type", "application/json"), ("x-elastic-product", "Elasticsearch")):
            self.send_header(name, value)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """It says nothing."""


def test_an_engine_that_is_none_keeps_the_others_from_nothing(healthy: dict[str, str]) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Other)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = {"CONTACTS_ENGINE": "elasticsearch", "CONTACTS_ELASTICSEARCH_URL": f"http://127.0.0.1:{server.server_port}"}
    try:
        found = examined(healthy | url)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert ("engine", "fault") in [each[:2] for each in found]
    assert ("users", "ok") in [each[:2] for each in found]


def test_where_the_service_listens(healthy: dict[str, str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = healthy | {"CONTACTS_PORT": str(other.getsockname()[1])}
        # It takes the connection, and says nothing.
        subject, level, words = only(taken)
    assert (subject, level) == ("address", "fault")
    assert words.startswith(f"another program listens on 127.0.0.1:{taken['CONTACTS_PORT']}, or a service that")
    assert "ss -ltnp" in words
    elsewhere = {
        "CONTACTS_HOST": "192.0.2.1",
        "CONTACTS_ADMIN_HOST": "no.such.host.example",
        "CONTACTS_ADMIN_PORT": "0",
    }
    found = wrong(healthy | elsewhere)
    assert [words for *_, words in found] == [
        f"192.0.2.1:{healthy['CONTACTS_PORT']} is no address of this machine -> correct CONTACTS_HOST, CONTACTS_PORT",
        "no.such.host.example:0 is no address of this machine -> correct CONTACTS_ADMIN_HOST, CONTACTS_ADMIN_PORT",
    ]
    with running(healthy | {"CONTACTS_HOST": "0.0.0.0"}) as service:
        again = healthy | {"CONTACTS_HOST": "0.0.0.0", "CONTACTS_PORT": str(service.port)}
        found = [finding for finding in examined(again) if finding[0] == "address"]
    assert found == [("address", "ok", f"the service answers on 0.0.0.0:{service.port} -> ")]


def test_a_port_that_not_everybody_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refused)
    [found] = address.addresses(Settings(port=80))
    assert (found.level, found.found) == ("fault", f"user {os.geteuid()} may not listen on 127.0.0.1:80")
    assert "CAP_NET_BIND_SERVICE" in found.cure


def test_the_audit_log(healthy: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    audited = healthy | {"CONTACTS_AUDIT_LOG": str(log)}
    assert wrong(audited) == []
    assert not log.exists()
    log.write_text("")
    log.chmod(0o644)
    assert only(audited) == ("audit log", "warning", f"others on this machine may read {log} -> chmod 600 {log}")
    for path in (tmp_path, tmp_path / "none" / "audit.log", log / "audit.log"):
        subject, level, words = only(healthy | {"CONTACTS_AUDIT_LOG": str(path)})
        assert (subject, level) == ("audit log", "fault")
        assert words.startswith(f"{path} can't be written")
        assert ("its directory is not there -> make the directory" in words) is not path.parent.is_dir()


def test_what_of_the_engine_can_not_be_used_is_said(healthy: dict[str, str], tmp_path: Path) -> None:
    url = {"CONTACTS_ENGINE": "elasticsearch", "CONTACTS_ELASTICSEARCH_URL": "https://127.0.0.1:1"}
    certificates = str(tmp_path / "none.crt")
    subject, level, words = only(healthy | url | {"CONTACTS_ELASTICSEARCH_CA_CERTS": certificates})
    assert (subject, level) == ("engine", "fault")
    assert words.startswith(f"CONTACTS_ELASTICSEARCH_CA_CERTS: {certificates!r} can't be used (No such file")


def test_files_of_secrets_that_others_may_read(healthy: dict[str, str], tmp_path: Path) -> None:
    secret, before = tmp_path / "a secret", tmp_path / "before"
    for path in (secret, before):
        path.write_text(SECRET)
        path.chmod(0o640)
    files = {"CONTACTS_JWT_SECRET_FILE": str(secret), "CONTACTS_JWT_SECRET_PREVIOUS_FILE": str(before)}
    settings = {name: value for name, value in healthy.items() if name != "CONTACTS_JWT_SECRET"} | files
    found = wrong(settings)
    assert [(subject, level) for subject, level, _ in found] == [("secret", "warning")] * 2
    assert f"others on this machine may read {secret} -> chmod 600 '{secret}'" in [words for *_, words in found]
    for *_, words in found:
        subprocess.run(words.partition(" -> ")[2], shell=True, check=True)
    assert wrong(settings) == []
    told = [words for subject, _, words in examined(settings) if subject == "secret"]
    assert told == ["tokens are signed with HS256; those that were signed with the one before hold too -> "]


def test_what_can_not_be_looked_at_keeps_nothing_else_from_being_told(healthy: dict[str, str]) -> None:
    state = Path(healthy["CONTACTS_DATA_DIR"]) / "contacts.job.json"
    state.mkdir(mode=0o700)
    subject, level, words = only(healthy)
    assert (subject, level) == ("data directory", "fault")
    assert words.startswith(f"{state} can't be looked at: Is a directory")


def test_a_directory_that_can_not_be_made() -> None:
    with server_directory("kept-") as kept, kept_from_us(kept):
        user = os.geteuid()
        [finding] = directory.directory(Settings(engine=EngineSettings(data_dir=Path("/new/data"))))
    assert (finding.level, finding.found) == ("fault", f"/new/data is not there, and user {user} can't make it in /")


def test_users_in_a_directory_that_is_kept_from_us() -> None:
    """Of what it may not even look for, the words are those of any other that it may not open."""

    async def found() -> list[Finding]:
        return [finding async for finding in users.users(Settings(engine=EngineSettings(data_dir=kept)))]

    with server_directory("kept-") as kept, kept_from_us(kept):
        [finding] = asyncio.run(found())
    assert finding.level == "fault"
    assert "can't be opened: permission denied; let the user that runs this" in finding.found


def test_contacts_of_another_version(healthy: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """They are searched all the same."""
    for module in ("search.engine", "search.stores"):
        monkeypatch.setattr(f"{module}.MAPPING_VERSION", 999)
    assert only(healthy) == (
        "engine",
        "fault",
        "DuckDB: the contacts were loaded by another version of this software -> `contacts index rebuild`: until then "
        "the service is not ready, and searches miss what is new",
    )
