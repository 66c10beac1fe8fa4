"""What a load over many hosts needs of an engine, beyond what any load does (`search.loader`).

One host makes the store and says who reads what; any hosts fill it, side by side, without the lock of loads; one host
swaps it in, or all of it is removed. Whatever they have to know of each other is kept where the contacts live.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from search.loader import Loader

PART_BITS = 40
"""The lower bits of a document's version: the number of its row in its part, from 1. Above them is the part's."""


def first_row(part: int) -> int:
    """The number of the first row of a part. The later row of a contact wins, as on one host, whichever part is done
    first; and a part that is done again changes nothing."""
    return (part << PART_BITS) + 1


class Stretch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one part reads: bytes of a file, or a range of the keys of a database.

    Attributes:
        source: the place of its source among those of the load; `None` of a part that has nothing to read.
        begin, end: the first byte, and the one after the last, where rows begin; of a whole file none.
        after, until: the key before the first, and the last; `None` where there is no bound.
    """

    source: int | None = None
    begin: int | None = None
    end: int | None = None
    after: str | None = None
    until: str | None = None


class Shared(msgspec.Struct, frozen=True):
    """A store that many hosts fill: the `MAPPING_VERSION` it was made with, and its parts."""

    mapping: int
    parts: tuple[Stretch, ...]


class SharedLoader(Loader, Protocol):
    """A load that many hosts do. Each of them has a loader of its own.

    Documents are written by who has joined it, as often as they like: the version of a document is the number of its
    row. Of the hosts `exclusively` is for who plans, finishes or abandons it.
    """

    async def under_way(self) -> str:
        """The store that many hosts are filling; "" if none is."""

    async def join(self) -> None:
        """Be part of the load that is under way. Raises `NoSuchLoad` if there is none."""

    async def shared(self) -> Shared:
        """What the store says of itself. Raises `Superseded` if it has been finished or abandoned."""

    async def share(self, parts: Sequence[Stretch]) -> None:
        """From now on the store that was started is to be filled in these parts, and no other load begins. To be
        called within `exclusively`."""

    async def shut(self) -> None:
        """From now on nobody who has joined can write any more. May be repeated."""

    async def reopen(self, parts: Sequence[Stretch]) -> None:
        """They can again, and the store is not complete. May be repeated."""

    async def unshare(self) -> None:
        """Forget the plan, with all that was kept beside the store; other loads may begin. To be called within
        `exclusively`."""

    async def keep(self, name: str, data: bytes) -> None:
        """Keep `data` beside the store under `name`, in place of what was there. Some MB at most."""

    async def kept(self, name: str) -> bytes | None:
        """What is kept under `name`; `None` if nothing is."""

    async def versions(self, uuids: Sequence[str]) -> dict[str, int]:
        """Uuid → the version of its document in the store, of those of `uuids` that have one."""

    async def withdraw(self) -> list[str]:
        """Remove the stores that were planned for many hosts and are not live, also those whose planning was broken
        off, with all that is kept beside them; their names. To be called within `exclusively`."""
