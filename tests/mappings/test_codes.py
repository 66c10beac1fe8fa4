"""Codes of industries: what is one in a text, and which classes it is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.codes import classes_of, codes_in


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("7372", ("7372",)),
        ("7372 Prepackaged Software", ("7372",)),
        ("NAICS: 541511", ("541511",)),
        (" 44 – 45 ", ("44", "45")),
        ("31-33", ("31", "32", "33")),
        ("45-44", ()),
        ("software", ()),
        ("٣١", ()),
        ("", ()),
    ],
)
def test_codes_in(text, codes):
    assert codes_in(text) == codes


def test_the_broader_classes_stand_before_a_code():
    assert classes_of("NAICS: 5415") == ("54", "541", "5415")
    assert classes_of("31-32") == ("31", "32")
    assert classes_of("7") == ("7",)
    assert classes_of("software") == ()


@given(st.text("0123456789", min_size=1, max_size=8))
def test_a_code_is_in_all_classes_of_two_digits_or_more_that_it_begins_with(code):
    classes = classes_of(code)
    assert classes[-1] == code
    assert all(code.startswith(one) for one in classes)
    assert len(classes) == max(1, len(code) - 1)
