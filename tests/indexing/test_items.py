"""Cells → a contact, or the reason why not."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.items import item_reader
from mappings.errors import RowRejected
from search.fields import ITEM_FIELDS, LONG_MAX, ContactListItem


def item(**cells: str) -> ContactListItem:
    return item_reader(tuple(cells))(list(cells.values()))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1200", 1200), ("1,200", 1200), ("$1,200", 1200), ("'1200", 1200), ("1.5M", 1_500_000), ("$2B", 2 * 10**9),
        ("10k", 10_000), ("11-50", 11), ("1,001 – 5,000", 1001), ("10000+", 10_000), ("1500000.00", 1_500_000),
        ("0", 0), ("007", 7), (" 5 ", 5), (str(LONG_MAX), LONG_MAX),
    ],
)  # fmt: skip
def test_numbers(text: str, number: int) -> None:
    assert item(uuid="1", employees=text).employees == number


@pytest.mark.parametrize("text", ["many", "-5", "1.2.3", "1,2", "12 people", str(LONG_MAX + 1), "9" * 5000, "0" * 5000])
def test_what_is_no_number_is_said(text: str) -> None:
    with pytest.raises(RowRejected, match=r"^employees: "):
        item(uuid="1", employees=text)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("2024-01-15", "2024-01-15T00:00:00"), ("2024-01-15T10:30:00", "2024-01-15T10:30:00"),
        ("2024-01-15 10:30:00 UTC", "2024-01-15T10:30:00"), ("2024-01-15T10:30:00+02:00", "2024-01-15T08:30:00"),
        ("2024-01-15T10:30:00.123456Z", "2024-01-15T10:30:00"), ("20240115", "2024-01-15T00:00:00"),
        ("2024-W03-1T10:30:00", "2024-01-15T10:30:00"),
    ],
)  # fmt: skip
def test_dates(text: str, stored: str) -> None:
    assert item(uuid="1", created_at=text).created_at == stored


@pytest.mark.parametrize(
    "text", ["soon", "2024-02-30", "15/01/2024", "2024-13-01T00:00:00", "0001-01-01T00:00:00+14:00"]
)
def test_what_is_no_date_is_said(text: str) -> None:
    with pytest.raises(RowRejected, match=r"^created_at: "):
        item(uuid="1", created_at=text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a, b;c", ("a", "b", "c")), (" , ;", None), ("a", ("a",)), ('["a, b", " c ", ""]', ("a, b", "c")),
        ("[not json, x]", ("[not json", "x]")), ("[1, 2]", ("[1", "2]")), ("x," * 1000, ("x",) * 1000),
    ],
)  # fmt: skip
def test_lists(text: str, values: tuple[str, ...] | None) -> None:
    assert item(uuid="1", keywords=text).keywords == values


def test_texts_are_trimmed_and_empty_ones_left_out() -> None:
    found = item(uuid=" 1 ", title="  CEO\n", company="   ", mobile_phone="'+49 1")
    assert (found.uuid, found.title, found.company, found.mobile_phone) == ("1", "CEO", None, "+49 1")


def test_the_uuid_is_the_sources_own_else_of_the_email_else_of_linkedin_else_of_the_row() -> None:
    assert item(uuid="x", email="a@b.c").uuid == "x"
    assert item(email="A@b.c", title="x").uuid == item(email="a@B.c").uuid == str(uuid5(NAMESPACE_URL, "a@b.c"))
    assert item(person_linkedin_url="l", title="x").uuid == str(uuid5(NAMESPACE_URL, "l"))
    assert item(title="x", company="y").uuid == item(company="y", title="x").uuid != item(title="x").uuid


def test_columns_without_a_field_are_passed_over() -> None:
    assert item_reader(("title", None, "email", None))(["CEO", "x", "a@b.c", "\0\udcff"]).title == "CEO"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"title": "", "email": "  "}, "the row is empty"),
        ({"uuid": "x" * 129}, "uuid: .* longer than 128"),
        ({"uuid": "1", "title": "caf\udce9"}, "title: the bytes are not of the source's encoding"),
        ({"uuid": "1", "title": "a\0b"}, "title: there is a NUL byte"),
        ({"uuid": "1", "keywords": "a,\udcff"}, "keywords: the bytes"),
    ],
)
def test_rows_that_can_be_no_contact(cells: dict[str, str], said: str) -> None:
    with pytest.raises(RowRejected, match=said):
        item(**cells)


@given(st.dictionaries(st.sampled_from(ITEM_FIELDS), st.text(max_size=20)))
def test_any_row_is_a_contact_or_rejected(cells: dict[str, Any]) -> None:
    try:
        found = item(**cells)
    except RowRejected:
        return
    assert found == item(**cells)
    assert found.uuid
