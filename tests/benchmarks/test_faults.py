import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import faults
from benchmarks.faults import Result, summary

MET, MISSED = Result("a: ms", 1.0, 2.0), Result("b: ms", 3.0, 2.0)
LOST = Result("c: rows lost", 1, 0, vital=True)


def test_the_last_line_says_how_many_were_missed() -> None:
    assert summary([MET, MET]) == "all 2 figures meet their targets"
    assert summary([MET, MISSED, LOST]) == "2 of 3 figures MISSED their targets: b: ms; c: rows lost"


@pytest.mark.parametrize("flags", [[], ["--json"]])
@pytest.mark.parametrize(("results", "code"), [([MET], 0), ([MET, MISSED], 0), ([LOST], 1)])
def test_it_is_said_at_the_end(monkeypatch, capsys, flags, results, code) -> None:
    monkeypatch.setattr(faults, "SCENARIOS", {"made up": lambda _options: (result for result in results)})
    monkeypatch.setattr(faults.signal, "signal", lambda *_asked: None)
    monkeypatch.setattr("sys.argv", ["faults", *flags])
    assert faults.main() == code
    out, err = capsys.readouterr()
    assert (err if flags else out).splitlines()[-1] == summary(results)


class Started(Exception):
    """Raised in place of starting a service."""


@pytest.mark.parametrize("name", [name for name in faults.SCENARIOS if name != "load"])
def test_every_service_keeps_the_terminal_clean(monkeypatch, tmp_path: Path, name: str) -> None:
    """For the figures, that is. The load has no service."""
    store = SimpleNamespace(environment={"CONTACTS_DATA_DIR": str(tmp_path)}, url="")

    @contextmanager
    def loaded(*_asked: object) -> Iterator[SimpleNamespace]:
        yield store

    @contextmanager
    def cluster_of_two() -> Iterator[tuple[SimpleNamespace, None]]:
        yield SimpleNamespace(url="", grow=lambda _node: None), None

    def started(environment: dict[str, str]) -> None:
        assert environment["CONTACTS_LOG_LEVEL"] == "error"
        assert Path(environment["CONTACTS_AUDIT_LOG"]).parent == Path(environment["CONTACTS_DATA_DIR"])
        raise Started

    monkeypatch.setattr(faults.stores, "loaded", loaded)
    for made in ("load", "sample"):
        monkeypatch.setattr(faults.loads, made, lambda *_asked: None)
    monkeypatch.setattr(faults, "mortal_elasticsearch", loaded)
    monkeypatch.setattr(faults.nodes, "cluster_of_two", cluster_of_two)
    for module in (faults, faults.nodes):
        monkeypatch.setattr(module, "running", started)
    options = argparse.Namespace(contacts=1, rounds=1, rows=1)
    with pytest.raises(Started):
        next(faults.SCENARIOS[name](options))
