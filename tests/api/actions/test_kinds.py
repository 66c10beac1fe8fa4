"""Kinds of fields that no field alone shows: bounds, lists of so many, and objects."""

import msgspec
import pytest
from jsonschema import Draft202012Validator

from api.actions.kinds import MOST_MEMBERS, NAMED, NAMES, an_object, integer, several, several_of
from mappings.errors import InvalidField


class Span(msgspec.Struct, frozen=True):
    """Some of several."""

    first: int
    names: tuple[str, ...] = ()
    without: tuple[str, ...] = msgspec.field(name="not", default=())

    def __post_init__(self) -> None:
        if not self.names and not self.without:
            raise InvalidField("span must have names or not")


SPAN = an_object(Span, {"first": integer(1, 9), "names": NAMES, "not": NAMES})


@pytest.mark.parametrize(
    ("kind", "good", "bad", "words"),
    [
        (integer(), [-5, 0, 10**30], 1.5, "an integer"),
        (integer(1), [1, 7], 0, "an integer of 1 or more"),
        (integer(most=3), [-9, 3], 4, "an integer of 3 or less"),
        (integer(2, 100), [2, 100], 101, "an integer from 2 to 100"),
        (integer(0, 1), [0, 1], True, "an integer from 0 to 1"),
    ],
)
def test_integers_are_within_their_bounds(kind, good, bad, words):
    for value in good:
        assert kind.read("n", value) == value
        Draft202012Validator(kind.schema).validate(value)
    assert not (Draft202012Validator(kind.schema).is_valid(bad) and bad is not True)
    with pytest.raises(InvalidField) as raised:
        kind.read("n", bad)
    assert str(raised.value) == f"n must be {words}, not {msgspec.json.encode(bad).decode()}"


def test_a_list_has_so_many_texts():
    kind = several(2, 3, format="apollo-url")
    assert kind.read("urls", ["a", "b"]) == ("a", "b")
    assert kind.from_texts("urls", ["a", "b"]) == ["a", "b"]
    for number in (0, 1, 4):
        with pytest.raises(InvalidField, match=rf"^urls must be a list of 2 to 3 strings, not {number}$"):
            kind.read("urls", ["a"] * number)
        assert not Draft202012Validator(kind.schema).is_valid(["a"] * number)
    with pytest.raises(InvalidField, match=r"^urls must be a list of 2 to 3 strings, not 'a'$"):
        kind.read("urls", "a")
    with pytest.raises(InvalidField, match=r"^urls must be a list of 2 to 3 strings, but holds 5$"):
        kind.read("urls", ["a", 5])


def test_names_are_those_that_are_known():
    kind = several_of("fruit", {"apple": 1, "pear": 2})
    assert kind.read("fruits", ["pear", "apple", "pear"]) == ("pear", "apple", "pear")
    assert kind.from_texts("fruits", ["pear"]) == ["pear"]
    for name in ("", "plum", "Pear"):
        with pytest.raises(InvalidField, match=rf"^fruits: '{name}' is no fruit; there are apple, pear$"):
            kind.read("fruits", ["apple", name])
        assert not Draft202012Validator(kind.schema).is_valid([name])
    with pytest.raises(InvalidField, match=r"^fruits must be a list of strings, not 'apple'$"):
        kind.read("fruits", "apple")


def test_an_object_becomes_a_struct():
    assert SPAN.read("span", {"first": 1, "not": ["a"], "names": None}) == Span(1, without=("a",))
    assert SPAN.read("span", {"first": 1, "names": ["a"]}) == Span(1, ("a",))
    assert SPAN.from_texts("span", ['{"first": 1}', '{"first": 1}']) == {"first": 1}
    assert SPAN.from_texts("span", ["{first"]) == "{first"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("x", "span must be an object of first, names and not, not 'x'"),
        ([], "span must be an object of first, names and not, not a list"),
        ({}, "span.first is missing; span is an object of first, names and not"),
        ({"first": None}, "span.first is missing; span is an object of first, names and not"),
        ({"first": 1, "without": []}, "span has no 'without'; it is an object of first, names and not"),
        ({"first": 0}, "span.first must be an integer from 1 to 9, not 0"),
        ({"first": 1, "names": "x"}, "span.names must be a list of strings, not 'x'"),
        ({"first": 1, "not": [{}]}, "span.not must be a list of strings, but holds an object"),
        ({"first": 1}, "span must have names or not"),
    ],
)
def test_a_mistake_in_an_object_is_named_with_its_member(value, words):
    with pytest.raises(InvalidField) as raised:
        SPAN.read("span", value)
    assert str(raised.value) == words
    if value != {"first": 1}:
        assert not Draft202012Validator(SPAN.schema).is_valid(value)


def test_an_object_of_whatever_names_has_lists_of_texts():
    value = {"personTitles[]": ["CEO", "CTO"], "page": []}
    assert NAMED.read("parameters", value) == {"personTitles[]": ("CEO", "CTO"), "page": ()}
    assert NAMED.from_texts("parameters", ["a=x", "b=y=z", "a="]) == {"a": ["x", ""], "b": ["y=z"]}
    Draft202012Validator(NAMED.schema).validate(value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (["a"], "parameters must be an object of lists of strings, not a list"),
        ({"a": "x"}, "parameters.a must be a list of strings, not 'x'"),
        ({"a": [1]}, "parameters.a must be a list of strings, but holds 1"),
        (
            {str(number): ["x"] for number in range(MOST_MEMBERS + 1)},
            f"parameters must have at most {MOST_MEMBERS} names, not {MOST_MEMBERS + 1}",
        ),
    ],
)
def test_a_mistake_in_it_is_named(value, words):
    with pytest.raises(InvalidField) as raised:
        NAMED.read("parameters", value)
    assert str(raised.value) == words
    assert not Draft202012Validator(NAMED.schema).is_valid(value)


def test_a_text_without_a_name_is_none_of_it():
    with pytest.raises(InvalidField, match=r"^parameters must be NAME=VALUE, not 'a'$"):
        NAMED.from_texts("parameters", ["a"])
