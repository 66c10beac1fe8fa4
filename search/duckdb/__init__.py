"""The embedded engine: contacts in one DuckDB file, nothing to install, the same answers as Elasticsearch.

What `search.engines.EngineModule` asks for is here; it imports DuckDB only when that is used.
"""

from typing import Any

from mappings.predicates import ContactFilter
from search.engine import Engine, EngineSettings
from search.findings import Finding
from search.loader import Loader
from search.settings import Setting
from search.shared_loader import SharedLoader

TITLE = "DuckDB"
WIDTH = 4
"""Set operations take turns at the interpreter, so that more queries at once are no sooner done; a few, since some wait
for the disk."""
OWN_PROCESSES = False
SETTINGS: tuple[Setting, ...] = ()
OwnSettings = None


def open_engine(settings: EngineSettings) -> Engine[Any]:
    """The engine that answers searches."""
    from search.duckdb.engine import DuckDBEngine

    return DuckDBEngine(settings)


def open_loader(settings: EngineSettings, keep: int = 1, name: str | None = None) -> Loader:
    """The loader of a fresh file, or of the interrupted load into `name`."""
    from search.duckdb.loader import DuckDBLoader

    return DuckDBLoader(settings, keep, name)


def open_updater(settings: EngineSettings) -> Loader | None:  # noqa: ARG001
    """None: one process writes a DuckDB file, and no other may read it meanwhile."""
    return None


def open_shared_loader(settings: EngineSettings, keep: int = 1) -> SharedLoader | None:  # noqa: ARG001
    """None: one process writes a DuckDB file."""
    return None


def explain(contact_filter: ContactFilter) -> dict[str, Any]:
    """The sets of rows that are read, and how they are combined."""
    from search.duckdb.explanation import explanation

    return explanation(contact_filter)


async def examine(settings: EngineSettings) -> list[Finding]:
    """What `contacts doctor` says of its files."""
    from search.duckdb.examination import examine as examined

    return await examined(settings)
