"""What the wiring alone decides."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from api.actions.traffic import KEPT_SLOTS
from api.app import create_app
from api.settings import Settings, load_settings
from search import engines
from search.duckdb.engine import DuckDBEngine
from search.fields import ContactCompleteItem
from tests.harness.memory_engine import MemoryEngine
from tests.harness.pipes import run_at_once
from tests.harness.stores import load


def test_as_many_requests_as_are_let_in_run_at_once_in_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    open_engine = engines.open_engine
    monkeypatch.setattr(engines, "open_engine", lambda settings: opened.append(open_engine(settings)) or opened[-1])
    settings = load_settings(
        {"CONTACTS_DATA_DIR": str(tmp_path), "CONTACTS_JWT_SECRET": "x" * 32, "CONTACTS_MAX_RUNNING": "8"}
    )

    async def run() -> None:
        await load(settings.engine, [ContactCompleteItem(uuid="a")])
        async with create_app(settings).lifespan():
            [engine] = opened
            assert isinstance(engine, DuckDBEngine)
            assert engine.width == 8 + KEPT_SLOTS
            await run_at_once(engine, tmp_path, 8 + KEPT_SLOTS)

    asyncio.run(run())


@pytest.mark.parametrize(("registration", "told"), [("closed", True), (None, True), ("open", False)])
def test_a_service_that_nobody_can_use_says_so(
    settings: Settings, engine: MemoryEngine, caplog: pytest.LogCaptureFixture, registration: str | None, told: bool
) -> None:
    app = create_app(msgspec.structs.replace(settings, registration=registration), engine)

    async def run() -> None:
        async with app.lifespan():
            assert ("there are no users yet: make the first with `contacts users create" in caplog.text) is told
            await app.state.accounts.administration.create("ada@example.com", "analytical", "")
        caplog.clear()
        async with create_app(msgspec.structs.replace(settings, registration="closed"), engine).lifespan():
            assert "no users" not in caplog.text

    asyncio.run(run())
