"""Runs the application under uvicorn with what was measured to be best, and logs without secrets."""

import asyncio
import functools
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from types import FrameType
from typing import Any, TypeVar

import uvicorn
from litestar import Litestar
from litestar.types import ASGIApp

from api.admin import admin_served
from api.app import create_app
from api.edge import limits
from api.edge.descriptors import raise_descriptors, room_for
from api.edge.door import Door
from api.edge.handshake import EdgeWebSocket
from api.edge.protocol import EdgeProtocol
from api.operations.doors import AdminDoor
from api.operations.logs import configure_logging
from api.operations.start import tell_start
from api.settings import Settings
from api.socket.connections import Connections
from mappings.errors import SettingsError
from search.heap import Option, set_options

_BACKLOG = 2048

_ENDING_SECONDS, _ENDING_SHARE = 2.0, 0.4
"""Of the time it may take to stop, what is kept for the engine and the database of users: so many seconds, or that
share of a shorter time."""

_CLOSING_SECONDS, _CLOSING_SHARE = 1.0, 0.1
"""Before that, what is kept for last answers to be read, and connections to be closed."""

_PAUSE_SECONDS = 0.05

_Connection = TypeVar("_Connection", EdgeProtocol, EdgeWebSocket)
_TURN_SECONDS = 0.0005
"""How long a thread runs Python before it gives way. Whenever the event loop wakes it waits so long for one that makes
a costly filter, several times in a request: with Python's own 5 ms a search beside it took ten times as long."""

_LARGE_BYTES = 2**20
"""A piece of memory of so many goes back to the system as soon as it is free: of large answers, what was made on the
way would stay. Three clients that read nothing held a quarter less."""

_log = logging.getLogger(__name__)


def serve(settings: Settings) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP. Logs go to standard error.

    Raises:
        SettingsError: the settings can't be used, e.g. the port is taken.
        EngineError: the engine can't be opened.
    """
    configure_logging(settings.log_level, as_json=settings.logs_json, audit_log=settings.audit_log)
    tell_start(settings)
    if settings.jwt_secret_generated:
        _log.warning("CONTACTS_JWT_SECRET is not set: tokens are signed with a secret made for this run only")
    app = create_app(settings)
    # A thread that hangs can't be told to end.
    last = threading.Timer(settings.shutdown_seconds, _end_as_it_is)
    last.daemon = True
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(serve_app(app, settings, lambda _, address: _log.info("ready on %s", address), last.start))
        _log.info("stopped")
    finally:
        last.cancel()
        if last.is_alive():
            last.join()


def uvicorn_config(app: ASGIApp, settings: Settings, most_connections: int) -> uvicorn.Config:
    """How uvicorn serves `app`: our protocols of connections, our caps, no access log and no compression.

    The lifespan is off because `serve` enters it itself, to get its errors as they are. Messages are not compressed:
    that costs more than the rest of a search. Pings find out clients that are gone without a word.
    """
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="none",
        # uvicorn calls it for each connection, and asks nothing else of it.
        http=functools.partial(EdgeProtocol, Door(most_connections), settings.stall_seconds),  # type: ignore[arg-type]
        ws=EdgeWebSocket,
        ws_max_size=settings.max_message_bytes,
        ws_per_message_deflate=False,
        ws_ping_interval=settings.ping_seconds,
        ws_ping_timeout=settings.ping_seconds,
        forwarded_allow_ips=settings.trusted_proxies,
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level=logging.WARNING,
        server_header=False,
    )


def _most_connections(settings: Settings) -> int:
    """Connections of all kinds: those that are promised, or as many as the system has room for."""
    return room_for(settings.max_connections + limits.HTTP_CONNECTIONS, raise_descriptors())


class Server(uvicorn.Server):
    """uvicorn, which tells when it is ready, and which a signal only stops: in order, and in time.

    uvicorn would raise the signal again, and end the process, before the engine is closed; it would close WebSockets at
    once, whatever they wait for, and then wait as long once more for all else.

    Args:
        config: of uvicorn.
        seconds: how long it may take from the signal to the end of the process.
        started: is told when it listens.
        stopping: is told of the first signal to stop.
        drain: lets WebSockets finish; the first number says how long requests have, the second when it must be over.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        seconds: float,
        started: Callable[["Server"], None],
        stopping: Callable[[], object],
        drain: Callable[[float, float], Coroutine[Any, Any, None]],
    ) -> None:
        super().__init__(config)
        self._connections_end = seconds - min(_ENDING_SECONDS, seconds * _ENDING_SHARE)
        self._requests_end = self._connections_end - min(_CLOSING_SECONDS, seconds * _CLOSING_SHARE)
        self._on_started = started
        self._on_stopping = stopping
        self._drain = drain

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then tell."""
        await super().startup(sockets)
        self._on_started(self)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, let requests finish unless there is a second Ctrl-C, then end all that is left."""
        _log.info("stopping: requests that run have %.1f s to end", self._requests_end)
        for listener in (*self.servers, *(sockets or ())):
            listener.close()
        draining = asyncio.create_task(self._drain(self._requests_end, self._connections_end))
        for connection in self._connections(EdgeProtocol):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._connections_end):
                await self._finished(draining)
        draining.cancel()
        await self._break_off(self._connections_end - self._requests_end)

    async def _finished(self, draining: asyncio.Task[None]) -> None:
        """Return when nothing is under way any more, or nobody is to wait for it."""
        state = self.server_state
        while not self.force_exit and (state.connections or state.tasks or not draining.done()):
            if draining.done():
                # Their clients were told to close, and may not have done so yet.
                for connection in self._connections(EdgeWebSocket):
                    connection.shutdown()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _break_off(self, seconds: float) -> None:
        """End what still runs, in `seconds` at most."""
        tasks = list(self.server_state.tasks)
        if tasks:
            _log.warning("stopping: %d requests and connections did not end in time, and are broken off", len(tasks))
        for connection in self._connections(EdgeProtocol):
            connection.break_off()
        for task in tasks:
            task.cancel()
        await asyncio.wait([*tasks, asyncio.create_task(asyncio.sleep(0))], timeout=seconds)
        for left in list(self.server_state.connections):
            left.transport.abort()

    def _connections(self, kind: type[_Connection]) -> list[_Connection]:
        return [connection for connection in self.server_state.connections if isinstance(connection, kind)]

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at SIGINT, SIGTERM and SIGHUP, if this is the thread that gets them. `nohup` goes on being obeyed."""
        caught = _stopping_signals() if threading.current_thread() is threading.main_thread() else ()
        before = {number: signal.signal(number, self.handle_exit) for number in caught}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, and tell."""
        if not self.should_exit:
            self._on_stopping()
        super().handle_exit(sig, frame)


def _stopping_signals() -> tuple[signal.Signals, ...]:
    hangup = getattr(signal, "SIGHUP", None)  # absent on Windows
    heeded = hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN
    return (signal.SIGINT, signal.SIGTERM, *((hangup,) if heeded else ()))


def _end_as_it_is() -> None:
    _log.error("stopping took longer than CONTACTS_SHUTDOWN_SECONDS: what still ran was left as it was")
    os._exit(1)


async def serve_app(
    app: Litestar,
    settings: Settings,
    started: Callable[[Server, str], None],
    stopping: Callable[[], object] = lambda: None,
) -> None:
    """Serve `app` until a signal or `Server.should_exit`.

    `started` gets the server and its address when it is ready, and `stopping` is told of the first signal to stop.

    Raises:
        SettingsError: the address can't be listened on.
    """
    most_connections = _most_connections(settings)
    with _listening(settings.host, settings.port, settings.stall_seconds) as listener:
        host, port = listener.getsockname()[:2]
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        try:
            async with app.lifespan():
                connections: Connections = app.state.connections
                server = Server(
                    uvicorn_config(app, settings, most_connections),
                    settings.shutdown_seconds,
                    lambda server: started(server, address),
                    stopping,
                    connections.drain,
                )
                # What is here now stays for good: without this, each full garbage collection would go through all of
                # it again, which holds up every request for a tenth of a second.
                gc.collect()
                gc.freeze()
                sys.setswitchinterval(_TURN_SECONDS)
                set_options({Option.MMAP_THRESHOLD: _LARGE_BYTES})
                try:
                    async with _admin(app, settings, most_connections):
                        await server.serve([listener])
                finally:
                    gc.unfreeze()
        except BaseExceptionGroup as group:
            raise _innermost(group) from group


def _innermost(error: BaseException) -> BaseException:
    """The error itself where a task group wrapped it: Litestar's lifespan runs in one."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


@asynccontextmanager
async def _admin(app: Litestar, settings: Settings, most_connections: int) -> AsyncIterator[None]:
    """The admin port beside the public one, if there is one."""
    if settings.admin_port is None:
        yield
        return
    names = ("CONTACTS_ADMIN_HOST", "CONTACTS_ADMIN_PORT")
    with _listening(settings.admin_host, settings.admin_port, settings.stall_seconds, names) as listener:
        async with admin_served(uvicorn_config(AdminDoor(app), settings, most_connections), listener):
            yield


@contextmanager
def _listening(
    host: str, port: int, stall_seconds: float, names: tuple[str, str] = ("CONTACTS_HOST", "CONTACTS_PORT")
) -> Iterator[socket.socket]:
    """A listening socket, whose connections inherit a bound on how long their peer may take nothing."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None)
        reason = os.strerror(number) if number and number > 0 else "not an address of this machine"
        raise SettingsError(f"{', '.join(names)}: can't listen on {host}:{port}: {reason}") from error
    with listener:
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            # However it was left, the kernel then drops a connection whose peer takes nothing.
            unread = round(stall_seconds * 1000)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, unread)
        listener.setblocking(False)
        yield listener


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - absent on Windows
    except ImportError:
        return None
    return uvloop.new_event_loop
