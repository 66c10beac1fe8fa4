"""The commands that are made from the table of actions, in process, on an engine in memory."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import click
import msgspec
import pytest
from click.testing import CliRunner, Result

from api.actions.exports import Sheet
from api.actions.fields import FIELDS, Field, Place
from api.actions.kinds import NAMES
from api.actions.requests import ActionRequest, AnalyzeRequest, SearchRequest
from api.actions.roles import Role
from api.actions.service import ContactService
from api.actions.shapes import CountData
from api.actions.table import ACTIONS, Action
from api.actions.views import DEFAULT, VIEWS
from indexing.cli.comparison import print_comparison
from indexing.cli.listing import print_contacts
from indexing.cli.presenters import PRESENTERS, print_analysis
from indexing.cli.queries import explain, query_commands
from indexing.cli.remarks import note_remarks
from mappings.comparison import ComparedParameter, Comparison
from mappings.contact_filter import map_url
from mappings.errors import InvalidField
from mappings.fingerprint import fingerprint_of
from mappings.ledger import LedgerEntry
from mappings.predicates import Not, PerCompany
from mappings.url import parse
from search.fields import ContactCompleteItem
from search.shuffle import part_of, sample_of
from tests.harness.clients import URL
from tests.harness.memory_engine import MemoryEngine


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> MemoryEngine:
    opened = MemoryEngine()
    monkeypatch.setattr("search.engines.open_engine", lambda _settings: opened)
    return opened


@pytest.fixture
def run(engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str) -> Result:
        group = click.Group(commands=[*query_commands(), explain])
        outcome = CliRunner().invoke(group, arguments)
        assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.exception
        return outcome

    return invoke


def test_every_presenter_is_of_an_action_and_its_options_are_fields():
    for name, presenter in PRESENTERS.items():
        assert set(presenter.options) <= set(ACTIONS[name].request.__struct_fields__)


def test_count(run, engine):
    assert run("count", URL).output == "10\n"
    assert engine.closed
    assert json.loads(run("count", URL, "--json").output) == {"count": 10}
    lists = ("--include-company-name", "Acme, Inc", "--include-company-name", "b", "--exclude-domain-list", "c.com")
    assert run("count", URL, *lists).output == "10\n"
    asked = str(engine.compiled[-1])
    assert all(words in asked for words in ("acme inc", "'b'", "c.com"))


def test_counts_of_parts_are_a_flag_of_count(run):
    for more in ((), ("--json",)):
        [category] = json.loads(run("count", URL, "--by-filter", *more).output)["categories"]
        assert category["count"] == 10
    outcome = run("count", URL, "--by-filter", "--exclude-domain-list", "a.com")
    assert (outcome.exit_code, "--by-filter and --exclude-domain-list exclude each other" in outcome.output) == (
        2,
        True,
    )


def test_search(run):
    first, headers, *rows, cursor = run("search", URL, "--limit", "3").stdout.splitlines()
    assert (first, headers.split()) == ("10 contacts", ["name", "title", "company", "email", "place"])
    assert [row.split() for row in rows] == [["CEO", "Zürich"]] * 3
    assert cursor.startswith("next: --cursor ")
    answer = json.loads(run("search", URL, "--limit", "2", "--offset", "4", "--view", "simple", "--json").output)
    assert [item["uuid"][-1] for item in answer["results"]] == ["4", "5"]
    assert "city" not in answer["results"][0]
    further = json.loads(run("search", URL, "--cursor", answer["previous"], "--json").output)
    assert [item["uuid"][-1] for item in further["results"]] == ["0", "1", "2", "3"]
    assert run("search", URL, "--limit", "0").exit_code == 2
    assert run("search", URL, "--view", "Full").exit_code == 2
    assert run("search").exit_code == 2


def fetched(engine: MemoryEngine) -> list[dict[str, Any]]:
    return [json.loads(hit.item) for hit in engine.hits]


def test_csv_is_what_rest_exports(run, engine):
    rows = Sheet(VIEWS[DEFAULT]).header() + Sheet(VIEWS[DEFAULT]).rows([hit.item for hit in engine.hits])
    assert run("search", URL, "--all", "--format", "csv").stdout_bytes == rows
    rows = Sheet(VIEWS["simple"]).header() + Sheet(VIEWS["simple"]).rows([hit.item for hit in engine.hits[:2]])
    assert run("search", URL, "--limit", "2", "--format", "csv", "--view", "simple").stdout_bytes == rows


def test_lines_of_json(run, engine):
    lines = run("search", URL, "--all", "--format", "ndjson").stdout.splitlines()
    assert [json.loads(line) for line in lines] == fetched(engine)
    assert len(run("search", URL, "--format", "ndjson", "--limit", "4").stdout.splitlines()) == 4


def test_json_of_all_is_read_bit_by_bit(run, engine):
    answer = json.loads(run("search", URL, "--all", "--json").stdout)
    assert (answer["results"], answer["next"], answer["apollo_url"]) == (fetched(engine), None, URL)
    assert engine.asked == []
    assert engine.scans_closed == 1
    assert json.loads(run("search", URL, "--all", "--format", "json").stdout) == answer


def test_a_table_of_all(run, engine):
    first, headers, *rows = run("search", URL, "--all").stdout.splitlines()
    assert (first, headers.split()[0], len(rows)) == ("10 contacts", "name", 10)
    del engine.hits[1:]
    assert run("search", URL, "--all").stdout.startswith("1 contact\n")


def test_whole_contacts(run):
    asked = ("search", URL, "--limit", "1", "--view", "complete")
    [line] = run(*asked, "--format", "ndjson").stdout.splitlines()
    assert list(json.loads(line)) == list(ContactCompleteItem.__struct_fields__)
    assert run(*asked, "--columns", "uuid,lists", "--format", "csv").stdout.splitlines()[0] == "uuid,lists"
    assert "lists" in run(*asked, "--columns", "lists").stdout


def test_csv_says_what_it_is_and_is_safe_where_that_is_asked_for(run):
    asked = ("search", URL, "--limit", "2", "--columns", "uuid", "--comment", "--spreadsheet-safe")
    comment, header, *rows = run(*asked, "--format", "csv").stdout.splitlines()
    assert "# Job titles to include: " in comment
    assert (header, len(rows)) == ("uuid", 2)
    for option in ("--comment", "--spreadsheet-safe"):
        outcome = run("search", URL, option, "--format", "ndjson")
        assert outcome.exit_code == 2
        assert f"{option} is for CSV, and needs --format csv." in outcome.stderr


def test_columns_in_every_form(run):
    asked = ("search", URL, "--limit", "2", "--columns", "title, employees,departments")
    assert run(*asked).stdout.splitlines()[1:4] == ["title  employees  departments", "CEO    0", "CEO    1"]
    assert run(*asked, "--format", "csv").stdout_bytes == b"title,employees,departments\r\nCEO,0,\r\nCEO,1,\r\n"
    lines = run(*asked, "--format", "ndjson").stdout.splitlines()
    assert lines == [
        '{"title":"CEO","employees":0,"departments":null}',
        '{"title":"CEO","employees":1,"departments":null}',
    ]
    answer = json.loads(run(*asked, "--json").stdout)
    assert answer["results"] == [json.loads(line) for line in lines]
    assert answer["next"]
    whole = json.loads(run("search", URL, "--columns", "uuid", "--all", "--json").stdout)
    assert [list(contact) for contact in whole["results"]] == [["uuid"]] * 10


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--columns", "title,nope"), "'nope' is not a field of a contact in the full view, which has uuid, "),
        (("--columns", "city", "--view", "simple"), "of a contact in the simple view; --view full has it"),
        (("--columns", "custom"), "of a contact in the full view; --view complete has it"),
        (("--columns", " , "), "names no field"),
        (("--format", "csv", "--json"), "--json and --format csv exclude each other."),
        (("--all", "--limit", "25"), "--all and --limit exclude each other."),
        (("--format", "xml"), "'xml' is not one of"),
        (("--format", "csv", "--ledger"), "--ledger is a part of the JSON, and needs --json."),
    ],
)
def test_usage_of_a_search(run, flags, words):
    outcome = run("search", URL, *flags)
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert words in outcome.stderr


@pytest.mark.parametrize("command", ["analyze", "count", "search", "uuids", "explain"])
def test_a_url_on_standard_input(engine, command):
    group = click.Group(commands=[*query_commands(), explain])
    outcome = CliRunner().invoke(group, [command, "-", "--json"], input=f"\ufeff\n {URL}\r\n")
    assert outcome.exit_code == 0, outcome.output
    assert outcome.stdout == CliRunner().invoke(group, [command, URL, "--json"]).stdout
    assert len(outcome.stdout) > 10


@pytest.mark.parametrize("command", ["analyze", "count", "search", "uuids", "explain", "count --by-filter"])
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_what_is_not_used_is_said(run, command, more):
    outcome = run(*command.split(), f"{URL}&fooBar=%1b[2J&fooBar=2&qKeywords=", *more)
    assert outcome.exit_code == 0
    assert outcome.stderr.splitlines() == [
        "not used: fooBar=\\x1b[2J, 2: Unknown parameter (no mapping defined)",
        "not used: qKeywords=: empty",
    ]


@pytest.mark.parametrize("command", ["analyze", "count", "search", "uuids"])
def test_a_ledger_is_a_part_of_the_json(run, command):
    outcome = run(command, URL, "--ledger")
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert "--ledger is a part of the JSON, and needs --json." in outcome.stderr
    assert [entry["status"] for entry in json.loads(run(command, URL, "--ledger", "--json").stdout)["ledger"]]


@pytest.mark.parametrize("command", ["count", "search", "search --all", "search --format csv", "uuids", "explain"])
def test_a_url_that_narrows_nothing_is_told(run, command):
    everybody = "no filter: nothing in the URL narrows the search, so it finds all contacts"
    url = "https://app.apollo.io/#/people?page=1"
    assert run(*command.split(), url).stderr == f"{everybody}\n"
    assert run(*command.split(), url, "--exclude-domain-list", "a.com").stderr == ""
    assert run(*command.split(), f"{url}&savedSearchId=5").stderr.splitlines()[1:] == [everybody]


def test_what_was_repaired_is_said(run):
    assert run("count", URL).stderr == ""
    said = run("count", f"{URL}&organizationNumEmployeesRanges[]=10001%2B").stderr
    assert said == "repaired: organizationNumEmployeesRanges[]=10001+, read as 10001,: another spelling of it\n"


@pytest.mark.parametrize("command", ["analyze", "count", "search", "uuids", "count --by-filter"])
def test_strict_refuses_what_is_not_used(engine, command):
    group = click.Group(commands=query_commands())
    outcome = CliRunner().invoke(group, [*command.split(), f"{URL}&fooBar=1", "--strict"])
    assert isinstance(outcome.exception, InvalidField)
    assert str(outcome.exception) == "strict: fooBar can't be mapped ('1'): Unknown parameter (no mapping defined)"
    assert CliRunner().invoke(group, [*command.split(), URL, "--strict"]).exit_code == 0


def test_uuids(run, engine):
    assert run("uuids", URL).output.splitlines() == [hit.uuid for hit in engine.hits]
    assert run("uuids", URL, "--limit", "2").output.splitlines() == [hit.uuid for hit in engine.hits[:2]]
    assert json.loads(run("uuids", URL, "--json").output)["count"] == 10


def test_several_urls_in_place_of_one(run, engine):
    outcome = run("count", "--any", URL, "--any", f"{URL}&sortByField=last_name", "--not", f"{URL}&foo=1", "--json")
    assert json.loads(outcome.stdout) == {"count": 10}
    assert "not used: sortByField=last_name: `combine` has an order of its own" in outcome.stderr
    assert "not used: foo=1" in outcome.stderr
    [compiled] = engine.compiled
    asked = map_url(parse(URL), date(2026, 1, 31)).filter.predicate
    assert compiled.predicate.of == (asked, Not(asked))
    assert "no filter" not in run("count", "--also", "https://app.apollo.io/#/people").stderr


def test_tagged_contacts_in_every_form(run):
    one = ("--any", URL, "--tag", "--limit", "1")
    assert json.loads(run("search", *one, "--json").output)["results"][0]["matched"] == [0]
    assert json.loads(run("search", *one, "--format", "ndjson", "--columns", "title,matched").output) == {
        "title": "CEO",
        "matched": [0],
    }
    header, row = run("search", *one, "--format", "csv", "--view", "simple").output.splitlines()
    assert (header.split(",")[-1], row.split(",")[-1]) == ("matched", "0")
    assert "matched" in run("search", URL, "--columns", "matched").output
    assert run("search", *one, "--format", "csv", "--columns", "title").output.splitlines() == [
        "title,matched",
        "CEO,0",
    ]
    assert json.loads(run("search", *one, "--json", "--columns", "title").output)["results"] == [
        {"title": "CEO", "matched": [0]}
    ]
    for further in ([], ["--all"]):
        options = [option for option in one if not further or option not in ("--limit", "1")]
        _, head, row, *_ = run("search", *options, *further).output.splitlines()
        assert (head.split()[-1], row.split()[-1]) == ("matched", "0")
        assert "place" in head


def test_options_of_a_selection(run, engine):
    run("uuids", URL, "--split", "2/4", "--sample", "5", "--seed", "-7")
    run("count", URL, "--per-company", "2")
    sampled, companies = engine.compiled
    assert sampled.selection == sample_of(5, -7)
    assert part_of(2, 4) in sampled.predicate.of
    assert companies.selection == PerCompany(2)


def test_compare(run, engine):
    counts = iter([9, 8, 5])
    engine.count_many = lambda compiled: _as_given([next(counts) for _ in compiled])
    outcome = run(
        "compare",
        f"{URL}&personSeniorities[]=owner&finderViewId=x",
        f"{URL}&personSeniorities[]=vp&sortByField=employees",
    )
    assert outcome.stdout.splitlines() == [
        "url  contacts",
        f"0    9         {URL}&personSeniorities[]=owner&finderViewId=x",
        f"1    8         {URL}&personSeniorities[]=vp&sortByField=employees",
        "any  12",
        "found by  not by  contacts",
        "0         1       4",
        "1         0       3",
        "0, 1              5",
        "parameter            url  values  url 0 with these",
        "personSeniorities[]  0    owner",
        "                     1    vp      -1",
    ]
    assert outcome.stderr.splitlines() == ["not used: finderViewId=x: UI flag or advanced filter (not applicable)"]


async def _as_given(counts: list[int]) -> list[int]:
    return counts


def test_compare_takes_lines_of_standard_input(engine):
    group = click.Group(commands=query_commands())
    outcome = CliRunner().invoke(group, ["compare", "--json", "-"], input=f"\ufeff{URL}\r\n\n {URL}&personTitles[]=x\n")
    answer = json.loads(outcome.stdout)
    assert (answer["counts"], answer["union"]) == ([10, 10], 10)
    same = CliRunner().invoke(group, ["compare", URL, "-"], input=URL)
    assert "parameter" not in same.stdout
    for urls in ([URL], [URL] * 7):
        refused = CliRunner().invoke(group, ["compare", *urls])
        assert (refused.exit_code, f"Give 2 to 6 URLs, not {len(urls)}." in refused.output) == (2, True)


def test_a_change_that_is_not_told(capsys):
    answer = Comparison(("<5", 9), (), "<5", (ComparedParameter("x", ((), ("y",)), (None, "<5")),))
    print_comparison(msgspec.json.encode(answer), ["a", "b"])
    assert capsys.readouterr().out.splitlines()[-1].split() == ["1", "y", "<5"]


def test_canonical(run, engine):
    url = "https://app.apollo.io/#/companies?page=3&person_titles=+cto&uniqueUrlId=x"
    outcome = run("canonical", url, "--parameters", "seniority=C-Level", "--parameters", "personTitles[]=a=b")
    one, fingerprint = outcome.stdout.splitlines()
    assert one == (
        "https://app.apollo.io/#/companies?personTitles[]=a%3Db&personTitles[]=cto&personSeniorities[]=c_suite"
    )
    assert fingerprint == fingerprint_of(parse(one))
    assert "not used: uniqueUrlId=x" in outcome.stderr
    answer = json.loads(run("canonical", "--json", "--parameters", "title=cto").stdout)
    assert answer["url"] == "https://app.apollo.io/#/people?personTitles[]=cto"
    assert [entry["name"] for entry in answer["ledger"]] == ["personTitles[]"]
    assert engine.asked == []


def test_canonical_needs_something(run):
    outcome = run("canonical")
    assert (outcome.exit_code, "Give URL, or --parameters." in outcome.output) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing argument 'URL'."),
        ((URL, "--any", URL), "Exactly one of URL, --any/--also/--not is needed."),
        (("--not", URL), "--not leaves contacts out of those of --any or --also"),
        ((URL, "--not", URL), "give one of these, for URL too"),
        ((URL, "--sample", "0", "--seed", "1"), "0 is not in the range 1<=x<="),
        ((URL, "--per-company", "101"), "101 is not in the range 1<=x<=100"),
        ((URL, "--sample", "5"), "--sample and --seed go together."),
        ((URL, "--seed", "5"), "--sample and --seed go together."),
        ((URL, "--sample", "x", "--seed", "1"), "'x' is not a valid integer"),
        ((URL, "--sample", "1", "--seed", "1", "--per-company", "1"), "sample and per_company exclude each other"),
        *(
            ((URL, "--split", wrong), f"'{wrong}' is no part of 2 to 100, such as 1/4 or 4/4.")
            for wrong in ("4/3", "0/3", "1/1", "1/101", f"1/{'9' * 5000}")
        ),
        ((URL, "--split", "1:3"), "'1:3' is not like 1/4."),
        ((URL, "--per-company", "0"), "--per-company"),
        ((URL, "--by-filter", "--split", "1/3"), "--by-filter and --split exclude each other."),
    ],
)
def test_options_that_can_not_be(engine, arguments, words):
    group = click.Group(commands=query_commands())
    outcome = CliRunner().invoke(group, ["count", *arguments])
    assert words in outcome.output + str(outcome.exception)
    assert outcome.exit_code != 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--parameters", "personTitles[]"], "parameters must be NAME=VALUE, not 'personTitles[]'"),
        ([f"{URL}&madeUp=1", "--strict"], "strict: madeUp can't be mapped"),
    ],
)
def test_what_canonical_refuses(engine, arguments, words):
    outcome = CliRunner().invoke(click.Group(commands=query_commands()), ["canonical", *arguments])
    assert isinstance(outcome.exception, InvalidField)
    assert words in str(outcome.exception)


def test_analyze(run):
    table = run("analyze", URL).output
    assert "personTitles[]" in table
    assert table.splitlines()[0].split() == ["category", "parameter", "values", "used", "meaning"]
    assert "CEO" in table
    assert json.loads(run("analyze", URL, "--json").output)["url"] == URL


def test_explain(run):
    assert set(json.loads(run("explain", URL, "--include-company-name", "Acme", "--json").output)) == {
        "filter", "elasticsearch", "duckdb", "mapping_summary"
    }  # fmt: skip
    assert '"rows": "1"' in run("explain", URL).output


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "[bold]CEO[/bold]", "[/red]", "CEO :smile:", "[link=https://evil.example]CEO[/link]"]
)
def test_what_contacts_hold_is_no_markup(text, capsys):
    contact = ContactCompleteItem(uuid="u", first_name=text, title=text, company=text, email=text, city=text)
    print_contacts([msgspec.json.encode(contact)], {"next": None})
    text = text.replace("\x1b", "\\x1b")
    assert capsys.readouterr().out.count(text) == 5
    parameter = {"name": text, "values": [text], "description": text}
    entry = LedgerEntry(text, text, "ignored", text, None)
    print_analysis(msgspec.json.encode({"categories": [{"name": text, "parameters": [parameter]}]}), [entry])
    note_remarks([entry])
    shown = capsys.readouterr()
    assert (shown.out.count(text), shown.err.count(text)) == (5, 3)


# Rows that the tables do not have


class ShoutRequest(ActionRequest, frozen=True, kw_only=True):
    names: tuple[str, ...]
    louder: bool = False


async def shout(_service: ContactService, request: ShoutRequest) -> bytes:
    words = " ".join(request.names)
    return msgspec.json.encode(words.upper() if request.louder else words)


async def echo(_service: ContactService, request: SearchRequest) -> bytes:
    return msgspec.json.encode(request)


def action(name: str, function: Any, request: type[ActionRequest], command: str) -> Action[Any]:
    return Action(
        name=name, summary="Summary", description="Description.", request=request, function=function,
        shape=CountData, error_code="shout_error", path=f"/{name}", command=command,
        least=Role.USER,
    )  # fmt: skip


def test_a_new_row_is_a_command_with_arguments_and_options_of_its_fields(run, monkeypatch):
    monkeypatch.setitem(FIELDS, "names", Field("names", NAMES, Place.BODY, "Whom to call"))
    monkeypatch.setitem(FIELDS, "louder", Field("louder", FIELDS["strict"].kind, Place.BODY, "Much louder"))
    monkeypatch.setitem(ACTIONS, "shout", action("shout", shout, ShoutRequest, "shout"))
    assert run("shout", "ada", "bob").output == '"ada bob"\n'
    assert run("shout", "ada", "--louder", "--json").output == '"ADA"\n'
    assert run("shout").exit_code == 2
    text = run("shout", "--help").output
    for words in ("NAMES...", "Summary.", "Description.", "--louder", "Much louder."):
        assert words in text
    assert ("--strict" in text, "--stream" in text) == (False, False)


def test_options_without_a_presenter_have_the_words_of_the_documents(run, monkeypatch):
    monkeypatch.setitem(ACTIONS, "echo", action("echo", echo, SearchRequest, "echo"))
    text = run("echo", "--help").output
    assert "--limit INTEGER RANGE" in text
    assert "Most to answer; without it all." in text
    answer = json.loads(run("echo", URL, "--limit", "3", "--view", "simple").output)
    assert (answer["limit"], answer["offset"], answer["view"]) == (3, None, "simple")


def test_only_the_fields_of_messages_are_not_asked_for():
    assert {name for name, field in FIELDS.items() if field.place is Place.MESSAGE} == {"stream"}
    assert AnalyzeRequest.read({"url": URL}).strict is False
