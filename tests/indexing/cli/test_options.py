import json
import os
from getpass import getuser
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from api.settings import Settings
from indexing.cli import options
from indexing.cli.options import with_settings
from indexing.cli.terminal import print_json
from tests.harness.loads import duckdb_environment, loaded
from tests.harness.service import contacts, environment_of


@click.command()
@with_settings()
def shown(settings: Settings) -> None:
    print_json({"port": settings.port, "index": settings.engine.index})


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, **environ: str) -> Result:
        return CliRunner().invoke(shown, arguments, env=environ)

    return run


def test_flags_win_over_the_environment_and_that_over_the_file(run, tmp_path):
    (tmp_path / ".env").write_text("CONTACTS_PORT=9000 # note\nCONTACTS_INDEX=people # note\n")
    assert run().stdout == '{"port":9000,"index":"people"}\n'
    outcome = run("--index", "mine", CONTACTS_PORT="9001", CONTACTS_INDEX="theirs")
    assert (outcome.stdout, outcome.stderr) == ('{"port":9001,"index":"mine"}\n', "")


def test_unknown_settings_are_told_on_standard_error(run):
    outcome = run(CONTACTS_SERVICE_HOST="10.0.0.1")
    assert outcome.stdout == '{"port":8000,"index":"contacts"}\n'
    words = "warning: CONTACTS_SERVICE_HOST is set and is no setting of this service; see docs/settings.md\n"
    assert outcome.stderr == words


def test_what_others_could_read_is_closed_and_told(run, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "users.sqlite3").touch()
    (tmp_path / "data" / "users.sqlite3").chmod(0o644)
    (tmp_path / "data").chmod(0o755)
    place = f"{tmp_path / 'data'} (CONTACTS_DATA_DIR)"
    assert run().stderr == f"note: users.sqlite3 and 1 more in {place} could be read by others; closed to them now\n"
    assert run().stderr == ""


def test_what_only_its_owner_can_close_is_told(run, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "users.sqlite3").touch()
    (tmp_path / "data" / "users.sqlite3").chmod(0o644)

    def refused(path: Path, mode: int) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refused)
    words = "can be read by others; run chmod go= on it as its owner"
    assert run().stderr == f"warning: users.sqlite3 in {tmp_path / 'data'} (CONTACTS_DATA_DIR) {words}\n"


def audited(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_what_commands_do_is_in_the_audit_log_where_there_is_a_file_for_it(tmp_path):
    path = tmp_path / "audit.log"
    environment = environment_of(tmp_path / "data", CONTACTS_JWT_SECRET="s" * 40)
    url = "https://app.apollo.io/#/people?personTitles[]=Chief%20Secret%20Officer"
    assert contacts(environment, "users", "list").returncode == 0
    assert not path.exists()
    environment["CONTACTS_AUDIT_LOG"] = str(path)
    (tmp_path / "people.csv").write_text("email,title\na@one.example,Chief Secret Officer\nb@one.example,CTO\n")
    files = ("--rejects", str(tmp_path / "rejects"), "--json")
    made = contacts(
        environment, "users", "create", "ada@example.com", "--password-stdin", "--json", stdin="long enough"
    )
    uuid = json.loads(made.stdout)["uuid"]
    for words, code in {
        ("users", "disable", "ada@example.com"): 0,
        ("users", "enable", "nobody@example.com"): 1,
        ("users", "enable", "ada@example.com"): 0,
        ("token", "--email", "ada@example.com"): 0,
        ("index", "csv", str(tmp_path / "people.csv"), *files): 0,
        ("count", url): 0,
        ("search", url, "--all", "--format", "csv"): 0,
        ("analyze", url): 0,
        ("uuids", "https://evil.example/"): 1,
    }.items():
        assert contacts(environment, *words).returncode == code, words
    lines = audited(path)
    assert {(line["logger"], line["door"], line["account"]) for line in lines} == {("audit", "command", getuser())}
    told = [(line["action"], line["outcome"], line.get("target"), line.get("contacts")) for line in lines]
    assert told == [
        ("users create", "success", uuid, None),
        ("users disable", "success", uuid, None),
        ("users enable", "InvalidInput", None, None),
        ("users enable", "success", uuid, None),
        ("token", "success", uuid, None),
        ("index csv", "success", None, None),
        ("count_contacts", "success", None, 1),
        ("search_contacts", "success", None, 1),
        ("get_uuids", "ForeignUrl", None, None),
    ]
    searches = [line["search"] for line in lines if line["action"] in ("count_contacts", "search_contacts")]
    assert searches[0] == searches[1]
    assert path.stat().st_mode & 0o777 == 0o600
    for word in ("Secret", "ada@", "one.example", "evil"):
        assert word not in path.read_text()


def test_an_audit_log_that_can_not_be_written_stops_the_command(tmp_path):
    environment = environment_of(tmp_path, CONTACTS_AUDIT_LOG=str(tmp_path / "absent" / "audit.log"))
    outcome = contacts(environment, "users", "list")
    assert outcome.returncode == 1
    path = str(tmp_path / "absent" / "audit.log")
    assert outcome.stderr == f"error: CONTACTS_AUDIT_LOG: {path!r} can't be written (No such file or directory)\n"


def test_who_has_no_name_is_told_by_number(monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: {}["nobody"])
    assert options._account() == str(os.getuid())


def test_what_root_loads_the_service_can_read(tmp_path: Path) -> None:
    environment = duckdb_environment(tmp_path)
    data = Path(environment["CONTACTS_DATA_DIR"])
    data.mkdir(0o700)
    owner = os.geteuid() or 65534
    os.chown(data, owner, -1)
    loaded(environment, "csv", "-", stdin="Email\nada@one.example\n")
    assert {path.stat().st_uid for path in (data, *data.iterdir())} == {owner}
