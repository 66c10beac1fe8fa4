"""The rows of a batch → contacts, column by column: what `indexing.items` makes of each row, in less time.

Within a batch most columns are empty or say the same again and again: each text of a column is read once. A row that
holds anything out of the ordinary is read by itself, in `indexing.items`; so is a row of typed values.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any

from indexing.items import Draft, contact_reader, finished, is_odd
from indexing.row import Row
from indexing.sources.cells import Cell
from indexing.sources.columns import Column, ColumnMapping
from indexing.sources.dates import DateOrder
from indexing.steps import best_place, parting, steps_of
from indexing.values.names import ADDRESS_FORMS
from indexing.values.placeholders import placeholders_of
from indexing.values.readers import ValueReader, value_reader
from indexing.values.unreadable import Unreadable
from mappings.errors import RowRejected
from search.fields import ALL_FIELDS

BatchReader = Callable[[Sequence[Sequence[Cell]]], Iterator[Draft | RowRejected]]

_SPECIAL: dict[str, Callable[[str], bool]] = {
    "title": ADDRESS_FORMS.__contains__,
    "person_linkedin_url": lambda text: "/sales/" in text,
}
"""Texts that mean something beside their field: what they mean is told in the reader of rows."""


@lru_cache(maxsize=64)
def batch_reader(mapping: ColumnMapping, strict_values: bool = False) -> BatchReader:
    """The function that gives, for each row of a batch, what `contact_reader` gives or raises."""
    read, steps = contact_reader(mapping, strict_values), steps_of(mapping)
    fields = {place: at for at, field in enumerate(ALL_FIELDS) if (place := best_place(mapping, field)) is not None}
    cell_readers = {
        place: _cell_reader(ALL_FIELDS[at], mapping.columns[place], mapping.dates) for place, at in fields.items()
    }

    def read_alone(cells: Sequence[Cell]) -> Draft | RowRejected:
        try:
            return read(cells)
        except RowRejected as rejected:
            return rejected

    def read_batch(rows: Sequence[Sequence[Cell]]) -> Iterator[Draft | RowRejected]:
        values: list[Sequence[Any]] = [[None] * len(rows)] * len(ALL_FIELDS)
        odd: set[int] = set()
        empty: set[int] = set()
        try:
            for place, cells in enumerate(zip(*rows, strict=True)):
                known: dict[Any, Any] = dict.fromkeys(cells)
                text = "".join(known)
                if not text:
                    empty.add(place)
                    continue
                strange = set(filter(is_odd, known)) if is_odd(text) else set()
                if place in fields:
                    reader = cell_readers[place]
                    for cell in known:
                        try:
                            known[cell] = reader(cell)
                        except Unreadable:
                            strange.add(cell)
                    values[fields[place]] = [known[cell] for cell in cells]
                if strange:
                    odd.update(at for at, cell in enumerate(cells) if cell in strange)
        except (TypeError, ValueError):
            # Typed values, or rows of several widths.
            yield from map(read_alone, rows)
            return
        taken = [step.take for step in steps if not empty.issuperset(step.places)]
        for at, (whole, found) in enumerate(zip(rows, map(list, zip(*values, strict=True)), strict=True)):
            if at in odd:
                yield read_alone(whole)
                continue
            row = Row(whole, whole, found, strict_values) if taken else None
            try:
                for take in taken:
                    take(row)  # type: ignore[arg-type] # where there are steps, there is a row
                draft = finished(found, row)
            except RowRejected as rejected:
                yield rejected
            else:
                yield draft

    return read_batch if parting(mapping) is None else partial(map, read_alone)


def _cell_reader(field: str, column: Column, dates: DateOrder) -> ValueReader:
    """The reader of a cell as it comes. It raises `Unreadable` also for what is special."""
    nothing, reader, special = placeholders_of(field), value_reader(field, column, dates), _SPECIAL.get(field)

    def read(cell: str) -> Any:
        text = cell.strip()
        if not text or text in nothing:
            return None
        if reader is not None:
            return reader(text)
        if special is not None and special(text):
            raise Unreadable("is special")
        return text

    return read
