"""The engines by name. An engine is one module; a row in `ENGINES` is all that the packages know of it."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol, cast

import msgspec

from mappings.errors import SettingsError
from mappings.predicates import ContactFilter
from search.engine import Engine, EngineSettings
from search.findings import Finding
from search.loader import Loader
from search.settings import Setting, read
from search.shared_loader import SharedLoader

ENGINES = {
    "elasticsearch": "search.elasticsearch",
    "duckdb": "search.duckdb",
}
"""Name → module, which is imported when it is first asked for."""

DEFAULT = "duckdb"
"""The engine where no setting names one."""


class EngineModule(Protocol):
    """What the module of an engine offers. Importing it is cheap: what the engine stands on comes with its use.

    Attributes:
        TITLE: how people write its name.
        WIDTH: requests that it works on well at once, for where `EngineSettings.concurrency` does not say.
        OWN_PROCESSES: it works in processes of its own, perhaps on this machine: a load leaves a processor to it.
        SETTINGS: the rows of the variables that it alone has; their attributes are those of `OwnSettings`.
        OwnSettings: what it reads from `EngineSettings.own`, with a default for everything; `None` without `SETTINGS`.
    """

    TITLE: str
    WIDTH: int
    OWN_PROCESSES: bool
    SETTINGS: tuple[Setting, ...]
    OwnSettings: type[msgspec.Struct] | None

    def open_engine(self, settings: EngineSettings) -> Engine[Any]:
        """The engine that answers searches. It connects with its first request."""

    def open_loader(self, settings: EngineSettings, keep: int = 1, name: str | None = None) -> Loader:
        """The loader of a new load, or of the interrupted one into the store `name`.

        `keep` earlier stores stay for a rollback.
        """

    def open_updater(self, settings: EngineSettings) -> Loader | None:
        """The loader that puts contacts into the live store itself; `None` if the engine has no such way."""

    def open_shared_loader(self, settings: EngineSettings, keep: int = 1) -> SharedLoader | None:
        """The loader of a store that many hosts fill; `None` if the engine has no such way."""

    def explain(self, contact_filter: ContactFilter) -> dict[str, Any]:
        """What it would ask of its store for a first page, as JSON-able data for people to read."""

    async def examine(self, settings: EngineSettings) -> list[Finding]:
        """What is to be said of the store beyond whether it answers: versions, privileges, modes of files.

        Raises:
            EngineError: it can't be asked.
        """


def engine_module(name: str | None) -> EngineModule:
    """The module of the engine `name`, or of the default one.

    Raises:
        SettingsError: there is no such engine.
    """
    path = ENGINES.get(name or DEFAULT)
    if path is None:
        raise SettingsError(f"engine {name!r} is not known; use {' or '.join(sorted(ENGINES))}")
    return cast(EngineModule, import_module(path))


def own_settings(name: str, values: Mapping[str, str]) -> msgspec.Struct | None:
    """The own settings of the engine `name`, from `values` by variable.

    Raises:
        SettingsError: a value that can't be used, be it of an engine that was not chosen.
    """
    settings = {engine: read(engine_module(engine).SETTINGS, values) for engine in ENGINES}
    kind = engine_module(name).OwnSettings
    return None if kind is None else kind(**settings[name])


def open_engine(settings: EngineSettings) -> Engine[Any]:
    """The engine of the settings; see `EngineModule.open_engine`."""
    return engine_module(settings.engine).open_engine(settings)


def open_loader(settings: EngineSettings, keep: int = 1, name: str | None = None) -> Loader:
    """A loader for the engine of the settings; see `EngineModule.open_loader`."""
    return engine_module(settings.engine).open_loader(settings, keep, name)


def open_updater(settings: EngineSettings) -> Loader | None:
    """The updater of the engine of the settings, if it has one; see `EngineModule.open_updater`."""
    return engine_module(settings.engine).open_updater(settings)


def open_shared_loader(settings: EngineSettings, keep: int = 1) -> SharedLoader | None:
    """The shared loader of the engine of the settings, if it has one; see `EngineModule.open_shared_loader`."""
    return engine_module(settings.engine).open_shared_loader(settings, keep)


async def examine(settings: EngineSettings) -> list[Finding]:
    """What is to be said of the store of the settings; see `EngineModule.examine`."""
    return await engine_module(settings.engine).examine(settings)


def explain(contact_filter: ContactFilter) -> dict[str, dict[str, Any]]:
    """What a filter becomes in each engine, by name; see `EngineModule.explain`."""
    return {name: engine_module(name).explain(contact_filter) for name in ENGINES}
