"""`contacts index csv` as a process of its own: what the command took, and how many contacts it made live."""

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.processes import run
from indexing.cli.server_process import CONTACTS
from indexing.sample.contacts import write_sample


class Load(msgspec.Struct, frozen=True):
    """One run of the command.

    Attributes:
        seconds: of the whole process.
        cpu: seconds that all its processes were at work.
        mebibytes: of its largest process.
        live: contacts that readers see then.
    """

    seconds: float
    cpu: float
    mebibytes: int
    live: int


def load(
    environment: dict[str, str], path: Path, directory: Path, code: Path | None = None, flags: Sequence[str] = ()
) -> Load:
    """`contacts index csv` from start to swap, of this checkout or of the one at `code`, with more `flags`."""
    command = [*CONTACTS, "index", "csv", str(path), "--json", "--keep", "0", "--allow-shrink", *flags]
    done = run([*command, "--rejects", str(directory / "rejects.ndjson")], environment, code)
    return Load(done.seconds, done.cpu, done.mebibytes, json.loads(done.lines[-1])["live"])


def sample(path: Path, number: int) -> Path:
    """A CSV of so many made-up contacts."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        write_sample(number, stream)
    return path
