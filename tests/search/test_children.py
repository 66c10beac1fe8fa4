"""Work in a process of its own: what it returns, raises, and that its end is told. How children heed interrupts and the
end of who started them is tested by `tests/indexing/test_encoders.py` and by loads that are killed."""

import os
from functools import partial

import pytest

from search.children import ChildDied, in_child


def work(number: int) -> int:
    """Returns another process's number for 0, raises for 1, ends for 2."""
    if number == 1:
        raise FileNotFoundError(2, "gone", "here")
    if number == 2:
        os._exit(3)
    return os.getpid()


def test_what_it_returns_and_raises_is_had_here() -> None:
    assert in_child(partial(work, 0)) != os.getpid()
    with pytest.raises(FileNotFoundError, match="gone"):
        in_child(partial(work, 1))


def test_its_end_is_told() -> None:
    with pytest.raises(ChildDied):
        in_child(partial(work, 2))
