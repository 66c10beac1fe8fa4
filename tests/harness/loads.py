"""Loads contacts through the command line and looks at what is live afterwards; reads sources and nothing else."""

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import msgspec

from api.settings import load_settings
from indexing.identity.keys import claim_of
from indexing.items import contact_reader
from indexing.sample.contacts import write_sample
from indexing.sources.base import Row, Source, Start
from indexing.sources.columns import ColumnMapping
from indexing.sources.lines import Lines, lines_add_up
from mappings.predicates import ContactFilter
from search.engine import EngineSettings
from search.engines import open_engine
from search.fields import ContactCompleteItem
from tests.harness.service import contacts, environment_of


def duckdb_environment(directory: Path) -> dict[str, str]:
    return environment_of(directory / "data", CONTACTS_INDEX="contacts")


def elasticsearch_environment(directory: Path, url: str, index: str) -> dict[str, str]:
    return environment_of(
        directory / "data", CONTACTS_ENGINE="elasticsearch", CONTACTS_ELASTICSEARCH_URL=url, CONTACTS_INDEX=index
    )


def arguments(environment: dict[str, str], kind: str, *flags: str) -> list[str]:
    directory = Path(environment["CONTACTS_DATA_DIR"]).parent
    files = ["--rejects", str(directory / "rejects.ndjson"), "--repairs", str(directory / "repairs.ndjson")]
    return ["index", kind, *flags, "--json", *files]


def run_load(environment: dict[str, str], kind: str, *flags: str, stdin: str | None = None) -> Any:
    """The outcome of `contacts index KIND FLAGS`."""
    return contacts(environment, *arguments(environment, kind, *flags), stdin=stdin)


def loaded(environment: dict[str, str], kind: str, *flags: str, stdin: str | None = None) -> dict[str, Any]:
    """The summary of a load that worked."""
    outcome = run_load(environment, kind, *flags, stdin=stdin)
    assert outcome.returncode == 0, outcome.stderr
    summary: dict[str, Any] = json.loads(outcome.stdout)
    assert summary["rows"] == summary["indexed"] + summary["repeated"] + summary["rejected"]
    return summary


def status(environment: dict[str, str]) -> dict[str, Any]:
    outcome = contacts(environment, "index", "status", "--json")
    assert outcome.returncode == 0, outcome.stderr
    stores: dict[str, Any] = json.loads(outcome.stdout)
    return stores


def interrupted(environment: dict[str, str]) -> dict[str, Any] | None:
    """The state of the load that is running or was interrupted."""
    try:
        path = Path(environment["CONTACTS_DATA_DIR"]) / f"{environment['CONTACTS_INDEX']}.job.json"
        state: dict[str, Any] = json.loads(path.read_text())
        return state
    except FileNotFoundError:
        return None


def rejects(environment: dict[str, str]) -> list[dict[str, Any]]:
    path = Path(environment["CONTACTS_DATA_DIR"]).parent / "rejects.ndjson"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def settings_of(environment: dict[str, str]) -> EngineSettings:
    return load_settings(environment, need_secret=False).engine


def live(environment: dict[str, str]) -> list[dict[str, Any]]:
    """All live contacts, in default order."""
    return asyncio.run(_live(settings_of(environment)))


async def _live(settings: EngineSettings) -> list[dict[str, Any]]:
    engine = open_engine(settings)
    try:
        compiled = engine.compile(ContactFilter())
        return [msgspec.json.decode(item) async for batch in engine.scan(compiled) for item in batch]
    finally:
        await engine.close()


class Read(msgspec.Struct):
    """All of a source after a start: what its last batch said of its lines, and what was said of it."""

    columns: ColumnMapping | None
    rows: list[Row]
    lines: Lines | None
    notes: tuple[str, ...]


def read(source: Source, start: Start | None = None) -> Read:
    """All that `source` gives after `start`; what it says of its lines adds up."""
    outcome = asyncio.run(_read(source, start or Start()))
    if start is None and outcome.lines is not None:
        assert lines_add_up(outcome.lines, len(outcome.rows))
    return outcome


def rows_of(source: Source, start: Start | None = None) -> list[Row]:
    """All rows of `source` after `start`."""
    return read(source, start).rows


def items_of(source: Source) -> list[ContactCompleteItem]:
    """The contacts that the rows of `source` are, of which all must be some, no two of them the same."""
    outcome = read(source)
    assert outcome.columns is not None
    contact_of = contact_reader(outcome.columns)
    contacts = [contact_of(row.cells).contact for row in outcome.rows]
    return [msgspec.structs.replace(contact, uuid=claim_of(0, contact).uuid) for contact in contacts]


async def _read(source: Source, start: Start) -> Read:
    async with source.open(start) as reading:
        batches = [batch async for batch in reading.batches]
    rows = [row for batch in batches for row in batch.rows]
    return Read(reading.columns, rows, batches[-1].lines if batches else None, reading.notes)


def people(number: int, first: int = 0, title: str = "CEO") -> str:
    """A CSV of so many contacts with uuids of their own."""
    rows = "".join(f"id-{at:06},p{at}@acme.com,{title}\n" for at in range(first, first + number))
    return f"uuid,Email,Title\n{rows}"


def awkward_sample(path: Path, number: int) -> Path:
    """A CSV of made-up contacts, with repeated rows and rows that are rejected among them."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        write_sample(number, stream)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    chance = random.Random(3)
    for at in range(100, len(lines), 100):
        lines[at] = chance.choice((lines[at].rstrip("\n") + ",one too many\n", lines[at - 50], lines[at]))
    path.write_text("".join(lines), encoding="utf-8")
    return path
