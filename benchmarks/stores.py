"""Sample contacts in a real engine, for the benchmarks to ask."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from tests.harness.servers import elasticsearch_server
from tests.harness.service import contacts_process, environment_of
from tests.harness.stores import delete_loads

ENGINES = ("duckdb", "elasticsearch")
INDEX = "benchmark"


class Loaded(msgspec.Struct, frozen=True):
    """Where the contacts are: the settings of a service on them, and the engine's own address if it has one."""

    environment: dict[str, str]
    url: str = ""


@contextmanager
def loaded(engine: str, number: int) -> Iterator[Loaded]:
    """So many sample contacts, loaded through the command line as a user would, and gone afterwards."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        settings = {"CONTACTS_ENGINE": engine, "CONTACTS_INDEX": INDEX}
        url = ""
        if engine == "elasticsearch":
            url = settings["CONTACTS_ELASTICSEARCH_URL"] = stack.enter_context(emptied_elasticsearch())
        environment = environment_of(directory, **settings)
        load(environment, directory, number)
        yield Loaded(environment, url)


@contextmanager
def emptied_elasticsearch() -> Iterator[str]:
    """The URL of an Elasticsearch with nothing in `INDEX`; what comes to be there is gone afterwards."""
    with elasticsearch_server(heap="2g") as url:
        delete_loads(url, INDEX)
        try:
            yield url
        finally:
            delete_loads(url, INDEX)


def load(environment: dict[str, str], directory: Path, number: int) -> None:
    """So many sample contacts into the engine of `environment`; files go to `directory`."""
    sample = directory / "sample.csv"
    for arguments in (
        ("sample", str(number), "--out", str(sample)),
        ("index", "csv", str(sample), "--rejects", str(directory / "rejects.ndjson")),
    ):
        outcome = contacts_process(environment, *arguments)
        if outcome.returncode:
            raise SystemExit(outcome.stderr)


def quiet(environment: dict[str, str]) -> dict[str, str]:
    """The settings of a service whose terminal is for the figures: every request has a line in one log or the other."""
    audit_log = Path(environment["CONTACTS_DATA_DIR"]) / "audit.log"
    return environment | {"CONTACTS_LOG_LEVEL": "error", "CONTACTS_AUDIT_LOG": str(audit_log)}
