"""Memory of processes that only load."""

import gc

from search.memory import tune_memory


def test_cycles_are_looked_for_less_often() -> None:
    before = gc.get_threshold()
    try:
        tune_memory()
        assert gc.get_threshold() > before
    finally:
        gc.set_threshold(*before)
