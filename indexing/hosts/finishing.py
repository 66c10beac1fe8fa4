"""`contacts index finish` and `abandon`: all parts together are a load like any other, with its guards; or nothing.

Nothing that can be mended is final: a load that is refused stays as it is, and can be finished when the part that is
missing is done, or with the flag that allows what was refused.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from indexing.books import Books
from indexing.filled import FIELDS, NONE, Counts, minus, plus
from indexing.going_live import Filling, go_live
from indexing.golden import opened
from indexing.guard import LoadRefused, check_columns, check_lines, check_rejects
from indexing.hosts.opening import shared_loader
from indexing.hosts.papers import Papers
from indexing.hosts.part import AFTER_DIFFERENCE, LEDGER, LOST, REJECTS, REPAIRS, check_version
from indexing.hosts.plan import (
    PLAN,
    SPOILED,
    SUMMARY,
    DonePart,
    KeptSource,
    Lost,
    Plan,
    PlannedFile,
    Spoiled,
    done_name,
    source_name,
)
from indexing.hosts.scratch import scratch
from indexing.identity.keys import number_of
from indexing.job import Summary
from indexing.ledger import Ledger
from indexing.loading import told
from indexing.outcome import outcome
from indexing.progress import ProgressBar
from indexing.rejects import RejectFile
from indexing.repairs import RepairFile
from indexing.request import LoadRequest
from indexing.sources.lines import Lines
from indexing.tally import Reading, Tally
from mappings.errors import ContactsError, EngineDenied, IndexingError, NoSuchLoad, Superseded
from mappings.predicates import ContactFilter
from search.directory_lock import DirectoryLock
from search.engine import EngineSettings
from search.engines import open_engine, open_shared_loader
from search.shared_loader import SharedLoader, Stretch
from search.stores import LoadFigures

_SHOWN_PARTS = 20
_VERSIONS_AT_ONCE = 500


class NotDone(IndexingError):
    """Not all parts of the load are done."""


class UnderWay(msgspec.Struct, frozen=True):
    """A load that many hosts do: its store, how many parts it has, and those that are not done."""

    store: str
    parts: int
    missing: tuple[int, ...]


async def finish(settings: EngineSettings, request: LoadRequest) -> Summary:
    """Make what the parts have filled the live contacts. Its rejects and repairs come to the files of `request`.

    Raises:
        NoSuchLoad: no load over many hosts is under way.
        LoadRunning: somebody else finishes or abandons it.
        NotDone: a part is missing.
        LoadRefused: a guard. The load stays, to be finished with other limits.
        OtherVersion: another version of this software planned it.
        Superseded, EngineError: as in any load.
    """
    loader = shared_loader(settings, request.keep)
    try:
        with told():
            await loader.join()
            with DirectoryLock(settings.data_dir, settings.index) as lock:
                async with loader.exclusively(lock.holder):
                    with ProgressBar(None) as progress:
                        return await _finish(settings, request, loader, progress)
    finally:
        await loader.close()


async def abandon(settings: EngineSettings) -> list[str]:
    """Remove what many hosts were loading, and all that was kept beside it; the names of the stores.

    Raises:
        NoSuchLoad: there is nothing.
        LoadRunning: somebody finishes it, or loads on one host.
    """
    loader = shared_loader(settings)
    try:
        with told():
            with suppress(NoSuchLoad):
                await loader.join()
            with DirectoryLock(settings.data_dir, settings.index) as lock:
                async with loader.exclusively(lock.holder):
                    removed = await loader.withdraw()
    finally:
        await loader.close()
    if not removed:
        raise NoSuchLoad("no load over many hosts is under way")
    return removed


async def under_way(settings: EngineSettings) -> UnderWay | None:
    """The load that many hosts do, if they do one; who may read the contacts only is not told of it."""
    loader = open_shared_loader(settings)
    if loader is None:
        return None
    try:
        if not await loader.under_way():
            return None
        await loader.join()
        parts, papers = (await loader.shared()).parts, Papers(loader)
        return UnderWay(loader.name, len(parts), tuple(await _missing(papers, len(parts))))
    except EngineDenied:
        return None
    finally:
        await loader.close()


async def _finish(
    settings: EngineSettings, request: LoadRequest, loader: SharedLoader, progress: ProgressBar
) -> Summary:
    papers, live = Papers(loader), await loader.live()
    if live is not None and live.name == loader.name:
        # A crash came between the swap and the end of it.
        summary = await papers.get(SUMMARY, Summary)
        await loader.unshare()
        return summary
    shared = await loader.shared()
    check_version(shared.mapping)
    await _check_done(papers, len(shared.parts))
    await loader.shut()
    try:
        with scratch(settings.data_dir, settings.index) as files:
            gathering = _Gathering(settings, request, loader, files, progress)
            summary = await gathering.go_live(shared.parts, live.contacts if live else 0)
    except Superseded:
        raise
    except BaseException as error:
        with suppress(ContactsError):
            await asyncio.shield(asyncio.ensure_future(_reopen(loader, shared.parts)))
        if isinstance(error, LoadRefused):
            raise LoadRefused(
                f"{error}; the live contacts are unchanged, and the parts stay as they are: finish them as said, or "
                "`contacts index abandon` them"
            ) from error
        raise
    await loader.unshare()
    return summary


async def _reopen(loader: SharedLoader, parts: Sequence[Stretch]) -> None:
    live = await loader.live()
    if live is None or live.name != loader.name:
        await loader.reopen(parts)


async def _check_done(papers: Papers, parts: int) -> None:
    """All parts are done, and nothing has spoiled the store. Raises `NotDone`, `LoadRefused`."""
    spoiled = await papers.find(SPOILED, Spoiled)
    if spoiled is not None:
        raise LoadRefused(f"{spoiled.why}; {AFTER_DIFFERENCE}")
    missing = await _missing(papers, parts)
    if missing:
        shown = ", ".join(map(str, missing[:_SHOWN_PARTS])) + (" …" if len(missing) > _SHOWN_PARTS else "")
        raise NotDone(
            f"{len(missing):,} of {parts:,} parts are not done: {shown}; `contacts index part I` does one, on any "
            "host, then finish again. Nothing was changed"
        )


async def _missing(papers: Papers, parts: int) -> list[int]:
    return [part for part in range(parts) if await papers.find(done_name(part), DonePart) is None]


class _Gathering:
    """All that came of the parts, put together."""

    def __init__(
        self, settings: EngineSettings, request: LoadRequest, loader: SharedLoader, files: Path, progress: ProgressBar
    ) -> None:
        self._settings, self._request, self._loader, self._progress = settings, request, loader, progress
        self._papers = Papers(loader)
        rejects, repairs = RejectFile(request.rejects), RepairFile(request.repairs)
        self._books = Books(rejects, repairs, Ledger(files / LEDGER), Ledger(files / "late"))
        self._lost: list[Lost] = []
        self._lines: dict[int, Lines] = {}
        self._rows: dict[int, int] = {}
        self._tally = Tally()

    async def go_live(self, parts: Sequence[Stretch], live: int) -> Summary:
        """The parts as one load, which is live then; its seconds are those of all hosts. Raises `LoadRefused`."""
        try:
            return await self._go_live(parts, live)
        finally:
            self._books.close()

    async def _go_live(self, parts: Sequence[Stretch], live: int) -> Summary:
        plan = await self._papers.get(PLAN, Plan)
        seconds = 0.0
        for number, stretch in enumerate(parts):
            done = await self._papers.get(done_name(number), DonePart)
            await self._take(number, stretch, done)
            seconds += done.seconds
            self._progress.update(sum(self._rows.values()), 0)
        reading, alone = await self._check_sums(plan)
        limits, books = self._request.limits, self._books
        check_columns(limits, books.read, books.repairs)
        check_rejects(limits, reading.rows, books.rejects)
        accepted = await asyncio.to_thread(books.ledger.distinct)
        kept = await self._kept(accepted) if live else 0
        found = plan.tally + self._tally
        filled = minus(found.filled, await self._lost_for_good())
        tally = msgspec.structs.replace(found, kept=kept, new=accepted - kept, filled=filled)
        told_of = outcome(reading, accepted, books, plan.before, tally)
        summary = Summary(
            **told_of, indexed=accepted, live=accepted, watermark=plan.watermark, seconds=round(seconds, 2)
        )
        await self._papers.put(SUMMARY, summary)
        filling = Filling(
            figures=LoadFigures(
                finished_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
                rows=reading.rows,
                repeated=summary.repeated,
                rejected=summary.rejected,
                repaired=summary.repaired,
                filled=dict(zip(FIELDS, tally.filled, strict=True)),
            ),
            accepted=accepted,
            live=live,
            before=plan.before,
            filled=tally.filled,
            alone=alone,
        )
        contacts = await go_live(self._loader, self._request, filling, self._progress)
        return msgspec.structs.replace(summary, live=contacts)

    async def _take(self, number: int, stretch: Stretch, done: DonePart) -> None:
        """What came of one part."""
        books = self._books
        async for data in self._file(number, done, REJECTS):
            books.rejects.write_lines(data)
        async for data in self._file(number, done, REPAIRS):
            books.repairs.write_lines(data)
        async for data in self._file(number, done, LEDGER):
            books.ledger.add_bytes(data)
        lost = b"".join([data async for data in self._file(number, done, LOST)])
        self._lost += [msgspec.json.decode(line, type=Lost) for line in lost.splitlines()]
        books.rejects.join(done.rejected, done.reject_examples)
        books.repairs.join(done.repairs, done.unreadable)
        books.read.update(done.values_read)
        self._tally += done.tally
        if stretch.source is not None:
            source = stretch.source
            self._lines[source] = self._lines.get(source, Lines()) + (done.lines or Lines())
            self._rows[source] = self._rows.get(source, 0) + done.rows

    async def _file(self, number: int, done: DonePart, name: str) -> AsyncGenerator[bytes]:
        for chunk in range(done.files.get(name, 0)):
            yield await self._papers.chunk(f"{name}-{number}-{done.run}", chunk)

    async def _check_sums(self, plan: Plan) -> tuple[Reading, bool]:
        """Each line of each file is in one part, and accounted for; what was read, and whether it was files alone.

        Raises:
            LoadRefused: a sum does not hold.
        """
        reading, alone = plan.reading, True
        for number in range(plan.sources):
            source = (await self._papers.get(source_name(number), KeptSource)).source
            rows, lines = self._rows.get(number, 0), self._lines.get(number, Lines())
            if isinstance(source, PlannedFile):
                name, lines = source.file.name, source.above + lines
                check_lines(name, lines, rows)
                if lines != source.lines:
                    raise LoadRefused(
                        f"the parts of {name} have {lines.read:,} lines together, and the whole has "
                        f"{source.lines.read:,}; {AFTER_DIFFERENCE}"
                    )
            else:
                alone = False
            reading = reading.closed(lines, rows)
        return reading, alone

    async def _kept(self, accepted: int) -> int:
        """How many of the contacts accepted are live, by the ledger: those refused are none of them."""
        self._progress.stage("meeting the live contacts", sum(self._rows.values()))
        ledger, live = self._books.ledger, 0
        async with (
            opened(open_engine(self._settings)) as engine,
            aclosing(engine.scan_uuids(engine.compile(ContactFilter()))) as scan,
        ):
            async for uuids in scan:
                live += len(uuids)
                await asyncio.to_thread(ledger.add, list(map(number_of, uuids)))
        return accepted + live - await asyncio.to_thread(ledger.distinct)

    async def _lost_for_good(self) -> Counts:
        """What was counted for rows that were refused and that no later row of their contact has made up for."""
        filled = NONE
        for first in range(0, len(self._lost), _VERSIONS_AT_ONCE):
            some = self._lost[first : first + _VERSIONS_AT_ONCE]
            versions = await self._loader.versions([lost.uuid for lost in some])
            for lost in some:
                if versions.get(lost.uuid, 0) < lost.version:
                    filled = plus(filled, lost.filled)
        return filled
