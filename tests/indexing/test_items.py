"""Cells → a contact, or the reason why not."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexing.items import item_reader
from indexing.sources.cells import text_of_field
from mappings.errors import RowRejected
from search.fields import ITEM_FIELDS, LONG_MAX, ContactCompleteItem


def item(**cells: str) -> ContactCompleteItem:
    return item_reader(tuple(cells))(list(cells.values()))


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


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("employees", 1200, 1200),
        ("employees", 0, 0),
        ("employees", LONG_MAX, LONG_MAX),
        ("employees", Decimal("1500000.00"), 1_500_000),
        ("employees", Decimal("2.50"), 2),
        ("employees", Decimal("1E+3"), 1000),
        ("employees", 1e3, 1000),
        ("employees", 2.5, 2),
        ("created_at", datetime(2024, 1, 15, 10, 30, 0, 123456), "2024-01-15T10:30:00"),
        ("created_at", datetime(2024, 1, 15, 10, 30, tzinfo=timezone(timedelta(hours=2))), "2024-01-15T08:30:00"),
        ("created_at", date(2024, 1, 15), "2024-01-15T00:00:00"),
        ("created_at", 20240115, "2024-01-15T00:00:00"),
        ("keywords", ["a, b", None, " c ", ""], ("a, b", "c")),
        ("keywords", [], None),
        ("keywords", "a, b", ("a", "b")),
        ("keywords", [["a", "b"], "c"], ("a; b", "c")),
        ("keywords", [1, True], ("1", "true")),
        ("industry", ["banking", None, "health, wellness & fitness"], "banking; health, wellness & fitness"),
        ("title", True, "true"),
        ("title", Decimal("1E+3"), "1000"),
        ("title", 0, "0"),
        ("title", date(2024, 1, 15), "2024-01-15"),
        ("title", r"a\u0000b", r"a\u0000b"),
        ("title", UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ("title", b"x", "b'x'"),
        ("title", None, None),
    ],
)
def test_values_of_a_typed_source(field: str, value: Any, stored: Any) -> None:
    contact = item_reader(("uuid", field))((UUID(int=7), value))
    assert (contact.uuid, getattr(contact, field)) == (str(UUID(int=7)), stored)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("employees", -5, "employees: '-5' is not a number"),
        ("employees", Decimal("-5.0"), "employees: '-5.0' is not"),
        ("employees", -0.0, "employees: '-0.0' is not a number"),
        ("employees", True, "employees: 'true' is not a number"),
        ("employees", Decimal("NaN"), "employees: 'NaN' is not"),
        ("employees", LONG_MAX + 1, "employees: '.*' is over"),
        ("employees", ["1", "2"], "employees: '1; 2' is not a number"),
        ("created_at", 5, "created_at: '5' is not a date"),
        ("created_at", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "created_at: '0001-01-01T00:00:00"),
        ("keywords", ["a\0b"], "keywords: there is a NUL"),
        ("keywords", ["\udce9"], "keywords: the bytes are not"),
        ("title", "a\0b", "title: there is a NUL"),
    ],
)
def test_values_of_a_typed_source_that_are_refused(field: str, value: Any, said: str) -> None:
    with pytest.raises(RowRejected, match=said):
        item_reader(("uuid", "employees" if field == "title" else "title", field))(("1", None, value))


plain_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
scalars: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    plain_texts,
    st.booleans(),
    st.integers(-10, 2**64),
    st.decimals(allow_nan=True, min_value=-1000, max_value=10**20, places=3) | st.decimals("-1", "1e30"),
    st.floats(),
    st.dates(),
    st.datetimes(timezones=st.none() | st.integers(-1439, 1439).map(lambda at: timezone(timedelta(minutes=at)))),
    st.uuids(),
)


def outcome(cells: dict[str, Any]) -> ContactCompleteItem | str:
    try:
        return item_reader(tuple(cells))(list(cells.values()))
    except RowRejected as rejected:
        return str(rejected)


@given(st.dictionaries(st.sampled_from(ITEM_FIELDS), scalars | st.lists(scalars, max_size=3), max_size=8))
@example({"employees": 9007199254740993, "annual_revenue": Decimal("9007199254740993.00"), "title": None})
@example({"last_raised_at": datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))), "title": None})
def test_a_value_is_read_as_its_text_would_be(cells: dict[str, Any]) -> None:
    """That of a database export and of the database itself the same contacts come."""
    assert outcome(cells) == outcome({field: text_of_field(field, cell) for field, cell in cells.items()})
