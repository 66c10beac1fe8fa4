"""Cursors: what goes in comes out, and nothing else gets in."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mappings.errors import InvalidCursor
from mappings.predicates import ContactFilter, Order, Terms
from search.cursor import Position, decode, encode, fingerprint
from search.fields import LONG_MAX, LONG_MIN, ORDERS
from tests.harness.strategies import filters

NUMBERS, TEXTS = st.integers(LONG_MIN, LONG_MAX), st.text()


def positions(order: Order) -> st.SearchStrategy[Position]:
    """Those that hits in `order` may have."""
    values = NUMBERS if ORDERS[order.field] else TEXTS
    return st.builds(Position, st.none() | values, st.text(), st.booleans())


@given(st.data(), filters)
def test_a_cursor_gives_back_its_position(data: st.DataObject, contact_filter: ContactFilter) -> None:
    position, of = data.draw(positions(contact_filter.order)), fingerprint(contact_filter)
    assert decode(encode(position, of), of, contact_filter.order) == position


@given(st.data(), filters, filters)
def test_a_cursor_of_another_filter_is_refused(data: st.DataObject, one: ContactFilter, other: ContactFilter) -> None:
    assume(one != other)
    position = data.draw(positions(one.order))
    with pytest.raises(InvalidCursor, match="cursor"):
        decode(encode(position, fingerprint(one)), fingerprint(other), other.order)


@pytest.mark.parametrize("key", ORDERS)
@given(st.data())
def test_a_forged_cursor_holds_no_value_that_the_order_has_not(key: str, data: st.DataObject) -> None:
    """The checksum is made without a secret. An engine would fail at a text where numbers are."""
    order = Order(key)
    foreign = TEXTS if ORDERS[key] else NUMBERS
    beyond = st.integers(LONG_MAX + 1, 2**64 - 1) | st.integers(-(2**63), LONG_MIN - 1)
    of = fingerprint(ContactFilter(order=order))
    token = encode(Position(data.draw(foreign | beyond), "a-b"), of)
    with pytest.raises(InvalidCursor, match="cursor is not one of ours"):
        decode(token, of, order)


@given(st.data())
def test_a_changed_cursor_is_refused(data: st.DataObject) -> None:
    order = Order("title", True)
    of = fingerprint(ContactFilter(Terms("seniority", ("vp",)), order))
    token = encode(Position("ceo", "a-b"), of)
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("ABCabc019-_"))
    assume(token[at] != letter)
    with pytest.raises(InvalidCursor, match="cursor"):
        decode(token[:at] + letter + token[at + 1 :], of, order)


@given(st.data())
def test_a_cursor_with_more_in_it_is_refused(data: st.DataObject) -> None:
    token = encode(Position("ceo", "a-b"), fingerprint(ContactFilter()))
    at = data.draw(st.integers(0, len(token)))
    more = data.draw(st.sampled_from("A!+/= \n\0é"))
    with pytest.raises(InvalidCursor, match="cursor"):
        decode(token[:at] + more + token[at:], fingerprint(ContactFilter()), Order())


@given(st.text())
def test_nonsense_is_refused(token: str) -> None:
    with pytest.raises(InvalidCursor, match="cursor"):
        decode(token, fingerprint(ContactFilter()), Order())
