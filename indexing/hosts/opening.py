"""The loader of a load that many hosts do, where the engine has such a way."""

from mappings.errors import IndexingError
from search.engine import EngineSettings
from search.engines import engine_module, open_shared_loader
from search.shared_loader import SharedLoader


class OneHostOnly(IndexingError):
    """The engine has no way for several hosts to fill one store."""


def shared_loader(settings: EngineSettings, keep: int = 1) -> SharedLoader:
    """A loader for the engine of the settings. Whoever asks for it closes it.

    Raises:
        OneHostOnly: its contacts are in a file, which one process writes.
    """
    loader = open_shared_loader(settings, keep)
    if loader is None:
        title = engine_module(settings.engine).TITLE
        raise OneHostOnly(
            f"{title} keeps all contacts in one file, which one process writes: load them on one host, with `contacts "
            "index csv` or `contacts index postgres`, or on many into Elasticsearch, with --engine elasticsearch "
            "(CONTACTS_ENGINE)"
        )
    return loader
