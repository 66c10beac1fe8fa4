"""Columns: a value for each contact, whether it stands there once or again and again."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.columns import Column, coded, concatenated

VALUES = st.lists(st.sampled_from("abc"))


@given(VALUES)
def test_a_column_has_the_values_it_was_made_of(values: Sequence[str]) -> None:
    column = coded(values)
    assert list(column.rows()) == values
    assert list(column.made(str.upper).rows()) == [value.upper() for value in values]
    if column.codes is not None:
        assert sorted(column.values) == sorted(set(values))


@given(VALUES, st.data())
def test_some_of_its_contacts_and_others_in_their_places(values: list[str], data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, len(values) - 1), unique=True) if values else st.just([]))
    others = data.draw(st.lists(st.sampled_from("cd"), min_size=len(places), max_size=len(places)))
    for column in (coded(values), Column(values)):
        assert list(column.kept(places).rows()) == [values[at] for at in places]
        changed = dict(zip(places, others, strict=True))
        expected = [changed.get(at, value) for at, value in enumerate(values)]
        assert list(column.replaced(places, others).rows()) == expected


def test_what_does_not_change_stays_the_column_it_was() -> None:
    column = coded(["a", "a", "b"])
    assert column.replaced([0, 2], ["a", "b"]) is column


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([], [b"", b""]),
        ([Column([b"x"], [0, 0])], [b"x", b"x"]),
        ([Column([b"x"], [0, 0]), Column([b"1", b"2"]), Column([b"y"], [0, 0])], [b"x1y", b"x2y"]),
        ([Column([b"1", b"2"], [1, 0]), Column([b"y"], [0, 0]), Column([b"1", b"2"])], [b"2y1", b"1y2"]),
    ],
)
def test_bytes_are_joined_contact_by_contact(columns: list[Column], expected: list[bytes]) -> None:
    assert concatenated(columns, 2) == expected
