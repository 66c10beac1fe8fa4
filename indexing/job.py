"""The indexing job: rows → items → documents → a fresh store → one swap.

Reading, encoding and writing overlap, each with a few batches at most, and nothing else is held: memory does not
grow with the input. Until the swap readers see the old contacts. After every batch the state of the load is saved,
so that it can be resumed; a load that was found wrong is removed instead.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from indexing.books import Books
from indexing.encoders import Encoders
from indexing.filled import FIELDS
from indexing.going_live import Filling, go_live
from indexing.guard import LoadRefused, check_columns, check_lines, check_rejects, check_rows
from indexing.ledger import Ledger
from indexing.outcome import Outcome, outcome
from indexing.pipeline import ReadingAs, open_source
from indexing.progress import ProgressBar
from indexing.recognition import Recognised, Recognition
from indexing.rejects import RejectFile
from indexing.repairs import RepairFile
from indexing.request import LoadRequest
from indexing.sources.base import Source, Start, likely_rows
from indexing.state import JobState, StateFile
from indexing.tally import Before, Tally, first_tally
from indexing.writing import write_all
from mappings.errors import ContactsError, Superseded
from search.fields import MAPPING_VERSION
from search.loader import Loader, Refusal
from search.stores import LoadFigures


class Summary(Outcome, frozen=True, kw_only=True):
    """Where every row went: `rows = indexed + repeated + rejected`. `live` are the contacts that readers now see."""

    indexed: int
    live: int
    watermark: str | None
    seconds: float


_LEFT = {False: "the live contacts are unchanged", True: "what could be read is among the live contacts already"}
"""What a refused load leaves, by whether it went into the live store itself."""


def new_state(loader: Loader, request: LoadRequest, base: int) -> JobState:
    """The state of a load that begins now, whose rows are numbered from `base`."""
    return JobState(
        store=loader.name,
        in_place=loader.in_place,
        base=base,
        inputs=[source.identity for source in request.sources],
        reject_path=str(request.rejects),
        repair_path=str(request.repairs),
        mapping=MAPPING_VERSION,
    )


class Job:
    """One run of a request into `loader`. Rows of one contact are joined; the last of them counts as indexed.

    Args:
        state: a new state, or that of the interrupted load to go on with.
    """

    def __init__(self, request: LoadRequest, loader: Loader, state: JobState, file: StateFile, progress: ProgressBar):
        self._request, self._loader, self._state, self._file = request, loader, state, file
        self._progress = progress
        self._encoders = Encoders(loader.encoder, request.workers or 1)
        ledgers = Ledger(file.ledger_path, state.ledger_bytes), Ledger(file.lost_path, state.lost_bytes)
        files = RejectFile(Path(state.reject_path)), RepairFile(Path(state.repair_path))
        self._books = Books(*files, *ledgers)
        self._recognition = Recognition(file.keys_path, self._encoders, loader, request, state.keys_bytes)

    async def run(self) -> Summary:
        """Load everything and swap.

        Raises:
            SourceError: a source can't be read.
            LoadRefused: the guard before the swap; the load is removed.
            Superseded: another load has gone over this one; it is removed.
            EngineError: the engine could not go on.
        """
        clock = asyncio.get_running_loop().time
        started = clock()
        state, books = self._state, self._books
        try:
            before = await self._loader.live()
            books.rejects.resume(state.reject_bytes, state.rejects_by_reason, state.reject_examples)
            books.repairs.resume(state.repair_bytes, state.repairs, state.unreadable)
            books.read.update(state.values_read)
            if before is None or before.name != state.store or state.in_place:
                live = await self._load_and_swap(before.contacts if before else 0)
            else:
                # The crash came between the swap and the end of the load.
                live = before.contacts
            indexed, tally = await self._indexed(), await self._tally()
        except LoadRefused as refused:
            await self._stop(refused)
            raise LoadRefused(f"{refused}; {_LEFT[state.in_place]}") from refused
        except BaseException as error:
            await self._stop(error)
            raise
        self._close()
        self._file.remove()
        return Summary(
            **outcome(state.reading, indexed, books, state.before, tally),
            indexed=indexed,
            live=live,
            watermark=state.watermark,
            seconds=round(clock() - started, 2),
        )

    async def _load_and_swap(self, live: int) -> int:
        """The contacts that are live afterwards, where before there were `live`."""
        state = self._state
        # Saved before there is a store: what a crash leaves behind is always known.
        self._file.save(state)
        if self._request.resume:
            await self._loader.resume(state.mark)
        else:
            await self._loader.start(max(live, likely_rows(self._request.sources)))
        if not state.met and not self._request.rebuild:
            await self._meet(live)
        await self._load()
        tally = await self._tally()
        filling = Filling(
            figures=await self._figures(),
            accepted=await asyncio.to_thread(self._books.ledger.distinct),
            live=live,
            before=state.before,
            filled=tally.filled,
        )
        return await go_live(self._loader, self._request, filling, self._progress)

    async def _figures(self) -> LoadFigures:
        """What the load came to, for its store to say."""
        state, books, tally = self._state, self._books, await self._tally()
        rows, rejected = state.reading.rows, books.rejects.count
        # Of contacts that are loaded from themselves nobody counted what they have: it is what they had.
        filled = await self._loader.filled() if self._request.rebuild else dict(zip(FIELDS, tally.filled, strict=True))
        return LoadFigures(
            finished_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            rows=rows,
            repeated=rows - await self._indexed() - rejected,
            rejected=rejected,
            repaired=books.repairs.count,
            filled=filled,
        )

    async def _indexed(self) -> int:
        """How many contacts the rows became that the summary is about."""
        return await asyncio.to_thread(self._books.ledger.distinct, self._state.carried_bytes)

    async def _meet(self, live: int) -> None:
        """Take in who is live, of whom there are so many, and what they have."""
        state = self._state
        if live:
            self._progress.stage("meeting the live contacts", 0, read=False)
        state.before = Before(await self._recognition.meet(), await self._loader.filled(), self._request.update)
        state.tally = first_tally(state.before)
        state.keys_bytes, state.met = self._recognition.size, True
        self._file.save(state)
        if live:
            self._progress.stage("reading", 0, read=False)

    async def _tally(self) -> Tally:
        """What was found out about the contacts, but for the rows that were rejected after it was."""
        lost = self._books.lost_rows()
        return self._state.tally + await asyncio.to_thread(self._recognition.correct, lost)

    async def _stop(self, error: BaseException) -> None:
        """Leave what can be resumed, remove everything else. A second failure must not hide the first."""
        self._encoders.close()
        self._close()
        if isinstance(error, LoadRefused | Superseded) or not self._state.numbered:
            with suppress(ContactsError):
                await asyncio.shield(asyncio.ensure_future(self._loader.abort()))
            self._file.remove()

    def _close(self) -> None:
        self._books.close()
        self._recognition.close()

    async def _load(self) -> None:
        state, sources = self._state, self._request.sources
        try:
            while state.source < len(sources):
                source = sources[state.source]
                await self._load_source(source)
                check_lines(source.name, state.lines, state.source_rows)
                state.next_source()
                # What was read to its end is known also to a load that crashes after its swap.
                self._file.save(state)
        finally:
            await asyncio.to_thread(self._encoders.close)
        if not state.numbered and not state.in_place:
            check_rows(state.numbered)
        check_columns(self._request.limits, self._books.read, self._books.repairs)
        check_rejects(self._request.limits, state.reading.rows, self._books.rejects)

    async def _load_source(self, source: Source) -> None:
        state = self._state
        start, first = Start(state.source_rows, state.place), state.base + state.numbered + 1
        reading_as = ReadingAs(self._request.strict_values, documents=not self._request.update or source.carried)
        async with open_source(source, start, first, self._encoders, reading_as) as opened:
            if opened.columns is not None:
                state.reading = state.reading.opened(source.name, opened.notes, opened.columns.unknown)
            acknowledge = partial(self._acknowledge, source)
            await write_all(opened.portions, self._recognition.recognise, self._loader, acknowledge)

    async def _acknowledge(self, source: Source, recognised: Recognised, refusals: list[Refusal]) -> None:
        """The rows are written: note what became of them, and save that as the state to resume from."""
        state, rejects, ledger = self._state, self._books.rejects, self._books.ledger
        self._books.enter(recognised, refusals)
        read = recognised.portion.read
        state.advance(read, source.carried)
        state.tally += recognised.tally
        if source.carried:
            state.carried_bytes = ledger.size
        state.rejected, state.rejects_by_reason = rejects.count, dict(rejects.by_reason)
        state.reject_examples = rejects.examples
        state.reject_bytes, state.ledger_bytes, state.lost_bytes = rejects.size, ledger.size, self._books.lost.size
        repairs = self._books.repairs
        state.repairs, state.repair_bytes = [*repairs.kinds.values()], repairs.size
        state.unreadable, state.values_read = dict(repairs.unreadable), dict(self._books.read)
        state.keys_bytes = recognised.size
        state.mark = await self._loader.mark()
        self._file.save(state)
        self._progress.update(state.reading.rows, read.position)
