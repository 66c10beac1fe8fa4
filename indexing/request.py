"""What a load is asked for: the command line says it, the job does it."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from indexing.sources.base import Source

MERGE_SECONDS = 3600
"""How long the engine may give back room before the swap, where nobody says otherwise."""


class Limits(msgspec.Struct, frozen=True):
    """What makes a load fail before its swap.

    Attributes:
        max_rejects: the greatest share of rows that may be rejected, from 0 to 1.
        allow_shrink: let a load go live that has under half of the contacts that are live now.
        allow_loss: fields that may lose nearly all their values.
        allow_golden: let it go live though it finds too many or too few contacts by golden URLs.
        allow_bad: headers of columns of which most cells need not be readable.
    """

    max_rejects: float = 0.01
    allow_shrink: bool = False
    allow_loss: frozenset[str] = frozenset()
    allow_bad: frozenset[str] = frozenset()
    allow_golden: bool = False


class LoadRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to load, and how.

    Attributes:
        sources: read one after the other.
        rejects: the reject file.
        repairs: the repair file.
        keep: earlier stores that stay for a rollback.
        merge_seconds: how long the engine may give back the room that it took for the load's sake, before the swap;
            with 0 it is not asked to.
        workers: processes that encode; by default `loading.default_workers`.
        update: put the contacts among those that are live instead of replacing them.
        rebuild: read the live contacts; there are no other sources.
        resume: go on with the interrupted load.
        strict_values: reject a row for a value that can't be read.
        keep_filled: an update empties nothing.
        new_uuids: nobody is looked for among the live contacts.
    """

    rejects: Path
    repairs: Path = Path("repairs.ndjson")
    sources: Sequence[Source] = ()
    limits: Limits = Limits()
    keep: int = 1
    merge_seconds: float = MERGE_SECONDS
    workers: int | None = None
    update: bool = False
    rebuild: bool = False
    resume: bool = False
    strict_values: bool = False
    keep_filled: bool = False
    new_uuids: bool = False
