"""A large file is built in a process of its own, and is the same file; where that process dies, it is told."""

import asyncio
import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from mappings.errors import EngineUnavailable
from search.duckdb import loader
from search.duckdb.loader import DuckDBLoader
from search.engine import EngineSettings
from search.fields import ContactCompleteItem

CONTACTS = [ContactCompleteItem(f"{at:04}", title=f"Title {at % 7}", employees=at or None) for at in range(300)]


def built(directory: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The tables of a file of `CONTACTS`."""

    async def load() -> Path:
        load = DuckDBLoader(EngineSettings(data_dir=directory))
        try:
            await load.start()
            await load.write([load.encoder.encode(row, contact) for row, contact in enumerate(CONTACTS, 1)])
            assert await load.finish() == len(CONTACTS)
            return directory / load.name
        finally:
            await load.close()

    with duckdb.connect(asyncio.run(load()), read_only=True) as database:
        names = ("contacts", "items", "names", "sets", "uuids", "meta")
        return {name: database.execute(f"FROM {name} ORDER BY ALL").fetchall() for name in names}


def end(*_: object) -> None:
    """What a process does that has too little memory."""
    os._exit(1)


def test_a_large_file_is_built_in_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = built(tmp_path / "here")
    monkeypatch.setattr(loader, "_SMALL", 0)
    assert built(tmp_path / "there") == here
    monkeypatch.setattr(loader, "build", end)
    with pytest.raises(EngineUnavailable, match="perhaps of too little memory"):
        built(tmp_path / "nowhere")
