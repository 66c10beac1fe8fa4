"""Evaluates large filters in a process of its own (`search.apart`): there is its own open file, and its own threads."""

from collections.abc import Sequence
from pathlib import Path

from search.duckdb.asking import Asking
from search.duckdb.compiled import Compiled, Packed, predicate_of
from search.duckdb.evaluation import count_each, rows_of
from search.duckdb.live_files import Lease
from search.duckdb.slices import Pause
from search.engine import EngineSettings


class Matching:
    """Which rows filters find, of the file that the caller has open. See `Asking` for the errors."""

    def __init__(self, settings: EngineSettings) -> None:
        self._asking = Asking(settings)

    async def rows(self, path: Path, packed: Packed) -> bytes:
        """The rows that a filter finds in the file at `path`, as `BitMap` writes them."""

        def rows(lease: Lease, pause: Pause) -> bytes:
            return rows_of(lease.file.sets, lease.connection, predicate_of(packed), pause).serialize()

        return await self._asking.ask(rows, path=path)

    async def counts(self, path: Path, compiled: Sequence[Compiled]) -> list[int]:
        """How many rows each of several filters finds in the file at `path`."""

        def counts(lease: Lease, pause: Pause) -> list[int]:
            predicates = list(map(predicate_of, compiled))
            return count_each(lease.file.sets, lease.connection, predicates, pause)

        return await self._asking.ask(counts, path=path)

    async def close(self) -> None:
        """Close the files; for who does not end the process."""
        await self._asking.close()
