"""One accepted WebSocket: a reader that never stops, requests that run concurrently, one writer, one timer.

The server must keep reading whatever happens: a pong that is not read closes the connection (1011), and a client that
left would not be noticed. So the reader only hands frames to the session, which decides everything
(`api.socket.session`); here is done what it wants done.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

from litestar import WebSocket

from api.accounts.guard import address_of
from api.accounts.tokens import Claims
from api.actions.table import ACTIONS
from api.errors import report
from api.services import Services
from api.socket import envelope, frames
from api.socket.close import REASONS, Close
from api.socket.deeds import Deeds
from api.socket.effects import Cancel, End, Renew, Resume, Start
from api.socket.expiry import Expiry
from api.socket.msgpack import packed, read
from api.socket.outbox import Message
from api.socket.runner import Runner
from api.socket.session import Session

CLOSE_SECONDS = 5.0

LONGEST_TIMER = 86_400.0 * 365

_log = logging.getLogger(__name__)


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
        self._msgpack = msgpack
        self._framed = frames.understood(cast(dict[str, Any], socket.scope))
        self._loop = asyncio.get_running_loop()
        self._spent = partial(services.traffic.pace.spent, claims.user)
        self._due = partial(services.traffic.pace.wait, claims.user)
        self._arriving = services.traffic.arriving.account(claims.user)
        self._arrived = 0
        frames.tell(cast(dict[str, Any], socket.scope), self._spent, self._holds)
        expiry = Expiry(claims, epoch=time.time() - self._loop.time())
        deeds = Deeds(claims.user, address_of(socket), name)
        self._session = Session(
            services.settings, expiry, services.traffic, ACTIONS, read if msgpack else envelope.read
        )
        self._over: asyncio.Future[Close] = self._loop.create_future()
        self._runner = Runner(self._session, services, name, deeds, self._do)
        self._idle: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = math.inf

    @property
    def token_session(self) -> str:
        """The session whose token the connection lives on."""
        return self._session.expiry.claims.session

    @property
    def requests(self) -> int:
        """Frames that came in."""
        return self._session.requests

    async def run(self) -> Close:
        """Serve until the end. Nothing of it runs on afterwards."""
        reader, writer = asyncio.create_task(self._read()), asyncio.create_task(self._write())
        self._do()
        try:
            done, _ = await asyncio.wait((reader, writer, self._over), return_when=asyncio.FIRST_COMPLETED)
            self.end(await next(iter(done)))
        finally:
            self.end(Close.FAILED)
            await self._stop(reader, writer)
            self._arriving.close()
        close = await self._over
        await self._close(close)
        return close

    def end(self, close: Close) -> None:
        """End the connection now."""
        self._session.end(close, self._loop.time())
        self._do()

    def finish(self, seconds: float) -> None:
        """Take no more requests, answer those there are, then end: what is not done in time is answered as stopped."""
        self._session.finish(seconds, self._loop.time())
        self._do()

    def _do(self) -> None:
        """Do what the session wants done. To be called whenever it was told something."""
        session = self._session
        for effect in session.effects():
            match effect:
                case Start(number, request):
                    self._runner.start(number, request)
                case Renew(number, request):
                    self._runner.renew(number, request)
                case Resume(number):
                    self._runner.resume(number)
                case Cancel(number, reason):
                    self._runner.cancel(number, reason)
                case End(close):
                    self._over.set_result(close)
        if self._idle is not None and session.has_message and not self._idle.done():
            self._idle.set_result(None)
        self._set_timer()

    # Reading, writing, and the time

    async def _read(self) -> Close:
        session, loop = self._session, self._loop
        try:
            while True:
                event = await self._socket.receive()
                if event["type"] != "websocket.receive":
                    return Close.CLIENT_LEFT
                # What the user owes for frames on other connections, too.
                await self._due()
                frame, began = event.get("bytes"), loop.time()
                pause = session.frame(event["text"] or "" if frame is None else frame, began)
                self._do()
                self._spent(loop.time() - began)
                if pause is not None:
                    await asyncio.sleep(pause)
        except Exception as error:
            report(error, "reading from a connection")
            return Close.FAILED

    def _holds(self, size: int) -> bool:
        """So many bytes have come of a message that is not whole; whether there is room for them, or else for none."""
        fits = size <= self._arrived or self._arriving.fits(size - self._arrived)
        kept = size if fits else 0
        self._arriving.keep(kept - self._arrived)
        self._arrived = kept
        return fits

    async def _write(self) -> Close:
        session, loop = self._session, self._loop
        try:
            while True:
                while (message := session.message(loop.time())) is None:
                    self._idle = loop.create_future()
                    await self._idle
                    self._idle = None
                self._set_timer()
                await self._send(message)
                # Or a large one would stay here until there is another.
                del message
                session.sent(loop.time())
                self._do()
        except Exception as error:
            # The server's own exception says that the client left, and each server has another one.
            _log.debug("a client left while being answered: %s", type(error).__name__)
            return Close.CLIENT_LEFT

    async def _send(self, message: Message) -> None:
        """Send one message whole. What a frame leaves behind is a sign of life of the client."""
        if self._msgpack:
            message = await packed(message)
        send: Callable[[Any], Awaitable[None]] = self._socket.send
        if self._framed:
            for frame in frames.frames(message, text=not self._msgpack):
                await send(frame)
                self._session.moved(self._loop.time())
                self._do()
        elif self._msgpack:
            await send({"type": "websocket.send", "bytes": message, "text": None})
        else:
            await send({"type": "websocket.send", "bytes": None, "text": message.decode()})

    def _set_timer(self) -> None:
        """Have the session woken in time. One that is woken too early does no harm, so that this is rare."""
        moment = self._session.moments.next
        if moment < self._timer_at:
            if self._timer is not None:
                self._timer.cancel()
            self._timer_at = moment
            self._timer = self._loop.call_at(min(moment, self._loop.time() + LONGEST_TIMER), self._ring)

    def _ring(self) -> None:
        self._timer_at = math.inf
        self._session.time(self._loop.time())
        self._do()

    # The end

    async def _stop(self, *sides: asyncio.Task[Close]) -> None:
        """Stop all that runs, and wait until it has ended."""
        if self._timer is not None:
            self._timer.cancel()
        for side in sides:
            side.cancel()
        await asyncio.gather(*sides, self._runner.close(), return_exceptions=True)

    async def _close(self, close: Close) -> None:
        if close is Close.CLIENT_LEFT:
            return
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._socket.close(close, REASONS[close])
        except Exception as error:
            _log.debug("a client left while being closed: %s", type(error).__name__)
