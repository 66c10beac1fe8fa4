"""One accepted WebSocket: a reader that never stops, requests that run concurrently, one writer.

The server must keep reading whatever happens: a pong that is not read closes the connection (1011), and a client that
left would not be noticed. So the reader only sorts frames into lanes, and everything behind it has a bound.
"""

import asyncio
import logging
from enum import IntEnum
from typing import Any

from litestar import WebSocket

from api import envelope
from api.actions import ACTIONS
from api.envelope import Request
from api.errors import code_of, message_of, report
from api.lanes import Lane
from api.outbox import Outbox, OutboxFull
from api.service import ContactService
from api.settings import Settings

ANALYSES_AT_ONCE = 4
"""Slots of the actions that need no engine, apart from the others: a slow search never delays an `analyze`."""

ANSWERS_QUEUED = 8
"""Finished answers that wait for the writer; requests behind them keep their slots."""

REFUSALS_BYTES = 16 * 2**20
"""Errors that wait for a client which sends without reading; past it the connection is closed."""

WAITING_MESSAGES = 16
"""The messages that wait in a lane hold as many bytes as this many of the largest size."""

SEND_SECONDS = 120.0
"""How long the writer waits for a client that does not read, before it gives the connection up."""

FRAMES_IN_A_ROW = 16
"""Frames read before others get their turn: a flood must not hold up other connections."""

CLOSE_SECONDS = 5.0
LONGEST_TIMER = 86_400.0 * 365

_log = logging.getLogger(__name__)


class Close(IntEnum):
    """Why a connection ends, as its close code."""

    CLIENT_LEFT = 1000
    FAILED = 1011
    NOT_READING = 1013
    TOKEN_EXPIRED = 4401


REASONS = {
    Close.FAILED: "internal error",
    Close.NOT_READING: "answers are not read",
    Close.TOKEN_EXPIRED: "token expired",
}


class Connection:
    """Serves one client until it leaves or has to."""

    def __init__(self, socket: WebSocket[Any, Any, Any], service: ContactService, settings: Settings) -> None:
        self._socket = socket
        self._service = service
        self._outbox = Outbox(ANSWERS_QUEUED, REFUSALS_BYTES)
        waiting = WAITING_MESSAGES * settings.max_message_bytes
        self._engine = Lane(self._carry_out, settings.max_in_flight, settings.max_queued, waiting)
        self._analyses = Lane(self._carry_out, ANALYSES_AT_ONCE, settings.max_queued, waiting)
        self.requests = 0

    async def run(self, seconds: float) -> Close:
        """Serve for at most `seconds`, the time until the token expires. Nothing of it runs on afterwards."""
        reader, writer = asyncio.create_task(self._read()), asyncio.create_task(self._write())
        sides = (reader, writer)
        try:
            done, _ = await asyncio.wait(
                sides, timeout=min(max(seconds, 0.0), LONGEST_TIMER), return_when=asyncio.FIRST_COMPLETED
            )
            close = await next(iter(done)) if done else Close.TOKEN_EXPIRED
        finally:
            for side in sides:
                side.cancel()
            await asyncio.gather(*sides, self._engine.close(), self._analyses.close(), return_exceptions=True)
        await self._close(close)
        return close

    async def _read(self) -> Close:
        try:
            while True:
                event: Any = await self._socket.receive()
                if event["type"] != "websocket.receive":
                    return Close.CLIENT_LEFT
                frame = event.get("bytes")
                self._sort(event["text"] if frame is None else frame)
                if self.requests % FRAMES_IN_A_ROW == 0:
                    await asyncio.sleep(0)
        except OutboxFull:
            return Close.NOT_READING
        except Exception as error:
            report(error, "reading from a connection")
            return Close.FAILED

    async def _write(self) -> Close:
        try:
            while True:
                message = await self._outbox.get()
                async with asyncio.timeout(SEND_SECONDS):
                    await self._socket.send({"type": "websocket.send", "bytes": None, "text": message.decode()})
        except TimeoutError:
            return Close.NOT_READING
        except Exception as error:
            # The server's own exception says that the client left, and each server has another one.
            _log.debug("a client left while being answered: %s", type(error).__name__)
            return Close.CLIENT_LEFT

    def _sort(self, frame: bytes | str) -> None:
        """Give a frame to its lane, or answer right away why not. Does not wait."""
        self.requests += 1
        request = envelope.read(frame, ACTIONS)
        if request.error is not None:
            error = request.error
            self._outbox.offer(envelope.failure(request.head, code_of(error, "validation_error"), message_of(error)))
            return
        lane = self._engine if ACTIONS[request.action].uses_engine else self._analyses
        if not lane.submit(request):
            words = "Too many requests on this connection at once; wait for answers before sending more"
            self._outbox.offer(envelope.failure(request.head, "too_many_requests", words))

    async def _carry_out(self, request: Request) -> None:
        action = ACTIONS[request.action]
        try:
            answer = envelope.success(request.head, await action.answer(self._service, request.data))
        except Exception as error:
            report(error, request.action)
            answer = envelope.failure(request.head, code_of(error, action.error_code), message_of(error))
        await self._outbox.put(answer)

    async def _close(self, close: Close) -> None:
        if close is Close.CLIENT_LEFT:
            return
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._socket.close(close, REASONS[close])
        except Exception as error:
            _log.debug("a client left while being closed: %s", type(error).__name__)
