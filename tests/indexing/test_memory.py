"""Memory of processes that only load."""

import gc

import pytest

from indexing import memory
from indexing.memory import tune_memory


def test_cycles_are_looked_for_less_often() -> None:
    before = gc.get_threshold()
    try:
        tune_memory()
        assert gc.get_threshold() > before
    finally:
        gc.set_threshold(*before)


def test_other_c_libraries_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    before = gc.get_threshold()
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: object())
    try:
        tune_memory()
    finally:
        gc.set_threshold(*before)
