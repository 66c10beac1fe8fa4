"""The kinds of values that are told in a line: phones, lists, yes and no, objects, placeholders."""

from typing import Any

import pytest

from indexing.sources.columns import Column
from indexing.sources.dates import DateOrder
from indexing.values.lists import list_reader
from indexing.values.maps import texts_by_name
from indexing.values.phones import phone
from indexing.values.placeholders import ANYWHERE, placeholders_of
from indexing.values.readers import own_types, value_reader
from indexing.values.truths import truth
from indexing.values.unreadable import Unreadable
from search.fields import ALL_FIELDS, FORMS
from search.kinds import Form


def test_every_field_that_is_no_plain_text_has_a_reader() -> None:
    for field in ALL_FIELDS:
        reader = value_reader(field, Column(field, field), DateOrder())
        plain = FORMS[field] in (Form.TEXT, Form.MAP) and field != "uuid" and not field.endswith("email")
        assert (reader is None) is plain, field
    assert bool in own_types("do_not_call")
    assert not own_types("title")


@pytest.mark.parametrize(
    ("text", "number"),
    [("'+49 1", "+49 1"), ("tel:+49 1", "+49 1"), ("15550101.0", "15550101"), ("+1 555 ext. 5", "+1 555 ext. 5"),
     ("555.01.02", "555.01.02"), ("+1 (555) 0100", "+1 (555) 0100")],
)  # fmt: skip
def test_phones(text: str, number: str) -> None:
    assert phone(text) == number


@pytest.mark.parametrize("text", ["4.4E+11", "4,4E+11", "1.5551E+10", "5e9", "'4.4E+11"])
def test_phones_that_a_spreadsheet_has_ruined(text: str) -> None:
    with pytest.raises(Unreadable, match="exponent form"):
        phone(text)
    with pytest.raises(Unreadable, match="too narrow"):
        phone("########")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a, b;c", ("a", "b", "c")), (" , ;", None), ("a", ("a",)), ('["a, b", " c ", ""]', ("a, b", "c")),
        ("[not json, x]", ("[not json", "x]")), ("[1, 2]", ("1", "2")), ("x," * 1000, ("x",) * 1000),
        ("saas, N/A, crm", ("saas", "crm")), ("N/A, -", None),
    ],
)  # fmt: skip
def test_lists(text: str, values: tuple[str, ...] | None) -> None:
    assert list_reader("keywords")(text) == values


@pytest.mark.parametrize(
    ("cell", "codes"), [("0111; 7372.0", ("0111", "7372")), ([7372.0, "5.5"], ("7372", "5.5")), ("7372", ("7372",))]
)
def test_codes_are_digits(cell: Any, codes: tuple[str, ...]) -> None:
    assert list_reader("sic_codes")(cell) == codes


@pytest.mark.parametrize(
    ("cell", "value"),
    [("Yes", True), ("TRUE", True), ("1", True), ("x", True), ("nein", False), ("0", False), (True, True)],
)
def test_truths(cell: Any, value: bool) -> None:
    assert truth(cell) is value


def test_what_is_neither_yes_nor_no() -> None:
    with pytest.raises(Unreadable, match="neither yes nor no"):
        truth("perhaps")


def test_objects_of_texts() -> None:
    assert texts_by_name('{"a": "x", "b": 5, "c": null, "d": "", "e": true}') == {"a": "x", "b": "5", "e": "true"}
    for text in ("x", "[1]", '{"a": {}}', "{" * 5000):
        with pytest.raises(Unreadable, match="is not a JSON object"):
            texts_by_name(text)


def test_placeholders() -> None:
    assert {"N/A", "n/a", "Never", "UNKNOWN", "Unknown", "null", "#REF!", "-", "[]"} <= ANYWHERE
    assert {"N/A", "-"} <= placeholders_of("last_name") == placeholders_of("company")
    assert not {"Null", "None", "NA", "Unknown"} & placeholders_of("last_name")
    assert "NA" in placeholders_of("state")
    assert "NA" not in placeholders_of("country")
    assert "N/A" in placeholders_of("company_country")
    assert not placeholders_of("custom")
