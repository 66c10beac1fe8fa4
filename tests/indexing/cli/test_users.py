import json
import re
from pathlib import Path

import pytest

from tests.harness.service import contacts, environment_of


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    # No secret, and none made up either: these commands need none.
    return environment_of(tmp_path, CONTACTS_ENV="production", CONTACTS_REGISTRATION="closed")


def create(environment: dict[str, str], email: str, *more: str, password: str = "analytical\n"):
    return contacts(environment, "users", "create", email, "--password-stdin", *more, stdin=password)


def listed(environment: dict[str, str]) -> list[tuple[str, str, bool]]:
    outcome = contacts(environment, "users", "list", "--json")
    assert outcome.returncode == 0, outcome.stderr
    return [(user["email"], user["name"], user["active"]) for user in json.loads(outcome.stdout)]


def test_create_list_disable_enable(environment):
    assert listed(environment) == []
    made = create(environment, "Ada@example.com", "--name", "Ada", "--json")
    assert (made.returncode, made.stderr) == (0, "")
    assert list(json.loads(made.stdout)) == ["uuid", "email", "name", "active"]
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
