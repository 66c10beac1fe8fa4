"""Questions to the database of users that are the same and come at once: asked once, and answered to all."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")


class Joined(Generic[Key, Result]):
    """Asks for all who ask the same. No answer is older than its question: who comes while one is being found shares
    the next with all others who come by then.

    Args:
        ask: finds the answer to one question.
    """

    def __init__(self, ask: Callable[[Key], Awaitable[Result]]) -> None:
        self._ask = ask
        self._asked: dict[Key, asyncio.Task[Result]] = {}
        self._next: dict[Key, asyncio.Task[Result]] = {}

    async def answer(self, key: Key) -> Result:
        """The answer. Raises what `ask` raises, and goes on for the others if one does not wait for it any longer."""
        task = self._next.get(key)
        if task is None:
            task = self._next[key] = asyncio.create_task(self._find(key, self._asked.get(key)))
            task.add_done_callback(_heard)
        return await asyncio.shield(task)

    async def _find(self, key: Key, before: asyncio.Task[Result] | None) -> Result:
        if before is not None:
            await asyncio.wait([before])
        self._asked[key] = self._next.pop(key)
        try:
            return await self._ask(key)
        finally:
            del self._asked[key]


def _heard(task: "asyncio.Task[Result]") -> None:
    """An error is no news where nobody waits for it any longer."""
    if not task.cancelled():
        task.exception()
