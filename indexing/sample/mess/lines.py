"""What a kind of mess makes of a person: the lines that are written, and the contacts that they mean."""

import csv
import io
from collections.abc import Iterable, Mapping
from enum import Enum

import msgspec

from indexing.sample.contacts import HEADERS

Cells = Mapping[str, str]
"""Header → cell, in the order of `HEADERS`."""


class Outcome(Enum):
    """What a load makes of a line, or of the lines of a row whose cells have line breaks."""

    INDEXED = "indexed"
    REPEATED = "repeated"
    REJECTED = "rejected"
    HEADER = "header"
    BLANK = "blank"
    NOTE = "note"


class Line(msgspec.Struct, frozen=True):
    """A row, or what is none, as it stands in the file.

    Attributes:
        text: with the line break at its end.
        short: it has fewer cells than the header.
        repaired: the field of whose value nothing can be made, if there is one.
    """

    text: str
    outcome: Outcome = Outcome.INDEXED
    short: bool = False
    repaired: str | None = None


class Mess(msgspec.Struct, frozen=True):
    """Lines in their order: the first stands where the person stood, the others come later in the file.

    Attributes:
        people: the contacts meant, each as the cells of a clean row.
    """

    lines: tuple[Line, ...]
    people: tuple[Cells, ...]


def row(cells: Cells, **raw: str) -> str:
    """The cells as a line of CSV.

    Args:
        raw: `Header=text` for cells that are written as they are given, quotes and all.
    """
    return ",".join(raw[header] if header in raw else csv_cell(cells[header]) for header in HEADERS) + "\n"


def csv_cell(text: str) -> str:
    """One cell, quoted if it must be."""
    return csv_row([text]).rstrip("\n") if any(sign in text for sign in ',"\n\r') else text


def csv_row(cells: Iterable[str]) -> str:
    """A line of CSV."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()
