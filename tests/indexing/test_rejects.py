"""The reject file."""

import json
from pathlib import Path

import pytest

from indexing.rejects import Reject, RejectFile


def test_lines_and_counts(tmp_path: Path) -> None:
    rejects = RejectFile(tmp_path / "deep" / "rejects.ndjson")
    assert not rejects.path.parent.exists()
    rejects.add(Reject("x.csv", 2, "employees: 'many' is not a number", {"employees": "many", "title": "caf\udce9"}))
    rejects.add(Reject("x.csv", 3, "employees: 'few' is not a number", {}))
    rejects.close()
    lines = [json.loads(line) for line in rejects.path.read_text().splitlines()]
    assert lines[0] == {
        "source": "x.csv",
        "line": 2,
        "reason": "employees: 'many' is not a number",
        "row": {"employees": "many", "title": "caf\\udce9"},
    }
    assert (rejects.count, dict(rejects.by_reason)) == (2, {"employees": 2})


def test_kinds_of_reasons_are_bounded(tmp_path: Path) -> None:
    rejects = RejectFile(None)
    for at in range(1500):
        rejects.add(Reject("x", at, f"reason {at}", {}))
    assert (rejects.count, len(rejects.by_reason), rejects.by_reason["other"]) == (1500, 1001, 500)


def test_resume_cuts_off_what_was_not_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "rejects.ndjson"
    first = RejectFile(path)
    first.add(Reject("x", 1, "a: x", {}))
    size, reasons, examples = first.size, dict(first.by_reason), dict(first.examples)
    first.add(Reject("x", 2, "b: x", {}))
    first.close()
    second = RejectFile(path)
    second.resume(size, reasons, examples)
    second.add(Reject("x", 3, "c: x", {}))
    second.close()
    assert [json.loads(line)["line"] for line in path.read_text().splitlines()] == [1, 3]
    assert (second.count, dict(second.by_reason)) == (2, {"a": 1, "c": 1})
    assert second.examples == {"a": "x, line 1", "c": "x, line 3"}


@pytest.mark.parametrize("left", [None, b"", b"{"])
def test_what_was_taken_away_of_the_file_is_said_and_not_made_up_for(
    tmp_path: Path, left: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "rejects.ndjson"
    if left is not None:
        path.write_bytes(left)
    rejects = RejectFile(path)
    rejects.resume(100, {"a": 1}, {})
    rejects.add(Reject("x", 3, "c: x", {}))
    rejects.close()
    assert [json.loads(line)["line"] for line in path.read_text().splitlines()] == [3]
    assert rejects.count == 2
    assert [record.getMessage() for record in caplog.records] == [
        f"{path} was changed since the load was interrupted: it lacks what was in it then"
    ]
    assert path.stat().st_size == rejects.size
