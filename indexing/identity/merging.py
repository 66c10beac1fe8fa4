"""Two versions of one contact → one: a later row of a load, or an update of a live contact. Pure."""

from collections.abc import Collection
from typing import Any

import msgspec

from search.fields import ALL_FIELDS, FORMS, ContactCompleteItem
from search.kinds import Form

_MAPS = frozenset(name for name, form in FORMS.items() if form is Form.MAP)
"""Fields whose value is itself a map: it is joined key by key."""

_values = msgspec.structs.astuple


def filled_up(later: ContactCompleteItem, earlier: ContactCompleteItem) -> ContactCompleteItem:
    """Two rows of one contact: the later wins, but an empty cell never replaces a filled one."""
    return _joined(later, earlier, frozenset())


def updated(
    row: ContactCompleteItem, live: ContactCompleteItem, covers: Collection[str]
) -> tuple[ContactCompleteItem, tuple[str, ...]]:
    """A live contact after a row of an update, and the fields that the row emptied.

    What the row says wins. A field that its source covers is empty then if the row's cell is, any other keeps its
    value; so do the keys of a map that the row does not have.
    """
    contact = _joined(row, live, covers)
    pairs = zip(ALL_FIELDS, _values(contact), _values(live), strict=True)
    return contact, tuple([name for name, after, before in pairs if after is None and before is not None])


def _joined(new: ContactCompleteItem, old: ContactCompleteItem, replaced: Collection[str]) -> ContactCompleteItem:
    """`new` with what it lacks from `old`, but for the fields that are `replaced`; its uuid is `new`'s."""
    values: list[Any] = [
        ({**before, **after} if name in _MAPS and before and after else after)
        if after is not None or (name in replaced and name not in _MAPS)
        else before
        for name, after, before in zip(ALL_FIELDS, _values(new), _values(old), strict=True)
    ]
    return ContactCompleteItem(*values)
