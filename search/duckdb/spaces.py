"""Which sets a DuckDB file keeps, by name, derived from the field table: what the build makes and what is read of it.

A set is named by its space and a text. Spaces that are fields have the contacts that have a term; those beside them
find texts by what is in them.
"""

from hashlib import md5
from itertools import chain

from search.fields import SEARCH_FIELDS, SORT_FIELDS, Kind

TEXTS = tuple(name for name, field in SEARCH_FIELDS.items() if field.kind is not Kind.NUMBER and name != "absent")
"""Fields whose terms are sets of rows, and a space each."""

NUMBERS = tuple(name for name, field in SEARCH_FIELDS.items() if field.kind is Kind.NUMBER)
"""Fields that are numbers: a space each, with a set of rows for every bit."""

SPLIT = tuple(name for name in TEXTS if SEARCH_FIELDS[name].kind in (Kind.TEXT, Kind.TERM_AND_TEXT, Kind.NAME))
"""Fields that `Phrase` asks for."""

CUT = tuple(name for name in TEXTS if SEARCH_FIELDS[name].kind is Kind.NAME)
"""Fields that `Substring` asks for."""

UUIDS = "uuid"
"""The space of the order of uuids, bit by bit as of a number."""

FILLED = "filled"
"""The space of the contact fields: the rows that have something there."""

HELD = ""
"""The name of the set of rows that have a number, or a text to be ordered by, at all; those of its bits are named by
their places, the lowest is 0."""

GRAM = 3
"""Characters of the longest texts that terms are found by, wherever these stand in them."""

SEVERAL = 4
"""Terms with a word above which its rows are a set of their own; of fewer they are united when they are asked for."""


def having(field: str) -> str:
    """The space of a field's words: the rows that have one that is in more than `SEVERAL` terms."""
    return f"{field} having"


def within(field: str) -> str:
    """The space of a field's words: the terms that have one."""
    return f"{field} within"


def grams(field: str) -> str:
    """The space of the texts of up to `GRAM` characters in a field's terms: the terms that have one."""
    return f"{field} grams"


def _of_texts(field: str) -> list[str]:
    """The spaces of a field that is text, in the order in which they are made."""
    split, cut = field in SPLIT, field in CUT
    return [field, *[having(field), within(field)] * split, *[grams(field)] * cut]


SPACES = {
    space: number
    for number, space in enumerate([*chain.from_iterable(map(_of_texts, TEXTS)), *NUMBERS, *SORT_FIELDS, UUIDS, FILLED])
}
"""Space → its number. They are those of one `MAPPING_VERSION`: a file of another is not read by them."""


def uuid_key(uuid: str) -> int:
    """What the row of a uuid is found by. Several may have one."""
    return int.from_bytes(md5(uuid.encode(), usedforsecurity=False).digest()[8:12], "little")


UUID_KEY = "(md5_number_lower(uuid) & 4294967295)::UINTEGER"
"""The same in SQL, of the column `uuid`."""
