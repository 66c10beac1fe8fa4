"""`contacts searches` and `contacts loads`, as people read them, and what the audit log has of them."""

import json
from pathlib import Path

from tests.harness.loads import duckdb_environment, loaded
from tests.harness.service import contacts

CEOS = "https://app.apollo.io/#/people?personTitles[]=CEO"
PEOPLE = "uuid,First Name,Title\n1,Ann,CEO\n2,Bob,CTO\n3,Cy,CEO\n"


def test_what_is_kept_is_shown_to_people_and_told_to_the_audit_log(tmp_path: Path) -> None:
    log = tmp_path / "audit.ndjson"
    environment = duckdb_environment(tmp_path) | {"CONTACTS_AUDIT_LOG": str(log)}
    assert contacts(environment, "loads").stdout == "Nothing has been loaded yet.\n"
    loaded(environment, "csv", "-", stdin=PEOPLE)
    create = ("users", "create", "ada@example.com", "--password-stdin", "--json")
    made = contacts(environment, *create, stdin="long enough\n")
    ada = json.loads(made.stdout)["uuid"]
    of_ada = ("searches", "--email", "Ada@example.com")
    assert contacts(environment, *of_ada).stdout == "There are no saved searches.\n"
    saved = contacts(environment, *of_ada, "--save", "--name", "CEOs", "--url", f"{CEOS}&foo=1")
    assert saved.returncode == 0
    name, _day, *rest = saved.stdout.splitlines()[1].split()
    assert (name, rest) == ("CEOs", ["2", "2", f"{CEOS}&foo=1"])
    assert saved.stderr == "not used: foo=1: Unknown parameter (no mapping defined)\n"
    listed = contacts(environment, *of_ada, "--json")
    assert [one["count_now"] for one in json.loads(listed.stdout)["searches"]] == [2]
    assert contacts(environment, *of_ada, "--delete", "--name", "CEOs").stdout == "There are no saved searches.\n"
    for arguments, code, words in (
        (("searches",), 2, "Missing option '--email'"),
        (("searches", "--email", "bob@example.com"), 1, "There is no user with the email bob@example.com in "),
        ((*of_ada, "--save", "--name", "CEOs"), 2, "Exactly one of --url, --any/--also/--not is needed."),
        ((*of_ada, "--url", CEOS), 2, "--url goes with --save."),
        ((*of_ada, "--name", "CEOs"), 2, "--name goes with --save or --delete."),
        ((*of_ada, "--delete", "--url", CEOS), 2, "--delete and --url exclude each other."),
        ((*of_ada, "--save", "--delete"), 2, "--save and --delete exclude each other."),
    ):
        outcome = contacts(environment, *arguments)
        assert (outcome.returncode, words in outcome.stderr) == (code, True), outcome

    [_, row] = contacts(environment, "loads").stdout.splitlines()
    assert row.split()[2:] == ["3", "3", "0", "0", "0", "live"]
    [live] = json.loads(contacts(environment, "loads", "--json").stdout)["loads"]
    assert "live" in contacts(environment, "loads", "--go-to", live["name"]).stdout
    rolled = contacts(environment, "loads", "--rollback")
    assert (rolled.returncode, rolled.stderr) == (1, "error: There is no earlier load to go back to.\n")

    contacts(environment, "golden", "add", CEOS, "--name", "c")
    assert contacts(environment, "golden", "list").stdout.splitlines()[1].split()[:3] == ["c", "2", "20%"]
    assert json.loads(contacts(environment, "golden", "remove", "c", "--json").stdout) == {"removed": "c"}
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["action"], line["outcome"], line.get("user"), line.get("contacts")) for line in lines if
            line["action"] in ("save_search", "index rollback", "golden add", "golden remove", "delete_search")] == [
        ("save_search", "success", ada, 2),
        ("delete_search", "success", ada, None),
        ("index rollback", "success", None, None),
        ("index rollback", "Conflict", None, None),
        ("golden add", "success", None, None),
        ("golden remove", "success", None, None),
    ]  # fmt: skip
