"""All WebSockets of the application: how many there may be, whose token still holds, and how they end together."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from api.accounts.sessions import Sessions
from api.errors import report
from api.operations.metrics import Metrics
from api.socket.close import Close
from api.socket.connection import Connection
from mappings.errors import Stopped, TooManyRequests

CHECK_SECONDS = 10.0
"""How long a connection may outlive its session, or its user being disabled, by another process."""

_log = logging.getLogger(__name__)


class Connections:
    """The connections that are open, and those being opened.

    Args:
        most: how many there may be.
        most_of_user: how many of them one user may have.
        metrics: where their number is shown.
    """

    def __init__(self, most: int, most_of_user: int, metrics: Metrics) -> None:
        self._most = most
        self._most_of_user = most_of_user
        self._of_users: Counter[str] = Counter()
        self._metrics = metrics
        self._places = 0
        self._open: set[Connection] = set()
        self.stopping = False

    def refusal(self) -> str | None:
        """Why no other connection can be opened now."""
        if self.stopping:
            return "The service is stopping; try again"
        return "Too many connections; try again later" if self._places >= self._most else None

    async def ready(self) -> None:
        """Raises `Stopped` once the service stops."""
        if self.stopping:
            raise Stopped("The service is stopping")

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place from before the handshake to the end, so that handshakes count too."""
        self._places += 1
        self._metrics.connections = self._places
        try:
            yield
        finally:
            self._places -= 1
            self._metrics.connections = self._places

    @contextmanager
    def place_of(self, user: str) -> Iterator[None]:
        """Hold one of the places that `user` has, to the end. Raises `TooManyRequests` if it has no more of them."""
        if self._of_users[user] >= self._most_of_user:
            raise TooManyRequests(f"Too many connections: you have {self._most_of_user} already; close some of them")
        self._of_users[user] += 1
        try:
            yield
        finally:
            self._of_users[user] -= 1
            if not self._of_users[user]:
                del self._of_users[user]

    @contextmanager
    def entered(self, connection: Connection) -> Iterator[None]:
        """Count `connection` among those that are open."""
        self._open.add(connection)
        if self.stopping:
            connection.end(Close.GOING_AWAY)
        try:
            yield
        finally:
            self._open.discard(connection)

    def end_session(self, session: str) -> None:
        """Close the connections of a session that ended."""
        for connection in list(self._open):
            if connection.token_session == session:
                connection.end(Close.TOKEN_EXPIRED)

    async def watch(self, sessions: Sessions) -> None:
        """Close, now and then, the connections whose session or user was ended elsewhere. Runs until cancelled."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            asked = {connection.token_session for connection in self._open}
            try:
                gone = asked - await sessions.alive(asked)
            except Exception as error:
                # The database is away for the moment: nobody is thrown out for that.
                report(error, "checking sessions")
                continue
            for session in gone:
                self.end_session(session)

    async def drain(self, finishing: float, seconds: float) -> None:
        """Open no more; let requests finish within `finishing` seconds; close all with 1001, in `seconds` in all."""
        self.stopping = True
        if self._open:
            _log.info("stopping: %d connections have %g s to finish", len(self._open), finishing)
            for connection in list(self._open):
                connection.finish(finishing)
            await self._emptied((finishing + seconds) / 2)
        for connection in list(self._open):
            connection.end(Close.GOING_AWAY)
        await self._emptied((seconds - finishing) / 2)

    async def _emptied(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while self._open:  # noqa: ASYNC110 - once in a process's life
                    await asyncio.sleep(0.01)
        except TimeoutError:
            return
