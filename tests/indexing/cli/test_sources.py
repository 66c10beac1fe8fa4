"""A source on the command line: one row of the table, and `contacts index NAME` has every flag of a load."""

import json
from pathlib import Path

import click
import msgspec
import pytest

from indexing.cli import load_options
from indexing.cli.index import index
from indexing.cli.main import contacts
from indexing.cli.sources import SOURCES
from indexing.request import LoadRequest
from search.engine import EngineSettings
from tests.harness.memory_source import MemorySource, contact_rows


@click.command()
@click.option("--people", type=int, default=3, help="How many.")
def made_up(settings: EngineSettings, request: LoadRequest, people: int) -> LoadRequest:
    """Load people who were made up."""
    assert settings.index == "contacts"
    return msgspec.structs.replace(request, sources=[MemorySource(rows=contact_rows(people))])


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(SOURCES, "made-up", made_up)
    monkeypatch.chdir(tmp_path)
    # It is for processes that do nothing but load.
    monkeypatch.setattr(load_options, "tune_memory", lambda: None)
    monkeypatch.setenv("CONTACTS_DATA_DIR", str(tmp_path / "data"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    contacts.main(["index", *arguments], standalone_mode=False)
    return capsys.readouterr().out


def test_it_is_listed_with_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert "made-up   Load people who were made up." in run(capsys, "--help")
    assert index.list_commands(click.Context(index)) == sorted(
        ["csv", "made-up", "postgres", "rebuild", "rollback", "status", "plan", "part", "finish", "abandon"]
    )
    for _ in range(2):
        shown = run(capsys, "made-up", "--help")
        for flag in ("--people", "--update", "--dry-run", "--resume", "--json", "--engine"):
            assert shown.count(f"  {flag} ") == 1, flag


def test_a_dry_run_and_a_load(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = json.loads(run(capsys, "made-up", "--people", "5", "--dry-run", "--json"))
    assert (outcome["rows"], outcome["columns"]["memory"]["Title"]) == (5, "title")
    summary = json.loads(run(capsys, "made-up", "--people", "5", "--json"))
    assert (summary["rows"], summary["live"]) == (5, 5)
    assert "5 contacts are live" in run(capsys, "made-up", "--update")


def test_what_a_load_replaces_and_how_it_comes_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert "They replace" not in run(capsys, "made-up")
    assert "They replace 3 contacts, which `contacts index rollback` brings back" in run(capsys, "made-up")
    assert "They replace 3 contacts, which are not kept (--keep 0)" in run(capsys, "made-up", "--keep", "0")
    assert "They replace" not in run(capsys, "made-up", "--update")


def test_the_watermark_of_a_load_is_kept(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run(capsys, "made-up")
    assert (tmp_path / "data" / "contacts.watermark").read_text() == "3\n"


def test_an_unknown_source(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(click.UsageError, match="No such command 'klingon'"):
        run(capsys, "klingon")
