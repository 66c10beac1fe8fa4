"""The indexing job: rows → items → documents → a fresh store → one swap.

Reading, encoding and writing overlap, each with a few batches at most, and nothing else is held: memory does not
grow with the input. Until the swap readers see the old contacts. After every batch the state of the load is saved,
so that it can be resumed; a load that was found wrong is removed instead.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from time import time_ns

import msgspec

from indexing.encoding import Encoders
from indexing.ledger import Ledger
from indexing.pipeline import Portion, portions
from indexing.progress import ProgressBar
from indexing.rejects import RejectFile
from indexing.sources.base import Source, Start
from indexing.state import JobState, StateFile
from mappings.errors import ContactsError, IndexingError
from search.fields import MAPPING_VERSION
from search.loader import Loader, Refusal


class Limits(msgspec.Struct, frozen=True):
    """What makes a load fail before its swap.

    Attributes:
        max_rejects: the greatest share of rows that may be rejected, from 0 to 1.
        allow_shrink: let a load go live that has under half of the contacts that are live now.
    """

    max_rejects: float = 0.01
    allow_shrink: bool = False


class Plan(msgspec.Struct, frozen=True):
    """What to load, and how.

    Attributes:
        resuming: the load was begun before.
    """

    sources: Sequence[Source]
    limits: Limits = Limits()
    workers: int = 1
    resuming: bool = False


class Summary(msgspec.Struct, frozen=True):
    """Where every row went: `rows = indexed + duplicates + rejected`. `live` are the contacts that readers now see."""

    rows: int
    indexed: int
    duplicates: int
    rejected: int
    live: int
    rejects_by_reason: dict[str, int]
    unknown_columns: tuple[str, ...]
    watermark: str | None
    seconds: float


class LoadRefused(IndexingError):
    """The finished load must not go live: it has too many rejects, too few contacts, or not all it should have."""


def new_state(loader: Loader, sources: Sequence[Source], rejects: Path) -> JobState:
    """The state of a load that begins now.

    Documents of an update need versions above those of every earlier load: they count from the time of day.
    """
    base = time_ns() // 1_000_000 << 20 if loader.in_place else 0
    return JobState(
        store=loader.name,
        in_place=loader.in_place,
        base=base,
        inputs=[source.identity for source in sources],
        reject_path=str(rejects),
        mapping=MAPPING_VERSION,
    )


class Job:
    """One run of a plan into `loader`. Rows with the same uuid: the last one wins, the others are duplicates.

    Args:
        state: a new state, or that of the interrupted load to go on with.
    """

    def __init__(self, plan: Plan, loader: Loader, state: JobState, file: StateFile, progress: ProgressBar) -> None:
        self._plan, self._loader, self._state, self._file = plan, loader, state, file
        self._progress = progress
        self._encoders = Encoders(loader.encode, plan.workers)
        self._rejects = RejectFile(Path(state.reject_path))
        self._ledger = Ledger(file.ledger_path, state.ledger_bytes)

    async def run(self) -> Summary:
        """Load everything and swap.

        Raises:
            SourceError: a source can't be read.
            LoadRefused: the guard before the swap; the load is removed.
            EngineError: the engine could not go on.
        """
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            before = await self._loader.live()
            if before is None or before.name != self._state.store or self._state.in_place:
                await self._start()
                await self._load()
                self._check_rejects()
                self._progress.stage("building", self._state.rows)
                live = await self._finish(before.contacts if before else 0)
                await self._loader.swap()
            else:
                # The crash came between the swap and the end of the load.
                self._rejects.resume(self._state.reject_bytes, self._state.rejects_by_reason)
                live = before.contacts
            indexed = await asyncio.to_thread(self._ledger.distinct, self._state.carried_bytes)
        except BaseException as error:
            await self._stop(error)
            raise
        self._rejects.close()
        self._ledger.remove()
        self._file.remove()
        rejected = self._rejects.count
        return Summary(
            rows=self._state.rows,
            indexed=indexed,
            duplicates=self._state.rows - rejected - indexed,
            rejected=rejected,
            live=live,
            rejects_by_reason=dict(self._rejects.by_reason),
            unknown_columns=tuple(self._state.unknown_columns),
            watermark=self._state.watermark,
            seconds=round(clock() - started, 2),
        )

    async def _start(self) -> None:
        self._rejects.resume(self._state.reject_bytes, self._state.rejects_by_reason)
        # Saved before there is a store: what a crash leaves behind is always known.
        self._file.save(self._state)
        if self._plan.resuming:
            await self._loader.resume(self._state.mark)
        else:
            await self._loader.start()

    async def _stop(self, error: BaseException) -> None:
        """Leave what can be resumed, remove everything else. A second failure must not hide the first."""
        self._encoders.close()
        self._rejects.close()
        self._ledger.close()
        if isinstance(error, LoadRefused) or not self._state.numbered:
            with suppress(ContactsError):
                await asyncio.shield(asyncio.ensure_future(self._loader.abort()))
            self._file.remove()

    async def _load(self) -> None:
        state = self._state
        try:
            for at in range(state.source, len(self._plan.sources)):
                if at != state.source:
                    state.source, state.source_rows, state.place = at, 0, None
                await self._load_source(self._plan.sources[at])
        finally:
            await asyncio.to_thread(self._encoders.close)

    async def _load_source(self, source: Source) -> None:
        state = self._state
        with source.open(Start(state.source_rows, state.place)) as reader:
            if reader.columns is not None:
                fields: tuple[str | None, ...] | None = reader.columns.fields
                state.unknown_columns = list(dict.fromkeys([*state.unknown_columns, *reader.columns.unknown]))
            else:
                fields = None
            writing: deque[tuple[Portion, asyncio.Task[list[Refusal]]]] = deque()
            first = state.base + state.numbered + 1
            try:
                async with aclosing(portions(reader, first, self._encoders)) as ready:
                    async for portion in ready:
                        if len(writing) == self._loader.in_flight:
                            await self._acknowledge(source, fields, *writing.popleft())
                        write = self._loader.write(portion.encoded.documents)
                        writing.append((portion, asyncio.create_task(write)))
                while writing:
                    await self._acknowledge(source, fields, *writing.popleft())
            finally:
                for _, task in writing:
                    task.cancel()
                await asyncio.gather(*[task for _, task in writing], return_exceptions=True)

    async def _acknowledge(
        self,
        source: Source,
        fields: tuple[str | None, ...] | None,
        portion: Portion,
        write: asyncio.Task[list[Refusal]],
    ) -> None:
        """Once `portion` is written, note what became of its rows, and save that as the state to resume from."""
        try:
            refusals = await write
        except asyncio.CancelledError:
            write.cancel()
            raise
        state, encoded = self._state, portion.encoded
        reasons = encoded.rejects | {refusal.row: refusal.reason for refusal in refusals}
        for number in sorted(reasons):
            self._rejects.add(portion.reject(source.name, fields, number, reasons[number]))
        self._ledger.add(_without(portion, refusals))
        self._ledger.flush()
        self._rejects.flush()
        count = len(portion.rows)
        state.numbered += count
        state.source_rows += count
        state.place = portion.rows[-1].place
        if source.carried:
            state.carried_bytes = self._ledger.size
        else:
            state.rows += count
            state.watermark = max(filter(None, (state.watermark, portion.watermark)), default=None)
        state.rejected, state.rejects_by_reason = self._rejects.count, dict(self._rejects.by_reason)
        state.reject_bytes, state.ledger_bytes = self._rejects.size, self._ledger.size
        state.mark = await self._loader.mark()
        self._file.save(state)
        self._progress.update(state.rows, portion.position)

    def _check_rejects(self) -> None:
        rows, rejected = self._state.rows, self._rejects.count
        if not self._state.numbered and not self._state.in_place:
            raise LoadRefused("the source has no rows; nothing was changed")
        if rejected > self._plan.limits.max_rejects * rows:
            raise LoadRefused(
                f"{rejected:,} of {rows:,} rows were rejected, more than --max-rejects allows "
                f"({self._plan.limits.max_rejects:.1%}); see {self._rejects.path}; the live contacts are unchanged"
            )

    async def _finish(self, live: int) -> int:
        """The guard before the swap, when `live` contacts are live; the contacts in the finished store."""
        count = await self._loader.finish()
        accepted = await asyncio.to_thread(self._ledger.distinct)
        if count < accepted:
            raise LoadRefused(
                f"the store has {count:,} contacts where {accepted:,} were accepted; it was not swapped in"
            )
        if not count:
            raise LoadRefused("no row became a contact; the live contacts are unchanged")
        if count * 2 < live and not self._plan.limits.allow_shrink:
            raise LoadRefused(
                f"{count:,} contacts would replace {live:,}; if that is meant, say --allow-shrink; "
                "the live contacts are unchanged"
            )
        return count


def _without(portion: Portion, refusals: list[Refusal]) -> bytes:
    """The fingerprints of a portion's documents but those that the engine refused."""
    refused, fingerprints = {refusal.row for refusal in refusals}, portion.encoded.fingerprints
    if not refused:
        return fingerprints
    rows = [document.row for document in portion.encoded.documents]
    return b"".join(fingerprints[at * 8 : at * 8 + 8] for at, row in enumerate(rows) if row not in refused)
