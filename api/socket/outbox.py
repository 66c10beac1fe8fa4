"""Answers on their way to one client: everything that is sent passes through here, in order."""

import asyncio


class OutboxFull(Exception):
    """The client sends on and on without reading what is answered."""


class Outbox:
    """A queue with a bound for each kind of sender.

    Requests wait for room in `put`, so a slow client holds up only its own. The reader must never wait, so it uses
    `offer`, whose small messages have a bound of `most_offered` bytes instead.
    """

    def __init__(self, most_put: int, most_offered: int) -> None:
        self._room = asyncio.Semaphore(most_put)
        self._most_offered = most_offered
        self._offered = 0
        self._messages: asyncio.Queue[tuple[bytes | None, bool]] = asyncio.Queue()

    async def put(self, message: bytes) -> None:
        """Queue an answer, waiting for room."""
        await self._room.acquire()
        self._messages.put_nowait((message, False))

    def offer(self, message: bytes) -> None:
        """Queue a small answer at once. Raises `OutboxFull`."""
        if self._offered + len(message) > self._most_offered:
            raise OutboxFull
        self._offered += len(message)
        self._messages.put_nowait((message, True))

    def end(self) -> None:
        """Nothing comes after what is queued now."""
        self._messages.put_nowait((None, False))

    async def get(self) -> bytes | None:
        """The next message to send, whose room is free from now on; `None` after the last."""
        message, offered = await self._messages.get()
        if message is not None and offered:
            self._offered -= len(message)
        elif message is not None:
            self._room.release()
        return message
