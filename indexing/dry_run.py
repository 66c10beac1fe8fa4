"""A load that reads and checks everything and writes nothing: what would become of these sources."""

import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from indexing.books import Books
from indexing.encoding import Encoders
from indexing.ledger import Ledger
from indexing.pipeline import open_source
from indexing.progress import ProgressBar
from indexing.rejects import RejectFile
from indexing.sources.base import Source, Start, total_size
from search.documents import search_fields
from search.fields import ContactCompleteItem, item_json
from search.loader import Document

EXAMPLES = 3


class DryRun(msgspec.Struct, frozen=True):
    """What a load would do: `rows = accepted + duplicates + rejected`.

    Attributes:
        columns: source → header → field, `None` for a column that is dropped.
        examples: the first contacts, as they would be stored.
    """

    rows: int
    accepted: int
    duplicates: int
    rejected: int
    rejects_by_reason: dict[str, int]
    columns: dict[str, dict[str, str | None]]
    examples: list[dict[str, Any]]


async def dry_run(sources: Sequence[Source], workers: int) -> DryRun:
    """Read `sources` as a load would, with so many processes that encode.

    Raises:
        SourceError: a source can't be read.
    """
    encoders, rows = Encoders(_checked, workers), 0
    columns: dict[str, dict[str, str | None]] = {}
    examples: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="contacts-dry-run-") as directory, ProgressBar(total_size(sources)) as bar:
        books = Books(RejectFile(None), Ledger(Path(directory) / "ledger"))
        try:
            for source in sources:
                async with open_source(source, Start(), rows + 1, encoders) as opened:
                    if opened.columns is not None:
                        columns[source.name] = dict(zip(opened.columns.headers, opened.columns.fields, strict=True))
                    async for portion in opened.portions:
                        rows += len(portion.rows)
                        books.enter(portion)
                        shown = islice(portion.encoded.documents, EXAMPLES - len(examples))
                        examples += [msgspec.json.decode(document.body) for document in shown]
                        bar.update(rows, portion.read.position)
            accepted = books.ledger.distinct()
        finally:
            encoders.close()
            books.close()
    rejected = books.rejects.count
    return DryRun(
        rows=rows,
        accepted=accepted,
        duplicates=rows - accepted - rejected,
        rejected=rejected,
        rejects_by_reason=dict(books.rejects.by_reason),
        columns=columns,
        examples=examples,
    )


def _checked(row: int, contact: ContactCompleteItem) -> Document:
    """The item as it would be stored, derived fields and all the rest gone through."""
    search_fields(contact)
    return Document(row, item_json(contact))
