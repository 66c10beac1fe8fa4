"""`contacts index part I`: reads one part of a load that was planned, on any host, and writes it. It may be done again.

The version of a document is the number of its row, the part's above it: so it does not matter in which order parts are
done, nor how often, nor that two hosts do the same one at once. Nothing is kept on the host: what came of a part goes
beside the store when all of it is written, and not before.
"""

import asyncio
import os
import socket
from pathlib import Path
from uuid import uuid4

import msgspec

from indexing.books import Books
from indexing.encoders import Encoders
from indexing.hosts.decisions import Told, lost_of
from indexing.hosts.opening import shared_loader
from indexing.hosts.papers import Papers
from indexing.hosts.plan import (
    PLAN,
    SPOILED,
    DonePart,
    KeptSource,
    Plan,
    PlannedPart,
    PlannedQuery,
    PlannedSource,
    Spoiled,
    done_name,
    part_name,
    source_name,
)
from indexing.hosts.scratch import scratch
from indexing.ledger import Ledger
from indexing.loading import default_workers, told
from indexing.ndjson import NdjsonFile
from indexing.pipeline import Portion, ReadingAs, open_source
from indexing.progress import ProgressBar
from indexing.recognition import Recognised, Recognition
from indexing.rejects import RejectFile
from indexing.repairs import RepairFile
from indexing.request import LoadRequest
from indexing.sources.base import Source, Start
from indexing.sources.file_parts import FileRange, WholeFile, located
from indexing.sources.fingerprints import SourceChanged
from indexing.sources.lines import Lines
from indexing.tally import Tally
from indexing.writing import Recognise, write_all
from mappings.errors import IndexingError, NotFound, SourceError
from search.engine import EngineSettings
from search.fields import MAPPING_VERSION
from search.loader import Refusal
from search.shared_loader import SharedLoader, Stretch, first_row

REJECTS, REPAIRS, LEDGER, LOST = "rejects", "repairs", "ledger", "lost"
"""The files of a part that are kept."""


class OtherVersion(IndexingError):
    """The load was planned by another version of this software, which derives or stores something else."""


class Differs(IndexingError):
    """What a part read is not what the plan read there: the store can't be right any more."""


class PartRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which part is to be done, and how.

    Attributes:
        directory: where the files are on this host; by default where they were when they were planned.
        dsn: of the database, for the part of one.
        again: do it also if it is done.
        workers: processes that encode; by default `loading.default_workers`.
    """

    number: int
    directory: Path | None = None
    dsn: str | None = None
    again: bool = False
    workers: int | None = None


class PartSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a part.

    Attributes:
        accepted: its rows that are contacts, or further rows of contacts.
        again: it was done already, and nothing was read now.
    """

    part: int
    rows: int
    accepted: int
    rejected: int
    repaired: int
    seconds: float
    again: bool


async def load_part(settings: EngineSettings, request: PartRequest) -> PartSummary:
    """Do a part.

    Raises:
        NoSuchLoad: no load over many hosts is under way.
        NotFound: it has no such part.
        OtherVersion: another version of this software planned it.
        Superseded: it has been finished or abandoned meanwhile.
        SourceError: the source can't be read, or is not what it was.
        Differs: it is not, and that showed too late.
        EngineError: the engine could not go on.
    """
    loader = shared_loader(settings)
    try:
        with told():
            await loader.join()
            return await _load_part(settings, request, loader)
    finally:
        await loader.close()


async def _load_part(settings: EngineSettings, request: PartRequest, loader: SharedLoader) -> PartSummary:
    number, papers, shared = request.number, Papers(loader), await loader.shared()
    check_version(shared.mapping)
    if number >= len(shared.parts):
        raise NotFound(f"part {number} is none of the load: there are 0 to {len(shared.parts) - 1}")
    done = await papers.find(done_name(number), DonePart)
    if done is not None and not request.again:
        return _summary(number, done, again=True)
    plan, part = await papers.get(PLAN, Plan), await papers.get(part_name(number), PlannedPart)
    stretch = shared.parts[number]
    if stretch.source is None:
        done = DonePart(run=uuid4().hex, host=socket.gethostname())
        await papers.put(done_name(number), done)
        return _summary(number, done)
    planned = (await papers.get(source_name(stretch.source), KeptSource)).source
    source = _source(planned, stretch, part, request)
    workers = request.workers or default_workers(settings.engine)
    with scratch(settings.data_dir, settings.index) as files, ProgressBar(source.size) as progress:
        run = _Run(loader, _Task(number, part, plan.strict_values), files, workers, progress)
        return _summary(number, await run.load(source))


def check_version(mapping: int) -> None:
    """Raises `OtherVersion` where another version of this software planned the load."""
    if mapping != MAPPING_VERSION:
        raise OtherVersion(
            f"the load was planned by another version of this software (it makes index {mapping}, this one "
            f"{MAPPING_VERSION}): use that version on all hosts, or `contacts index abandon` it and plan it anew"
        )


def _source(planned: PlannedSource, stretch: Stretch, part: PlannedPart, request: PartRequest) -> Source:
    """What the part reads, on this host."""
    if isinstance(planned, PlannedQuery):
        from indexing.sources.postgres import PostgresSource  # noqa: PLC0415 - only this source pays for the driver

        if request.dsn is None:
            raise SourceError("the load is of a database, whose address is not kept: give its --dsn")
        return PostgresSource(
            dsn=request.dsn,
            query=planned.query,
            after=stretch.after,
            until=stretch.until,
            overrides=planned.overrides,
        )
    file = located(planned.file, request.directory)
    if part.mark is None or planned.form is None:
        return WholeFile(file=file, columns=planned.columns, fingerprint=planned.fingerprint)
    return FileRange(
        file=file,
        columns=planned.columns,
        fingerprint=planned.fingerprint,
        form=planned.form,
        mark=part.mark,
        end=stretch.end,
    )


class _Task(msgspec.Struct, frozen=True):
    number: int
    part: PlannedPart
    strict_values: bool


class _Run:
    """One run of a part."""

    def __init__(self, loader: SharedLoader, task: _Task, files: Path, workers: int, progress: ProgressBar) -> None:
        self._loader, self._papers, self._files, self._progress = loader, Papers(loader), files, progress
        self._number, self._part, self._strict_values = task.number, task.part, task.strict_values
        self._encoders = Encoders(loader.encoder, workers)
        self._run = uuid4().hex
        rejects, repairs = RejectFile(files / REJECTS), RepairFile(files / REPAIRS)
        self._books = Books(rejects, repairs, Ledger(files / LEDGER), Ledger(files / "late"))
        self._lost = NdjsonFile(files / LOST)
        self._rows = 0
        self._lines: Lines | None = None
        self._tally = Tally()

    async def load(self, source: Source) -> DonePart:
        """Read and write all of it, and keep what came of that."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            if self._part.contacts:
                told_of = Told(self._papers, self._number, self._part.decisions, self._encoders)
                await self._write(source, told_of.recognise)
                await self._check(str(told_of.whose))
            else:
                await self._write_by_uuid(source)
        finally:
            await asyncio.to_thread(self._encoders.close)
            self._books.close()
            self._lost.close()
        return await self._keep(round(clock() - started, 2))

    async def _write(self, source: Source, recognise: Recognise) -> None:
        first, reading_as = first_row(self._number), ReadingAs(self._strict_values)
        try:
            async with open_source(source, Start(), first, self._encoders, reading_as) as opened:
                await write_all(opened.portions, recognise, self._loader, self._acknowledge)
        except SourceChanged:
            if not self._rows:
                raise
            await self._spoil(f"{source.name} was changed while part {self._number} was read")

    async def _write_by_uuid(self, source: Source) -> None:
        """Rows whose own uuid says whose they are: it never leads to another contact, and no other part has it."""
        # Nobody is met: who is live has no say in it.
        request = LoadRequest(rejects=self._files / REJECTS)
        recognition = Recognition(self._files / "keys", self._encoders, self._loader, request)

        async def recognise(portion: Portion) -> Recognised:
            if not all(claim.own for claim in portion.encoded.claims):
                raise SourceError(
                    f"{source.name} has rows without a uuid now, by which many hosts divide them; leave them out of "
                    "the query, and plan anew"
                )
            return await recognition.recognise(portion)

        try:
            await self._write(source, recognise)
        finally:
            recognition.close()

    async def _acknowledge(self, recognised: Recognised, refusals: list[Refusal]) -> None:
        self._books.enter(recognised, refusals)
        for lost in lost_of(recognised, [*recognised.lost, *(refusal.row for refusal in refusals)]):
            self._lost.write(lost)
        self._lost.flush()
        read = recognised.portion.read
        self._rows += len(read.rows)
        self._lines = read.lines
        self._tally += recognised.tally
        self._progress.update(self._rows, read.position)

    async def _check(self, contacts: str) -> None:
        """What was read is what the plan read there. Raises `Differs`."""
        part = self._part
        if (self._rows, self._lines or Lines(), contacts) == (part.rows, part.lines or Lines(), part.contacts):
            return
        await self._spoil(
            f"part {self._number} was read otherwise than it was planned ({self._rows:,} rows where there were "
            f"{part.rows or 0:,}, or rows of others)"
        )

    async def _spoil(self, why: str) -> None:
        """Note that what is in the store can't be relied on. Raises `Differs`."""
        await self._papers.put(SPOILED, Spoiled(why))
        raise Differs(f"{why}; {AFTER_DIFFERENCE}")

    async def _keep(self, seconds: float) -> DonePart:
        """Keep what came of the part: its files first, and then that it is done."""
        books, files = self._books, {}
        for name in (REJECTS, REPAIRS, LEDGER, LOST):
            files[name] = await self._papers.put_file(f"{name}-{self._number}-{self._run}", self._files / name)
        done = DonePart(
            run=self._run,
            rows=self._rows,
            lines=self._lines,
            rejected=dict(books.rejects.by_reason),
            reject_examples=books.rejects.examples,
            repairs=[*books.repairs.kinds.values()],
            unreadable=dict(books.repairs.unreadable),
            values_read=dict(books.read),
            tally=self._tally,
            files=files,
            host=f"process {os.getpid()} on {socket.gethostname()}",
            seconds=seconds,
        )
        await self._papers.put(done_name(self._number), done)
        return done


AFTER_DIFFERENCE = (
    "see that all hosts have the same files and the same version of this software, then `contacts index abandon` the "
    "load and plan it anew"
)


def _summary(number: int, done: DonePart, *, again: bool = False) -> PartSummary:
    rejected = sum(done.rejected.values())
    return PartSummary(
        part=number,
        rows=done.rows,
        accepted=done.rows - rejected,
        rejected=rejected,
        repaired=sum(kind.count for kind in done.repairs),
        seconds=done.seconds,
        again=again,
    )
