import json
import re
import subprocess
from pathlib import Path

import pytest

from indexing.cli.server_process import CONTACTS
from tests.harness.service import contacts, environment_of


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    # No secret, and none made up either: these commands need none.
    return environment_of(tmp_path, CONTACTS_ENV="production", CONTACTS_REGISTRATION="closed")


def create(environment: dict[str, str], email: str, *more: str, password: str = "analytical\n"):
    return contacts(environment, "users", "create", email, "--password-stdin", *more, stdin=password)


def change_password(environment: dict[str, str], email: str, password: str):
    return contacts(environment, "users", "password", email, "--password-stdin", stdin=password)


def listed(environment: dict[str, str]) -> list[tuple[str, str, bool]]:
    outcome = contacts(environment, "users", "list", "--json")
    assert outcome.returncode == 0, outcome.stderr
    return [(user["email"], user["name"], user["active"]) for user in json.loads(outcome.stdout)]


def test_create_list_disable_enable(environment):
    assert listed(environment) == []
    assert contacts(environment, "users", "list").stdout.startswith("There are no users in ")
    made = create(environment, "Ada@example.com", "--name", "Ada", "--json")
    assert (made.returncode, made.stderr) == (0, "")
    assert list(json.loads(made.stdout)) == ["uuid", "email", "name", "active", "role"]
    assert create(environment, "bob@example.com").stdout.startswith("created bob@example.com (")
    assert listed(environment) == [("Ada@example.com", "Ada", True), ("bob@example.com", "", True)]
    outcome = contacts(environment, "users", "disable", "ada@EXAMPLE.com")
    assert (outcome.returncode, outcome.stdout) == (0, "disabled Ada@example.com\n")
    assert listed(environment)[0] == ("Ada@example.com", "Ada", False)
    outcome = contacts(environment, "users", "enable", "ada@example.com", "--json")
    assert json.loads(outcome.stdout)["active"] is True
    table = contacts(environment, "users", "list").stdout
    assert "Ada@example.com" in table
    assert "bob@example.com" in table


def test_roles(environment):
    assert json.loads(create(environment, "ada@example.com", "--role", "admin", "--json").stdout)["role"] == "admin"
    assert json.loads(create(environment, "bob@example.com", "--json").stdout)["role"] == "user"
    outcome = contacts(environment, "users", "role", "BOB@example.com", "counter")
    assert (outcome.returncode, outcome.stdout) == (0, "bob@example.com is now counter\n")
    outcome = contacts(environment, "users", "role", "bob@example.com", "counter", "--json")
    assert json.loads(outcome.stdout)["role"] == "counter"
    rows = contacts(environment, "users", "list").stdout.splitlines()[1:]
    assert [row.split()[:2] for row in rows] == [["ada@example.com", "admin"], ["bob@example.com", "counter"]]
    for arguments in (["role", "bob@example.com", "root"], ["create", "eve@example.com", "--role", "Admin"]):
        assert contacts(environment, "users", *arguments, stdin="analytical\n").returncode == 2


def test_delete(environment):
    for email in ("ada@example.com", "bob@example.com"):
        create(environment, email)
    outcome = contacts(environment, "users", "delete", "ada@example.com", stdin="n\n")
    assert (outcome.returncode, outcome.stderr.endswith("error: interrupted\n")) == (130, True)
    outcome = contacts(environment, "users", "delete", "ADA@example.com", stdin="y\n")
    assert (outcome.returncode, outcome.stdout) == (0, "deleted ada@example.com\n")
    outcome = contacts(environment, "users", "delete", "bob@example.com", "--yes", "--json")
    assert json.loads(outcome.stdout)["email"] == "bob@example.com"
    assert listed(environment) == []
    assert create(environment, "ada@example.com").returncode == 0


def test_a_new_password_and_sessions(environment):
    """A token of the command line is a session as a login is."""
    environment["CONTACTS_JWT_SECRET"] = "a-secret-of-the-tests-with-more-than-32-bytes"
    create(environment, "ada@example.com")

    def sessions(*more: str) -> list[dict[str, object]]:
        return json.loads(contacts(environment, "users", "sessions", "ada@example.com", "--json", *more).stdout)

    def login() -> None:
        assert contacts(environment, "token", "--email", "ada@example.com").returncode == 0

    assert contacts(environment, "users", "sessions", "ada@example.com").stdout == "ada@example.com is not logged in.\n"
    login()
    [session] = sessions()
    assert list(session) == ["uuid", "started_at", "renewed_at", "expires_at", "address"]
    table = contacts(environment, "users", "sessions", "ada@example.com").stdout.splitlines()
    assert len(table) == 2
    assert re.match(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d *){3}$", table[1])

    changed = contacts(environment, "users", "password", "ADA@example.com", "--password-stdin", stdin="differential\n")
    assert (changed.returncode, changed.stdout) == (0, "ada@example.com has a new password\n")
    assert sessions() == []
    login()
    login()
    assert len(sessions("--end")) == 2
    assert sessions() == []
    login()
    ended = contacts(environment, "users", "sessions", "ada@example.com", "--end")
    assert ended.stdout == "ended 1 session of ada@example.com\n"
    assert contacts(environment, "users", "disable", "ada@example.com").returncode == 0
    refused = contacts(environment, "token", "--email", "ada@example.com")
    assert (refused.returncode, "ada@example.com is disabled" in refused.stderr) == (1, True)


def test_what_users_are_called_is_printed_as_it_is(environment):
    assert create(environment, "[red]@example.com", "--name", "[/bold] [link=x]").returncode == 0
    assert create(environment, "eve@example.com", "--name", "Eve\x1b]0;root\x07\u202e").returncode == 0
    outcome = contacts(environment, "users", "list")
    assert (outcome.returncode, outcome.stderr) == (0, "")
    cells = [re.split(" {2,}", line)[:2] for line in outcome.stdout.splitlines()[1:]]
    assert cells == [
        ["[red]@example.com", "[/bold] [link=x]"],
        ["eve@example.com", "Eve\\x1b]0;root\\x07\\u202e"],
    ]
    assert ("[red]@example.com", "[/bold] [link=x]", True) in listed(environment)


def test_mistakes_are_one_line_and_exit_1(environment):
    create(environment, "ada@example.com")
    for outcome, words in [
        (create(environment, "ADA@example.com"), "exists already"),
        (create(environment, "eve@example.com", password="short\n"), "8 to 1024 characters"),
        (create(environment, "eve@example.com", password=""), "8 to 1024 characters"),
        (create(environment, "nonsense"), "e-mail address"),
        (create(environment, "\uff45ve@example.com"), "usual characters (NFKC), without U+FF45"),
        (create(environment, "eve\u202e@example.com"), "must not hold U+202E"),
        (create(environment, "eve\x1b[2J@example.com"), "must not hold U+001B"),
        (contacts(environment, "users", "disable", "eve@example.com"), "There is no user"),
        (contacts(environment, "users", "enable", "eve@example.com"), "There is no user"),
        (contacts(environment, "users", "role", "eve@example.com", "admin"), "There is no user"),
        (contacts(environment, "users", "delete", "eve@example.com", "--yes"), "There is no user"),
        (contacts(environment, "users", "sessions", "eve@example.com"), "There is no user"),
        (change_password(environment, "eve@example.com", "analytical\n"), "There is no user"),
        (change_password(environment, "ada@example.com", "short\n"), "8 to 1024 characters"),
    ]:
        assert outcome.returncode == 1
        assert outcome.stderr.startswith("error: ")
        assert words in outcome.stderr
        assert outcome.stderr.count("\n") == 1
    assert len(listed(environment)) == 1
    assert contacts(environment, "users", "create").returncode == 2


def test_the_same_with_postgres(environment, postgres_database):
    environment["CONTACTS_DATABASE_URL"] = postgres_database
    assert create(environment, "ada@example.com").returncode == 0
    assert listed(environment) == [("ada@example.com", "", True)]


def with_bytes(environment: dict[str, str], line: bytes) -> "subprocess.CompletedProcess[bytes]":
    command = [*CONTACTS, "users", "create", "ada@example.com", "--password-stdin"]
    return subprocess.run(command, env=environment, input=line, capture_output=True, check=False, timeout=60)


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_a_password_is_utf8_whatever_the_locale(environment, locale):
    environment |= {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    refused = with_bytes(environment, b"caf\xe9 caf\xe9\n")
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert refused.stderr == b"error: The password is no text in UTF-8, in which clients send theirs\n"
    assert with_bytes(environment, "café café\n".encode()).returncode == 0


def test_of_a_line_without_an_end_little_is_read(environment):
    with subprocess.Popen(["cat", "/dev/zero"], stdout=subprocess.PIPE) as endless:
        command = [*CONTACTS, "users", "create", "ada@example.com", "--password-stdin"]
        done = subprocess.run(
            command, env=environment, stdin=endless.stdout, capture_output=True, text=True, check=False, timeout=60
        )
        endless.kill()
    assert (done.returncode, done.stderr) == (1, "error: password must have 8 to 1024 characters\n")


@pytest.mark.parametrize("given", [b"", b"long enough\nlong enough\n"])
def test_without_a_terminal_a_password_is_not_asked_for(environment, given):
    done = subprocess.run(
        [*CONTACTS, "users", "create", "ada@example.com"],
        env=environment, input=given, capture_output=True, start_new_session=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, b"")
    said = b"error: There is no terminal to ask for the password on; give it with --password-stdin\n"
    assert done.stderr.splitlines(keepends=True)[-1] == said
    assert b"Warning" not in done.stderr
