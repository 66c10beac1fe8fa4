"""What people write into a cell that has no value: `N/A`, `-`, `unknown`, a spreadsheet's `#REF!`.

Names of people and companies are more careful: Null and None are surnames. In a country column `NA` is Namibia.
"""

import msgspec

from indexing.data import read_data


class _Placeholders(msgspec.Struct, frozen=True):
    any: tuple[str, ...]
    names: tuple[str, ...]
    countries: tuple[str, ...]


def _spelled(texts: tuple[str, ...]) -> frozenset[str]:
    """In the cases that people write. Cells are looked up as they are, which is quicker than to fold each."""
    return frozenset(
        spelling for text in texts for spelling in (text, text.lower(), text.upper(), text.capitalize(), text.title())
    )


_DATA = read_data("placeholders", _Placeholders)

ANYWHERE = _spelled(_DATA.any) | _spelled(_DATA.names)
"""Every text that is a placeholder in some field."""

_IN_NAMES = _spelled(_DATA.names)
_IN_COUNTRIES = ANYWHERE - _spelled(_DATA.countries)

_OF_FIELD = {
    **dict.fromkeys(("first_name", "last_name", "company", "company_name_for_emails"), _IN_NAMES),
    **dict.fromkeys(("country", "company_country"), _IN_COUNTRIES),
    **dict.fromkeys(("foreign_ids", "custom"), frozenset[str]()),
}


def placeholders_of(field: str) -> frozenset[str]:
    """The texts that are no value in `field`."""
    return _OF_FIELD.get(field, ANYWHERE)
