"""Column headers → what each column of a source means for a contact.

Headers match without regard to case, spaces, punctuation and camel humps (`indexing.sources.headers`). Of several
columns for one field the best name wins, wherever it stands, and the next fills its gaps. What means nothing here is
kept with the contact, under its own header.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import msgspec

from indexing.sources.dates import DateOrder
from indexing.sources.headers import (
    COMPANY_LOCATION,
    FULL_NAME,
    LINK,
    LOCATION,
    NAME,
    NO_VENDOR,
    TARGETS,
    Meaning,
    header_key,
    meaning_of,
    scale_of,
    vendor_of,
)
from mappings.errors import SourceError
from search.fields import ALL_FIELDS, CONTACT_FIELDS, FORMS
from search.kinds import Form

PARTS: dict[str, tuple[str, ...]] = {
    FULL_NAME: ("first_name", "last_name"),
    LOCATION: ("city", "state", "country"),
    COMPANY_LOCATION: ("company_city", "company_state", "company_country"),
    LINK: (),
}
"""What is taken apart → the fields of its parts. Of a link only the cell tells, so an empty one empties no field."""

_EMAILS = ("email", "secondary_email", "tertiary_email")
_NAMES_SOMEBODY = frozenset({"uuid", "first_name", "last_name", FULL_NAME, "person_linkedin_url", *_EMAILS})
_OF_PEOPLE = frozenset({"first_name", "last_name", FULL_NAME, "title", "seniority", "departments", *_EMAILS})


class Column(msgspec.Struct, frozen=True):
    """What one column means.

    Attributes:
        header: as written.
        name: the header, with its number where it is there several times: `City (2)`.
        field: the field, or one of `TARGETS`; `None` for a column that means nothing here.
        rank: of the columns of one field the lowest is asked first.
        source: whose the ids in the column are.
        scale: what the numbers in the column are multiplied by.
        element: it has one value of a list, to be joined with those of the other elements.
        left_out: it is passed over.
    """

    header: str
    name: str
    field: str | None = None
    rank: int = 0
    source: str = ""
    scale: int = 1
    element: bool = False
    left_out: bool = False


class ColumnMapping(msgspec.Struct, frozen=True, dict=True):
    """What the columns of a source mean.

    Attributes:
        columns: in their order.
        vendor: whose export it is, as the headers show; "" if they don't.
        dates: what comes first in its dates.
    """

    columns: tuple[Column, ...]
    vendor: str = ""
    dates: DateOrder = DateOrder()

    @cached_property
    def headers(self) -> tuple[str, ...]:
        """As written."""
        return tuple(column.header for column in self.columns)

    @cached_property
    def fields(self) -> tuple[str | None, ...]:
        """The field or target of each column; `None` for one that means nothing, or is left out."""
        return tuple(column.field for column in self.columns)

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """Headers that mean nothing here, as written. What the columns hold is kept as `custom`."""
        return tuple(column.header for column in self.columns if column.field is None and not column.left_out)

    @cached_property
    def covers(self) -> frozenset[str]:
        """The fields for which the source has a column: those that an update may empty."""
        named = {field for column in self.columns if (field := column.field) and not column.source}
        return frozenset(part for field in named for part in PARTS.get(field, (field,)))

    @cached_property
    def date_columns(self) -> tuple[int, ...]:
        """The places of the columns that hold dates."""
        return tuple(at for at, field in enumerate(self.fields) if field and FORMS.get(field) is Form.DATETIME)

    def places_of(self, field: str) -> list[tuple[int, ...]]:
        """Where `field` is to be looked for, the best place first; one of several columns is a list's elements."""
        ranked = [(column.rank, at, column.element) for at, column in enumerate(self.columns) if column.field == field]
        places: dict[tuple[int, int], tuple[int, ...]] = {}
        for rank, at, element in sorted(ranked):
            key = (rank, -1 if element else at)
            places[key] = (*places.get(key, ()), at)
        return list(places.values())


def map_columns(
    headers: Iterable[str], overrides: Mapping[str, str] | None = None, ignored: Collection[str] = ()
) -> ColumnMapping:
    """The meaning of `headers`; `overrides` (header → field, "" to leave it out) wins over what is known.

    Headers in `ignored` are passed over.

    Raises:
        SourceError: no header is known, no column could name a person, or an override names a field or column that
            does not exist.
    """
    headers = [header.strip() for header in headers]
    vendor = vendor_of(headers)
    key, ids = (vendor.key, vendor.ids) if vendor else ("", NO_VENDOR)
    names = list(_numbered(headers))
    wanted = dict(_overridden(headers, names, overrides or {}))
    columns = []
    for at, (header, name) in enumerate(zip(headers, names, strict=True)):
        if at in wanted:
            meaning = Meaning(wanted[at], 0, scale=scale_of(header, wanted[at])) if wanted[at] else None
        else:
            meaning = None if header in ignored else meaning_of(header, key)
        left_out = header in ignored if at not in wanted else not wanted[at]
        columns.append(_column(header, name, meaning, ids, left_out))
    mapping = ColumnMapping(tuple(_with_names(columns)), key)
    _check(mapping)
    return mapping


def known_headers(headers: Iterable[str]) -> int:
    """How many of `headers` name a field: what tells the right delimiter, and the header, from a wrong one."""
    return sum(meaning_of(header.strip()) is not None for header in headers)


def _column(header: str, name: str, meaning: Meaning | None, ids: str, left_out: bool) -> Column:
    if meaning is None:
        return Column(header, name, left_out=left_out)
    source = meaning.source or ids
    is_id = meaning.field == "foreign_ids" and header_key(header) != header_key("foreign_ids")
    return Column(header, name, meaning.field, meaning.rank, source if is_id else "", meaning.scale, meaning.element)


def _numbered(headers: Sequence[str]) -> Iterator[str]:
    """The headers, each different: one that is there again has its number, one that is empty that of its column."""
    taken = Counter(headers)
    seen: Counter[str] = Counter()
    for at, header in enumerate(headers, 1):
        name = header or f"Column {at}"
        seen[name] += 1
        number = seen[name]
        unique = name if number == 1 else f"{name} ({number})"
        while unique != header and unique in taken:
            number += 1
            unique = f"{name} ({number})"
        taken[unique] += 1
        yield unique


def _overridden(
    headers: Sequence[str], names: Sequence[str], overrides: Mapping[str, str]
) -> Iterator[tuple[int, str]]:
    """The places of columns that an override names, and the field that it gives them."""
    fields = (*ALL_FIELDS, *TARGETS)
    for header, field in overrides.items():
        if field and field not in fields:
            raise SourceError(f"--map {header}={field}: no field is named {field!r}; known: {', '.join(fields)}")
        places = [at for at, name in enumerate(names) if name == header]
        places = places or [at for at, other in enumerate(headers) if header_key(other) == header_key(header)]
        if not places:
            known = [other for other in headers if meaning_of(other)]
            raise SourceError(
                f"--map {header}={field}: the source has no column {header!r}; of its {len(headers)} columns these "
                f"are known: {', '.join(known) or 'none'}"
            )
        yield from ((at, field) for at in places)


def _with_names(columns: Sequence[Column]) -> Iterator[Column]:
    """The columns, each `NAME` being what the others leave for it.

    Beside one half of a person's name it is the other half: `Vorname, Name`. In a file that tells nothing of people,
    but much of companies, it is the company's.
    """
    fields = {column.field for column in columns}
    halves = fields & {"first_name", "last_name"}
    if len(halves) == 1:
        meant = "last_name" if "first_name" in halves else "first_name"
    else:
        about_companies = any(row.company for field, row in CONTACT_FIELDS.items() if field in fields - {"website"})
        of_companies = about_companies and not fields & {*_OF_PEOPLE, "company"}
        meant = "company" if of_companies else FULL_NAME
    for column in columns:
        yield msgspec.structs.replace(column, field=meant) if column.field == NAME else column


def _check(mapping: ColumnMapping) -> None:
    """Raises `SourceError` where the columns can't be those of people. What may be cells is not shown."""
    if not any(mapping.fields):
        raise SourceError(
            f"none of the {len(mapping.headers)} columns is known; does the file have no header, or another one? "
            "Say what a column means with --map COLUMN=FIELD"
        )
    if not _NAMES_SOMEBODY & set(mapping.fields):
        known = [column.header for column in mapping.columns if column.field]
        raise SourceError(
            "the columns tell nothing of people: none of them has a name, an e-mail or a LinkedIn profile of a person; "
            f"known are {', '.join(known)}. If this is no file of companies, say with --map COLUMN=FIELD which column "
            "names the person"
        )
