"""What a load would do, without doing it."""

import asyncio
import json
from pathlib import Path

import pytest

from indexing import progress
from indexing.dry_run import DryRun, dry_run
from indexing.filled import Filled
from indexing.request import LoadRequest
from indexing.sources.base import Row
from mappings.errors import SourceError
from search.fields import ContactCompleteItem
from tests.harness.live_contacts import LiveMemory
from tests.harness.memory_source import MemorySource, contact_rows


def looked_at(*sources: MemorySource, live: LiveMemory | None = None, **options: bool) -> DryRun:
    request = LoadRequest(sources=sources, rejects=Path("unused"), **options)
    return asyncio.run(dry_run(request, live or LiveMemory(), 1))


def test_every_row_is_accounted_for() -> None:
    bad = [Row(1, ("x", "", "a\0b", "x@acme.com")), Row(2, (), "it is cut off"), Row(3, ("", "", "", ""))]
    rows = [*contact_rows(3000), *contact_rows(5), *bad]
    outcome = looked_at(MemorySource(rows=rows), MemorySource(rows=contact_rows(10)))
    assert (outcome.rows, outcome.accepted, outcome.repeated, outcome.rejected) == (3018, 3000, 15, 3)
    assert (outcome.kept, outcome.new, outcome.gone) == (0, 3000, 0)
    assert set(outcome.rejects_by_reason.values()) == {1}
    assert set(outcome.columns["memory"]) == {"uuid", "Other", "Title", "Email"}
    assert outcome.filled["title"] == Filled(0, 3000)
    assert [example["uuid"] for example in outcome.examples] == ["id-000000", "id-000001", "id-000002"]


def test_it_looks_at_the_live_contacts() -> None:
    live = [ContactCompleteItem(f"id-{at:06}", title="CTO", city="Bonn") for at in range(8, 12)]
    outcome = looked_at(MemorySource(rows=contact_rows(10)), live=LiveMemory(*live))
    assert (outcome.kept, outcome.new, outcome.gone) == (2, 8, 2)
    assert shown(outcome) == {"title": Filled(4, 10), "email": Filled(0, 10), "city": Filled(4, 0)}
    outcome = looked_at(MemorySource(rows=contact_rows(10)), live=LiveMemory(*live), update=True)
    assert (outcome.kept, outcome.new, outcome.gone) == (2, 8, 0)
    assert shown(outcome) == {"title": Filled(4, 12), "email": Filled(0, 10), "city": Filled(4, 4)}


def test_an_update_of_nothing_would_be_refused() -> None:
    assert "no contacts yet" in str(looked_at(MemorySource(rows=contact_rows(1)), update=True).refusal)


def test_only_an_update_may_have_no_rows() -> None:
    live = LiveMemory(ContactCompleteItem("one", title="CTO", email="one@acme.com"))
    assert looked_at(MemorySource(rows=[]), live=live).refusal == "the source has no rows"
    assert looked_at(MemorySource(rows=[]), live=live, update=True).refusal is None


def test_a_refusal_names_no_file() -> None:
    rows = [Row(1, ("", "", "", ""))]
    refusal = str(looked_at(MemorySource(rows=rows)).refusal)
    assert "1 of 1 rows were rejected" in refusal
    assert "see" not in refusal


def shown(outcome: DryRun) -> dict[str, Filled]:
    return {name: outcome.filled[name] for name in ("title", "email", "city")}


def test_columns_are_told_of_a_source_without_rows() -> None:
    outcome = looked_at(MemorySource(headers=["uuid", "Note"], rows=[]))
    assert (outcome.rows, set(outcome.columns["memory"]), outcome.examples) == (0, {"uuid", "Note"}, [])


def test_what_can_not_be_read_is_raised() -> None:
    with pytest.raises(SourceError, match="the rest"):
        looked_at(MemorySource(rows=contact_rows(1), fails=True))


def test_it_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "_LINE_SECONDS", 0.0)
    looked_at(MemorySource(rows=contact_rows(2000)))
    assert [json.loads(line)["rows"] for line in capsys.readouterr().err.splitlines()] == [1500, 2000]


def test_every_column_of_every_source_is_told() -> None:
    source = MemorySource(headers=["uuid", "Shoe", "City", "City", "Left"], overrides={"Left": ""}, rows=[])
    columns = looked_at(source, source).columns
    assert columns["memory"] == {"uuid": "uuid", "Shoe": "custom", "City": "city", "City (2)": "city", "Left": None}
    assert columns["memory (2)"] == columns["memory"]
