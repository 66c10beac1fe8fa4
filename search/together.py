"""Several things that are waited for at once, and end at once: an error of one is that of all, as it is."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

Result = TypeVar("Result")


async def together(work: Iterable[Awaitable[Result]]) -> list[Result]:
    """The results, in their order. When one fails, the others are cancelled and come to their end before that is raised
    (a `TaskGroup` would raise a group of errors)."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
