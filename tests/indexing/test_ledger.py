"""Counting accepted contacts without the engine."""

from pathlib import Path

import pytest

from indexing import ledger as module
from indexing.identity.keys import number_of
from indexing.ledger import Ledger


@pytest.mark.parametrize("at_once", [1_000_000, 10])
def test_distinct(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", at_once)
    ledger = Ledger(tmp_path / "ledger")
    for at in range(200):
        ledger.add([number_of(f"contact {at % 75}")])
    assert ledger.distinct() == 75
    assert ledger.distinct(start=190 * module._WIDTH) == 10
    ledger.add([number_of("another")])
    assert [ledger.distinct(start=190 * module._WIDTH) for _ in range(2)] == [11, 11]
    assert ledger.distinct() == 76
    ledger.close()


def test_what_was_not_acknowledged_is_cut_off(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger.add([number_of("a")])
    size = ledger.size
    ledger.add([number_of("b")])
    ledger.close()
    ledger = Ledger(tmp_path / "ledger", size)
    ledger.add([number_of("c")])
    assert (ledger.distinct(), ledger.size) == (2, 2 * module._WIDTH)
    ledger.close()
