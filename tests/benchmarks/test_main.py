"""`python -m benchmarks` runs what it is told to, keeps every line as it comes, and knows what it was not told of."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from benchmarks import __main__ as benchmarks
from benchmarks.bench import Bench, Benchmark, Sizes
from benchmarks.figures import Figure, Measured

FIGURE = Figure(name="a figure")


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the benchmarks that ran, in order; each measures one figure."""
    names: list[str] = []

    def benchmark(name: str) -> Benchmark:
        def run(bench: Bench) -> Iterator[Measured]:
            names.append(name)
            yield FIGURE.measured(len(names), bench.sizes.contacts)

        return Benchmark(words=name, figures=(FIGURE,), run=run, seconds=60)

    monkeypatch.setattr(benchmarks, "BENCHMARKS", {name: benchmark(name) for name in benchmarks.BENCHMARKS})
    return names


def main(directory: Path, *arguments: str) -> None:
    benchmarks.main(["--out", str(directory), *arguments])


def lines(directory: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (directory / "results.ndjson").read_text().splitlines()]


def test_all_run_and_their_lines_are_kept_and_printed(
    ran: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(tmp_path, "--contacts", "5")
    assert ran == list(benchmarks.BENCHMARKS)
    run, *figures = lines(tmp_path)
    assert (run["kind"], [figure["kind"] for figure in figures]) == ("run", ["figure"] * len(ran))
    assert [figure["benchmark"] for figure in figures] == ran
    assert all((figure["contacts"], figure["run"]) == (5, run["at"]) for figure in figures)
    out, err = capsys.readouterr()
    assert out == (tmp_path / "results.ndjson").read_text()
    assert f"{', '.join(ran)}: some " in err


def test_named_ones_run_in_the_order_of_the_table(ran: list[str], tmp_path: Path) -> None:
    main(tmp_path, "--only", "streaming", "analysis")
    assert ran == ["analysis", "streaming"]


def test_what_was_measured_before_one_that_fails_is_kept(
    ran: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_bench: Bench) -> Iterator[Measured]:
        yield FIGURE.measured(7)
        raise KeyboardInterrupt

    table = benchmarks.BENCHMARKS
    failing = msgspec.structs.replace(table["search"], run=broken)
    monkeypatch.setattr(benchmarks, "BENCHMARKS", {**table, "search": failing})
    with pytest.raises(KeyboardInterrupt):
        main(tmp_path, "--only", "analysis", "search", "streaming")
    assert ran == ["analysis"]
    assert [line.get("value") for line in lines(tmp_path)] == [None, 1, 7]
    assert "| a figure |  |  | 7 |" in (tmp_path / "RESULTS.md").read_text()


def test_a_line_that_a_killed_run_left_half_written_is_cut_off(ran: list[str], tmp_path: Path) -> None:
    main(tmp_path, "--only", "analysis")
    with (tmp_path / "results.ndjson").open("a") as file:
        file.write('{"kind":"fig')
    main(tmp_path, "--only", "analysis")
    assert [line["kind"] for line in lines(tmp_path)] == ["run", "figure"] * 2


def test_a_report_measures_nothing(ran: list[str], tmp_path: Path) -> None:
    main(tmp_path, "--report")
    assert ran == []
    assert "not measured" in (tmp_path / "RESULTS.md").read_text()


def test_help_names_all(ran: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        benchmarks.main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in benchmarks.BENCHMARKS)
    assert ran == []


def test_an_unknown_name_is_refused_before_anything_runs(ran: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        benchmarks.main(["--only", "analysis", "serach"])
    assert ended.value.code == 2
    assert "no benchmark is named 'serach'; there are analysis, " in capsys.readouterr().err
    assert ran == []


@pytest.mark.parametrize(
    ("names", "contacts", "befores", "seconds"),
    [
        (["analysis"], 1_000_000, 0, 360),
        (["analysis", "search"], 1_000_000, 0, 420),
        (["analysis"], 100_000, 0, 36),
        (["analysis"], 1_000_000, 1, 860),
    ],
)
def test_an_estimate_grows_with_what_is_asked_for(
    ran: list[str], names: Sequence[str], contacts: int, befores: int, seconds: float
) -> None:
    assert benchmarks.estimate(names, Sizes(contacts=contacts), befores) == seconds


def test_no_figure_has_the_name_of_another_one() -> None:
    for name, benchmark in benchmarks.BENCHMARKS.items():
        keys = [(figure.name, figure.engine) for figure in benchmark.figures]
        assert len(keys) == len(set(keys)), name
        named = {figure.name for figure in benchmark.figures}
        assert {figure.instead for figure in benchmark.figures} <= named | {""}, name


def test_the_page_is_what_the_lines_say() -> None:
    directory = Path(benchmarks.__file__).parent
    kept = directory / "results.ndjson"
    found = benchmarks.read(kept.read_bytes())
    report = benchmarks.Results(found).report(benchmarks.BENCHMARKS)
    assert (directory / "RESULTS.md").read_text() == report, "run `python -m benchmarks --report`"
