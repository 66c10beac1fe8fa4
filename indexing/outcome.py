"""What a load and a dry run say at the end: where every row went, and what that made of the contacts."""

from typing import Any

import msgspec

from indexing.books import Books
from indexing.filled import Filled, filled_before_and_now
from indexing.repairs import RepairKind
from indexing.sources.lines import Lines
from indexing.tally import Before, Reading, Tally


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What loads and dry runs have in common: `rows` are indexed (or would be), repeated or rejected.

    Attributes:
        lines: where the lines of files went; none where no source has lines.
        notes: what was decided about the sources that their owner may know better.
        unknown_columns: headers that mean nothing here, whose cells are kept as `custom`.
        repeated: rows of contacts that have a later row, too.
        kept: contacts of these rows that were live before under the same uuid.
        new: contacts of these rows that were not.
        gone: contacts that were live before and are no longer.
        shared: rows that are contacts of their own although others have an address or id of theirs.
        possible_duplicates: contacts that are perhaps those of other rows, too.
        emptied: field → live contacts in which an update emptied it.
        filled: field → how many contacts had it before, and have it now.
        repaired: values that could not be read, and are null; `repairs` has them by field and reason.
    """

    rows: int
    lines: Lines
    notes: tuple[str, ...]
    unknown_columns: tuple[str, ...]
    repeated: int
    rejected: int
    kept: int
    new: int
    gone: int
    shared: int
    possible_duplicates: int
    shared_examples: tuple[str, ...]
    possible_duplicate_examples: tuple[str, ...]
    emptied: dict[str, int]
    filled: dict[str, Filled]
    rejects_by_reason: dict[str, int]
    repaired: int
    repairs: tuple[RepairKind, ...]


def outcome(reading: Reading, accepted: int, books: Books, before: Before, tally: Tally) -> dict[str, Any]:
    """The values of an `Outcome`, by name: of what was read so many contacts were accepted."""
    return msgspec.structs.asdict(
        Outcome(
            rows=reading.rows,
            lines=reading.lines,
            notes=reading.notes,
            unknown_columns=reading.unknown_columns,
            repeated=reading.rows - accepted - books.rejects.count,
            rejected=books.rejects.count,
            kept=tally.kept,
            new=tally.new,
            gone=0 if before.stay else before.contacts - tally.kept,
            shared=tally.shared,
            possible_duplicates=tally.doubles,
            shared_examples=tally.shared_examples,
            possible_duplicate_examples=tally.double_examples,
            emptied=tally.emptied,
            filled=filled_before_and_now(before.filled, tally.filled),
            rejects_by_reason=dict(books.rejects.by_reason),
            repaired=books.repairs.count,
            repairs=tuple(books.repairs.kinds.values()),
        )
    )
