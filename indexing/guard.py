"""The guard before the swap: which loads must not go live."""

from pathlib import Path

from indexing.request import Limits
from mappings.errors import IndexingError


class LoadRefused(IndexingError):
    """The finished load must not go live: it has too many rejects, too few contacts, or not all it should have."""


def check_rejects(limits: Limits, rows: int, rejected: int, rejects: Path | None) -> None:
    """Of so many rows of the sources not too many were rejected. Raises `LoadRefused`."""
    if rejected > limits.max_rejects * rows:
        raise LoadRefused(
            f"{rejected:,} of {rows:,} rows were rejected, more than --max-rejects allows "
            f"({limits.max_rejects:.1%}); see {rejects}; the live contacts are unchanged"
        )


def check_contacts(limits: Limits, contacts: int, accepted: int, live: int) -> None:
    """The fresh store has the contacts that were accepted, and enough beside those live. Raises `LoadRefused`."""
    if contacts < accepted:
        raise LoadRefused(
            f"the store has {contacts:,} contacts where {accepted:,} were accepted; it was not swapped in"
        )
    if not contacts:
        raise LoadRefused("no row became a contact; the live contacts are unchanged")
    if contacts * 2 < live and not limits.allow_shrink:
        raise LoadRefused(
            f"{contacts:,} contacts would replace {live:,}; if that is meant, say --allow-shrink; "
            "the live contacts are unchanged"
        )
