"""The rows of a batch → contacts, column by column: what `indexing.items` makes of each row, in less time.

Within a batch most columns are empty or say the same again and again: each text of a column is read once. What
colleagues share, all columns of their company, is read once for all of them, also in batches to come. A row that holds
anything out of the ordinary is read by itself, in `indexing.items`; so is a row of typed values. A row with something
in a column that takes a step of its own (`indexing.steps`) takes it, with what was read of its other columns.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

import msgspec

from indexing.items import Draft, contact_reader, finished, is_odd
from indexing.repairs import Repair
from indexing.row import Row
from indexing.sources.cells import Cell
from indexing.sources.columns import Column as SourceColumn
from indexing.sources.columns import ColumnMapping
from indexing.sources.dates import DateOrder
from indexing.steps import best_place, parting, steps_of
from indexing.values.names import ADDRESS_FORMS
from indexing.values.placeholders import placeholders_of
from indexing.values.readers import ValueReader, value_reader
from indexing.values.unreadable import Unreadable
from mappings.errors import RowRejected
from search.columns import Column, Together
from search.contact_columns import GROUPS, ContactColumns, columns_of, shares
from search.memo import Memo

SHARED_CHARACTERS = 8 * 1024 * 1024
"""How much text of each group of fields is kept for the next batches, that of companies first of all; with what was
read of it that is some four times so many bytes."""

_LEAST_CHARACTERS = 128
"""For how many the shortest text counts."""

_SPECIAL: dict[str, Callable[[str], bool]] = {
    "title": ADDRESS_FORMS.__contains__,
    "person_linkedin_url": lambda text: "/sales/" in text,
}
"""Texts that mean something beside their field: what they mean is told in the reader of rows."""

_NAMES = ["first_name", "last_name", "email"]
_NAMELESS = (None, None, None)


class BatchRead(msgspec.Struct, frozen=True):
    """What the rows of a batch have made.

    Attributes:
        contacts: of the rows that were accepted; `None` or nothing is the uuid of one that has none.
        places: the places of these rows in the batch.
        repairs: place → the values of the row that could not be read, if there are any.
        rejects: place → why the row is no contact.
    """

    contacts: ContactColumns
    places: Sequence[int]
    repairs: dict[int, tuple[Repair, ...]] = {}
    rejects: dict[int, str] = {}


BatchReader = Callable[[Sequence[Sequence[Cell]]], BatchRead]


@lru_cache(maxsize=4)
def batch_reader(mapping: ColumnMapping, strict_values: bool = False) -> BatchReader:
    """The function that makes of the rows of a batch what `contact_reader` makes of each, or raises."""
    if parting(mapping) is not None:
        read_alone = _row_reader(mapping, strict_values)
        return lambda rows: _of_drafts([read_alone(row) for row in rows])
    return _BatchReader(mapping, strict_values).read


class _BatchReader:
    """The reader of batches of one source."""

    def __init__(self, mapping: ColumnMapping, strict_values: bool) -> None:
        self._alone, self._steps, self._strict = _row_reader(mapping, strict_values), steps_of(mapping), strict_values
        self._groups = [_group(mapping, names) for names in GROUPS]
        read = {place for group in self._groups for place in group.places}
        self._others = [place for place in range(len(mapping.columns)) if place not in read]

    def read(self, rows: Sequence[Sequence[Cell]]) -> BatchRead:
        odd: set[int] = set()
        try:
            columns = _columns(rows)
            contacts = ContactColumns(len(rows), [group.read(columns, len(rows), odd) for group in self._groups])
            for place in self._others:
                if columns:
                    _find_odd(columns[place], odd)
        except (TypeError, ValueError):
            # Typed values, or rows of several widths.
            return _of_drafts([self._alone(row) for row in rows])
        steps = [step for step in self._steps if any(map(any, map(columns.__getitem__, step.places)))] if rows else []
        busy = {at for step in steps for place in step.places for at, cell in enumerate(columns[place]) if cell} - odd
        odd.update(at for at, names in enumerate(contacts.of(_NAMES).rows()) if names == _NAMELESS and at not in busy)
        drafts = {at: self._alone(rows[at]) for at in odd}
        places = sorted(busy)
        for at, values in zip(places, contacts.kept(places).values(), strict=True):
            drafts[at] = _stepped(Row(rows[at], rows[at], list(values), self._strict), [step.take for step in steps])
        return _merged(contacts, drafts)


def _row_reader(mapping: ColumnMapping, strict_values: bool) -> Callable[[Sequence[Cell]], Draft | str]:
    """What a row makes by itself, or why it is no contact."""
    read = contact_reader(mapping, strict_values)

    def read_alone(cells: Sequence[Cell]) -> Draft | str:
        try:
            return read(cells)
        except RowRejected as rejected:
            # Not the exception: it would hold on to the whole batch, by way of its traceback.
            return str(rejected)

    return read_alone


def _stepped(row: Row, steps: Iterable[Callable[[Row], None]]) -> Draft | str:
    try:
        for take in steps:
            take(row)
        return finished(row.values, row)
    except RowRejected as rejected:
        return str(rejected)


def _merged(contacts: ContactColumns, drafts: dict[int, Draft | str]) -> BatchRead:
    """What was read of all columns, with what some rows have made by themselves."""
    rejects = {at: draft for at, draft in drafts.items() if isinstance(draft, str)}
    accepted = {at: draft for at, draft in drafts.items() if isinstance(draft, Draft)}
    repairs = {at: draft.repairs for at, draft in accepted.items() if draft.repairs}
    contacts = contacts.replaced(list(accepted), [draft.contact for draft in accepted.values()])
    if not rejects:
        return BatchRead(contacts, range(contacts.count), repairs)
    places = [at for at in range(contacts.count) if at not in rejects]
    return BatchRead(contacts.kept(places), places, repairs, rejects)


def _of_drafts(drafts: Sequence[Draft | str]) -> BatchRead:
    """What all rows have made by themselves."""
    accepted = {at: draft for at, draft in enumerate(drafts) if isinstance(draft, Draft)}
    return BatchRead(
        columns_of([draft.contact for draft in accepted.values()]),
        list(accepted),
        {at: draft.repairs for at, draft in accepted.items() if draft.repairs},
        {at: draft for at, draft in enumerate(drafts) if isinstance(draft, str)},
    )


def _columns(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The cells of each column. Raises `ValueError` if rows are of several widths."""
    widths = set(map(len, rows))
    if len(widths) > 1:
        raise ValueError("rows are of several widths")
    cells: list[Any] = []
    # By way of one list, whose cells lie in order: a `zip` goes to and fro between all rows.
    for row in rows:
        cells += row
    return [cells[at::width] for width in widths for at in range(width)]


def _find_odd(cells: Sequence[Any], odd: set[int]) -> None:
    """Add the rows to `odd` whose cells need a closer look. Raises `TypeError` if a cell is no text."""
    if cells.count("") < len(cells) and is_odd("".join(cells)):
        odd.update(at for at, cell in enumerate(cells) if is_odd(cell))


def _group(mapping: ColumnMapping, names: tuple[str, ...]) -> "_Single | _Together":
    found = [best_place(mapping, name) for name in names]
    readers = [
        None if place is None else _cell_reader(name, mapping.columns[place], mapping.dates)
        for name, place in zip(names, found, strict=True)
    ]
    return (
        _Single(found[0], readers[0])
        if len(names) == 1
        else _Together(found, readers, shares(names) * SHARED_CHARACTERS)
    )


class _Single:
    """A field whose values are a column of their own."""

    def __init__(self, place: int | None, reader: ValueReader | None) -> None:
        self._place, self._reader = place, reader
        self.places = [] if place is None else [place]

    def read(self, columns: Sequence[Sequence[Any]], count: int, odd: set[int]) -> Column:
        """The values of the column. Rows that need a closer look are added to `odd`.

        Raises:
            TypeError: a cell is no text.
        """
        if self._place is None or self._reader is None or not columns:
            return Column([None], [0] * count)
        cells = columns[self._place]
        if cells.count("") == count:
            return Column([None], [0] * count)
        distinct = list(dict.fromkeys(cells))
        values = None
        if not is_odd("".join(distinct)):
            # As most columns are.
            with suppress(Unreadable):
                values = list(map(self._reader, distinct))
        if values is None:
            values = self._read_some(self._reader, cells, distinct, odd)
        if len(values) == count:
            return Column(values)
        numbers = dict(zip(distinct, range(count), strict=False))
        return Column(values, list(map(numbers.__getitem__, cells)))

    @staticmethod
    def _read_some(reader: ValueReader, cells: Sequence[str], distinct: Sequence[str], odd: set[int]) -> list[Any]:
        """The values of distinct cells, `None` of those that need a closer look, whose rows are added to `odd`."""
        values, strange = [], set(filter(is_odd, distinct))
        for cell in distinct:
            value = None
            if cell not in strange:
                try:
                    value = reader(cell)
                except Unreadable:
                    strange.add(cell)
            values.append(value)
        odd.update(at for at, cell in enumerate(cells) if cell in strange)
        return values


class _Together:
    """Fields whose values come together: those of a company, of a place."""

    def __init__(self, places: Sequence[int | None], readers: Sequence[ValueReader | None], budget: int) -> None:
        self.places = [place for place in places if place is not None]
        self._readers = readers
        self._odd = Together([None] * len(readers))
        self._known = Memo(self._made, lambda cells, _: _LEAST_CHARACTERS + sum(map(len, cells)), budget)

    def read(self, columns: Sequence[Sequence[Any]], count: int, odd: set[int]) -> Column:
        """The same of values that come together."""
        if not self.places or not columns:
            return Column([self._odd], [0] * count)
        found = list(map(self._known.__getitem__, zip(*map(columns.__getitem__, self.places), strict=True)))
        # What is known is one object, so it is compared by that.
        marks = list(map(id, found))
        distinct = dict(zip(marks, found, strict=True))
        if id(self._odd) in distinct:
            odd.update(at for at, values in enumerate(found) if values is self._odd)
        if len(distinct) == count:
            return Column(found)
        numbers = {mark: number for number, mark in enumerate(distinct)}
        return Column(list(distinct.values()), list(map(numbers.__getitem__, marks)))

    def _made(self, cells: Sequence[Any]) -> Together:
        """The values of some cells; `_odd` itself if one of them is."""
        if is_odd("".join(cells)):
            return self._odd
        left = iter(cells)
        try:
            return Together([None if reader is None else reader(next(left)) for reader in self._readers])
        except Unreadable:
            return self._odd


def _cell_reader(field: str, column: SourceColumn, dates: DateOrder) -> ValueReader:
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
