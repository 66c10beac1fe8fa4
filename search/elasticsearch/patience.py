"""Waiting for a server that is busy or starts again, as a load can afford to."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from mappings.errors import EngineDenied, EngineTimeout, EngineUnavailable

Result = TypeVar("Result")

PATIENCE = 180.0
"""Seconds that a busy or restarting server is waited for before the load gives up; it can be resumed then."""

BUSY = frozenset({429, 502, 503, 504})
"""Statuses of a part of a bulk request that is worth sending again."""

_FIRST_WAIT, _LONGEST_WAIT = 0.2, 5.0


async def patiently(call: Callable[[], Awaitable[Result]]) -> Result:
    """The outcome of `call`, which may be repeated, once the server is there to take it.

    Raises:
        EngineDenied: at once.
        EngineUnavailable, EngineTimeout: the last trouble, when `PATIENCE` is at an end.
    """
    now = asyncio.get_running_loop().time
    deadline, wait = now() + PATIENCE, _FIRST_WAIT
    while True:
        try:
            return await call()
        except (EngineUnavailable, EngineTimeout) as error:
            if isinstance(error, EngineDenied) or now() > deadline:
                raise
        await asyncio.sleep(wait)
        wait = min(2 * wait, _LONGEST_WAIT)
