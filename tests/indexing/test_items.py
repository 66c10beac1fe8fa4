"""Cells → a contact and repairs, or the reason why not."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexing.items import Draft, contact_reader
from indexing.repairs import Repair
from indexing.sources.cells import text_of_field
from indexing.sources.columns import map_columns
from indexing.sources.dates import DateOrder
from mappings.errors import RowRejected
from search.fields import ALL_FIELDS, LONG_MAX, ContactCompleteItem


def draft(*, strict: bool = False, **cells: Any) -> Draft:
    """What a row makes, of a source whose headers are the names of the arguments."""
    return contact_reader(map_columns(list(cells)), strict)(list(cells.values()))


def item(**cells: Any) -> ContactCompleteItem:
    return draft(**cells).contact


def test_texts_are_trimmed_and_empty_ones_left_out() -> None:
    found = item(uuid=" 1 ", title="  CEO\n", company="   ", mobile_phone="'+49 1")
    assert (found.uuid, found.title, found.company, found.mobile_phone) == ("1", "CEO", None, "+49 1")


def test_no_uuid_is_derived_here() -> None:
    assert item(uuid="x", email="ann@one.example").uuid == "x"
    assert item(email="ann@one.example").uuid == ""


def test_what_stands_for_nothing_is_nothing_and_no_repair() -> None:
    found = draft(
        first_name="Ann", last_name="Null", title="N/A", employees="unknown", email="-", country="NA", state="NA"
    )
    assert found == Draft(ContactCompleteItem("", first_name="Ann", last_name="Null", country="NA"))


def test_one_bad_value_costs_itself_and_is_told() -> None:
    found = draft(first_name="Ann", employees="many", created_at="soon", email="ann at one", mobile_phone="4.4E+11")
    assert found.contact == ContactCompleteItem("", first_name="Ann")
    assert [(repair.field, repair.column, repair.text) for repair in found.repairs] == [
        ("email", "email", "ann at one"),
        ("mobile_phone", "mobile_phone", "4.4E+11"),
        ("employees", "employees", "many"),
        ("created_at", "created_at", "soon"),
    ]
    assert all(repair.unreadable and repair.text not in repair.reason for repair in found.repairs)


def test_an_address_that_stands_for_none_does_not_count_against_its_column() -> None:
    repaired = draft(first_name="Ann", email="email_not_unlocked@domain.com").repairs
    assert [repair.unreadable for repair in repaired] == [False]


def test_with_strict_values_a_bad_one_costs_the_row() -> None:
    with pytest.raises(RowRejected, match=r"^employees can't be read: 'many' is not a whole number"):
        draft(strict=True, first_name="Ann", employees="many")
    with pytest.raises(RowRejected, match=r"^email can't be read: 'ann at one' is not an e-mail address"):
        draft(strict=True, first_name="Ann", work_email="ann@one.example", email="ann at one")
    assert (
        draft(strict=True, first_name="Ann", email="noemail@one.example", employees="N/A").contact.first_name == "Ann"
    )


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"title": "", "email": "  "}, "the row names nobody"),
        ({"title": "CEO", "email": "x", "company": "Acme"}, "the row names nobody"),
        ({"Id": "17", "email": ""}, "the row names nobody"),
        ({"person_linkedin_url": "https://www.linkedin.com/company/acme"}, "the row names nobody"),
        ({"uuid": "1", "title": "caf\udce9"}, "title has bytes that are not of the source's encoding"),
        ({"uuid": "1", "title": "a\0b"}, "title has a NUL byte"),
        ({"uuid": "1", "keywords": "a,\udcff"}, "keywords has bytes that are not"),
        ({"uuid": "1", "My Note": "\udcff"}, "My Note has bytes that are not"),
    ],
)
def test_rows_that_can_be_no_contact(cells: dict[str, str], said: str) -> None:
    with pytest.raises(RowRejected, match=said):
        item(**cells)


@pytest.mark.parametrize(
    "cells",
    [{"first_name": "Ann"}, {"last_name": "Alpha"}, {"Name": "Ann"}, {"email": "a@one.example"}, {"uuid": "1"},
     {"tertiary_email": "a@one.example"}, {"person_linkedin_url": "https://www.linkedin.com/in/ann"}],
)  # fmt: skip
def test_what_names_somebody(cells: dict[str, str]) -> None:
    assert item(**cells)


def test_columns_that_are_left_out_may_be_damaged() -> None:
    read = contact_reader(map_columns(["email", "x", "y"], {"x": ""}, ignored={"y"}))
    assert read(["ann@one.example", "\0\udcff", "\0"]).contact == ContactCompleteItem("", email="ann@one.example")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("\u202a+49 30 1\u202c", "+49 30 1"), ("\u200b +49 30 1\ufeff", "+49 30 1"), ('="+49 30 1"', "+49 30 1"),
        (' ="="1""', '="1"'), ('=1+"1"', '=1+"1"'), ("=", "="), ("٤\u200c٥", "٤\u200c٥"),
    ],
)  # fmt: skip
def test_what_programs_put_around_a_text_is_no_part_of_it(cell: str, text: str) -> None:
    found = item(first_name="Ann", company_phone=cell, note=cell)
    assert (found.company_phone, found.custom) == (text, {"note": text})


def test_an_address_with_a_blank_of_no_width_is_the_same() -> None:
    assert item(first_name="Zoë", email="\u200bann@one.example").email == "ann@one.example"


def test_a_uuid_has_its_bound() -> None:
    found = draft(uuid="x" * 129, email="ann@one.example")
    assert (found.contact.uuid, found.repairs[0].reason) == ("", "is longer than 128 characters")


def test_dates_are_read_in_the_order_of_the_source() -> None:
    mapping = msgspec.structs.replace(map_columns(["email", "created_at"]), dates=DateOrder.always("dmy"))
    assert contact_reader(mapping)(["a@one.example", "2/1/2024"]).contact.created_at == "2024-01-02T00:00:00"


def test_a_file_of_ours_comes_back_whole() -> None:
    contact = ContactCompleteItem(
        "u", first_name="Ann", email="ann@one.example", tertiary_email="c@one.example", keywords=("a, b", "c"),
        employees=5, do_not_call=False, founded_year=1999, sic_codes=("0111",), foreign_ids={"hubspot": "7"},
        custom={"Note": "x, y", "City (2)": "Boston"}, last_contacted_at="2024-01-15T10:30:00",
    )  # fmt: skip
    cells = [msgspec.to_builtins(getattr(contact, field)) for field in ALL_FIELDS]
    texts = [
        "" if cell is None else cell if isinstance(cell, str) else msgspec.json.encode(cell).decode() for cell in cells
    ]
    assert contact_reader(map_columns(ALL_FIELDS))(texts) == Draft(contact)
    assert contact_reader(map_columns(ALL_FIELDS))(cells) == Draft(contact)


@given(st.dictionaries(st.sampled_from(ALL_FIELDS), st.text(max_size=20), min_size=1))
def test_any_row_is_a_contact_or_rejected(cells: dict[str, Any]) -> None:
    try:
        found = draft(**{"uuid": "1", **cells})
    except RowRejected:
        return
    assert found == draft(**{"uuid": "1", **cells})
    assert msgspec.json.decode(msgspec.json.encode(found.contact), type=ContactCompleteItem) == found.contact


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("employees", 1200, 1200),
        ("employees", 0, 0),
        ("employees", LONG_MAX, LONG_MAX),
        ("employees", Decimal("1500000.00"), 1_500_000),
        ("employees", Decimal("1E+3"), 1000),
        ("employees", 1e3, 1000),
        ("employees", 2.5, None),
        ("employees", -5, None),
        ("employees", True, None),
        ("employees", Decimal("NaN"), None),
        ("employees", ["1", "2"], None),
        ("created_at", datetime(2024, 1, 15, 10, 30, 0, 123456), "2024-01-15T10:30:00"),
        ("created_at", datetime(2024, 1, 15, 10, 30, tzinfo=timezone(timedelta(hours=2))), "2024-01-15T08:30:00"),
        ("created_at", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), None),
        ("created_at", date(2024, 1, 15), "2024-01-15T00:00:00"),
        ("created_at", 20240115, "2024-01-15T00:00:00"),
        ("created_at", 5, None),
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
        ("do_not_call", True, True),
        ("custom", {"Note": "x"}, {"Note": "x"}),
    ],
)
def test_values_of_a_typed_source(field: str, value: Any, stored: Any) -> None:
    contact = contact_reader(map_columns(["uuid", field]))((UUID(int=7), value)).contact
    assert (contact.uuid, getattr(contact, field)) == (str(UUID(int=7)), stored)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("keywords", ["a\0b"], "keywords has a NUL"),
        ("keywords", ["\udce9"], "keywords has bytes that are not"),
        ("title", "a\0b", "title has a NUL"),
    ],
)
def test_damaged_values_of_a_typed_source(field: str, value: Any, said: str) -> None:
    with pytest.raises(RowRejected, match=said):
        contact_reader(map_columns(["uuid", "state", field]))(("1", None, value))


plain_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
scalars: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    plain_texts,
    st.booleans(),
    st.integers(-10, 2**64),
    st.integers(0, 10**20).map(Decimal),
    st.dates(),
    st.datetimes(timezones=st.none() | st.integers(-1439, 1439).map(lambda at: timezone(timedelta(minutes=at)))),
    st.uuids(),
)


def outcome(cells: dict[str, Any]) -> Draft | str:
    try:
        return draft(**cells)
    except RowRejected as rejected:
        return str(rejected)


@given(st.dictionaries(st.sampled_from(ALL_FIELDS), scalars | st.lists(scalars, max_size=3), max_size=8))
@example({"employees": 9007199254740993, "annual_revenue": Decimal("9007199254740993.00"), "title": None})
@example({"last_raised_at": datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))), "title": None})
def test_a_value_is_read_as_its_text_would_be(cells: dict[str, Any]) -> None:
    """That of a database export and of the database itself the same contacts come."""
    cells = {"uuid": "1", **cells}
    assert outcome(cells) == outcome({field: text_of_field(field, cell) for field, cell in cells.items()})


def test_a_repair_says_where_it_was() -> None:
    assert draft(first_name="Ann", **{"# Employees": "many"}).repairs == (
        Repair("employees", "# Employees", "is not a whole number, e.g. 1200, 1,200, $1.5M or 11-50", "many"),
    )
