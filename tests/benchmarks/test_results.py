"""The page says what was measured last, whether it is enough, and when and where that was."""

from collections.abc import Iterator

import msgspec
import pytest

from benchmarks.bench import Bench, Benchmark
from benchmarks.figures import Figure, Measured, Run, at_least, at_most, number
from benchmarks.results import Line, Results, read, whole, written


def nothing(_bench: Bench) -> Iterator[Measured]:
    yield from ()


def page(lines: list[Line], *figures: Figure) -> str:
    """The page of one benchmark with these figures."""
    return Results(lines).report({"one": Benchmark(words="One", figures=figures, run=nothing, seconds=1)})


def row(lines: list[Line], *figures: Figure) -> list[str]:
    """The cells of the row of the first figure."""
    (line,) = [line for line in page(lines, *figures).splitlines() if line.startswith(f"| {figures[0].name} ")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def run(at: str, load: float = 0.0) -> Run:
    return Run(
        at=at,
        commit="abc1234",
        changed=False,
        processors=2,
        gibibytes=23,
        processor="Fast",
        load=load,
        versions={"A": "1"},
    )


def measured(
    figure: Figure, value: float, at: str = "2026-01-02T03:04:05Z", contacts: int = 10, **more: object
) -> Line:
    line = figure.measured(value, contacts)
    return msgspec.structs.replace(line, benchmark="one", run=at, at=at)


SMALL = Figure(name="small", target=at_most(1.1))
LARGE = Figure(name="large", engine="duckdb", unit="ms", target=at_least(0.85))


@pytest.mark.parametrize(
    ("figure", "value", "verdict"),
    [
        (SMALL, 1.1, "met"),
        (SMALL, 1.11, "**MISSED**"),
        (LARGE, 0.85, "met"),
        (LARGE, 0.84, "**MISSED**"),
        (Figure(name="without"), 1, ""),
        (Figure(name="for many", target=at_most(1), at=11), 0.5, "not judged: too few contacts"),
        (Figure(name="for some", target=at_most(1), at=10), 2, "**MISSED**"),
    ],
)
def test_a_row_says_whether_its_target_is_met(figure: Figure, value: float, verdict: str) -> None:
    assert row([measured(figure, value)], figure)[4] == verdict


def test_a_row_has_all_that_there_is_to_know() -> None:
    at = "2026-01-02T03:04:05Z"
    line = LARGE.measured(1234.5, 1_000_000, beside={"x, ms": 2.0, "y": 12345})
    line = msgspec.structs.replace(line, benchmark="one", run=at, at=at)
    assert row([run(at), line], LARGE) == [
        "large", "DuckDB", "≥ 0.85 ms", "1,234 ms", "met", "x, ms: 2, y: 12,345", "1,000,000", "2026-01-02 a",
    ]  # fmt: skip


def test_what_was_never_measured_has_a_row() -> None:
    assert row([], SMALL)[2:5] == ["≤ 1.1", "", "not measured"]


def test_the_latest_counts_and_what_the_last_run_left_out_says_so() -> None:
    first, last = "2026-01-02T03:04:05Z", "2026-01-03T03:04:05Z"
    lines = [run(first), measured(SMALL, 5, first), measured(LARGE, 1, first), run(last), measured(SMALL, 1, last)]
    assert row(lines, SMALL, LARGE)[3:] == ["1", "met", "", "10", "2026-01-03 b"]
    assert row(lines, LARGE, SMALL)[7] == "2026-01-02 a, not in the last run"


def test_it_is_enough_if_the_other_one_of_two_is_met() -> None:
    one = Figure(name="seconds", target=at_most(60), instead="faster")
    other = Figure(name="faster", target=at_least(2.5))
    assert row([measured(one, 70), measured(other, 2.6)], one, other)[4] == "met by the row of the commit before"
    assert row([measured(one, 70), measured(other, 2.4)], one, other)[4] == "**MISSED**"


def test_a_figure_has_a_row_for_each_commit_that_it_was_compared_with() -> None:
    figure = Figure(name="CPU ÷ the commit before", target=at_most(0.5), beside_before=True)
    lines = [msgspec.structs.replace(figure.measured(value, 10, before), benchmark="one", at="2026-01-02")
             for value, before in ((0.4, "aaaaaaa"), (0.6, "bbbbbbb"))]  # fmt: skip
    shown = page([*lines], figure)
    assert "| CPU ÷ commit aaaaaaa |  | ≤ 0.5 | 0.4 | met |" in shown
    assert "| CPU ÷ commit bbbbbbb |  | ≤ 0.5 | 0.6 | **MISSED** |" in shown


def test_a_machine_that_had_other_work_is_marked() -> None:
    at = "2026-01-02T03:04:05Z"
    assert "| load 1 |" in page([run(at, load=1.0), measured(SMALL, 1)], SMALL)
    assert "| **busy**: load 1.01, so neither" in page([run(at, load=1.01), measured(SMALL, 1)], SMALL)


def test_the_page_begins_with_how_many_were_met() -> None:
    lines = [measured(SMALL, 5), measured(LARGE, 1)]
    assert "Targets met: 1, missed: 1. Never measured: 1." in page(lines, SMALL, LARGE, Figure(name="never"))


def test_lines_are_read_as_they_were_written_and_a_half_one_is_none() -> None:
    lines: list[Line] = [run("2026"), measured(SMALL, 1.25)]
    text = b"".join(map(written, lines))
    assert read(text + b'{"kind":"figure","fig') == lines
    assert whole(text + b"{") == text
    assert whole(b"{") == b""


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.123456, "0.123"), (1, "1"), (1.10, "1.1"), (99.96, "100"), (1234.56, "1,235"), (-0.5, "-0.5")],
)
def test_numbers_have_three_digits_that_count(value: float, shown: str) -> None:
    assert number(value) == shown
