"""The cases in `tests/data/cases`: small files and URLs as people really have them, with the right answers.

Their README tells how they are read. A case that is added to `files.json` or `urls.json` is a test of both engines.
"""

from pathlib import Path
from typing import Any

import msgspec

CASES = Path(__file__).parents[1] / "data" / "cases"
FILES = CASES / "files"


class Expected(msgspec.Struct, frozen=True, rename={"values": "is"}):
    """Of the one contact that has the fields in `find`, the fields in `values` have these values."""

    find: dict[str, Any]
    values: dict[str, Any]


class FileCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that is loaded into an empty store, after `first` where there is one.

    Attributes:
        args: flags of the load.
        live: contacts then; not asked where it is `None`.
        urls: what each counts then.
        refused: the load fails with exit code 1 and says why.
    """

    file: str
    note: str = ""
    first: str | None = None
    args: tuple[str, ...] = ()
    live: int | None = None
    items: tuple[Expected, ...] = ()
    urls: dict[str, int] = {}
    refused: bool = False


class UrlCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A URL asked of `people_small.csv`: it counts so many, or is refused or counts `refused_or`."""

    name: str
    url: str
    count: int | None = None
    refused_or: int | None = None


def file_cases() -> list[FileCase]:
    """All of `files.json`."""
    return msgspec.json.decode((CASES / "files.json").read_bytes(), type=list[FileCase])


def url_cases() -> list[UrlCase]:
    """All of `urls.json`."""
    return msgspec.json.decode((CASES / "urls.json").read_bytes(), type=list[UrlCase])
