"""The commands that are made from the table of actions, in process, on an engine in memory."""

import json
from collections.abc import Callable
from typing import Any

import click
import msgspec
import pytest
from click.testing import CliRunner, Result

from api.actions.fields import FIELDS, NAMES, Field, Place
from api.actions.requests import ActionRequest, AnalyzeRequest, SearchRequest
from api.actions.service import ContactService
from api.actions.shapes import CountData
from api.actions.table import ACTIONS, Action
from indexing.cli.presenters import PRESENTERS, print_analysis, print_contacts
from indexing.cli.queries import explain, query_commands
from search.fields import ContactCompleteItem
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
    rows = run("search", URL, "--limit", "3").output
    assert rows.count("CEO") == 3
    assert "next: --cursor " in rows
    answer = json.loads(run("search", URL, "--limit", "2", "--offset", "4", "--view", "simple", "--json").output)
    assert [item["uuid"][-1] for item in answer["results"]] == ["4", "5"]
    assert "city" not in answer["results"][0]
    further = json.loads(run("search", URL, "--cursor", answer["previous"], "--json").output)
    assert [item["uuid"][-1] for item in further["results"]] == ["0", "1", "2", "3"]
    assert run("search", URL, "--limit", "0").exit_code == 2
    assert run("search", URL, "--view", "Full").exit_code == 2
    assert run("search").exit_code == 2


def test_uuids(run, engine):
    assert run("uuids", URL).output.splitlines() == [hit.uuid for hit in engine.hits]
    assert run("uuids", URL, "--limit", "2").output.splitlines() == [hit.uuid for hit in engine.hits[:2]]
    assert json.loads(run("uuids", URL, "--json").output)["count"] == 10


def test_analyze(run):
    table = run("analyze", URL).output
    assert "personTitles[]" in table
    assert "CEO" in table
    assert json.loads(run("analyze", URL, "--json").output)["url"] == URL


def test_explain(run):
    assert set(json.loads(run("explain", URL, "--include-company-name", "Acme", "--json").output)) == {
        "filter", "elasticsearch", "duckdb", "mapping_summary"
    }  # fmt: skip
    assert "SELECT" in run("explain", URL).output


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "[bold]CEO[/bold]", "[/red]", "CEO :smile:", "[link=https://evil.example]CEO[/link]"]
)
def test_what_contacts_hold_is_no_markup(text, capsys):
    contact = ContactCompleteItem(uuid="u", first_name=text, title=text, company=text, email=text, city=text)
    print_contacts(msgspec.json.encode({"results": [contact], "next": None, "previous": None}))
    text = text.replace("\x1b", "\\x1b")
    assert capsys.readouterr().out.count(text) == 5
    parameter = {"name": text, "values": [text], "description": text}
    print_analysis(msgspec.json.encode({"categories": [{"name": text, "parameters": [parameter]}]}))
    assert capsys.readouterr().out.count(text) == 4


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
    assert "--strict" not in text


def test_options_without_a_presenter_have_the_words_of_the_documents(run, monkeypatch):
    monkeypatch.setitem(ACTIONS, "echo", action("echo", echo, SearchRequest, "echo"))
    text = run("echo", "--help").output
    assert "--limit INTEGER RANGE" in text
    assert "Most to answer; without it all." in text
    answer = json.loads(run("echo", URL, "--limit", "3", "--view", "simple").output)
    assert (answer["limit"], answer["offset"], answer["view"]) == (3, None, "simple")


def test_only_the_fields_of_messages_are_not_asked_for():
    assert {name for name, field in FIELDS.items() if field.place is Place.MESSAGE} == {"strict", "stream"}
    assert AnalyzeRequest.read({"url": URL}).strict is False
