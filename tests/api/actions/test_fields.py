"""The table of request fields: what texts become, and what the documents say."""

import json

import pytest
from jsonschema import Draft202012Validator, ValidationError

from api.actions.fields import FIELDS, Field, Place
from api.actions.kinds import NAMES
from api.actions.requests import ActionRequest, AnalyzeRequest, SearchRequest, fields_of, request_schema
from mappings.errors import InvalidField


@pytest.mark.parametrize(
    ("name", "texts", "value"),
    [
        ("url", ["apollo.io"], "apollo.io"),
        ("url", [""], None),
        ("include_company_name", ["Acme, Inc", "b"], ["Acme, Inc", "b"]),
        ("exclude_company_name", [""], [""]),
        ("include_domain_list", ["a.com,b.com", "c.com"], ["a.com", "b.com", "c.com"]),
        ("limit", ["25", "25"], 25),
        ("limit", ["-3"], -3),
        ("limit", [""], ""),
        ("limit", ["1.5"], "1.5"),
        ("limit", ["1" * 101], "1" * 101),
        ("limit", ["\u0661"], "\u0661"),
        ("cursor", [""], None),
        ("cursor", ["x"], "x"),
        ("view", ["simple"], "simple"),
        ("strict", ["true"], True),
        ("strict", ["false"], False),
        ("strict", ["yes"], "yes"),
    ],
)
def test_texts_become_what_a_message_would_hold(name, texts, value):
    assert FIELDS[name].kind.from_texts(name, texts) == value


@pytest.mark.parametrize("name", ["url", "limit", "offset", "cursor", "view", "strict", "stream"])
def test_a_field_with_one_value_has_one(name):
    with pytest.raises(InvalidField, match=f"^{name} must have one value, not 3$"):
        FIELDS[name].kind.from_texts(name, ["1", "2", "1"])


@pytest.mark.parametrize(
    ("text", "cursor"),
    [
        ("", None),
        ("abc-_9", "abc-_9"),
        ("http://h.example/api/v2/apollo/contacts?limit=25&cursor=abc-_9", "abc-_9"),
        ("http://h.example/?cursor=a&limit=25", "a"),
        ("?cursor=a&cursor=a", "a"),
        ("?cursor=a#cursor=b", "a"),
        ("http://h.example/?xcursor=b&cursor=a", "a"),
    ],
)
def test_a_cursor_is_read_alone_or_in_a_link(text, cursor):
    assert FIELDS["cursor"].kind.read("cursor", text) == cursor
    Draft202012Validator(FIELDS["cursor"].kind.schema).validate(text)


@pytest.mark.parametrize(
    "text", ["?", "http://h.example/?limit=2", "?cursor=", "?cursor=a&cursor=b", "?xcursor=a", "#?cursor=a"]
)
def test_a_link_without_one_cursor_is_refused(text):
    with pytest.raises(InvalidField, match=r"^cursor is a link without one cursor in it; "):
        FIELDS["cursor"].kind.read("cursor", text)


@pytest.mark.parametrize(
    ("name", "query", "body", "joined"),
    [
        ("exclude_company_name", ["a"], ["b", "a"], ["a", "b", "a"]),
        ("include_company_name", ["a"], "b", ["a", "b"]),
        ("include_domain_list", ["a.com"], [], ["a.com"]),
        ("strict", True, True, True),
        ("strict", False, True, True),
        ("strict", True, False, True),
        ("strict", False, False, False),
        ("limit", 5, 5, 5),
    ],
)
def test_what_stands_in_a_query_and_in_a_body(name, query, body, joined):
    assert FIELDS[name].kind.join(name, query, body) == joined


def test_what_has_one_value_has_the_same_in_both():
    with pytest.raises(InvalidField, match=r"^limit is 5 in the query and 6 in the body; send it once$"):
        FIELDS["limit"].kind.join("limit", 5, 6)
    for one, other in ((True, "yes"), ("yes", True), (False, "yes")):
        with pytest.raises(InvalidField, match=r"^strict must be true or false, not 'yes'$"):
            FIELDS["strict"].kind.join("strict", one, other)


def test_what_is_read_is_what_its_schema_takes():
    """As far as a schema can say so: patterns and lengths are documented only."""
    values = [None, True, 0, 1, -1, 1.5, "", "text", [], ["a", "b"], ["a", 5], {}]
    for name, field in FIELDS.items():
        schema = Draft202012Validator(field.json_schema(required=False))
        for value in values:
            if isinstance(value, str) and "pattern" in json.dumps(field.kind.schema):
                continue
            try:
                read = value is None or field.kind.read(name, value) is not None
            except InvalidField:
                read = False
            if value == ["a", "b"] and "pattern" in json.dumps(field.kind.schema):
                continue
            assert schema.is_valid(value) is read, (name, value)


def test_null_is_for_optional_fields_only():
    url = FIELDS["url"]
    assert "default" not in url.json_schema(required=True)
    with pytest.raises(ValidationError):
        Draft202012Validator(url.json_schema(required=True)).validate(None)
    Draft202012Validator(url.json_schema(required=False)).validate(None)
    schema = request_schema(SearchRequest, "x")
    assert schema["required"] == []
    one = {"any": ["https://app.apollo.io/#/people"]}
    for good in ({"url": "x"}, {"combine": one}, {"url": None, "combine": one}, {"url": "x", "combine": None}):
        Draft202012Validator(schema).validate(good)
    for bad in ({}, {"url": None}, {"combine": None}, {"combine": {}}, {"url": "x", "combine": one}):
        assert not Draft202012Validator(schema).is_valid(bad)
    assert request_schema(AnalyzeRequest, "x")["required"] == ["url"]


def test_a_row_without_an_example():
    assert Field("names", NAMES, Place.BODY, "Names").query_schema() == {
        "description": "Names",
        "type": "array",
        "items": {"type": "string"},
    }


def test_an_attribute_that_is_no_row_is_found_at_once():
    class Unheard(ActionRequest, frozen=True, kw_only=True):
        unheard_of: str = ""

    with pytest.raises(LookupError, match=r"^Unheard: not in the table of request fields: unheard_of$"):
        fields_of(Unheard)


def test_fields_stand_in_the_order_of_the_table():
    class Turned(ActionRequest, frozen=True, kw_only=True):
        view: str
        limit: int
        url: str

    assert [field.name for field in fields_of(Turned)] == ["url", "limit", "view", "strict"]
