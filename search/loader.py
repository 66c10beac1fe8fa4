"""What the indexing job needs of an engine: a fresh store to fill beside the live one, and one switch at the end."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, ClassVar, Protocol

import msgspec

from mappings.errors import Superseded
from search.contact_columns import ContactColumns
from search.engine import Engine
from search.fields import ContactCompleteItem
from search.stores import LoadFigures, Store


def unheard(stage: str) -> None:
    """Nobody listens."""


class Document(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A contact encoded for one engine, once, as the very bytes that are sent or written.

    `row` is the number of its row in the run, from 1. Of two rows with the same uuid the later one wins. `item` is
    what is stored, for an engine that keeps it apart from what is searched.
    """

    row: int
    body: bytes
    item: bytes = b""


class Identity(msgspec.Struct, frozen=True):
    """What a stored contact is known by. `foreign_ids`: source → id."""

    uuid: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    person_linkedin_url: str | None = None
    foreign_ids: dict[str, str] | None = None


class Refusal(msgspec.Struct, frozen=True):
    """A document that the engine would not take, and why, in plain words."""

    row: int
    reason: str


class Holder(msgspec.Struct, frozen=True):
    """Who loads: told to whoever wants to load meanwhile.

    Attributes:
        directory: tells the directory that the state of its loads is in from all others. No two processes of one host
            load from there at once.
        host, process: the name of its host, and its number there.
        since: when it began, by the clock of that host, for people to read.
    """

    directory: str
    host: str
    process: int
    since: str = ""

    def __str__(self) -> str:
        return f"process {self.process} on {self.host}, since {self.since} by its clock"

    @property
    def place(self) -> tuple[str, str]:
        """Where only one process loads at a time: an earlier holder at the place of a later one has ended."""
        return self.host, self.directory


def check_left(path: Path, size: int) -> None:
    """Return if a file of an interrupted load has at least the `size` bytes that it was left with. It may not, after a
    machine went down with what it had not yet written, or after somebody tidied up.

    Raises:
        Superseded: it has less.
    """
    if size and (not path.exists() or path.stat().st_size < size):
        raise Superseded(
            f"{path.name} of the interrupted load is not what that left, as after a power failure; load anew without "
            "--resume"
        )


class LiveContacts(Protocol):
    """What a load asks about the contacts that were live when it began, also if another version of this software
    loaded them; where it writes in place, about what is live now. All methods raise `EngineError`."""

    def identities(self) -> AsyncGenerator[list[Identity]]:
        """Of all live contacts, in any order, in batches; of none when nothing is live."""

    async def contacts(self, uuids: Sequence[str]) -> dict[str, ContactCompleteItem]:
        """Uuid → the contact, of those of `uuids` that are live."""

    async def filled(self) -> dict[str, int]:
        """Field → how many live contacts have it, of all fields but `uuid`; empty when nothing is live."""


class Encoder(Protocol):
    """How contacts become documents of one engine. Pure: a class without a state of its own, to be found by its name
    in workers, which call it side by side. Each worker imports its module, so that has nothing else in it."""

    @staticmethod
    def encode(row: int, contact: ContactCompleteItem, complete: bytes | None = None) -> Document:
        """`contact` with its derived search fields, made ready for `write`. `complete` is its `complete_json`, of
        callers that have it."""
        ...

    @staticmethod
    def encode_all(rows: Sequence[int], contacts: ContactColumns) -> list[Document]:
        """The same of all contacts of a batch, whose rows have these numbers, in less time."""
        ...


class Loader(LiveContacts, Protocol):
    """One load into a fresh store. Until `swap` returns, readers see the old contacts; `abort` leaves no trace.

    All methods raise `EngineError` when the engine can't go on, and `Superseded` where they say so.

    Attributes:
        encoder: what makes the documents that it writes.
        in_place: the engine can take documents straight into its live store, so that an update needs no fresh one.
        in_flight: writes that may be under way at once; with 1 they are taken strictly in order.
        name: the store that is being filled.
    """

    encoder: ClassVar[type[Encoder]]
    in_place: ClassVar[bool]
    in_flight: ClassVar[int]

    @property
    def name(self) -> str: ...

    def exclusively(self, holder: Holder) -> AbstractAsyncContextManager[None]:
        """Keep other loads out of the alias, wherever they run, for as long as the block does.

        Raises:
            LoadRunning: there is another one.
            Superseded: the block was cancelled, since another load was let in: this one gave no sign of life.
        """

    async def clear(self, abandoned: str | None = None) -> list[str]:
        """Remove what loads left that did not come to their end, but for what this one is to go on with.

        To be called within `exclusively`, when no other load runs.

        Args:
            abandoned: a store of which it is known, though it may look complete. If it is live, it stays.

        Returns:
            The names of the stores.
        """

    async def base(self) -> int:
        """What the rows of a new load are numbered from: a document of a row beyond it takes the place of any that is
        there. To be called within `exclusively`; no other load gets the same."""

    async def start(self, contacts: int = 0) -> None:
        """Make the fresh, empty store, for about so many contacts; 0 where nobody knows."""

    async def resume(self, mark: str) -> None:
        """Go on with the store that an interrupted load had filled up to `mark`; anything beyond it is forgotten.

        Raises:
            Superseded: that store is gone, or no longer the live one that it was.
        """

    async def write(self, documents: Sequence[Document]) -> list[Refusal]:
        """Take these documents; those refused are reported, all others survive a crash of the job.

        Raises:
            Superseded: another load has written some of them since this one began.
        """

    async def mark(self) -> str:
        """What `resume` needs to know about all writes so far."""

    async def finish(self, figures: LoadFigures | None = None) -> int:
        """Make the store complete and searchable; the number of distinct contacts in it. May be repeated.

        From then on the store says what the load came to, its `figures`.
        """

    async def merge(self, seconds: float) -> bool:
        """Give back the room that the finished store takes for the load's sake only: whether about so many seconds
        were enough. If not the engine goes on by itself. May be repeated, and left out."""

    def reader(self) -> Engine[Any]:
        """An engine that answers from the store that was filled, once it is finished. Whoever asks for it closes it."""

    async def noted(self) -> bytes:
        """What is noted beside the loads, whichever of them is live; empty where nothing is."""

    async def note(self, change: Callable[[bytes], bytes]) -> None:
        """Have it be what `change` makes of it, a text in UTF-8, in one step, so that nobody's change is lost.

        `change` is called again where somebody else was faster. What it raises changes nothing.
        """

    async def live(self) -> Store | None:
        """The store that readers see, `None` when there is none yet."""

    async def swap(self, stage: Callable[[str], None] = unheard) -> None:
        """Make the fresh store the live one, in one step, and remove the stores that are not to be kept.

        What has to be done before, such as copies on other hosts, may take long: `stage` is told how far it is.

        Raises:
            Superseded: another load was let in meanwhile; nothing is swapped.
        """

    async def abort(self) -> None:
        """Remove the fresh store. Safe to call at any point before `swap`."""

    async def stores(self) -> list[Store]:
        """All complete stores with their figures, the oldest first."""

    async def rollback(self, name: str | None = None) -> Store:
        """Make the newest store that is older than the live one live, or the one with this name, whatever its age.

        Raises `NoSuchLoad` when there is none.
        """

    async def close(self) -> None:
        """Give back connections and files. A store that is not complete stays for `resume`."""
