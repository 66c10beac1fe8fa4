"""`contacts index plan`: reads all there is once, on one host, and divides it among as many as there will be.

All that depends on more than a part is found out here, in order, as on one host: what columns mean, where rows begin,
whose each row is. So it does not matter which host reads which part when.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise

import msgspec

from indexing.encoders import Encoders
from indexing.guard import check_lines, check_rows
from indexing.hosts.decisions import Deciding, decided
from indexing.hosts.opening import shared_loader
from indexing.hosts.papers import Papers
from indexing.hosts.plan import PLAN, KeptSource, Plan, PlannedFile, PlannedPart, PlannedQuery, part_name, source_name
from indexing.loading import clear, default_workers, told
from indexing.pipeline import Portion, ReadingAs, open_source
from indexing.progress import ProgressBar
from indexing.recognition import Recognised, Recognition
from indexing.request import LoadRequest
from indexing.sources.base import Source, Start, likely_rows, total_size
from indexing.sources.csv import CsvSource
from indexing.sources.cutting import Mark
from indexing.sources.file_parts import Survey, SurveyedFile, absolute, can_be_cut
from indexing.sources.lines import Lines
from indexing.state import StateFile
from indexing.tally import Before, Reading, Tally
from mappings.errors import ContactsError
from search.engine import EngineSettings
from search.shared_loader import SharedLoader, Stretch

MOST_PARTS = 10_000
"""More would be much for the mapping of an index to hold."""


class PartOfPlan(msgspec.Struct, frozen=True):
    """What a part reads, for people.

    Attributes:
        source: the name of its file or database; "" where there is nothing left to read.
        rows: `None` where that is not known.
    """

    part: int
    source: str
    rows: int | None
    stretch: Stretch


class PlanSummary(msgspec.Struct, frozen=True):
    """A load that many hosts are to do: its store, and its parts from 0.

    Attributes:
        notes: what was decided about the sources that their owner may know better.
    """

    store: str
    parts: int
    rows: int
    notes: tuple[str, ...]
    stretches: tuple[PartOfPlan, ...]


async def plan(settings: EngineSettings, request: LoadRequest, parts: int) -> PlanSummary:
    """Plan the load that `request` asks for in so many parts: exactly so many, unless there are more packed files.

    Raises:
        LoadRunning: there is another load, on one host or many.
        SourceError: a source can't be read, or not be divided.
        LoadRefused: there is nothing in it.
        ContactsError: it failed; nothing of it is left.
    """
    with told(), StateFile(settings.data_dir, settings.index) as file:
        loader = shared_loader(settings)
        try:
            async with loader.exclusively(file.holder):
                await clear(loader, request, file.load(), file)
                try:
                    with ProgressBar(total_size(request.sources)) as progress:
                        return await _Planning(settings, request, loader, file, progress).run(parts)
                finally:
                    file.remove()
        finally:
            await loader.close()


class _Planning:
    def __init__(
        self,
        settings: EngineSettings,
        request: LoadRequest,
        loader: SharedLoader,
        file: StateFile,
        progress: ProgressBar,
    ) -> None:
        self._request, self._loader, self._progress = request, loader, progress
        self._planned = str(file.holder)
        self._papers = Papers(loader)
        self._encoders = Encoders(loader.encoder, request.workers or default_workers(settings.engine))
        self._recognition = Recognition(file.keys_path, self._encoders, loader, request)
        self._reading, self._tally = Reading(), Tally()
        self._rows = 0
        self._parts: list[PartOfPlan] = []
        self._watermark: str | None = None

    async def run(self, parts: int) -> PlanSummary:
        try:
            return await self._run(parts)
        except BaseException:
            with suppress(ContactsError):
                await asyncio.shield(asyncio.ensure_future(self._loader.abort()))
            raise
        finally:
            await asyncio.to_thread(self._encoders.close)
            self._recognition.close()

    async def _run(self, parts: int) -> PlanSummary:
        sources, live = self._request.sources, await self._loader.live()
        contacts = live.contacts if live else 0
        await self._loader.start(max(contacts, likely_rows(sources)))
        files = [source for source in sources if isinstance(source, CsvSource)]
        if files:
            # Who is live matters for rows that do not say their uuid.
            self._progress.stage("meeting the live contacts", 0, read=False)
            await self._recognition.meet()
            self._progress.stage("reading", 0, read=False)
        before = Before(contacts, await self._loader.filled(), stay=False)
        shares = iter(await asyncio.to_thread(shared_out, files, parts))
        for number, source in enumerate(sources):
            if isinstance(source, CsvSource):
                await self._file(number, source, next(shares))
            else:
                await self._keys(number, source, parts)
        check_rows(self._rows)
        while len(self._parts) < parts:
            await self._part("", Stretch(), PlannedPart())
        told_of = Plan(
            sources=len(sources),
            reading=msgspec.structs.replace(self._reading, rows=0, lines=Lines()),
            before=before,
            tally=self._tally,
            strict_values=self._request.strict_values,
            watermark=self._watermark,
            planned=self._planned,
        )
        await self._papers.put(PLAN, told_of)
        await self._loader.share([part.stretch for part in self._parts])
        notes = self._reading.notes
        return PlanSummary(self._loader.name, len(self._parts), self._rows, notes, tuple(self._parts))

    async def _file(self, number: int, source: CsvSource, parts: int) -> None:
        """Read a file, and divide it into at most so many parts."""
        survey = Survey()
        surveyed = SurveyedFile(file=source, parts=parts, survey=survey)
        first, lines = self._rows + 1, None
        dividing = _Dividing(self._papers, survey, first, len(self._parts))
        reading_as = ReadingAs(self._request.strict_values, documents=False)
        async with open_source(surveyed, Start(), first, self._encoders, reading_as) as opened:
            assert opened.columns is not None
            self._reading = self._reading.opened(source.name, opened.notes, opened.columns.unknown)
            columns = opened.columns
            async for portion in opened.portions:
                recognised = await self._recognition.recognise(portion)
                await dividing.add(portion, recognised)
                found = recognised.tally
                self._tally += Tally(
                    shared=found.shared,
                    doubles=found.doubles,
                    shared_examples=found.shared_examples,
                    double_examples=found.double_examples,
                )
                self._rows += len(portion.rows)
                lines = portion.read.lines
                self._progress.update(self._rows, portion.read.position)
        check_lines(source.name, lines, self._rows - first + 1)
        all_lines = lines or Lines()
        planned = await dividing.closed(self._rows - first + 1, all_lines)
        above = planned[0].mark.lines if planned and planned[0].mark else Lines()
        told_of = PlannedFile(absolute(source), columns, survey.fingerprint, survey.form, above, all_lines)
        await self._papers.put(source_name(number), KeptSource(told_of))
        for at, part in enumerate(planned):
            begin = end = None
            if part.mark is not None:
                begin = part.mark.begin
                below = planned[at + 1].mark if at + 1 < len(planned) else None
                end = below.begin if below else survey.fingerprint.size
            await self._part(source.name, Stretch(source=number, begin=begin, end=end), part)

    async def _keys(self, number: int, source: Source, parts: int) -> None:
        """Divide a database by its keys."""
        keys = await source.keys(parts)
        self._reading = self._reading.opened(source.name, (), keys.columns.unknown)
        self._rows += keys.rows
        self._watermark = keys.watermark
        self._progress.update(self._rows, 0)
        planned = PlannedQuery(keys.query, {**keys.overrides}, keys.columns)
        await self._papers.put(source_name(number), KeptSource(planned))
        bounds = [None, *keys.bounds, None]
        for after, until in pairwise(bounds):
            await self._part(
                source.name, Stretch(source=number, after=after, until=until), PlannedPart(rows=None, lines=None)
            )

    async def _part(self, source: str, stretch: Stretch, part: PlannedPart) -> None:
        number = len(self._parts)
        await self._papers.put(part_name(number), part)
        self._parts.append(PartOfPlan(number, source, part.rows, stretch))


class _Dividing:
    """Deals out the rows of a file to its parts, as they are read.

    Args:
        first: the number of the first row of the file.
        part: the number of its first part.
    """

    def __init__(self, papers: Papers, survey: Survey, first: int, part: int) -> None:
        self._papers, self._survey, self._first, self._part = papers, survey, first, part
        self._deciding = [Deciding(papers, part)]

    async def add(self, portion: Portion, recognised: Recognised) -> None:
        """The next rows of the file."""
        rows, of_rows = recognised.contacts.items(), decided(recognised)
        last = portion.first + len(portion.rows) - 1
        while True:
            before, end = self._bounds(last)
            now = self._deciding[-1]
            now.whose.add([contact for row, contact in rows if before < row <= end])
            mine = [each for each in of_rows if before < each.row <= end]
            await now.add([msgspec.structs.replace(each, row=each.row - before) for each in mine])
            if end == last:
                return
            await now.close()
            self._deciding.append(Deciding(self._papers, self._part + len(self._deciding)))

    def _bounds(self, last: int) -> tuple[int, int]:
        """The numbers of the row before the first of the part that is read, and of its last one, at most `last`."""
        marks, at = self._survey.marks, len(self._deciding) - 1
        before = self._first - 1 + (marks[at].rows if marks else 0)
        end = self._first - 1 + marks[at + 1].rows if at + 1 < len(marks) else last
        return before, min(end, last)

    async def closed(self, rows: int, lines: Lines) -> list[PlannedPart]:
        """The parts of the file, which has so many rows in all; none where it has no row."""
        await self._deciding[-1].close()
        if not rows:
            return []
        marks: Sequence[Mark | None] = self._survey.marks or [None]
        planned = []
        for at, (mark, deciding) in enumerate(zip(marks, self._deciding, strict=True)):
            below = marks[at + 1] if at + 1 < len(marks) else None
            end = (below.rows, below.lines) if below else (rows, lines)
            begin = (mark.rows, mark.lines) if mark else (0, Lines())
            planned.append(
                PlannedPart(mark, end[0] - begin[0], end[1] - begin[1], str(deciding.whose), deciding.chunks)
            )
        return planned


def shared_out(files: Sequence[CsvSource], parts: int) -> list[int]:
    """How many parts each of `files` may have, of so many in all: by size, and one of each that can't be cut.

    Raises:
        SourceError: one can't be read.
    """
    sizes = [(source.size or 0) if can_be_cut(source) else 0 for source in files]
    shares = [1] * len(files)
    for _ in range(parts - len(files) if any(sizes) else 0):
        largest = max(range(len(files)), key=lambda at: sizes[at] / shares[at])
        shares[largest] += 1
    return shares
