"""Sample contacts in a real engine, for the benchmarks to ask."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from benchmarks.loads import Load, load, sample
from tests.harness.servers import elasticsearch_server
from tests.harness.service import environment_of
from tests.harness.stores import delete_loads

ENGINES = ("duckdb", "elasticsearch")
INDEX = f"measured-{os.getpid()}"
"""How the names of all aliases begin: a server may be shared with another run."""


class Loaded(msgspec.Struct, frozen=True):
    """Where contacts are.

    Attributes:
        environment: the settings of a service on them.
        contacts: rows of the file that they were loaded from.
        load: what that took.
        url: the engine's own address, if it has one.
    """

    environment: dict[str, str]
    contacts: int
    load: Load
    url: str = ""

    @property
    def index(self) -> str:
        """The alias that they are found by."""
        return self.environment["CONTACTS_INDEX"]

    @property
    def directory(self) -> Path:
        """Where the files of an engine that keeps some are."""
        return Path(self.environment["CONTACTS_DATA_DIR"])


class Stores:
    """Loads contacts when they are first asked for, through the command line as a user would, and keeps them.

    Args:
        stack: ends everything.
    """

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        self._loaded: dict[tuple[str, int, Path | None], Loaded] = {}
        self._url = ""

    def loaded(self, engine: str, number: int, code: Path | None = None) -> Loaded:
        """So many sample contacts, loaded by this checkout or by the one at `code`."""
        key = engine, number, code
        if key not in self._loaded:
            index = f"{INDEX}-{len(self._loaded)}"
            directory = self.directory / index
            directory.mkdir()
            environment = quiet(environment_of(directory, **self.settings(engine, index)))
            url = self.emptied(index) if engine == "elasticsearch" else ""
            took = load(environment, self.sample(number), directory, code)
            self._loaded[key] = Loaded(environment, number, took, url)
        return self._loaded[key]

    def settings(self, engine: str, index: str) -> dict[str, str]:
        """The settings that name an engine and an alias of its."""
        named = {"CONTACTS_ENGINE": engine, "CONTACTS_INDEX": index}
        return named | ({"CONTACTS_ELASTICSEARCH_URL": self.url} if engine == "elasticsearch" else {})

    @property
    def url(self) -> str:
        """The address of the one Elasticsearch, which is started when it is first asked for."""
        if not self._url:
            self._url = self._stack.enter_context(elasticsearch_server(heap="2g"))
        return self._url

    def emptied(self, index: str) -> str:
        """That address. There is nothing behind the alias; what comes to be there is gone at the end."""
        delete_loads(self.url, index)
        self._stack.callback(delete_loads, self.url, index)
        return self.url

    def sample(self, number: int) -> Path:
        """A CSV of so many made-up contacts."""
        path = self.directory / f"sample-{number}.csv"
        return path if path.exists() else sample(path, number)


@contextmanager
def loaded(engine: str, number: int) -> Iterator[Loaded]:
    """So many sample contacts, gone afterwards."""
    with ExitStack() as stack:
        yield Stores(stack).loaded(engine, number)


def quiet(environment: dict[str, str]) -> dict[str, str]:
    """The settings of a service whose terminal is for the figures: every request has a line in one log or the other."""
    audit_log = Path(environment["CONTACTS_DATA_DIR"]) / "audit.log"
    return environment | {"CONTACTS_LOG_LEVEL": "error", "CONTACTS_AUDIT_LOG": str(audit_log)}
