"""One accepted WebSocket: a reader that never stops, requests that run concurrently, one writer.

The server must keep reading whatever happens: a pong that is not read closes the connection (1011), and a client that
left would not be noticed. So the reader only sorts frames into lanes, and everything behind it has a bound.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import aclosing
from enum import IntEnum
from typing import Any

import msgspec
from litestar import WebSocket

from api.accounts.accounts import Accounts
from api.accounts.tokens import Claims
from api.actions.requests import is_streamed
from api.actions.service import ContactService
from api.actions.table import ACTIONS, OpenStream
from api.actions.traffic import Traffic
from api.errors import code_of, message_of, report
from api.operations.logs import Label, label
from api.settings import Settings
from api.socket import envelope
from api.socket.envelope import Request
from api.socket.lanes import Lane
from api.socket.msgpack import json_of, packed
from api.socket.outbox import Outbox, OutboxFull
from mappings.errors import InvalidField, MissingField, Stopped, TooManyRequests, Unauthorized

DOOR = "websocket"

ANALYSES_AT_ONCE = 4
"""Slots of the actions that need no engine, apart from the others: a slow search never delays an `analyze`."""

RENEWALS_WAITING = 8
"""`authenticate` messages that wait behind the one that is looked at."""

ANSWERS_QUEUED = 8
"""Finished answers that wait for the writer; requests behind them keep their slots."""

REFUSALS_BYTES = 16 * 2**20
"""Errors that wait for a client which sends without reading; past it the connection is closed."""

WAITING_MESSAGES = 16
"""The messages that wait in a lane hold as many bytes as this many of the largest size."""

FRAMES_IN_A_ROW = 16
"""Frames read before others get their turn: a flood must not hold up other connections."""

GIVE_WAY_SECONDS = 0.005
"""How long a connection waits after a frame that makes no sense while requests are being answered: a flood of such
frames gives way to them, and is read at full speed otherwise."""

NOTICE_SECONDS = 30.0
"""How long before the token expires a client that renews tokens is told."""

CLOSE_SECONDS = 5.0
LONGEST_TIMER = 86_400.0 * 365

CANCEL, AUTHENTICATE = "cancel", "authenticate"
_KNOWN = frozenset((*ACTIONS, CANCEL, AUTHENTICATE))
_FULL = "Too many requests on this connection at once; wait for answers before sending more"
_CONTROL_CODES: Mapping[str, str] = {CANCEL: "validation_error", AUTHENTICATE: "authentication_error"}

_log = logging.getLogger(__name__)


class Close(IntEnum):
    """Why a connection ends, as its close code."""

    CLIENT_LEFT = 1000
    GOING_AWAY = 1001
    FAILED = 1011
    NOT_READING = 1013
    TOKEN_EXPIRED = 4401


REASONS = {
    Close.GOING_AWAY: "service is stopping",
    Close.FAILED: "internal error",
    Close.NOT_READING: "answers are not read",
    Close.TOKEN_EXPIRED: "token expired or revoked",
}


class Services(msgspec.Struct, frozen=True):
    """What all connections share."""

    contacts: ContactService
    accounts: Accounts
    traffic: Traffic
    settings: Settings


class Connection:
    """Serves one client until it leaves or has to. `name` is what log lines call it."""

    def __init__(
        self,
        socket: WebSocket[Any, Any, Any],
        services: Services,
        claims: Claims,
        name: str,
        *,
        msgpack: bool = False,
    ) -> None:
        self._socket = socket
        self._services = services
        self._claims = claims
        self._name = name
        self._msgpack = msgpack
        self._outbox = Outbox(ANSWERS_QUEUED, REFUSALS_BYTES)
        self._over: asyncio.Future[Close] = asyncio.get_running_loop().create_future()
        self._stopping = False
        self._renews = False
        settings = services.settings
        waiting = WAITING_MESSAGES * settings.max_message_bytes

        def lane(work: Any, width: int, depth: int) -> Lane:
            return Lane(work, self._stopped, width=width, depth=depth, most_bytes=waiting)

        self._engine = lane(self._carry_out, settings.max_in_flight, settings.max_queued)
        self._analyses = lane(self._carry_out, ANALYSES_AT_ONCE, settings.max_queued)
        self._renewals = lane(self._renew, 1, RENEWALS_WAITING)
        self.requests = 0

    @property
    def session(self) -> str:
        """The session whose token the connection lives on."""
        return self._claims.session

    async def run(self) -> Close:
        """Serve until the end. Nothing of it runs on afterwards."""
        reader, writer = asyncio.create_task(self._read()), asyncio.create_task(self._write())
        try:
            close = await self._until_over(reader, writer)
        finally:
            self._over.cancel()
            for side in (reader, writer):
                side.cancel()
            lanes = (lane.close() for lane in (self._engine, self._analyses, self._renewals))
            await asyncio.gather(reader, writer, *lanes, return_exceptions=True)
        await self._close(close)
        return close

    def end(self, close: Close) -> None:
        """End the connection now."""
        if not self._over.done():
            self._over.set_result(close)

    async def finish(self, seconds: float) -> None:
        """Take no more requests, answer those there are, then end: what is not done in time is answered as stopped."""
        self._stopping = True
        lanes = (self._engine, self._analyses)
        try:
            async with asyncio.timeout(seconds):
                for lane in lanes:
                    await lane.settle()
        except TimeoutError:
            for lane in lanes:
                lane.cancel(Stopped("The service is stopping; send the request again on a new connection"))
                await lane.settle()
        self._outbox.end()

    async def _until_over(self, *sides: asyncio.Task[Close]) -> Close:
        told = 0
        while (left := self._claims.expires_at - time.time()) > 0:
            if left <= NOTICE_SECONDS and self._renews and told != self._claims.expires_at:
                told = self._claims.expires_at
                self._offer(envelope.expiring(round(left)))
            wait = left - NOTICE_SECONDS if left > NOTICE_SECONDS else left
            done, _ = await asyncio.wait(
                (*sides, self._over), timeout=min(wait, LONGEST_TIMER), return_when=asyncio.FIRST_COMPLETED
            )
            if done:
                return await next(iter(done))
        return Close.TOKEN_EXPIRED

    async def _read(self) -> Close:
        try:
            while True:
                event: Any = await self._socket.receive()
                if event["type"] != "websocket.receive":
                    return Close.CLIENT_LEFT
                frame = event.get("bytes")
                if frame is None:
                    frame = event["text"]
                elif self._msgpack:
                    frame = json_of(frame)
                if not self._sort(frame) and self._services.traffic.busy:
                    await asyncio.sleep(GIVE_WAY_SECONDS)
                elif self.requests % FRAMES_IN_A_ROW == 0:
                    await asyncio.sleep(0)
        except Exception as error:
            report(error, "reading from a connection")
            return Close.FAILED

    async def _write(self) -> Close:
        try:
            while (message := await self._outbox.get()) is not None:
                event: Any = {"type": "websocket.send"}
                if self._msgpack:
                    event["bytes"] = await packed(message)
                else:
                    event["text"] = message.decode()
                async with asyncio.timeout(self._services.settings.stall_seconds):
                    await self._socket.send(event)
            return Close.GOING_AWAY
        except TimeoutError:
            return Close.NOT_READING
        except Exception as error:
            # The server's own exception says that the client left, and each server has another one.
            _log.debug("a client left while being answered: %s", type(error).__name__)
            return Close.CLIENT_LEFT

    def _sort(self, frame: bytes | str) -> bool:
        """Give a frame to its lane, or answer right away why not. Does not wait. `False` if it makes no sense."""
        self.requests += 1
        request = envelope.read(frame, _KNOWN)
        if request.error is not None:
            self._refuse(request, request.error)
            return False
        if request.action == CANCEL:
            self._cancel(request)
        elif request.action == AUTHENTICATE:
            if not self._renewals.submit(request):
                self._refuse(request, TooManyRequests(_FULL))
        else:
            self._admit(request)
        return True

    def _admit(self, request: Request) -> None:
        lane = self._engine if ACTIONS[request.action].uses_engine else self._analyses
        try:
            if self._stopping:
                raise Stopped("The service is stopping; send the request again on a new connection")
            self._services.traffic.count(self._claims.user)
            if not lane.submit(request):
                raise TooManyRequests(_FULL)
        except (Stopped, TooManyRequests) as error:
            self._refuse(request, error)

    async def _carry_out(self, request: Request) -> None:
        label.set(Label(self._name, request.request_id))
        action, traffic = ACTIONS[request.action], self._services.traffic
        started = time.perf_counter()
        traffic.metrics.in_flight += 1
        outcome = "cancelled"
        try:
            if action.stream is not None and is_streamed(request.data):
                data = await self._send_parts(action.stream, request)
            elif action.uses_engine:
                if not traffic.slots.take():
                    await traffic.slots.acquire(self._claims.user)
                try:
                    data = await action.answer(self._services.contacts, request.data)
                finally:
                    traffic.slots.release()
            else:
                data = await action.answer(self._services.contacts, request.data)
            answer, outcome = envelope.success(request.head, data), "success"
        except Exception as error:
            report(error, request.action)
            outcome = code_of(error, action.error_code)
            answer = envelope.failure(request.head, outcome, message_of(error))
        finally:
            traffic.metrics.in_flight -= 1
            traffic.metrics.answered(DOOR, request.action, outcome, time.perf_counter() - started)
        # The last wait: whoever is cancelled before it has no answer yet, and gets one from `_stopped`.
        await self._outbox.put(answer)

    async def _send_parts(self, opened: OpenStream, request: Request) -> bytes:
        """Send the partial messages of a streamed answer; the `data` of the one that ends it.

        A slot is held while the engine makes a part, and not while the client takes its time to read one.
        """
        stream = await opened(self._services.contacts, request.data)
        slots, user, number = self._services.traffic.slots, self._claims.user, 0
        async with aclosing(stream.parts(lambda: slots.turn(user))) as parts:
            async for part in parts:
                number += 1
                await self._outbox.put(envelope.partial(request.head, number, stream.key, part))
        return stream.end(number)

    def _cancel(self, request: Request) -> None:
        """`cancel`: end the requests of this connection that have the id in `data.request_id`."""
        wanted = request.data.get("request_id")
        if wanted is None or wanted == "":
            self._refuse(request, MissingField("data.request_id"))
        elif type(wanted) not in (str, int):
            self._refuse(request, InvalidField("data.request_id must be a string or an integer"))
        else:
            reason = Stopped("Request was cancelled")
            found = [lane.cancel(reason, wanted) for lane in (self._engine, self._analyses)]
            self._offer(envelope.success(request.head, msgspec.json.encode({"cancelled": any(found)})))
            self._services.traffic.metrics.answered(DOOR, CANCEL, "success")

    async def _renew(self, request: Request) -> None:
        """`authenticate`: go on with the fresh access token in `data.token`, which must be the same user's."""
        label.set(Label(self._name, request.request_id))
        try:
            token = request.data.get("token")
            if token is None or token == "":
                raise MissingField("data.token")
            if not isinstance(token, str):
                raise InvalidField("data.token must be a string")
            claims = await self._services.accounts.identify(token)
            if claims.user != self._claims.user:
                raise Unauthorized("The token belongs to another user.")
        except Exception as error:
            report(error, AUTHENTICATE)
            self._refuse(request, error)
            return
        self._renews = True
        if claims.expires_at >= self._claims.expires_at:
            self._claims = claims
        left = max(0, round(self._claims.expires_at - time.time()))
        self._services.traffic.metrics.answered(DOOR, AUTHENTICATE, "success")
        await self._outbox.put(envelope.success(request.head, msgspec.json.encode({"expires_in": left})))

    def _stopped(self, request: Request, reason: Stopped) -> None:
        self._refuse(request, reason)

    def _refuse(self, request: Request, error: Exception) -> None:
        """Answer `error` at once."""
        action = request.action
        if action in ACTIONS:
            code = code_of(error, ACTIONS[action].error_code)
        elif action == AUTHENTICATE and isinstance(error, Unauthorized):
            code = _CONTROL_CODES[action]
        else:
            code = code_of(error, _CONTROL_CODES.get(action, "validation_error"))
        if not isinstance(error, Stopped):
            self._services.traffic.metrics.answered(DOOR, action or "unknown", code)
        self._offer(envelope.failure(request.head, code, message_of(error)))

    def _offer(self, message: bytes) -> None:
        try:
            self._outbox.offer(message)
        except OutboxFull:
            self.end(Close.NOT_READING)

    async def _close(self, close: Close) -> None:
        if close is Close.CLIENT_LEFT:
            return
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._socket.close(close, REASONS[close])
        except Exception as error:
            _log.debug("a client left while being closed: %s", type(error).__name__)
