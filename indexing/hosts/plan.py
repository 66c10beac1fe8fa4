"""What the hosts of one load have to know of each other, as it is kept beside the store that they fill.

The plan says how each source is read and what was found out by reading all of it; of each part, what must come of it.
A part that is done says what did.
"""

import msgspec

from indexing.filled import NONE, Counts
from indexing.repairs import RepairKind
from indexing.sources.columns import ColumnMapping
from indexing.sources.csv import CsvSource
from indexing.sources.cutting import Form, Mark
from indexing.sources.fingerprints import Fingerprint
from indexing.sources.lines import Lines
from indexing.tally import Before, Reading, Tally

PLAN, SPOILED, SUMMARY = "plan", "spoiled", "summary"
"""Names under which something is kept: the `Plan`; why the store can't be finished any more, if that is so; and the
summary, once all guards have been passed."""


def source_name(source: int) -> str:
    """Where a `PlannedFile` or `PlannedQuery` is kept."""
    return f"source-{source}"


def part_name(part: int) -> str:
    """Where a `PlannedPart` is kept."""
    return f"part-{part}"


def done_name(part: int) -> str:
    """Where a `DonePart` is kept."""
    return f"done-{part}"


class PlannedFile(msgspec.Struct, frozen=True, tag="file"):
    """A file.

    Attributes:
        file: where it was when it was planned, and how it is read.
        form: of one that is cut.
        above: where the lines went that no part reads.
        lines: where all of them went.
    """

    file: CsvSource
    columns: ColumnMapping
    fingerprint: Fingerprint
    form: Form | None
    above: Lines
    lines: Lines


class PlannedQuery(msgspec.Struct, frozen=True, tag="query"):
    """A query of a database, whose address is not kept: each host says it."""

    query: str
    overrides: dict[str, str]
    columns: ColumnMapping


PlannedSource = PlannedFile | PlannedQuery


class KeptSource(msgspec.Struct, frozen=True):
    """A source as it is kept."""

    source: PlannedSource


class Spoiled(msgspec.Struct, frozen=True):
    """Why a store can't be finished any more."""

    why: str


class PlannedPart(msgspec.Struct, frozen=True):
    """What must come of a part.

    Attributes:
        mark: where in its file it begins; `None` where it is a whole file, or no file.
        rows: of it; `None` where that may be another number by the time it is read, as in a database.
        lines: where its lines must go; `None` where there are none.
        contacts: the digest of whose its rows are, of those that can be read; "" where that may change.
        decisions: chunks of `Decided` that are kept for it.
    """

    mark: Mark | None = None
    rows: int | None = 0
    lines: Lines | None = None
    contacts: str = ""
    decisions: int = 0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out by reading all there is.

    Attributes:
        reading: notes and unknown columns; rows and lines are those of the parts.
        before: the contacts that were live.
        tally: who shares a key, and who is perhaps the same.
        strict_values: as in `LoadRequest`.
        watermark: the latest change in a database when it was planned: all parts see at least that.
        planned: by whom and when, for people.
    """

    sources: int
    reading: Reading
    before: Before
    tally: Tally
    strict_values: bool
    watermark: str | None
    planned: str


class Lost(msgspec.Struct, frozen=True):
    """A row whose document could not be kept, after its contact was known.

    Attributes:
        version: the number of the row, as its document would have it.
        filled: how much more often each field was counted as filled for its sake.
    """

    uuid: str
    version: int
    filled: Counts


class DonePart(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a part.

    Attributes:
        run: tells one run of it from another.
        rejected: its rejects by reason, with an example of each.
        unreadable: header → cells of its column that could not be read; `values_read` are those that could.
        files: name → chunks that are kept of it: rejects, repairs, ledger, and rows that were lost.
        host: who did it, for people.
    """

    run: str
    rows: int = 0
    lines: Lines | None = None
    rejected: dict[str, int] = {}
    reject_examples: dict[str, str] = {}
    repairs: list[RepairKind] = []
    unreadable: dict[str, int] = {}
    values_read: dict[str, int] = {}
    tally: Tally = Tally(filled=NONE)
    files: dict[str, int] = {}
    host: str = ""
    seconds: float = 0.0
