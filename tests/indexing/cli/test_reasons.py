"""`contacts why` and `contacts check`: what they print of answers, and that contacts' words stay words."""

import shlex
from collections.abc import Callable
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from indexing.cli.queries import query_commands
from search.fields import ContactCompleteItem
from tests.harness.oracle_engine import OracleEngine

PEOPLE = "https://app.apollo.io/#/people"
NASTY = "\x1b[31mred[/bold]"
CONTACTS = [
    *(
        ContactCompleteItem(uuid=f"{number}", title="CEO", seniority="director", website="a.example")
        for number in range(7)
    ),
    ContactCompleteItem(
        uuid="nasty", first_name=NASTY, title="CTO", email="x@y.example", keywords=tuple(f"k{n}" for n in range(9))
    ),
]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("search.engines.open_engine", lambda _settings: OracleEngine(CONTACTS))

    def invoke(*arguments: str) -> Result:
        outcome = CliRunner().invoke(click.Group(commands=query_commands()), arguments)
        assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.exception
        return outcome

    return invoke


def test_a_tree_of_parameters_and_values_with_what_each_costs(run):
    outcome = run("why", f"{PEOPLE}?personTitles[]=CEO&personTitles[]=CTO&existFields[]=email&personNotTitles[]=x")
    first, headers, *rows = outcome.stdout.splitlines()
    assert first == "1 of 8 contacts, of 0 companies"
    assert headers.split("  ")[0] == ""
    table = [row.split() for row in rows]
    assert table[0] == ["personTitles[]", "(any", "of)", "8", "1", "0", "8"]
    assert table[1:3] == [["├─", "CEO", "7", "0"], ["└─", "CTO", "1", "1"]]
    assert ["existFields[]", "(all", "of)", "1", "8", "7", "1"] in table
    assert ["personNotTitles[]", "(none", "of)", "0", "1", "0", "8"] in table


def test_commands_to_paste_find_as_many_as_they_say(run):
    asked = (f"{PEOPLE}?personTitles[]=CEO&existFields[]=email", "--exclude-domain-list", "b.example")
    lines = run("why", *asked).stdout.splitlines()
    remarks = [line for line in lines if line.startswith("# ")]
    commands = [line for line in lines if line.startswith("contacts ")]
    assert remarks == ["# 7 without existFields[]", "# 1 without personTitles[]"]
    for remark, command in zip(remarks, commands, strict=True):
        _, action, *arguments = shlex.split(command)
        assert action == "search"
        assert arguments[1:] == ["--exclude-domain-list", "b.example"]
        assert run("count", *arguments).stdout == f"{remark.split()[1]}\n"


def test_a_list_that_keeps_contacts_out_is_left_out_of_the_command(run):
    asked = (f"{PEOPLE}?personTitles[]=CEO", "--include-domain-list", "nobody.example", "--exclude-company-name", "z z")
    lines = run("why", *asked).stdout.splitlines()
    assert "# 7 without include_domain_list" in lines
    command = lines[lines.index("# 7 without include_domain_list") + 1]
    assert command.endswith("--exclude-company-name 'z z'")
    assert "nobody.example" not in command
    value = run("why", PEOPLE, "--exclude-domain-list", "a.example", "--exclude-domain-list", "b.example").stdout
    assert "# 8 without exclude_domain_list=a.example" in value
    assert value.splitlines()[-1] == f"contacts search '{PEOPLE}' --exclude-domain-list b.example"


def test_what_nobody_has_and_what_is_not_counted_is_said(run):
    lines = run("why", f"{PEOPLE}?personSeniorities[]=directr").stdout.splitlines()
    assert "nobody has personSeniorities[]=directr; there is director (7, here 7)" in lines
    nothing = run("why", f"{PEOPLE}?contactEmailStatusV2[]=verfied").stdout
    assert "nobody has contactEmailStatusV2[]=verfied; there is nothing like it" in nothing
    many = run("why", PEOPLE + "?" + "&".join(f"personTitles[]=t{number}" for number in range(300))).stdout
    assert "The longest lists have more values; those are not counted." in many


def test_a_search_of_nothing_has_no_tree(run):
    assert run("why", PEOPLE).stdout == "8 of 8 contacts, of 0 companies\n"


def test_a_contact_with_each_parameter_beside_what_it_has(run):
    url = f"{PEOPLE}?personTitles[]=CEO&qOrganizationKeywordTags[]=k1&includedOrganizationKeywordFields[]=tags"
    outcome = run("check", url, "--email", "X@y.example")
    heading, headers, titles, keywords = outcome.stdout.splitlines()
    assert heading == r"\x1b[31mred[/bold], CTO, x@y.example: not found, kept out by personTitles[]"
    assert "\x1b" not in outcome.stdout
    assert headers.split() == ["parameter", "matches", "wanted", "has"]
    assert titles.split() == ["personTitles[]", "no", "CEO", "CTO"]
    assert keywords.split() == [
        "qOrganizationKeywordTags[]",
        "yes",
        "k1",
        "k0,",
        "k1,",
        "k2,",
        "k3,",
        "k4",
        "and",
        "4",
        "more",
    ]


def test_who_is_found_and_who_is_nobody(run):
    assert run("check", PEOPLE, "--uuid", "1").stdout == "CEO: found\n"
    assert run("check", PEOPLE, "--linkedin", "x").stdout.startswith("nobody: ")


def test_exactly_one_name_is_needed(run):
    for names in ((), ("--uuid", "a", "--email", "b")):
        outcome = run("check", PEOPLE, *names)
        assert outcome.exit_code == 2
        assert "Exactly one of --uuid, --email, --linkedin is needed." in outcome.output


def test_json_is_the_answer(run):
    assert run("why", PEOPLE, "--json").stdout.startswith('{"count":8,')
    assert run("check", PEOPLE, "--uuid", "1", "--json").stdout.startswith('{"contacts":[{"contact":{"uuid":"1"')
