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
    """The live file of an alias, for several threads; or one of its files, whichever is live, by the name `store`."""

    def __init__(self, data_dir: Path, index: str, store: str | None = None) -> None:
        self._data_dir, self._index, self._store = data_dir, index, store
        self._lock = Lock()
        self._live: LiveFile | None = None
        self._retired: list[LiveFile] = []
        self._leases: Counter[LiveFile] = Counter()

    def lease(self) -> Lease:
        """What is live now. To be given back with `release`.

        Raises:
            NothingIndexed: nothing has been loaded yet.
            StoreUnreadable: the file can't be read.
        """
        with self._lock:
            path = self._data_dir / self._store if self._store else live_path(self._data_dir, self._index)
            if self._live is None or self._live.path != path or self._live.damaged:
                # First, since DuckDB gives whoever opens an open file what is open already.
                self._retire()
                self._live = LiveFile(path)
            lease = Lease(self._live, self._live.connect())
            self._leases[lease.file] += 1
            return lease

    def release(self, lease: Lease) -> None:
        """Give a lease back. Its connections are closed, and must not be in use."""
        with self._lock:
            for connection in lease.connections:
                connection.close()
            self._leases[lease.file] -= 1
            self._close_unused()

    def close(self) -> None:
        """Close what is not leased now; the rest follows as it is given back."""
        with self._lock:
            self._retire()

    def _retire(self) -> None:
        if self._live is not None:
            self._retired.append(self._live)
            self._live = None
        self._close_unused()

    def _close_unused(self) -> None:
        for file in [file for file in self._retired if not self._leases[file]]:
            self._retired.remove(file)
            del self._leases[file]
            file.close()
