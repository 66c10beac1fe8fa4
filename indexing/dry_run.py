"""A load that reads and checks everything and writes nothing: what would become of these sources."""

import tempfile
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import msgspec

from indexing.encoding import Encoders
from indexing.ledger import Ledger
from indexing.pipeline import portions
from indexing.progress import ProgressBar
from indexing.rejects import RejectFile
from indexing.sources.base import Source, Start
from search.documents import search_fields
from search.fields import ContactListItem
from search.loader import Document

EXAMPLES = 3

_encode = msgspec.json.Encoder().encode


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


async def dry_run(sources: Sequence[Source], progress: ProgressBar, workers: int) -> DryRun:
    """Read `sources` as a load would.

    Raises:
        SourceError: a source can't be read.
    """
    encoders, rejects = Encoders(_checked, workers), RejectFile(None)
    columns: dict[str, dict[str, str | None]] = {}
    examples: list[dict[str, Any]] = []
    rows = 0
    with tempfile.TemporaryDirectory(prefix="contacts-dry-run-") as directory:
        ledger = Ledger(Path(directory) / "ledger")
        try:
            for source in sources:
                with source.open(Start()) as reader:
                    mapping = reader.columns
                    fields = mapping.fields if mapping else None
                    if mapping:
                        columns[source.name] = dict(zip(mapping.headers, mapping.fields, strict=True))
                    async with aclosing(portions(reader, rows + 1, encoders)) as ready:
                        async for portion in ready:
                            rows += len(portion.rows)
                            ledger.add(portion.encoded.fingerprints)
                            for number, reason in sorted(portion.encoded.rejects.items()):
                                rejects.add(portion.reject(source.name, fields, number, reason))
                            shown = portion.encoded.documents[: EXAMPLES - len(examples)]
                            examples += [msgspec.json.decode(document.body) for document in shown]
                            progress.update(rows, portion.position)
            accepted = ledger.distinct()
        finally:
            encoders.close()
            ledger.close()
    return DryRun(
        rows=rows,
        accepted=accepted,
        duplicates=rows - accepted - rejects.count,
        rejected=rejects.count,
        rejects_by_reason=dict(rejects.by_reason),
        columns=columns,
        examples=examples,
    )


def _checked(row: int, item: ContactListItem) -> Document:
    """The item as it would be stored, derived fields and all the rest gone through."""
    search_fields(item)
    return Document(row, _encode(item))
