"""What is told of a load under way, on a terminal and without one."""

import json
from typing import Any

import pytest

from indexing import progress as module
from indexing.progress import ProgressBar


class Clock:
    """Stands until it is moved on."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    told = capsys.readouterr()
    assert told.out == ""
    return [json.loads(line) for line in told.err.splitlines()]


def test_without_a_terminal_there_is_a_line_every_few_seconds(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBar(2000) as bar:
        for rows in range(100, 1300, 100):
            clock.seconds += 1
            bar.update(rows, rows)
    assert lines(capsys) == [
        {"stage": "reading", "rows": 500, "rows_per_second": 100, "percent": 25.0},
        {"stage": "reading", "rows": 1000, "rows_per_second": 100, "percent": 50.0},
    ]


def test_a_stage_is_told_at_once(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBar(2000) as bar:
        bar.update(100, 100)
        clock.seconds += 1
        bar.stage("building", 150)
        bar.update(150, 2000)
    assert lines(capsys) == [{"stage": "building", "rows": 150, "rows_per_second": 150, "percent": 100.0}]


@pytest.mark.parametrize("size", [None, 0])
def test_of_a_source_without_a_size_there_is_no_share(
    clock: Clock, capsys: pytest.CaptureFixture[str], size: int | None
) -> None:
    with ProgressBar(size) as bar:
        bar.stage("checking", 5)
    assert [line["percent"] for line in lines(capsys)] == [None]


def test_on_a_terminal_there_is_a_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "120")
    with ProgressBar(2000) as bar:
        bar.update(1000, 1000)
        bar.stage("building", 1234)
    told = capsys.readouterr().err
    assert "building" in told
    assert "1,234 rows" in told
    assert "{" not in told
