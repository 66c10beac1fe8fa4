"""`contacts facets`: a table for each facet, or the JSON."""

import json
from collections.abc import Callable
from typing import Any

import click
import msgspec
import pytest
from click.testing import CliRunner, Result

from api.actions.facets import FacetBucket, FacetCounts, FacetData
from api.actions.shapes import Companies
from indexing.cli.facets import print_facets
from indexing.cli.queries import query_commands
from search.fields import ContactCompleteItem
from tests.harness.clients import URL
from tests.harness.oracle_engine import OracleEngine


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Callable[..., Result]:
    contacts = [
        ContactCompleteItem(uuid=str(at), title="CEO", seniority="C suite", city=f"City {at % 3}") for at in range(7)
    ]
    monkeypatch.setattr("search.engines.open_engine", lambda _settings: OracleEngine(contacts))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(click.Group(commands=query_commands()), ["facets", *arguments])


def test_a_table_for_each_facet(run: Callable[..., Result]) -> None:
    lines = run(URL, "--facets", "person_city", "--facets", "seniority", "--size", "2").stdout.splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "7 of 7 contacts, of 0 companies", "seniority, personSeniorities[]", "value contacts", "C suite 7",
        "person_city, personLocations[]", "value contacts", "City 0 3 its parameter finds more",
        "City 1 2 its parameter finds more", "(other values) 2",
    ]  # fmt: skip


@pytest.mark.parametrize("flags", [["--json"], ["--format", "json"], ["--json", "--format", "json", "--ledger"]])
def test_the_json(run: Callable[..., Result], flags: list[str]) -> None:
    answer = json.loads(run(URL, *flags).stdout)
    assert answer["count"] == 7
    assert len(answer["facets"]) == 9
    assert ("ledger" in answer) == ("--ledger" in flags)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--json", "--format", "table"], "--json and --format table exclude each other"),
        (["--ledger"], "--ledger is a part of the JSON"),
        (["--size", "0"], "--size"),
    ],
)
def test_usage(run: Callable[..., Result], flags: list[str], words: str) -> None:
    outcome = run(URL, *flags)
    assert (outcome.exit_code, words in outcome.stderr) == (2, True)


def test_all_that_there_is_to_say_of_a_facet(capsys: pytest.CaptureFixture[str]) -> None:
    def bucket(label: str, **fields: Any) -> FacetBucket:
        made = {"value": label, "label": label, "count": 1234, "chosen": False, "lift": None, "url": "x"}
        return FacetBucket(**made | {"url_exact": True} | fields)

    buckets = [
        bucket("a", lift=2.5), bucket("b", chosen=True), bucket("c", url=None, count=None), bucket("d", count="<5"),
    ]  # fmt: skip
    facets = [
        FacetCounts(name="title", parameter=None, count=9, missing=0, other=1, exact=False, buckets=buckets),
        FacetCounts(name="keywords", parameter="k", count=None, missing=None, other=None, exact=False, buckets=[],
                    timed_out=True),
    ]  # fmt: skip
    print_facets(msgspec.json.encode(FacetData(count=9, total=10, companies=Companies(3, exact=False), facets=facets)))
    assert [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()] == [
        "9 of 10 contacts, of about 3 companies", "title", "value contacts times as frequent", "a 1,234 2.5",
        "b 1,234 chosen", "c - no parameter finds it", "d <5", "(other values) 1",
        "Some numbers may be too low, and some values missing: the contacts are in several shards.",
        "keywords, k", "It took too long and is left out.",
    ]  # fmt: skip
