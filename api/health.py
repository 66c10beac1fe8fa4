"""`GET /health/live`, `/health/ready` and `/metrics`, for load balancers and Prometheus. They need no token."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.datastructures import State

from api.accounts import Accounts
from api.connections import Connections
from api.metrics import CONTENT_TYPE, Metrics
from mappings.errors import EngineTimeout, Stopped

READY_SECONDS = 5.0
"""How long the engine and the database have to say that they are ready."""


@get("/health/live")
async def live() -> dict[str, str]:
    """200 as long as the process answers at all."""
    return {"status": "live"}


@get("/health/ready")
async def ready(state: State) -> dict[str, str]:
    """200 when the engine answers and has contacts, and users can be looked up; else 503 with the cure."""
    engine: Any = state.engine
    accounts: Accounts = state.accounts
    connections: Connections = state.connections
    if connections.stopping:
        raise Stopped("The service is stopping")
    try:
        async with asyncio.timeout(READY_SECONDS):
            await engine.ready()
            await accounts.database.ready()
    except TimeoutError as error:
        raise EngineTimeout(f"The engine or the users did not answer within {READY_SECONDS:.0f} s") from error
    return {"status": "ready"}


@get("/metrics")
async def metrics_page(state: State) -> Response[bytes]:
    """The figures, in Prometheus' own format."""
    metrics: Metrics = state.metrics
    return Response(metrics.text(), media_type=CONTENT_TYPE)
