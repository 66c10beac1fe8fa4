"""Where the process `contacts` begins and ends: however it is interrupted, it ends in order, with one line and 130.

This is imported, and heeds signals, before the commands and all that they stand on are.
"""

import os
import sys

from indexing.cli.interrupts import Interrupts


class NothingLeft(SystemExit):
    """The command ended well and has cleared up all there was: the process may end at once, with 0.

    What Python does at its end takes seconds on a busy machine, which a service that was told to stop does not have;
    and to free piece by piece what a load remembers takes a twentieth of all its processor time.
    """

    def __init__(self) -> None:
        super().__init__(0)


def main() -> None:
    """Entry point of the command. Does not return."""
    if sys.platform == "win32":
        # Locks of files and signals are those of Unix.
        sys.exit("error: contacts runs on Linux and macOS; on Windows use it in WSL 2 or in a container")
    code: int | str | None = 0
    at_once = False
    interrupts = Interrupts()
    try:
        interrupts.heed()
        _open_missing_streams()
        from indexing.cli.main import main as run  # noqa: PLC0415 - it takes long enough to be interrupted in

        run()
    except SystemExit as error:
        code = error.code
        at_once = isinstance(error, NothingLeft)
    except KeyboardInterrupt:
        interrupts.end()
    _let_go_of_output()
    if at_once:
        os._exit(0)
    interrupts.done()
    sys.exit(code)


def _open_missing_streams() -> None:
    """Give a process that was started without input, output or errors ones that lead nowhere: a file that is opened
    next would take the number, and what some library prints would go into it."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8"))  # noqa: SIM115


def _let_go_of_output() -> None:
    """Where nobody reads on, what was not written yet is dropped: Python would complain of it at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
