"""Several values written as one are told apart; what may be one value stays one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import lists
from mappings.contact_filter import map_url
from mappings.errors import InvalidField
from mappings.parameters import known_parameters
from mappings.url import MOST_VALUES, parse
from tests.mappings.test_parameters import TODAY


@pytest.mark.parametrize(
    ("split", "value", "expected"),
    [
        (lists.listed, '["VP, Sales","CEO"]', ["VP, Sales", "CEO"]),
        (lists.listed, "[11,50]", ["[11,50]"]),
        (lists.listed, "[]", ["[]"]),
        (lists.listed, "[none]", ["[none]"]),
        (lists.listed, "CEO\r\n\r\n CTO", ["CEO", "CTO"]),
        (lists.listed, "\n", ["\n"]),
        (lists.listed, "VP, Sales | EMEA; APAC", ["VP, Sales | EMEA; APAC"]),
        (lists.separated, "vp, head;director|owner,", ["vp", "head", "director", "owner"]),
        (lists.separated, '["vp","head,owner"]', ["vp", "head", "owner"]),
        (lists.separated, ",", [","]),
        (lists.places, "Paris, France; Rome|Bern", ["Paris, France", "Rome", "Bern"]),
        (lists.codes, "7372 Software, prepackaged; 7371", ["7372 Software, prepackaged", "7371"]),
        (lists.addresses, "a.example,b.example c.example;;d.example\n", [f"{name}.example" for name in "abcd"]),
        (lists.addresses, " ", []),
        (lists.ranges, "11,50;51,200", ["11,50", "51,200"]),
        (lists.ranges, "11-50, 51 to 200,10001+", ["11-50", "51 to 200", "10001+"]),
        (lists.ranges, "1,001-5,000", ["1,001-5,000"]),
        (lists.ranges, "11,50", ["11,50"]),
        (lists.known({"a", "b", "a, c"}.__contains__), "a, b", ["a", "b"]),
        (lists.known({"a", "b", "a, c"}.__contains__), "a, c", ["a, c"]),
        (lists.known({"a", "b", "a, c"}.__contains__), "a, d", ["a, d"]),
    ],
)  # fmt: skip
def test_what_is_told_apart(split, value, expected):
    assert split(value) == expected


@given(st.sampled_from([parameter for parameter in known_parameters() if parameter.split]), st.text('a1,;| ["]-\n'))
def test_nothing_is_lost_but_what_joins(parameter, value):
    assert _told(" ".join(parameter.split(value))) == _told(value)


def _told(text):
    return [character for character in text if character in "a1"]


def test_values_are_counted_when_they_are_apart():
    url = parse(f"https://app.apollo.io/#/people?personSeniorities[]={'a,' * (MOST_VALUES + 1)}")
    with pytest.raises(InvalidField, match=f"more than {MOST_VALUES} values"):
        map_url(url, TODAY)
