"""The guard before the swap: which loads must not go live."""

from collections.abc import Mapping
from pathlib import Path

from indexing.filled import FIELDS, Counts
from indexing.rejects import RejectFile
from indexing.repairs import RepairFile, bad_columns
from indexing.request import Limits
from indexing.sources.headers import header_key
from indexing.sources.lines import Lines, lines_add_up
from indexing.tally import Before
from mappings.errors import IndexingError

_SHOWN_REASONS = 3
_SHOWN_LOSSES = 5

_SOMEBODY = ("first_name", "last_name", "email", "person_linkedin_url")
"""What tells who a contact is: somebody has one of these, or the contacts are no people."""


class LoadRefused(IndexingError):
    """The finished load must not go live: it has too many rejects, too few contacts, or not all it should have."""


def check_rows(rows: int) -> None:
    """There were some. Raises `LoadRefused`."""
    if not rows:
        raise LoadRefused("the source has no rows")


def check_rejects(limits: Limits, rows: int, rejects: RejectFile) -> None:
    """Of so many rows of the sources not too many were rejected. Raises `LoadRefused`."""
    if rejects.count > limits.max_rejects * rows:
        reasons = [
            f"{count:,} × {reason} ({rejects.examples[reason]})"
            for reason, count in rejects.by_reason.most_common(_SHOWN_REASONS)
        ]
        raise LoadRefused(
            f"{rejects.count:,} of {rows:,} rows were rejected, more than --max-rejects allows "
            f"({limits.max_rejects:.1%}): {'; '.join(reasons)}{_see(rejects.path)}"
        )


def check_columns(limits: Limits, read: Mapping[str, int], repairs: RepairFile) -> None:
    """Of no column more than half of the cells could not be read. Raises `LoadRefused`.

    Args:
        read: header → values that were read of its column.
    """
    allowed = set(map(header_key, limits.allow_bad))
    passed = [column for column in repairs.unreadable if header_key(column) in allowed]
    for column in bad_columns(read, repairs.unreadable, passed):
        raise LoadRefused(
            f"the column {column!r} can't be read: {repairs.unreadable[column]:,} of its cells are not what its field "
            f"takes, and {read.get(column, 0):,} are{_see(repairs.path)}; say what it means with --map COLUMN=FIELD, "
            "leave it out with --map COLUMN=, or load without those values with --allow-bad COLUMN"
        )


def check_lines(source: str, lines: Lines | None, rows: int) -> None:
    """Every line of a source that has lines is accounted for. Raises `LoadRefused`."""
    if lines is not None and not lines_add_up(lines, rows):
        known = lines.header + lines.notes + lines.blank + lines.further
        raise LoadRefused(
            f"{source} has {lines.read:,} lines, and only {known + rows:,} are accounted for ({rows:,} rows and "
            f"{known:,} others); that is a fault of this software"
        )


def check_contacts(limits: Limits, contacts: int, accepted: int, live: int, *, alone: bool = False) -> None:
    """The fresh store has the contacts that were accepted, and enough beside those live. Raises `LoadRefused`.

    Args:
        alone: it has no others.
    """
    if contacts < accepted or (alone and contacts > accepted):
        raise LoadRefused(
            f"the store has {contacts:,} contacts where {accepted:,} were accepted; it was not swapped in"
        )
    if not contacts:
        raise LoadRefused("no row became a contact")
    if contacts * 2 < live and not limits.allow_shrink:
        raise LoadRefused(
            f"{contacts:,} contacts would replace {live:,}; if that is meant, say --allow-shrink; "
            "with --update they are put among those"
        )


def check_filled(limits: Limits, before: Before, contacts: int, filled: Counts) -> None:
    """The contacts are people, and no field that half of those before had has nearly gone. Raises `LoadRefused`."""
    now = dict(zip(FIELDS, filled, strict=True))
    if not any(now[name] for name in _SOMEBODY):
        raise LoadRefused(
            "nobody in it has a name, an e-mail or a LinkedIn profile: these are no people; if columns of theirs were "
            "not recognised, say what they mean with --map COLUMN=FIELD"
        )
    lost = [
        f"{name} ({had:,} of {before.contacts:,} contacts have it, {now.get(name, 0):,} of {contacts:,} would)"
        for name, had in before.filled.items()
        if had * 2 >= before.contacts and now.get(name, 0) * 10 < contacts and name not in limits.allow_loss
    ]
    if lost:
        flags = " ".join(f"--allow-loss {each.partition(' ')[0]}" for each in lost)
        more = f" and {len(lost) - _SHOWN_LOSSES:,} more" if len(lost) > _SHOWN_LOSSES else ""
        shown = ", ".join(lost[:_SHOWN_LOSSES]) + more
        raise LoadRefused(f"hardly anybody would have these any more: {shown}; if that is meant, say {flags}")


def _see(path: Path | None) -> str:
    """Where more stands. A dry run writes no file to look into."""
    return "" if path is None else f"; see {path}"
