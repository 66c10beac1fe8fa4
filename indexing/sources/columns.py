"""Column headers → item fields, without regard to case, spaces and punctuation.

An untouched Apollo.io export loads as it is; so does any file whose headers are our field names.
"""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from mappings.errors import SourceError
from mappings.text import normalise
from search.fields import CONTACT_FIELDS, ITEM_FIELDS


class ColumnMapping(msgspec.Struct, frozen=True):
    """What each column of a source means.

    Attributes:
        headers: as written.
        fields: an item field for each column, in column order; `None` for a column that is dropped.
        unknown: headers that mean nothing to us, as written.
    """

    headers: tuple[str, ...]
    fields: tuple[str | None, ...]
    unknown: tuple[str, ...]

    @property
    def covers(self) -> frozenset[str]:
        """The fields for which the source has a column: those that an update may empty."""
        return frozenset(field for field in self.fields if field)


def map_columns(
    headers: Iterable[str], overrides: Mapping[str, str] | None = None, ignored: Collection[str] = ()
) -> ColumnMapping:
    """The meaning of `headers`; `overrides` (header → field) wins over the table.

    A field that several columns name is taken from the first of them. Headers in `ignored` are dropped in silence.

    Raises:
        SourceError: no header is known, or an override names a field or column that does not exist.
    """
    headers, overrides = [header.strip() for header in headers], overrides or {}
    wanted = {_key(header): field for header, field in overrides.items()}
    for header, field in overrides.items():
        if field not in ITEM_FIELDS:
            raise SourceError(f"--map {header}={field}: no field is named {field!r}; known: {', '.join(ITEM_FIELDS)}")
        if _key(header) not in map(_key, headers):
            raise SourceError(f"--map {header}={field}: the source has no column {header!r}; it has {headers}")
    fields: list[str | None] = []
    for header in headers:
        meant = wanted.get(_key(header)) or _field_of(header)
        taken = meant in fields or (meant in wanted.values() and _key(header) not in wanted)
        fields.append(None if taken else meant)
    if not any(fields):
        raise SourceError(f"no column is known among {headers[:10]}; name one with --map COLUMN=FIELD")
    dropped = [header for header, field in zip(headers, fields, strict=True) if field is None]
    unknown = tuple(header for header in dropped if header not in ignored)
    return ColumnMapping(tuple(headers), tuple(fields), unknown)


def known_headers(headers: Iterable[str]) -> int:
    """How many of `headers` name a field: what tells the right delimiter from a wrong one."""
    return sum(_field_of(header) is not None for header in headers)


def _field_of(header: str) -> str | None:
    key = _key(header)
    field = key.replace(" ", "_")
    return field if field in ITEM_FIELDS else _ALIASES.get(key)


def _key(header: str) -> str:
    return normalise(header.replace("#", ""))


_ALIASES = {_key(header): field for field, row in CONTACT_FIELDS.items() for header in row.headers}
"""Spellings beyond the field names themselves; the headers of an Apollo.io export are the field names."""
