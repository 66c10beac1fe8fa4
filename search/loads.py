"""Which loads of an alias are kept, and the way back to the one before: for the service and the command line alike."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from search.directory_lock import DirectoryLock
from search.engine import EngineSettings
from search.engines import open_loader
from search.loader import Loader
from search.stores import Store


async def kept_loads(settings: EngineSettings) -> list[Store]:
    """All complete stores with their figures, the oldest first. Raises `EngineError`."""
    async with _loader(settings) as loader:
        return await loader.stores()


async def roll_back(settings: EngineSettings, name: str | None = None) -> Store:
    """Make the load before the live one live, in one step, or the one with this name; it.

    Raises:
        NoSuchLoad: there is none.
        LoadRunning: somebody loads.
        OSError: the data directory can't be written.
        EngineError: the engine can't be asked.
    """
    async with _loader(settings) as loader:
        with DirectoryLock(settings.data_dir, settings.index) as lock:
            async with loader.exclusively(lock.holder):
                return await loader.rollback(name)


@asynccontextmanager
async def _loader(settings: EngineSettings) -> AsyncIterator[Loader]:
    loader = open_loader(settings)
    try:
        yield loader
    finally:
        await loader.close()
