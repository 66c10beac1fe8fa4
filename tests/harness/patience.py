"""A bound on what would take hours if it were wrong, in tests of what takes a time proportional to what it is given."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

PATIENCE_SECONDS = 60
"""A hundred times as long as it should take, so that no slow machine matters, and far less than it would."""


@contextmanager
def patiently() -> Iterator[None]:
    """Raise `TimeoutError` in a block that does not end; also inside of `re`, which looks at signals."""

    def over(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
