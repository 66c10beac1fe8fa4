"""The admin port: metrics, health and the documents for operators, on a listener of its own.

It is the same application in the same process, by `api.operations.doors`: so its figures are those of the service. It
has a server of its own, and so connections of its own: it answers while the public one is full, or draining.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

STOP_SECONDS = 0.5
"""How long answers to operators may take once the service has stopped."""

_log = logging.getLogger(__name__)


class AdminServer(uvicorn.Server):
    """uvicorn, which leaves signals to the server that it stands beside."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Heed none."""
        yield


@asynccontextmanager
async def admin_served(config: uvicorn.Config, listener: socket.socket) -> AsyncIterator[None]:
    """Serve on `listener` for the length of a block, and log where that is."""
    server = AdminServer(config)
    host, port = listener.getsockname()[:2]
    _log.info("metrics, health and documents for operators on %s port %d", host, port)
    serving = asyncio.create_task(server.serve([listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.wait([serving], timeout=STOP_SECONDS)
        # Whoever reads slowly there keeps nobody from stopping.
        server.force_exit = True
        await serving
