"""The rows of a batch → contacts, column by column: what `indexing.items` makes of each row, in less time.

Within a batch most columns are empty or say the same again and again: each text of a column is read once. What
colleagues share, all columns of their company, is read once for all of them, also in batches to come. A row that holds
anything out of the ordinary is read by itself, in `indexing.items`; so is a row of typed values.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from operator import itemgetter
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
from search.fields import ALL_FIELDS, CONTACT_FIELDS
from search.memo import Memo

SHARED_CHARACTERS = 8 * 1024 * 1024
"""How much text of companies is kept for their next contacts; with what was read of it that is some four times so
many bytes."""

BatchReader = Callable[[Sequence[Sequence[Cell]]], Iterator[Draft | RowRejected]]

_OF_COMPANY = [CONTACT_FIELDS[field].company for field in ALL_FIELDS]

_SPECIAL: dict[str, Callable[[str], bool]] = {
    "title": ADDRESS_FORMS.__contains__,
    "person_linkedin_url": lambda text: "/sales/" in text,
}
"""Texts that mean something beside their field: what they mean is told in the reader of rows."""


@lru_cache(maxsize=4)
def batch_reader(mapping: ColumnMapping, strict_values: bool = False) -> BatchReader:
    """The function that gives, for each row of a batch, what `contact_reader` gives or raises."""
    read, steps = contact_reader(mapping, strict_values), steps_of(mapping)
    fields = {place: at for at, field in enumerate(ALL_FIELDS) if (place := best_place(mapping, field)) is not None}
    cell_readers = {
        place: _cell_reader(ALL_FIELDS[at], mapping.columns[place], mapping.dates) for place, at in fields.items()
    }
    companies = _Companies({place: cell_readers[place] for place, at in fields.items() if _OF_COMPANY[at]})

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
            columns = list(zip(*rows, strict=True))
            shared = companies.read(rows, odd)
            for place, cells in enumerate(columns):
                if place in shared:
                    values[fields[place]] = shared[place]
                elif (read_as := _read_column(cells, cell_readers.get(place))) is None:
                    empty.add(place)
                else:
                    found, strange = read_as
                    if place in fields:
                        values[fields[place]] = found
                    if strange:
                        odd.update(at for at, cell in enumerate(cells) if cell in strange)
        except (TypeError, ValueError):
            # Typed values, or rows of several widths.
            yield from map(read_alone, rows)
            return
        taken = [step.take for step in steps if not empty.issuperset(step.places)]
        for at, (whole, contact) in enumerate(zip(rows, map(list, zip(*values, strict=True)), strict=True)):
            if at in odd:
                yield read_alone(whole)
                continue
            row = Row(whole, whole, contact, strict_values) if taken else None
            try:
                for take in taken:
                    take(row)  # type: ignore[arg-type] # where there are steps, there is a row
                draft = finished(contact, row)
            except RowRejected as rejected:
                yield rejected
            else:
                yield draft

    return read_batch if parting(mapping) is None else partial(map, read_alone)


def _read_column(cells: Sequence[Any], reader: ValueReader | None) -> tuple[Sequence[Any], set[Any]] | None:
    """The values of a column, as `reader` has them, and the cells that need a closer look; `None` if all are empty.

    Raises:
        TypeError: a cell is no text.
    """
    known: dict[Any, Any] = dict.fromkeys(cells)
    text = "".join(known)
    if not text:
        return None
    strange = set(filter(is_odd, known)) if is_odd(text) else set()
    if reader is None:
        return (), strange
    for cell in known:
        try:
            known[cell] = reader(cell)
        except Unreadable:
            strange.add(cell)
    return [known[cell] for cell in cells], strange


class _Companies:
    """The columns that say something of a company, `readers` by their places."""

    def __init__(self, readers: Mapping[int, ValueReader]) -> None:
        self._readers = readers if len(readers) > 1 else {}
        self._pick: Callable[[Sequence[Cell]], Any] = itemgetter(*self._readers or (0,))
        self._odd = (None,) * len(self._readers)
        self._known = Memo(self._made, lambda cells, _: sum(map(len, cells)), SHARED_CHARACTERS)

    def read(self, rows: Sequence[Sequence[Cell]], odd: set[int]) -> dict[int, Sequence[Any]]:
        """Place → the values of the column. Rows that need a closer look are added to `odd`.

        Raises:
            TypeError: a cell is no text.
        """
        if not self._readers:
            return {}
        found = list(map(self._known.__getitem__, map(self._pick, rows)))
        odd.update(at for at, values in enumerate(found) if values is self._odd)
        return dict(zip(self._readers, zip(*found, strict=True), strict=True))

    def _made(self, cells: Sequence[Any]) -> tuple[Any, ...]:
        """The values of a company; `_odd` itself if one of its cells is."""
        if is_odd("".join(cells)):
            return self._odd
        try:
            return tuple([read(cell) for read, cell in zip(self._readers.values(), cells, strict=True)])
        except Unreadable:
            return self._odd


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
