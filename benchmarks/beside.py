"""Work beside what is measured, in a thread of its own."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self


class Beside:
    """Runs for as long as a block does.

    Args:
        work: ends soon after `_over` is set.
    """

    def __init__(self, work: Callable[[], object]) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=work)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
