"""Runs the application under uvicorn with what was measured to be best, and logs without secrets."""

import asyncio
import gc
import logging
import math
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from litestar import Litestar

from api.app import create_app
from api.operations.logs import configure_logging
from api.settings import Settings
from api.socket.connections import Connections
from api.socket.wire import FramedWebSocket
from mappings.errors import SettingsError

HTTP_CONNECTIONS = 1024
"""Connections beside the WebSockets' cap; past both, requests are answered 503."""

_BACKLOG = 2048

_TURN_SECONDS = 0.0005
"""How long a thread runs Python before it gives way. Whenever the event loop wakes it waits so long for one that makes
a costly filter, several times in a request: with Python's own 5 ms a search beside it took ten times as long."""

_log = logging.getLogger(__name__)


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. Logs go to standard error.

    Raises:
        SettingsError: the settings can't be used, e.g. the port is taken.
        EngineError: the engine can't be opened.
    """
    configure_logging(settings.log_level, as_json=settings.logs_json)
    if settings.jwt_secret_generated:
        _log.warning("CONTACTS_JWT_SECRET is not set: tokens are signed with a secret made for this run only")
    app = create_app(settings)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(serve_app(app, settings, lambda _, address: _log.info("ready on %s", address)))


def uvicorn_config(app: Litestar, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves `app`: the fast WebSocket protocol, our caps, no access log and no compression.

    The lifespan is off because `serve` enters it itself, to get its errors as they are. Messages are not compressed:
    that costs more than the rest of a search. Pings find out clients that are gone without a word.
    """
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="none",
        http="httptools",
        ws=FramedWebSocket,
        ws_max_size=settings.max_message_bytes,
        ws_per_message_deflate=False,
        ws_ping_interval=settings.ping_seconds,
        ws_ping_timeout=settings.ping_seconds,
        limit_concurrency=settings.max_connections + HTTP_CONNECTIONS,
        forwarded_allow_ips=settings.trusted_proxies,
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level=logging.WARNING,
        server_header=False,
        timeout_graceful_shutdown=math.ceil(settings.shutdown_seconds),
    )


class Server(uvicorn.Server):
    """uvicorn, which tells when it is ready, and which a signal only stops.

    uvicorn would raise the signal again, and end the process, before the engine is closed; and it would close
    WebSockets at once, whatever they wait for.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        started: Callable[["Server"], None],
        stopping: Callable[[], Coroutine[Any, Any, None]],
    ) -> None:
        super().__init__(config)
        self._on_started = started
        self._on_stopping = stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then tell."""
        await super().startup(sockets)
        self._on_started(self)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, let WebSockets finish unless there is a second signal, then stop."""
        for server in self.servers:
            server.close()
        stopping = asyncio.create_task(self._on_stopping())
        while not stopping.done() and not self.force_exit:
            await asyncio.wait([stopping], timeout=0.1)
        stopping.cancel()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at SIGINT and SIGTERM, if this is the thread that gets them."""
        caught = (signal.SIGINT, signal.SIGTERM) if threading.current_thread() is threading.main_thread() else ()
        before = {number: signal.signal(number, self.handle_exit) for number in caught}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


async def serve_app(app: Litestar, settings: Settings, started: Callable[[Server, str], None]) -> None:
    """Serve `app` until a signal or `Server.should_exit`; `started` gets the server and its address when it is ready.

    Raises:
        SettingsError: the address can't be listened on.
    """
    with _listening(settings) as listener:
        host, port = listener.getsockname()[:2]
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        try:
            async with app.lifespan():
                connections: Connections = app.state.connections
                server = Server(
                    uvicorn_config(app, settings),
                    lambda server: started(server, address),
                    lambda: connections.drain(settings.shutdown_seconds),
                )
                # What is here now stays for good: without this, each full garbage collection would go through all of
                # it again, which holds up every request for a tenth of a second.
                gc.collect()
                gc.freeze()
                sys.setswitchinterval(_TURN_SECONDS)
                try:
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


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """A listening socket, whose connections inherit a bound on how long their peer may take nothing."""
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None)
        reason = os.strerror(number) if number and number > 0 else "not an address of this machine"
        raise SettingsError(
            f"CONTACTS_HOST, CONTACTS_PORT: can't listen on {settings.host}:{settings.port}: {reason}"
        ) from error
    with listener:
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            # However it was left, the kernel then drops a connection whose peer takes nothing.
            unread = round(settings.stall_seconds * 1000)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, unread)
        listener.setblocking(False)
        yield listener


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - absent on Windows
    except ImportError:
        return None
    return uvloop.new_event_loop
