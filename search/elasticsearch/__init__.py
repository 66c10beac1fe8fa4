"""The production engine: filters as Elasticsearch bool queries, scaled by the cluster behind the alias.

What `search.engines.EngineModule` asks for is here; it imports the client only when that is used.
"""

from typing import Any

from mappings.predicates import ContactFilter
from search.elasticsearch.settings import SETTINGS, WIDTH, ElasticsearchSettings
from search.engine import Engine, EngineSettings
from search.findings import Finding
from search.loader import Loader
from search.shared_loader import SharedLoader

__all__ = ["OWN_PROCESSES", "SETTINGS", "TITLE", "WIDTH", "OwnSettings"]

TITLE = "Elasticsearch"
OWN_PROCESSES = True
OwnSettings = ElasticsearchSettings


def open_engine(settings: EngineSettings) -> Engine[Any]:
    """The engine that answers searches."""
    from search.elasticsearch.engine import ElasticsearchEngine

    return ElasticsearchEngine(settings)


def open_loader(settings: EngineSettings, keep: int = 1, name: str | None = None) -> Loader:
    """The loader of a fresh index, or of the interrupted load into `name`."""
    from search.elasticsearch.loader import ElasticsearchLoader

    return ElasticsearchLoader(settings, keep, name)


def open_updater(settings: EngineSettings) -> Loader | None:
    """The loader that puts contacts into the live index."""
    from search.elasticsearch.loader import ElasticsearchUpdater

    return ElasticsearchUpdater(settings)


def open_shared_loader(settings: EngineSettings, keep: int = 1) -> SharedLoader | None:
    """The loader of an index that many hosts fill."""
    from search.elasticsearch.shared_loader import SharedElasticsearchLoader

    return SharedElasticsearchLoader(settings, keep)


def explain(contact_filter: ContactFilter) -> dict[str, Any]:
    """The body of the search for a first page."""
    from search.elasticsearch.explanation import explanation

    return explanation(contact_filter)


async def examine(settings: EngineSettings) -> list[Finding]:
    """What `contacts doctor` says of the cluster."""
    from search.elasticsearch.examination import examine as examined

    return await examined(settings)
