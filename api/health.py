"""`GET /health/live` and `/health/ready`, for load balancers, scripts and tests. They need no token."""

import asyncio
from typing import Any

from litestar import get
from litestar.datastructures import State

from mappings.errors import EngineTimeout

READY_SECONDS = 5.0
"""How long the engine has to say that it is ready."""


@get("/health/live")
async def live() -> dict[str, str]:
    """200 as long as the process answers at all."""
    return {"status": "live"}


@get("/health/ready")
async def ready(state: State) -> dict[str, str]:
    """200 when the engine answers and has contacts, else 503 with the cure."""
    engine: Any = state.engine
    try:
        async with asyncio.timeout(READY_SECONDS):
            await engine.ready()
    except TimeoutError as error:
        raise EngineTimeout(f"The engine did not answer within {READY_SECONDS:.0f} s") from error
    return {"status": "ready"}
