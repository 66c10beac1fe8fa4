"""Whether the service is there and can answer, as load balancers see it."""

import asyncio

import pytest

from api.operations import health
from mappings.errors import EngineUnavailable


def test_alive_and_ready(service):
    assert service.get("/health/live") == (200, {"status": "live"})
    assert service.get("/health/ready") == (200, {"status": "ready"})


def test_an_engine_without_contacts_is_alive_and_not_ready(service, engine):
    engine.error = EngineUnavailable("No contacts have been indexed yet; run `contacts index csv FILE` first.")
    assert service.get("/health/live")[0] == 200
    assert service.get("/health/ready") == (503, {"detail": str(engine.error)})


def test_a_check_that_takes_too_long_fails(service, engine, monkeypatch):
    monkeypatch.setattr(health, "READY_SECONDS", 0.1)

    async def endless() -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(type(engine), "ready", lambda self: endless())
    status, body = service.get("/health/ready")
    assert status == 503
    assert "did not answer within" in body["detail"]


@pytest.mark.anyio
async def test_a_service_that_stops_is_not_ready(settings, engine):
    """Load balancers learn of it before the connections end."""
    from api.app import create_app  # noqa: PLC0415

    app = create_app(settings, engine)
    async with app.lifespan():
        for check in app.state.checks:
            await check()
        await app.state.connections.drain(0, 0)
        with pytest.raises(Exception, match="The service is stopping"):
            await app.state.checks[0]()
