"""The steps of reading a row that few sources need: several columns for one field, whole names and places, ids, and
columns that mean nothing here.

`steps_of` makes those of one source, each with its columns looked up. They work on a `Row`, one after the other, when
`indexing.items` has read the best column of each field.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

import msgspec

from indexing.links import link_steps
from indexing.row import Row, Step
from indexing.sources.cells import Cell, text_of
from indexing.sources.columns import PARTS, Column, ColumnMapping
from indexing.sources.headers import COMPANY_LOCATION, FULL_NAME, LOCATION
from indexing.values.emails import SeveralEmails
from indexing.values.maps import texts_by_name
from indexing.values.names import ADDRESS_FORMS, split_name
from indexing.values.phones import is_ruined
from indexing.values.placeholders import placeholders_of
from indexing.values.places import split_place
from indexing.values.readers import EMAILS, ValueReader, own_types, value_reader
from indexing.values.unreadable import Unreadable
from mappings.locations import contact_location
from mappings.text import normalise
from search.fields import ALL_FIELDS, LIST_FIELDS

GOOGLE, GOOGLE_JOINT = "google", " ::: "
"""In an export of Google Contacts several values of a kind stand in one cell, so joined."""

_AT = {field: at for at, field in enumerate(ALL_FIELDS)}
_RUINED = "is a number in exponent form, most digits of which are gone"
_NO_NAME = "is no name: it is an e-mail address, or has no letters"


class _Place(msgspec.Struct, frozen=True):
    """Where a field is looked for beside its best column: in another, or in several that are elements of one list."""

    places: tuple[int, ...]
    column: Column
    reader: ValueReader | None


def steps_of(mapping: ColumnMapping) -> list[Step]:
    """The steps that rows with these columns need, in order."""
    return [
        *_gaps(mapping),
        *link_steps(mapping),
        *_ids(mapping),
        *(Step((at,), partial(_full_name, at, mapping.columns[at])) for (at,) in mapping.places_of(FULL_NAME)),
        *(
            Step((at,), partial(_location, at, mapping.columns[at], [_AT[part] for part in PARTS[target]]))
            for target in (LOCATION, COMPANY_LOCATION)
            for (at,) in mapping.places_of(target)
        ),
        *_further(mapping),
    ]


def best_place(mapping: ColumnMapping, field: str) -> int | None:
    """The column that `field` is read from before all steps, if it is a single one."""
    places = mapping.places_of(field) if field not in ("foreign_ids", "custom") else []
    return places[0][0] if places and len(places[0]) == 1 and not mapping.columns[places[0][0]].element else None


# Several columns for one field


def _gaps(mapping: ColumnMapping) -> Iterator[Step]:
    for at, field in enumerate(ALL_FIELDS):
        if field in ("foreign_ids", "custom"):
            continue
        places = mapping.places_of(field)
        others = places if best_place(mapping, field) is None else places[1:]
        if others:
            columns = [mapping.columns[place[0]] for place in others]
            known = [
                _Place(place, column, value_reader(field, column, mapping.dates))
                for place, column in zip(others, columns, strict=True)
            ]
            yield Step(tuple(chain.from_iterable(others)), partial(_fill, at, field, known))


def _fill(at: int, field: str, places: Sequence[_Place], row: Row) -> None:
    """Fill a gap from the next columns; what differs in them is kept."""
    for place in places:
        text, value = _read(field, place, row)
        if value is None:
            continue
        if field == "person_linkedin_url":
            row.add_sales_profile(text)
        if field in EMAILS and row.values[at] is not None:
            row.spread_emails(place.column, [value])
        elif row.values[at] is None:
            row.values[at] = value
        elif value != row.values[at]:
            row.keep(place.column, text)


def _read(field: str, place: _Place, row: Row) -> tuple[str, Any]:
    """What a place has of a field, as text and as value; nothing where that can't be read."""
    nothing = placeholders_of(field)
    if place.column.element:
        texts = [text for text in map(row.text, place.places) if text and text not in nothing]
        return "; ".join(texts), (tuple(texts) if field in LIST_FIELDS else "; ".join(texts)) or None
    cell = row.cells[place.places[0]]
    if type(cell) is str or type(cell) not in own_types(field):
        cell = row.text(place.places[0])
        if not cell or cell in nothing:
            return "", None
    if field == "title" and cell in ADDRESS_FORMS:
        row.keep(place.column, text_of(cell))
        return "", None
    try:
        return text_of(cell), cell if place.reader is None else place.reader(cell)
    except SeveralEmails as several:
        row.spread_emails(place.column, several.addresses)
    except Unreadable as bad:
        row.repair(field, place.column, cell, bad)
    return "", None


# Ids


def _ids(mapping: ColumnMapping) -> Iterator[Step]:
    places = [at for (at,) in mapping.places_of("foreign_ids")]
    # What was written here has all ids in one object, and goes before any other column.
    for at in sorted(places, key=lambda at: bool(mapping.columns[at].source)):
        yield Step((at,), partial(_id, at, mapping.columns[at]))


def _id(at: int, column: Column, row: Row) -> None:
    text = row.text(at)
    if not text or text in placeholders_of("uuid"):
        return
    try:
        if not column.source or text.startswith("{"):
            for source, number in texts_by_name(text).items():
                row.add_id(source, number)
        elif is_ruined(text):
            raise Unreadable(_RUINED)
        elif row.ids.get(column.source, text) != text:
            row.keep(column, text)
        else:
            row.add_id(column.source, text)
    except Unreadable as bad:
        row.repair("foreign_ids", column, text, bad)


# Names and places in one cell


def _full_name(at: int, column: Column, row: Row) -> None:
    """First and last name, where they are not there, from the whole; which is kept if it says more than they."""
    text = row.text(at)
    if not text or text in placeholders_of("first_name"):
        return
    first_at, last_at = (_AT[part] for part in PARTS[FULL_NAME])
    first, last = split_name(text)
    if first is None and last is None:
        row.repair(FULL_NAME, column, text, Unreadable(_NO_NAME))
        return
    values = row.values
    if values[first_at] is None or values[last_at] is None:
        if _agree(values[first_at], first) and _agree(values[last_at], last):
            values[first_at], values[last_at] = values[first_at] or first, values[last_at] or last
        elif values[last_at] is None and _begins(text, values[first_at]):
            values[last_at] = text[len(values[first_at]) :].strip() or None
    if normalise(text) != normalise(f"{values[first_at] or ''} {values[last_at] or ''}"):
        row.keep(column, text)


def _agree(there: str | None, new: str | None) -> bool:
    return there is None or new is None or normalise(there) == normalise(new)


def _begins(text: str, first: str | None) -> bool:
    return first is not None and text.lower().startswith(f"{first.lower()} ")


def _location(at: int, column: Column, parts: Sequence[int], row: Row) -> None:
    """City, state and country, where they are not there, from the whole, if it tells of the same place."""
    text = row.text(at)
    if not text or text in placeholders_of("city"):
        return
    place, values = split_place(text), row.values
    if all(_same_place(which, values[part], new) for which, (part, new) in enumerate(zip(parts, place, strict=True))):
        for part, new in zip(parts, place, strict=True):
            values[part] = values[part] or new
        if normalise(text) != normalise(" ".join(filter(None, place))):
            row.keep(column, text)
    elif normalise(text) != normalise(" ".join(values[part] or "" for part in parts)):
        row.keep(column, text)


def _same_place(which: int, there: str | None, new: str | None) -> bool:
    if _agree(there, new):
        return True
    one, other = ([part if at == which else None for at in range(3)] for part in (there, new))
    return contact_location(*one) == contact_location(*other)


# Columns that mean nothing here


def _further(mapping: ColumnMapping) -> Iterator[Step]:
    if joint := _joint_columns(mapping):
        yield Step(tuple(at for at, _ in joint), partial(_rest_of_joint, joint))
    further = [
        (at, column) for at, column in enumerate(mapping.columns) if column.field is None and not column.left_out
    ]
    if further:
        yield Step(tuple(at for at, _ in further), partial(_keep, further))
    for (at,) in mapping.places_of("custom"):
        yield Step((at,), partial(_custom, at, mapping.columns[at]))


def parting(mapping: ColumnMapping) -> Callable[[Sequence[Cell]], Sequence[Cell]] | None:
    """What makes the first value of cells that hold several; `None` where no cell does."""
    places = [at for at, _ in _joint_columns(mapping)]
    lists = [at for at, field in enumerate(mapping.fields) if field in LIST_FIELDS]
    return partial(_parted, places, lists) if places else None


def _joint_columns(mapping: ColumnMapping) -> list[tuple[int, Column]]:
    """The columns whose cells may hold several values where the field has room for one."""
    if mapping.vendor != GOOGLE:
        return []
    several = {None, *LIST_FIELDS, *EMAILS}
    return [(at, column) for at, column in enumerate(mapping.columns) if column.field not in several]


def _parted(places: Sequence[int], lists: Sequence[int], cells: Sequence[Cell]) -> Sequence[Cell]:
    parted = list(cells)
    for at in places:
        if isinstance(cell := parted[at], str):
            parted[at] = cell.partition(GOOGLE_JOINT)[0]
    for at in lists:
        if isinstance(cell := parted[at], str):
            parted[at] = cell.replace(GOOGLE_JOINT, ";")
    return parted


def _rest_of_joint(columns: Sequence[tuple[int, Column]], row: Row) -> None:
    for at, column in columns:
        cell = row.whole[at]
        if isinstance(cell, str) and GOOGLE_JOINT in cell:
            row.keep(column, cell.strip())


def _keep(columns: Sequence[tuple[int, Column]], row: Row) -> None:
    cells, custom = row.cells, row.custom
    for at, column in columns:
        # Most are empty: that is seen without more ado.
        if cells[at] != "" and (text := row.text(at)):
            custom[column.name] = text


def _custom(at: int, column: Column, row: Row) -> None:
    """What was kept of further columns when the file was written."""
    if text := row.text(at):
        try:
            row.custom |= texts_by_name(text)
        except Unreadable as bad:
            row.repair("custom", column, text, bad)
