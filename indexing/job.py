"""The indexing job: rows → items → documents → a fresh store → one swap.

Reading and encoding run in a thread, a few batches are on their way to the engine at any time, and nothing else is
held: memory does not grow with the input. Until the swap readers see the old contacts; any failure before it
removes the fresh store and leaves the live one untouched.
"""

import asyncio
from collections.abc import Iterator

import msgspec

from indexing.csv_source import CsvReader, CsvSource
from indexing.items import item_of
from indexing.progress import ProgressBar
from indexing.rejects import RejectFile
from indexing.row import Row
from mappings.errors import ContactsError, IndexingError, RowRejected
from search.loader import Document, Loader

BATCH_ROWS = 2000
BATCH_BYTES = 5 * 1024 * 1024
"""A batch is full at either bound: 5 MB is what Elasticsearch takes fastest."""

_IN_FLIGHT = 3


class Limits(msgspec.Struct, frozen=True):
    """What makes a load fail before its swap.

    Attributes:
        max_rejects: the greatest share of rows that may be rejected, from 0 to 1.
        allow_shrink: let a load go live that has under half of the contacts that are live now.
    """

    max_rejects: float = 0.01
    allow_shrink: bool = False


class Summary(msgspec.Struct, frozen=True):
    """Where every row went: `rows = indexed + duplicates + rejected`."""

    rows: int
    indexed: int
    duplicates: int
    rejected: int
    rejects_by_reason: dict[str, int]
    unknown_columns: tuple[str, ...]
    seconds: float


class Job:
    """One run over `sources` into `loader`. Rows with the same uuid: the last one wins, the others are duplicates."""

    def __init__(
        self, sources: list[CsvSource], loader: Loader, rejects: RejectFile, limits: Limits, progress: ProgressBar
    ) -> None:
        self._sources, self._loader, self._rejects = sources, loader, rejects
        self._limits, self._progress = limits, progress
        self._rows = 0
        self._unknown: dict[str, None] = {}

    async def run(self) -> Summary:
        """Load everything and swap.

        Raises:
            SourceError: a source can't be read.
            IndexingError: too many rejects, or the guard before the swap refused.
            EngineError: the engine could not go on.
        """
        clock = asyncio.get_running_loop().time
        started = clock()
        await self._loader.start()
        try:
            await self._load()
            self._check_rejects()
            self._progress.stage("building", self._rows)
            indexed = await self._loader.finish()
            await self._check_size(indexed)
            await self._loader.swap()
        except BaseException:
            await asyncio.shield(asyncio.ensure_future(self._loader.abort()))
            raise
        rejected = self._rejects.count
        return Summary(
            rows=self._rows,
            indexed=indexed,
            duplicates=self._rows - rejected - indexed,
            rejected=rejected,
            rejects_by_reason=dict(self._rejects.by_reason),
            unknown_columns=tuple(self._unknown),
            seconds=round(clock() - started, 2),
        )

    async def _load(self) -> None:
        for source in self._sources:
            with source.open() as reader:
                self._unknown.update(dict.fromkeys(reader.columns.unknown))
                try:
                    await self._load_rows(reader)
                except* ContactsError as group:
                    # One failed write ends the load; that several failed at once adds nothing.
                    raise group.exceptions[0] from group

    async def _load_rows(self, reader: CsvReader) -> None:
        rows, slots = iter(reader), asyncio.Semaphore(_IN_FLIGHT)
        async with asyncio.TaskGroup() as group:
            while batch := await asyncio.to_thread(self._next_batch, rows):
                self._progress.update(self._rows, reader.position())
                await slots.acquire()
                group.create_task(self._write(batch, slots))

    def _next_batch(self, rows: Iterator[Row]) -> list[tuple[Row, Document]]:
        """Documents of the next rows; empty only at the end. Rejected rows are counted and written away."""
        batch: list[tuple[Row, Document]] = []
        size = 0
        for row in rows:
            self._rows += 1
            try:
                if row.problem:
                    raise RowRejected(row.problem)
                document = self._loader.encode(self._rows, item_of(row.cells))
            except RowRejected as rejected:
                self._rejects.add(row, str(rejected))
                continue
            batch.append((row, document))
            size += len(document.body)
            if len(batch) == BATCH_ROWS or size >= BATCH_BYTES:
                break
        return batch

    async def _write(self, batch: list[tuple[Row, Document]], slots: asyncio.Semaphore) -> None:
        try:
            refusals = await self._loader.write([document for _, document in batch])
        finally:
            slots.release()
        rows = {document.row: row for row, document in batch}
        for refusal in refusals:
            self._rejects.add(rows[refusal.row], refusal.reason)

    def _check_rejects(self) -> None:
        if not self._rows:
            raise IndexingError("the source has no rows; nothing was changed")
        most = self._limits.max_rejects * self._rows
        if self._rejects.count > most:
            raise IndexingError(
                f"{self._rejects.count:,} of {self._rows:,} rows were rejected, more than --max-rejects allows "
                f"({self._limits.max_rejects:.1%}); see {self._rejects.path}; the live contacts are unchanged"
            )

    async def _check_size(self, indexed: int) -> None:
        live = await self._loader.live_count()
        if live and indexed * 2 < live and not self._limits.allow_shrink:
            raise IndexingError(
                f"{indexed:,} contacts would replace {live:,}; if that is meant, say --allow-shrink; "
                "the live contacts are unchanged"
            )
        if not indexed:
            raise IndexingError("no row became a contact; the live contacts are unchanged")
