"""The live file, open for readers: opened once, and again after a swap; closed when the last that reads it is done."""

from collections import Counter
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TypeVar

import duckdb
import msgspec

from mappings.errors import StoreUnreadable
from search.duckdb.earlier import sets_of
from search.duckdb.files import live_path
from search.duckdb.item_store import ItemStore
from search.duckdb.meta import DICTIONARY, meta
from search.duckdb.packing import Unpacker
from search.duckdb.reading import connect, reading
from search.duckdb.sets import Sets

Result = TypeVar("Result")


class LiveFile:
    """One file, open. Blocks: to be used in threads, which may share it.

    Attributes:
        items: reads the items of rows without filling the memory of searches.
        damaged: a part of it could not be read. It is not used again, so that once it is mended it is opened anew.

    Raises:
        StoreUnreadable: it can't be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database = connect(path)
        self.items = ItemStore(path)
        self.damaged = False

    def read(self, work: Callable[[], Result]) -> Result:
        """The result of `work`, which reads the file. Raises `StoreUnreadable` where that can't be done."""
        try:
            with reading(self.path):
                return work()
        except StoreUnreadable:
            self.damaged = True
            raise

    @cached_property
    def sets(self) -> Sets:
        """The file's sets of rows."""
        return sets_of(self.connect())

    @cached_property
    def unpack(self) -> Unpacker:
        """Unpacks the file's items; made with the first page."""
        content = meta(self.connect(), DICTIONARY)
        assert content is not None
        return Unpacker(content)

    @cached_property
    def whole(self) -> str:
        """The columns of `items` that a whole contact is in. In files from before there were any, `more` is NULL."""
        columns = self.connect().execute("SELECT column_name FROM duckdb_columns() WHERE table_name = 'items'")
        return "item, more" if ("more",) in columns.fetchall() else "item, NULL AS more"

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own for one caller."""
        return self._database.cursor()

    def close(self) -> None:
        """Give the file and the memory back. All connections are closed before."""
        self.items.close()
        self._database.close()


class Lease(msgspec.Struct, frozen=True):
    """A file for one caller, and a connection to it. It stays open however long it is kept, whatever goes live.

    Attributes:
        further: connections that the caller opened beside it.
    """

    file: LiveFile
    connection: duckdb.DuckDBPyConnection
    further: list[duckdb.DuckDBPyConnection] = []

    @property
    def connections(self) -> list[duckdb.DuckDBPyConnection]:
        """All of them."""
        return [self.connection, *self.further]


class LiveFiles:
    """The live file of an alias, for several threads; or one of its files, whichever is live, by the name `store`.

    Files are opened and closed in threads. To give a lease back never waits for that, so that the event loop may.
    """

    def __init__(self, data_dir: Path, index: str, store: str | None = None) -> None:
        self._data_dir, self._index, self._store = data_dir, index, store
        self._opening, self._lock = Lock(), Lock()
        self._live: LiveFile | None = None
        self._retired: list[LiveFile] = []
        self._leases: Counter[LiveFile] = Counter()

    def lease(self, path: Path | None = None) -> Lease:
        """What is live now, or the file at `path`, for who follows a reader of it. To be given back with `release`.
        Blocks.

        Raises:
            NothingIndexed: nothing has been loaded yet.
            StoreUnreadable: the file can't be read.
        """
        if (lease := self._leased(path or self._path())) is not None:
            return lease
        with self._opening:
            # Somebody else may have opened it, or another may have gone live.
            wanted = path or self._path()
            if (lease := self._leased(wanted)) is not None:
                return lease
            # First, since DuckDB gives whoever opens an open file what is open already.
            self._retire()
            file = LiveFile(wanted)
            with self._lock:
                self._live = file
                return self._lease(file)

    def release(self, lease: Lease) -> list[LiveFile]:
        """Give a lease back; the files that nobody reads any more, which whoever is given them closes. Its connections
        are closed, and must not be in use."""
        with self._lock:
            for connection in lease.connections:
                connection.close()
            self._leases[lease.file] -= 1
            return self._unused()

    def close(self) -> None:
        """Close what is not leased now; the rest follows as it is given back. Blocks."""
        with self._opening:
            self._retire()

    def _path(self) -> Path:
        return self._data_dir / self._store if self._store else live_path(self._data_dir, self._index)

    def _leased(self, path: Path) -> Lease | None:
        """The file at `path`, if it is open and can be read."""
        with self._lock:
            if self._live is None or self._live.path != path or self._live.damaged:
                return None
            return self._lease(self._live)

    def _lease(self, file: LiveFile) -> Lease:
        lease = Lease(file, file.connect())
        self._leases[file] += 1
        return lease

    def _retire(self) -> None:
        with self._lock:
            if self._live is not None:
                self._retired.append(self._live)
                self._live = None
            unused = self._unused()
        for file in unused:
            file.close()

    def _unused(self) -> list[LiveFile]:
        """The files that are not live any more and that nobody reads, of which nothing is known here then."""
        unused = [file for file in self._retired if not self._leases[file]]
        for file in unused:
            self._retired.remove(file)
            del self._leases[file]
        return unused
