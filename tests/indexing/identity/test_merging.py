"""Two versions of one contact."""

from hypothesis import given
from hypothesis import strategies as st

from indexing.identity.merging import filled_up, updated
from search.fields import ALL_FIELDS, ContactCompleteItem
from tests.harness.strategies import items

MAPS = ("foreign_ids", "custom")


@given(items, items)
def test_the_later_row_wins_where_it_says_something(later: ContactCompleteItem, earlier: ContactCompleteItem) -> None:
    contact = filled_up(later, earlier)
    for name in set(ALL_FIELDS) - set(MAPS):
        value = getattr(later, name)
        assert getattr(contact, name) == (getattr(earlier, name) if value is None else value)
    assert filled_up(contact, earlier) == contact


@given(items, items, st.sets(st.sampled_from(ALL_FIELDS[1:])))
def test_an_update_leaves_alone_what_its_source_has_no_column_for(
    row: ContactCompleteItem, live: ContactCompleteItem, covers: set[str]
) -> None:
    contact, emptied = updated(row, live, covers)
    for name in set(ALL_FIELDS) - set(MAPS):
        value, before = getattr(row, name), getattr(live, name)
        assert getattr(contact, name) == (before if value is None and name not in covers else value)
        assert (name in emptied) == (before is not None and getattr(contact, name) is None)
    assert updated(row, contact, covers) == (contact, ())


def test_maps_are_joined_key_by_key() -> None:
    row = ContactCompleteItem("a", custom={"x": "1", "y": "2"})
    live = ContactCompleteItem("a", custom={"y": "old", "z": "3"}, foreign_ids={"hubspot": "7"})
    contact, emptied = updated(row, live, {"custom", "foreign_ids"})
    assert contact.custom == {"x": "1", "y": "2", "z": "3"}
    assert (contact.foreign_ids, emptied) == ({"hubspot": "7"}, ())
