"""How the values of search fields are spelled: as a contact that has the value has it."""

import re
from collections.abc import Iterator

from mappings.text import normalise
from search.fields import SEARCH_FIELDS, ContactCompleteItem

_COMMA = re.compile("[,，、،]")
_PLACE = re.compile("(person|company)_(city|state|country)")
_PARTS = ("city", "state", "country")


def label(contact: ContactCompleteItem, field: str, value: str) -> str:
    """The spelling of a `value` of a search field on a contact that has it.

    Of a list, or a text that is one, it is the first element that makes the value by itself; of the columns of a place
    its own comes first. Of a value that no text makes by itself it is the value.
    """
    found = (text for text, made in _spellings(contact, field) if value in made)
    return next(found, value)


def _spellings(contact: ContactCompleteItem, field: str) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Texts of a contact, and the values of the field that each makes by itself."""
    if place := _PLACE.fullmatch(field):
        yield from _of_place(contact, field, _PARTS.index(place[2]))
        return
    row = SEARCH_FIELDS[field]
    for name in row.of:
        held = getattr(contact, name)
        texts = held.split(";") if field == "industries" and held else (held,) if isinstance(held, str) else held or ()
        for text in texts:
            if len(row.of) > 1:
                made = row.make(tuple([(text,) if name == other else None for other in row.of]))
            else:
                made = row.make(text if isinstance(held, str) else (text,))
            yield text.strip(), made if isinstance(made, tuple) else (made,)


def _of_place(contact: ContactCompleteItem, field: str, own: int) -> Iterator[tuple[str, tuple[object, ...]]]:
    row = SEARCH_FIELDS[field]
    for at in (own, *[other for other in range(len(_PARTS)) if other != own]):
        whole = getattr(contact, row.of[at]) or ""
        for text in (*_COMMA.split(whole), whole):
            made = row.make(tuple([text if at == other else None for other in range(len(_PARTS))]))
            yield text.strip(), (normalise(text), made) if at == own else (made,)
