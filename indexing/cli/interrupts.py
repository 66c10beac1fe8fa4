"""What SIGINT (Ctrl-C), SIGTERM and SIGHUP do to a command: the same. It clears up and ends, in bounded time.

Imports little at first: until then an interrupt is Python's to answer.
"""

import os
import signal
import sys
from collections.abc import Callable, Coroutine
from threading import Timer
from types import FrameType
from typing import Any, NoReturn, TypeVar

INTERRUPTED = 130
"""The exit code of a command that was interrupted."""

END_SECONDS = 5.0
"""How long an interrupted command may clear up. After that it ends as it is: all it writes bears to be broken off."""

_MAY_BE_IGNORED = (signal.SIGINT, *((signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()))  # Windows has no SIGHUP

Result = TypeVar("Result")


class Interrupts:
    """The handler of these signals. The first one interrupts, more of them change nothing: some send two at once.

    Attributes:
        came: the command was interrupted.
    """

    def __init__(self) -> None:
        self.came = False
        self._cancel: Callable[[], object] | None = None

    def heed(self) -> None:
        """Handle them from now on; those that are ignored, as in the background of a script or by `nohup`, stay so.

        SIGTERM is handled in any case. The kernel keeps from process 1 what it has no handler for, so that a job in a
        container stops at nothing that comes before this.
        """
        signal.signal(signal.SIGTERM, self)
        for number in _MAY_BE_IGNORED:
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                signal.signal(number, self)

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Cancel the coroutine that runs; raise `KeyboardInterrupt` where there is none."""
        if self.came:
            return
        self.came = True
        last = Timer(END_SECONDS, self.end)
        last.daemon = True
        last.start()
        if self._cancel is None:
            raise KeyboardInterrupt
        self._cancel()

    def done(self) -> None:
        """The command has ended, and what is left is for Python to clear up: an interrupt breaks that off."""
        if self.came:
            # Where Ctrl-C broke off an `exec`, Python would send itself SIGINT now, unless another one went well since.
            exec("")  # noqa: S102
            return
        for number in (signal.SIGTERM, *_MAY_BE_IGNORED):
            if signal.getsignal(number) is self:
                signal.signal(number, signal.SIG_DFL)

    def end(self) -> NoReturn:
        """End the process as it is."""
        os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, b"error: interrupted\n")
        os._exit(INTERRUPTED)

    async def cancelling(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What `work` returns; an interrupt cancels it."""
        import asyncio  # noqa: PLC0415 - at the top it would be most of what is imported unheeding

        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
        try:
            return await work
        finally:
            self._cancel = None


def run_async(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a command's coroutine to its end.

    Raises:
        KeyboardInterrupt: it was interrupted, and has cleared up.
    """
    import asyncio  # noqa: PLC0415 - as above

    handler = signal.getsignal(signal.SIGTERM)
    if not isinstance(handler, Interrupts):
        return asyncio.run(work)
    try:
        return asyncio.run(handler.cancelling(work))
    except BaseException:
        if handler.came:
            raise KeyboardInterrupt from None
        raise
