"""Portions of rows → recognised → written: what a load and a part of one have in common, several writes at a time."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable

from indexing.pipeline import Portion
from indexing.recognition import Recognised
from search.loader import Loader, Refusal

Recognise = Callable[[Portion], Awaitable[Recognised]]
Acknowledge = Callable[[Recognised, list[Refusal]], Awaitable[None]]


async def write_all(
    portions: AsyncGenerator[Portion], recognise: Recognise, loader: Loader, acknowledge: Acknowledge
) -> None:
    """Write what `recognise` makes of all `portions`, as many at once as `loader` takes.

    Args:
        acknowledge: called for each, in order, once it is written, with what the engine refused.
    """
    writing: deque[tuple[Recognised, asyncio.Task[list[Refusal]]]] = deque()
    try:
        async for portion in portions:
            recognised = await recognise(portion)
            if len(writing) == loader.in_flight:
                await _acknowledged(*writing.popleft(), acknowledge)
            writing.append((recognised, asyncio.create_task(loader.write(recognised.documents))))
        while writing:
            await _acknowledged(*writing.popleft(), acknowledge)
    finally:
        for _, task in writing:
            task.cancel()
        await asyncio.gather(*[task for _, task in writing], return_exceptions=True)


async def _acknowledged(recognised: Recognised, write: asyncio.Task[list[Refusal]], acknowledge: Acknowledge) -> None:
    try:
        refusals = await write
    except asyncio.CancelledError:
        write.cancel()
        raise
    await acknowledge(recognised, refusals)
