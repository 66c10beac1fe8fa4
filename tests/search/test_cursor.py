"""Cursors: what goes in comes out, and nothing else gets in."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mappings.errors import InvalidCursor
from mappings.predicates import ContactFilter, Order, Terms
from search.cursor import Position, decode, encode, fingerprint
from tests.harness.strategies import filters

positions = st.builds(
    Position, st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.text()), st.text(), st.booleans()
)


@given(positions, filters)
def test_a_cursor_gives_back_its_position(position: Position, contact_filter: ContactFilter) -> None:
    assert decode(encode(position, fingerprint(contact_filter)), fingerprint(contact_filter)) == position


@given(positions, filters, filters)
def test_a_cursor_of_another_filter_is_refused(position: Position, one: ContactFilter, other: ContactFilter) -> None:
    assume(one != other)
    with pytest.raises(InvalidCursor, match="cursor"):
        decode(encode(position, fingerprint(one)), fingerprint(other))


@given(st.data())
def test_a_changed_cursor_is_refused(data: st.DataObject) -> None:
    of = fingerprint(ContactFilter(Terms("seniority", ("vp",)), Order("title", True)))
    token = encode(Position("ceo", "a-b"), of)
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("ABCabc019-_"))
    assume(token[at] != letter)
    with pytest.raises(InvalidCursor, match="cursor"):
        decode(token[:at] + letter + token[at + 1 :], of)


@given(st.data())
def test_a_cursor_with_more_in_it_is_refused(data: st.DataObject) -> None:
    token = encode(Position("ceo", "a-b"), fingerprint(ContactFilter()))
    at = data.draw(st.integers(0, len(token)))
    more = data.draw(st.sampled_from("A!+/= \n\0é"))
    with pytest.raises(InvalidCursor, match="cursor"):
        decode(token[:at] + more + token[at:], fingerprint(ContactFilter()))


@given(st.text())
def test_nonsense_is_refused(token: str) -> None:
    with pytest.raises(InvalidCursor, match="cursor"):
        decode(token, fingerprint(ContactFilter()))
