"""`python -m search.apart`: the process that `search.apart` starts. It is asked by standard input."""

import asyncio
import os
import signal
import sys

from search.apart.serving import serve

_NOT_FOR_US = (signal.SIGINT, signal.SIGTERM)
"""The process that started this one is told as well, and ends it when it has no more to ask."""

_NICENESS = 15
"""Whoever asks for much waits for those who ask for little: where they take all cores, this gets a thirtieth of one."""


async def _main() -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    # Nothing else is to get in between the answers.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

        def write(message: bytes) -> None:
            answers.write(message)
            answers.flush()

        await serve(reader, write)
    # Whatever still runs, nobody waits for it.
    os._exit(0)


if __name__ == "__main__":
    for number in _NOT_FOR_US:
        signal.signal(number, signal.SIG_IGN)
    # Not in the terminal's group: what is typed there is for the process that started this one. But in its session: a
    # kernel that groups processes by session (sched_autogroup) gives each the same share, whatever the niceness.
    os.setpgrp()
    os.nice(_NICENESS)
    try:
        asyncio.run(_main())
    except BrokenPipeError:
        os._exit(0)
