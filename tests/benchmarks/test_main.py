"""`python -m benchmarks` runs what it is told to, and knows what it was not told of."""

import pytest

from benchmarks import __main__ as benchmarks


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    for name in benchmarks.FIGURES:
        monkeypatch.setitem(benchmarks.FIGURES, name, lambda arguments, name=name: names.append(name))
    return names


def test_without_names_the_quick_ones_run(ran: list[str]) -> None:
    benchmarks.main([])
    assert ran == benchmarks.DEFAULT


def test_named_ones_run_in_the_order_given(ran: list[str]) -> None:
    benchmarks.main(["streaming", "analysis"])
    assert ran == ["streaming", "analysis"]


def test_help_names_all(ran: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        benchmarks.main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in benchmarks.FIGURES)
    assert ran == []


def test_an_unknown_name_is_refused_before_anything_runs(ran: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        benchmarks.main(["analysis", "serach"])
    assert ended.value.code == 2
    assert "no benchmark is named 'serach'; there are analysis, search" in capsys.readouterr().err
    assert ran == []
