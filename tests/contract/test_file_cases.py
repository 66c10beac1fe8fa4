"""Files as people really have them: each case is loaded by the command line into an empty store of both engines."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from indexing.sources.columns import known_headers
from tests.harness.cases import FILES, Expected, FileCase, file_cases
from tests.harness.loads import live, rejects, run_load
from tests.harness.service import contacts

CASES = file_cases()
REASONS = {"accounts_export.csv": "compan", "no_header.csv": "header", "header_only.csv": "row|contact|person|people"}
"""What the words of a refusal must have of the reason."""


def loaded(environment: dict[str, str], case: FileCase) -> None:
    if case.first is not None:
        first = run_load(environment, "csv", str(FILES / case.first))
        assert first.returncode == 0, first.stderr
    outcome = run_load(environment, "csv", str(FILES / case.file), *case.args)
    assert outcome.returncode == 0, outcome.stderr


def counted(environment: dict[str, str], url: str) -> int:
    outcome = contacts(environment, "count", url)
    assert outcome.returncode == 0, outcome.stderr
    return int(outcome.stdout)


def the_one(found: list[dict[str, Any]], expected: Expected) -> dict[str, Any]:
    """The contact that has all that `expected.find` says."""
    (one,) = [contact for contact in found if {name: contact[name] for name in expected.find} == expected.find]
    return one


def cells_of(path: Path) -> set[str]:
    """What a message must not show of a file: its cells, but what names a column, and what is too short to tell."""
    with path.open(newline="", encoding="utf-8-sig") as stream:
        cells = {cell.strip() for row in csv.reader(stream) for cell in row}
        header = path.name != "no_header.csv"
    if header:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            cells -= set(next(csv.reader(stream)))
    return {cell for cell in cells if len(cell) > 2 and not known_headers([cell])}


@pytest.mark.parametrize("case", [case for case in CASES if not case.refused], ids=lambda case: case.file)
def test_a_file_is_loaded_as_its_owner_means_it(case: FileCase, empty_store: dict[str, str]) -> None:
    loaded(empty_store, case)
    found = live(empty_store)
    if case.live is not None:
        assert len(found) == case.live
    for expected in case.items:
        contact = the_one(found, expected)
        assert {name: contact[name] for name in expected.values} == expected.values
    assert {url: counted(empty_store, url) for url in case.urls} == case.urls


@pytest.mark.parametrize("case", [case for case in CASES if case.refused], ids=lambda case: case.file)
def test_a_file_without_people_is_refused_and_none_of_it_shown(case: FileCase, empty_store: dict[str, str]) -> None:
    outcome = run_load(empty_store, "csv", str(FILES / case.file), *case.args)
    assert outcome.returncode == 1
    assert re.match(r"error: \S+ .*", outcome.stderr)
    assert re.search(REASONS.get(case.file, r"\w"), outcome.stderr.removeprefix("error: ").replace(case.file, ""))
    shown = outcome.stdout + outcome.stderr
    assert [cell for cell in cells_of(FILES / case.file) if re.search(rf"\b{re.escape(cell)}\b", shown)] == []


def test_a_stray_quote_is_rejected_with_its_line_and_its_reason(empty_store: dict[str, str]) -> None:
    loaded(empty_store, FileCase("stray_quote_at_250_of_300.csv"))
    (reject,) = rejects(empty_store)
    assert reject["line"] == 251
    assert "quote" in reject["reason"]
