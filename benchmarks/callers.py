"""Clients that search and count all the time, and what became of each of their requests."""

import asyncio
import itertools
import json
import time

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from benchmarks.asking import PATIENCE_SECONDS, message
from benchmarks.beside import Beside
from benchmarks.filters import url
from tests.harness.service import Service

CONNECTIONS = 8
PAUSE_SECONDS = 0.02
LIMIT = 25


class Call(msgspec.Struct, frozen=True):
    """A request: when it was sent and when it was over, and `success`, the code of its error or `unanswered`."""

    sent: float
    over: float
    outcome: str

    @property
    def answered(self) -> bool:
        """Whether there was an answer, be it an error."""
        return self.outcome != "unanswered"

    @property
    def failed(self) -> bool:
        """Whether it was anything but a success."""
        return self.outcome != "success"


class Callers(Beside):
    """`CONNECTIONS` clients in a thread of their own, for as long as a block runs; then `calls` is complete.

    Each sends its next request a moment after the last answer, and connects again if its connection is closed.

    Args:
        pause: that moment, in seconds.
    """

    def __init__(self, service: Service, pause: float = PAUSE_SECONDS) -> None:
        super().__init__(lambda: asyncio.run(self._run()))
        self._pause = pause
        self.calls: list[Call] = []
        self._uri = service.socket_url()

    async def _run(self) -> None:
        await asyncio.gather(*(self._client(number) for number in range(CONNECTIONS)))

    async def _client(self, number: int) -> None:
        numbers = itertools.count(number * 1_000_000)
        while not self._over.is_set():
            started = time.monotonic()
            try:
                async with connect(self._uri, max_size=None) as socket:
                    while not self._over.is_set():
                        started = time.monotonic()
                        outcome = await _outcome(socket, next(numbers))
                        self.calls.append(Call(started, time.monotonic(), outcome))
                        await asyncio.sleep(self._pause)
            except (OSError, TimeoutError, WebSocketException):
                self.calls.append(Call(started, time.monotonic(), "unanswered"))
                await asyncio.sleep(self._pause)


async def _outcome(socket: ClientConnection, number: int) -> str:
    action, options = ("count_contacts", {}) if number % 2 else ("search_contacts", {"limit": LIMIT})
    await socket.send(message(action, number, url=url(number), **options))
    answer = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE_SECONDS))
    assert answer["request_id"] == number, answer
    return "success" if answer["status"] == "success" else str(answer["error"]["code"])
