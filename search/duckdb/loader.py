"""Loads contacts into a fresh DuckDB file: documents go to staging files as they come, tables are built at the end."""

import asyncio
import errno
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import duckdb
import msgspec

from mappings.errors import EngineRejected, EngineUnavailable, StoreUnreadable
from search.children import ChildDied, in_child
from search.duckdb import meta
from search.duckdb.build import build, remove
from search.duckdb.encoder import DuckDBEncoder
from search.duckdb.engine import DuckDBEngine
from search.duckdb.files import STAGED, complete_files, live_path, new_name, pointer_path, staged, switch
from search.duckdb.live_contacts import LiveContacts
from search.duckdb.notes import Notes
from search.duckdb.reading import connect, reading
from search.duckdb.staging import Stage, Staged
from search.engine import Engine, EngineSettings
from search.fields import ContactCompleteItem
from search.heap import give_back
from search.loader import Document, Encoder, Holder, Identity, Refusal, unheard
from search.private import make_directory
from search.stores import LoadFigures, Store, destination, left_over

Result = TypeVar("Result")

_UNWRITABLE = "The data directory can't be written"

_SMALL = 64 * 1024 * 1024
"""Bytes staged of which a file is built in this process. Of more it is built in another: what the load holds would be
added to what that needs, and to start it takes a fraction of a second."""

_NO_MORE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)
"""With what the system refuses to write to a file that is open."""


class DuckDBLoader:
    """One load; see `search.loader.Loader` for the methods.

    Args:
        keep: earlier files that stay for a rollback after the swap.
        name: the file of an interrupted load, to `resume` it; a new one by default.
    """

    encoder: ClassVar[type[Encoder]] = DuckDBEncoder
    in_place: ClassVar[bool] = False
    in_flight: ClassVar[int] = 1

    def __init__(self, settings: EngineSettings, keep: int = 1, name: str | None = None) -> None:
        self._settings = settings
        self._data_dir, self._index, self._keep = settings.data_dir, settings.index, keep
        self.name = name or new_name(self._index)
        self._file = self._data_dir / self.name
        *files, self._building, self._scratch = map(self._file.with_suffix, STAGED)
        self._stage = Stage(Staged(*files))
        self._live = LiveContacts(settings)
        self._notes = Notes(self._data_dir, self._index)

    def exclusively(self, holder: Holder) -> AbstractAsyncContextManager[None]:  # noqa: ARG002
        """No other load can be there: the contacts are in the very directory that `holder` has to itself."""
        return nullcontext()

    async def clear(self, abandoned: str | None = None) -> list[str]:
        return await _in_thread(partial(self._clear, abandoned))

    async def base(self) -> int:
        return 0

    async def start(self, contacts: int = 0) -> None:  # noqa: ARG002
        await _in_thread(self._start)

    async def resume(self, mark: str) -> None:
        await _in_thread(partial(self._resume, mark))

    async def write(self, documents: Sequence[Document]) -> list[Refusal]:
        await _in_thread(partial(self._stage.write, documents))
        return []

    async def mark(self) -> str:
        return self._stage.mark()

    async def finish(self, figures: LoadFigures | None = None) -> int:
        return await _in_thread(partial(self._build, figures))

    async def merge(self, seconds: float) -> bool:  # noqa: ARG002
        """Nothing to do: the file is built as small as it is."""
        return True

    def reader(self) -> Engine[Any]:
        return DuckDBEngine(msgspec.structs.replace(self._settings, store=self.name))

    async def noted(self) -> bytes:
        return await _in_thread(self._notes.read)

    async def note(self, change: Callable[[bytes], bytes]) -> None:
        await _in_thread(partial(self._notes.change, change))

    async def live(self) -> Store | None:
        return await _in_thread(self._live_store)

    async def swap(self, stage: Callable[[str], None] = unheard) -> None:  # noqa: ARG002
        await _in_thread(self._swap)

    async def abort(self) -> None:
        await _in_thread(partial(self._remove_staged, self._file))

    async def identities(self) -> AsyncGenerator[list[Identity]]:
        batches = self._live.identities()
        while (batch := await _in_thread(lambda: next(batches, None))) is not None:
            yield batch

    async def contacts(self, uuids: Sequence[str]) -> dict[str, ContactCompleteItem]:
        return await _in_thread(partial(self._live.contacts, uuids))

    async def filled(self) -> dict[str, int]:
        return await _in_thread(self._live.filled)

    async def stores(self) -> list[Store]:
        return await _in_thread(self._stores)

    async def rollback(self, name: str | None = None) -> Store:
        return await _in_thread(partial(self._rollback, name))

    async def close(self) -> None:
        await _in_thread(self._stage.close)
        await _in_thread(self._live.close)

    def _clear(self, abandoned: str | None) -> list[str]:
        left = {*staged(self._data_dir, self._index), *filter(None, [abandoned])} - {self.name, *self._live_names()}
        for name in sorted(left):
            file = self._data_dir / name
            remove(file, *map(file.with_suffix, STAGED))
        return sorted(left)

    def _start(self) -> None:
        make_directory(self._data_dir)
        self._stage.start()

    def _resume(self, mark: str) -> None:
        if not self._file.exists():
            self._stage.start(mark)

    def _build(self, figures: LoadFigures | None) -> int:
        if not self._file.exists():
            self._stage.close()
            # What the batches took is free by now, and the build needs as much.
            give_back()
            files = self._stage.files
            building = partial(build, self._building, files, self._scratch, self._stage.longest)
            if files.bytes > _SMALL:
                in_child(building)
            else:
                building()
            if figures is not None:
                with duckdb.connect(self._building) as database:
                    meta.keep_figures(database, figures)
            self._building.rename(self._file)
        return _store(self._file).contacts

    def _swap(self) -> None:
        before = self._live_names()
        switch(self._data_dir, self._index, self.name)
        self._remove_staged()
        for name in left_over(complete_files(self._data_dir, self._index), self.name, before, self._keep):
            remove(self._data_dir / name)

    def _stores(self) -> list[Store]:
        live = self._live_names()
        names = sorted({*complete_files(self._data_dir, self._index), *live})
        return [_listed(self._data_dir / name, live=name in live) for name in names]

    def _live_store(self) -> Store | None:
        live = self._live_names()
        return _store(self._data_dir / live[0], live=True) if live else None

    def _rollback(self, name: str | None) -> Store:
        name = destination(complete_files(self._data_dir, self._index), self._live_names(), name)
        store = _store(self._data_dir / name, live=True)
        switch(self._data_dir, self._index, name)
        return store

    def _live_names(self) -> list[str]:
        """The name of the live file; none before the first load."""
        if not pointer_path(self._data_dir, self._index).exists():
            return []
        return [live_path(self._data_dir, self._index).name]

    def _remove_staged(self, *also: Path) -> None:
        self._stage.close()
        remove(*self._stage.files.paths, self._building, self._scratch, *also)


def _store(path: Path, *, live: bool = False) -> Store:
    """The store in the file at `path`. Raises `StoreUnreadable`."""
    with connect(path) as database, reading(path):
        [(count,)] = database.execute("SELECT count(*) FROM contacts").fetchall()
        return Store(path.name, int(count), live, meta.mapping_version(database), figures=meta.figures(database))


def _listed(path: Path, *, live: bool) -> Store:
    """The store in the file at `path`, with what is wrong with it if it can't be read."""
    try:
        return _store(path, live=live)
    except StoreUnreadable as error:
        return Store(path.name, 0, live, trouble=error.trouble)


async def _in_thread(work: Callable[[], Result]) -> Result:
    try:
        return await asyncio.to_thread(work)
    except duckdb.Error as error:
        if (refusal := _of_the_system(error)) is not None:
            raise EngineUnavailable(f"{_UNWRITABLE}: {refusal}") from error
        raise EngineRejected(f"DuckDB could not take the contacts: {type(error).__name__}") from error
    except ChildDied as error:
        raise EngineUnavailable("The process that builds the file died, perhaps of too little memory") from error
    except OSError as error:
        raise EngineUnavailable(f"{_UNWRITABLE}: {error.strerror}") from error


def _of_the_system(error: duckdb.Error) -> str | None:
    """What the system said when it let DuckDB write no more; at the end of its words, of several kinds."""
    return next((refusal for refusal in map(os.strerror, _NO_MORE) if refusal in str(error)), None)
