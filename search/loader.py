"""What the indexing job needs of an engine: a fresh store to fill beside the live one, and one switch at the end."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from search.fields import ContactListItem


class Document(msgspec.Struct, frozen=True):
    """A contact encoded for one engine, once, as the very bytes that are sent or written.

    `row` is the number of its row in the run, from 1. Of two rows with the same uuid the later one wins.
    """

    row: int
    body: bytes


class Refusal(msgspec.Struct, frozen=True):
    """A document that the engine would not take, and why, in plain words."""

    row: int
    reason: str


class Loader(Protocol):
    """One load into a fresh store. Until `swap` returns, readers see the old contacts; `abort` leaves no trace.

    All methods but `encode` raise `EngineError` when the engine can't go on.
    """

    @staticmethod
    def encode(row: int, item: ContactListItem) -> Document:
        """`item` with its derived search fields, made ready for `write`. Pure: workers call it side by side."""

    async def start(self) -> None:
        """Make the fresh, empty store."""

    async def write(self, documents: Sequence[Document]) -> list[Refusal]:
        """Take these documents; those refused are reported, all others are safe once `finish` has returned."""

    async def finish(self) -> int:
        """Make the store complete and searchable; the number of distinct contacts in it."""

    async def live_count(self) -> int | None:
        """How many contacts are live now, `None` when there are none yet."""

    async def swap(self) -> None:
        """Make the fresh store the live one, in one step."""

    async def abort(self) -> None:
        """Remove the fresh store. Safe to call at any point before `swap`."""

    async def close(self) -> None:
        """Give back connections and files."""
