"""`GET /health/live`, `/health/ready` and `/metrics`, for load balancers and Prometheus. They need no token."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import msgspec
from litestar import MediaType, Response, get
from litestar.datastructures import State

from api.openapi import problems
from api.operations.metrics import CONTENT_TYPE, Metrics
from mappings.errors import EngineTimeout

READY_SECONDS = 5.0
"""How long all checks together may take, such as asking the engine and the database of users."""

Check = Callable[[], Awaitable[None]]
"""Returns when a part of the service can do its work; raises why it can't, with the cure."""


class Health(msgspec.Struct, frozen=True):
    """That all is well; what is not is a `Problem`."""

    status: Literal["live", "ready"]


@get(
    "/health/live",
    opt={"action": "health"},
    tags=["Operations"],
    summary="Is it there",
    response_description="It answers",
    responses=problems(),
)
async def live() -> Health:
    """200 as long as the process answers at all."""
    return Health("live")


@get(
    "/health/ready",
    opt={"action": "health"},
    tags=["Operations"],
    summary="Can it answer",
    response_description="It can",
    responses=problems(503),
)
async def ready(state: State) -> Health:
    """200 when the engine answers and has contacts, and users can be looked up; else 503 with the cure."""
    checks: Sequence[Check] = state.checks
    try:
        async with asyncio.timeout(READY_SECONDS):
            for check in checks:
                await check()
    except TimeoutError as error:
        raise EngineTimeout(f"The engine or the users did not answer within {READY_SECONDS:.0f} s") from error
    return Health("ready")


@get(
    "/metrics",
    opt={"action": "metrics"},
    tags=["Operations"],
    summary="Figures",
    response_description="The figures",
    media_type=MediaType.TEXT,
    responses=problems(),
)
async def metrics_page(state: State) -> Response[str]:
    """The figures, in Prometheus' own format."""
    metrics: Metrics = state.metrics
    # As a header, since to a media type that is a text Litestar adds a charset, whether or not there is one.
    return Response(metrics.text().decode(), headers={"content-type": CONTENT_TYPE})
