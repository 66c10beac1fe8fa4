"""A load that reads and checks everything and writes nothing: what would become of these sources."""

import tempfile
from collections.abc import Collection, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any

import msgspec

from indexing.books import Books
from indexing.encoders import Encoders
from indexing.guard import (
    LoadRefused,
    check_columns,
    check_contacts,
    check_filled,
    check_lines,
    check_rejects,
    check_rows,
)
from indexing.ledger import Ledger
from indexing.outcome import Outcome, outcome
from indexing.pipeline import ReadingAs, open_source
from indexing.progress import ProgressBar
from indexing.recognition import Recognition
from indexing.rejects import RejectFile
from indexing.repairs import RepairFile
from indexing.request import LoadRequest
from indexing.sources.base import Start, total_size
from indexing.sources.columns import ColumnMapping
from indexing.tally import Before, Reading, Tally, first_tally
from search.contact_columns import ContactColumns
from search.documents import search_columns, search_fields
from search.fields import ContactCompleteItem, complete_json
from search.loader import Document, LiveContacts

EXAMPLES = 3


class DryRun(Outcome, frozen=True, kw_only=True):
    """What a load would do: `rows = accepted + repeated + rejected`.

    Attributes:
        columns: source → column → field, `custom` for one that means nothing here, `None` for one that is left out. Of
            several sources or columns of one name the second is `City (2)`.
        refusal: why such a load would not go live; `None` if it would.
        examples: the first contacts, as they would be stored.
    """

    accepted: int
    refusal: str | None
    columns: dict[str, dict[str, str | None]]
    examples: list[dict[str, Any]]


async def dry_run(request: LoadRequest, live: LiveContacts, workers: int) -> DryRun:
    """Read the sources of `request` as a load beside the `live` contacts would, with so many processes that encode.

    Raises:
        SourceError: a source can't be read.
        EngineError: the live contacts can't be read.
    """
    encoders, number = Encoders(_Checked, workers), 0
    sources, reading_as = request.sources, ReadingAs(request.strict_values, documents=not request.update)
    columns: dict[str, dict[str, str | None]] = {}
    examples: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="contacts-dry-run-") as directory, ProgressBar(total_size(sources)) as bar:
        files = Path(directory)
        books = Books(RejectFile(None), RepairFile(None), Ledger(files / "ledger"), Ledger(files / "lost"))
        recognition, read = Recognition(files / "keys", encoders, live, request), Reading()
        try:
            before = Before(await recognition.meet(), await live.filled(), request.update)
            tally = first_tally(before)
            for source in sources:
                lines, first = None, number
                async with open_source(source, Start(), number + 1, encoders, reading_as) as opened:
                    if opened.columns is not None:
                        read = read.opened(source.name, opened.notes, opened.columns.unknown)
                        columns[_free_name(source.name, columns)] = _fields(opened.columns)
                    async for portion in opened.portions:
                        recognised = await recognition.recognise(portion)
                        number += len(portion.rows)
                        tally += recognised.tally
                        books.enter(recognised)
                        shown = recognised.documents[: EXAMPLES - len(examples)]
                        examples += [msgspec.json.decode(document.body) for document in shown]
                        lines = portion.read.lines
                        bar.update(number, portion.read.position)
                check_lines(source.name, lines, number - first)
                read = read.closed(lines, number - first)
            tally += recognition.correct(books.lost_rows())
            accepted = books.ledger.distinct()
        finally:
            encoders.close()
            books.close()
            recognition.close()
    return DryRun(
        **outcome(read, accepted, books, before, tally),
        accepted=accepted,
        refusal=_refusal(request, books, read, before, tally),
        columns=columns,
        examples=examples,
    )


def _refusal(request: LoadRequest, books: Books, read: Reading, before: Before, tally: Tally) -> str | None:
    """Why such a load would be refused; `None` if it would not."""
    limits, contacts = request.limits, tally.kept + tally.new
    if request.update and not before.contacts:
        return "there are no contacts yet; load some without --update first"
    if request.update:
        contacts = before.contacts + tally.new
    try:
        if not request.update:
            check_rows(read.rows)
        check_columns(limits, books.read, books.repairs)
        check_rejects(limits, read.rows, books.rejects)
        check_contacts(limits, contacts, contacts, before.contacts)
        check_filled(limits, before, contacts, tally.filled)
    except LoadRefused as refused:
        return str(refused)
    return None


def _fields(columns: ColumnMapping) -> dict[str, str | None]:
    """What each column is read as."""
    return {column.name: column.field or (None if column.left_out else "custom") for column in columns.columns}


def _free_name(name: str, taken: Collection[str]) -> str:
    return next(each for each in chain([name], (f"{name} ({at})" for at in count(2))) if each not in taken)


class _Checked:
    """Contacts as they would be stored, derived fields and all the rest gone through; see `search.loader.Encoder`."""

    @staticmethod
    def encode(row: int, contact: ContactCompleteItem, complete: bytes | None = None) -> Document:
        search_fields(contact)
        return Document(row, complete or complete_json(contact))

    @staticmethod
    def encode_all(rows: Sequence[int], contacts: ContactColumns) -> list[Document]:
        search_columns(contacts)
        return list(map(Document, rows, contacts.complete()))
