"""Picks the engine that the settings name: the only place where engines are told apart."""

from typing import Any

from mappings.errors import SettingsError
from search.engine import Engine, EngineSettings
from search.loader import Loader


def open_engine(settings: EngineSettings) -> Engine[Any]:
    """The engine that answers searches. It connects with its first request."""
    if _known(settings) == "elasticsearch":
        from search.elasticsearch.engine import ElasticsearchEngine  # noqa: PLC0415 - start without the other's client

        return ElasticsearchEngine(settings)
    from search.duckdb.engine import DuckDBEngine  # noqa: PLC0415

    return DuckDBEngine(settings)


def open_loader(settings: EngineSettings, keep: int = 1, name: str | None = None) -> Loader:
    """The loader of a new load, or of the interrupted one into the store `name`.

    `keep` earlier stores stay for a rollback.
    """
    if _known(settings) == "elasticsearch":
        from search.elasticsearch.loader import ElasticsearchLoader  # noqa: PLC0415

        return ElasticsearchLoader(settings, keep, name)
    from search.duckdb.loader import DuckDBLoader  # noqa: PLC0415

    return DuckDBLoader(settings, keep, name)


def open_updater(settings: EngineSettings) -> Loader | None:
    """The loader that puts contacts into the live store itself; `None` if the engine has no such way."""
    if _known(settings) == "elasticsearch":
        from search.elasticsearch.loader import ElasticsearchUpdater  # noqa: PLC0415

        return ElasticsearchUpdater(settings)
    return None


def _known(settings: EngineSettings) -> str:
    if settings.engine not in ("duckdb", "elasticsearch"):
        raise SettingsError(f"engine {settings.engine!r} is not known; use duckdb or elasticsearch")
    return settings.engine
