"""The command itself: that its help is quick, complete and true."""

import json
import logging
import os
import re
import subprocess
import sys

import click
import jwt
import pytest
from click.testing import CliRunner

from api.version import service_version
from indexing.cli.entry import NothingLeft
from indexing.cli.main import contacts, main
from indexing.cli.server_process import CONTACTS
from mappings.errors import EngineUnavailable, InvalidField, SettingsError
from tests.api.conftest import SECRET
from tests.harness.loads import duckdb_environment
from tests.harness.service import contacts as run_contacts
from tests.harness.service import environment_of

URL = "https://app.apollo.io/#/people?personTitles[]=CEO"

HEAVY = (
    "advanced_alchemy", "argon2", "duckdb", "elasticsearch", "litestar", "prometheus_client", "psycopg", "requests",
    "rich", "sqlalchemy", "tldextract", "uvicorn",
)  # fmt: skip
HELP = """
import sys
from indexing.cli.main import contacts
contacts(sys.argv[1:], standalone_mode=False)
print(*sys.modules, sep="\\n", file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", [["--help"], ["count", "--help"], ["search", "--help"]])
def test_help_imports_nothing_heavy(arguments):
    outcome = subprocess.run([sys.executable, "-c", HELP, *arguments], capture_output=True, text=True, check=True)
    assert "Usage:" in outcome.stdout
    assert "click" in outcome.stderr.splitlines()
    assert {name.partition(".")[0] for name in outcome.stderr.splitlines()}.isdisjoint(HEAVY)


def test_the_version():
    outcome = CliRunner().invoke(contacts, ["--version"])
    assert (outcome.exit_code, outcome.stdout) == (0, f"contacts {service_version()}\n")


def test_what_is_said_of_commands_elsewhere_is_what_they_say():
    context = click.Context(contacts)
    for name, (_, words) in contacts.lazy.items():
        command = contacts.get_command(context, name)
        assert command.name == name
        assert command.get_short_help_str(1000) == words
        assert name in contacts.list_commands(context)


def test_the_list_is_the_same_as_with_all_commands_imported():
    context = click.Context(contacts)
    commands = [contacts.get_command(context, name) for name in contacts.list_commands(context)]
    assert None not in commands
    whole = CliRunner().invoke(click.Group("contacts", commands=commands), ["--help"]).output
    listed = CliRunner().invoke(contacts, ["--help"]).output
    assert listed.partition("Commands:")[2] == whole.partition("Commands:")[2]


def test_a_command_that_there_is_not():
    outcome = CliRunner().invoke(contacts, ["fly"])
    assert (outcome.exit_code, "No such command 'fly'" in outcome.output) == (2, True)


def test_a_sample_on_standard_output_and_in_a_file(tmp_path):
    shown = CliRunner().invoke(contacts, ["sample", "3", "--seed", "7"])
    assert shown.exit_code == 0
    path = tmp_path / "sample.csv"
    assert CliRunner().invoke(contacts, ["sample", "3", "--seed", "7", "--out", str(path)]).output == ""
    assert path.read_bytes().decode().splitlines() == shown.stdout_bytes.decode().splitlines()


def test_a_messy_sample_and_its_manifest(tmp_path):
    path, manifest = tmp_path / "messy.csv", tmp_path / "messy.json"
    command = ["sample", "200", "--mess", "--share", "2", "--out", str(path), "--manifest", str(manifest)]
    assert CliRunner().invoke(contacts, command, catch_exceptions=False).output == ""
    said = json.loads(manifest.read_bytes())
    assert (said["contacts"], said["kinds"]["broken_row"], said["people"]) == (200, 4, 204)
    assert said["lines"] == path.read_bytes().count(b"\n")


@pytest.mark.parametrize("flag", [("--manifest", "messy.json"), ("--share", "2")])
def test_flags_of_a_messy_sample_need_one(flag: tuple[str, str]):
    outcome = CliRunner().invoke(contacts, ["sample", "200", *flag])
    assert (outcome.exit_code, "are of --mess, which is not given" in outcome.output) == (2, True)


def test_a_token_of_a_user_who_is_created_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONTACTS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CONTACTS_JWT_SECRET", SECRET)
    plain = CliRunner().invoke(contacts, ["token", "--email", "ada@example.com"], catch_exceptions=False).output
    made = json.loads(CliRunner().invoke(contacts, ["token", "--email", "ada@example.com", "--json"]).output)
    users = {jwt.decode(token.strip(), options={"verify_signature": False})["sub"] for token in (
        plain, made["access_token"]
    )}  # fmt: skip
    assert (len(users), made["expires_in"]) == (1, 1800)
    with pytest.raises(InvalidField, match=r"without U\+FF41"):
        CliRunner().invoke(contacts, ["token", "--email", "\uff41da@example.com"], catch_exceptions=False)


def test_a_secret_of_one_run_signs_no_token(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONTACTS_ENV", "development")
    monkeypatch.delenv("CONTACTS_JWT_SECRET", raising=False)
    with pytest.raises(SettingsError, match=r"^CONTACTS_JWT_SECRET: not set"):
        CliRunner().invoke(contacts, ["token", "--email", "a@b.c"], catch_exceptions=False)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (click.UsageError("No."), 2, "error: No. See contacts --help\n"),
        (click.UsageError("No field 'x'"), 2, "error: No field 'x'. See contacts --help\n"),
        (click.Abort(), 130, "error: interrupted\n"),
        (click.Abort("the rest stays"), 130, "error: interrupted; the rest stays\n"),
        (BrokenPipeError(), 1, ""),
        (OSError("disk full"), 1, "error: disk full\n"),
        (EngineUnavailable("It is down."), 1, "error: It is down.\n"),
    ],
)
def test_every_error_is_a_line_and_a_code(monkeypatch, capsys, error, code, words):
    def fail(**_named):
        raise error

    monkeypatch.setattr(contacts, "main", fail)
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, capsys.readouterr()) == (code, ("", words))


@pytest.mark.parametrize("arguments", [("count", URL), ("search", URL), ("search", URL, "--all"), ("index", "status")])
def test_an_engine_that_is_away_is_one_line(tmp_path, arguments):
    away = environment_of(tmp_path, CONTACTS_ENGINE="elasticsearch", CONTACTS_ELASTICSEARCH_URL="http://127.0.0.1:1")
    outcome = run_contacts(away, *arguments)
    assert (outcome.returncode, outcome.stdout) == (1, "")
    [line] = outcome.stderr.splitlines()
    assert line.startswith("error: The contacts engine can't be reached. (http://127.0.0.1:1 (CONTACTS_ELASTICSEARCH")


def test_what_is_logged_is_a_note_unless_an_error_says_it_too(monkeypatch, capsys):
    def log(**_named):
        logging.getLogger("search.elasticsearch.lock").warning("in %d s\x1b it is taken over", 60)
        logging.getLogger("search.x").warning("It is lost", extra={"raised": True})
        logging.getLogger("search.x").info("quiet")
        logging.getLogger("other").warning("of others")
        logging.getLogger("other").error("wrong")

    monkeypatch.setattr(contacts, "main", log)
    with pytest.raises(NothingLeft):
        main()
    assert capsys.readouterr().err == "warning: in 60 s\\x1b it is taken over\nerror: wrong\n"
    assert not [handler for handler in logging.root.handlers if type(handler).__module__ == "indexing.cli.logged"]


def test_what_nobody_foresaw_is_a_line_without_its_words(monkeypatch, capsys):
    def fail(**_named):
        raise KeyError("ada@example.com")

    monkeypatch.setattr(contacts, "main", fail)
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    assert (ended.value.code, said.count("\n")) == (1, 1)
    assert re.match(r"error: test_main\.py:\d+: KeyError, which should not be; PYTHONDEVMODE=1 shows", said)
    code = "from indexing.cli import main; main.contacts.main = None; main.main()"
    outcome = subprocess.run([sys.executable, "-X", "dev", "-c", code], capture_output=True, text=True, check=False)
    assert (outcome.returncode, "Traceback" in outcome.stderr) == (1, True)


def test_an_interrupt_in_a_command_and_an_answer_that_does_not_come(tmp_path):
    @contacts.command("wait")
    def wait() -> None:
        raise KeyboardInterrupt("it stays")

    environment = duckdb_environment(tmp_path)
    try:
        outcome = run_contacts(environment, "wait")
    finally:
        del contacts.commands["wait"]
    assert (outcome.returncode, outcome.stderr) == (130, "error: interrupted; it stays\n")
    outcome = run_contacts(environment, "users", "create", "ada@example.com", stdin="")
    assert (outcome.returncode, outcome.stderr.splitlines()[-1]) == (
        1,
        "error: standard input ended before the answer; --help of the command has the flag that gives it",
    )


def test_commands_that_start_something_start_it_with_what_was_asked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONTACTS_JWT_SECRET", SECRET)
    started = []
    monkeypatch.setattr("api.server.serve", lambda settings: started.append((settings.host, settings.port)))
    monkeypatch.setattr("indexing.cli.demo.run_demo", lambda *asked: started.append(asked))
    assert CliRunner().invoke(contacts, ["serve", "--host", "::1", "--port", "9"]).exit_code == 0
    assert CliRunner().invoke(contacts, ["demo", "--once", "--contacts", "5"]).exit_code == 0
    monkeypatch.setenv("CONTACTS_PORT", "18423")
    assert CliRunner().invoke(contacts, ["demo"]).exit_code == 0
    assert started == [("::1", 9), (5, True, 8000), (10_000, False, 18423)]


@pytest.mark.parametrize(
    "arguments",
    [["users", "disable", b"ad\xffa@example.com"], ["count", b"\xff"], [b"\xff"], ["sample", "5", "--seed", b"\xff"]],
)
def test_bytes_that_are_no_text_are_wrong_usage(tmp_path, arguments):
    done = subprocess.run(
        [*CONTACTS, *arguments], env=environment_of(tmp_path), capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert re.fullmatch(rb"error: '.*udcff.*' is no text in UTF-8, nor a file\. See contacts --help\n", done.stderr)


def test_a_file_may_have_any_name(tmp_path):
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.csv")
    with open(path, "wb") as file:
        file.write(b"Email\nada@one.example\n")
    command = [*CONTACTS, "index", "csv", path, "--json"]
    done = subprocess.run(
        command, env=environment_of(tmp_path / "data"), cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, json.loads(done.stdout)["live"]) == (0, 1)


@pytest.mark.parametrize("group", [[], ["users"], ["index"]])
def test_a_group_alone_is_helped(group):
    done = run_contacts({}, *group)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: ")
    assert "\nCommands:\n" in done.stderr
