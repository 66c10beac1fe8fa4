"""Contacts column by column are what they are one by one: values, JSON, derived fields, documents of both engines."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from search.columns import concatenated
from search.contact_columns import GROUPS, REPEATED, columns_of
from search.documents import search_columns, search_fields
from search.duckdb.encoder import DuckDBEncoder
from search.elasticsearch.encoder import ElasticsearchEncoder
from search.fields import ALL_FIELDS, ContactCompleteItem, complete_json, empty_fields, item_json, more_json
from search.loader import Document
from tests.harness.contacts import CONTACTS

BATCHES = st.lists(CONTACTS, max_size=5) | st.lists(CONTACTS, min_size=1, max_size=1).map(lambda one: one * 3)

values_of = msgspec.structs.astuple


def test_every_field_is_in_one_group() -> None:
    assert sorted(name for group in GROUPS for name in group) == sorted(ALL_FIELDS)
    assert GROUPS[: len(REPEATED)] == REPEATED


@given(BATCHES)
def test_values(contacts: list[ContactCompleteItem]) -> None:
    columns = columns_of(contacts)
    assert list(columns.values()) == list(map(values_of, contacts))
    assert [columns.contact(at) for at in range(columns.count)] == contacts
    assert list(columns.of(["title"]).rows()) == [contact.title for contact in contacts]
    for names in (["email", "city"], ["city", "country"], ["company", "title", "website"]):
        expected = [tuple(getattr(contact, name) for name in names) for contact in contacts]
        assert list(columns.of(names).rows()) == expected


@given(BATCHES, CONTACTS)
def test_others_in_their_places(contacts: list[ContactCompleteItem], other: ContactCompleteItem) -> None:
    columns, places = columns_of(contacts), list(range(0, len(contacts), 2))
    replaced = [other if at % 2 == 0 else contact for at, contact in enumerate(contacts)]
    assert list(columns.replaced(places, [other] * len(places)).values()) == list(map(values_of, replaced))
    assert list(columns.kept(places).values()) == [values_of(contacts[at]) for at in places]
    uuids = [f"new {at}" for at in range(len(contacts))]
    assert [values[0] for values in columns.with_uuids(uuids).values()] == uuids


@given(BATCHES)
def test_json(contacts: list[ContactCompleteItem]) -> None:
    columns = columns_of(contacts)
    assert [b"%b}" % item for item in columns.open_items] == list(map(item_json, contacts))
    assert list(columns.more.rows()) == list(map(more_json, contacts))
    assert columns.complete() == list(map(complete_json, contacts))


@given(BATCHES)
def test_what_is_filled(contacts: list[ContactCompleteItem]) -> None:
    columns = columns_of(contacts)
    absent = [empty_fields(values_of(contact)) for contact in contacts]
    assert [sorted(msgspec.json.decode(names)) for names in columns.absent()] == list(map(sorted, absent))
    present = [sum(1 << at for at, name in enumerate(ALL_FIELDS) if name not in names) for names in absent]
    assert list(columns.present) == present
    assert columns.filled == {name: sum(name not in names for names in absent) for name in columns.filled}
    assert {*columns.filled} == {*ALL_FIELDS}


@given(BATCHES)
def test_derived_fields(contacts: list[ContactCompleteItem]) -> None:
    members = concatenated(search_columns(columns_of(contacts)), len(contacts))
    assert members == [search_fields(contact).members for contact in contacts]


def parts(document: Document) -> tuple[object, ...]:
    """The document of Elasticsearch, without order among the fields that are absent."""
    action, line, end = document.body.split(b"\n")
    source = msgspec.json.decode(line)
    absent = source["search"].pop("absent")
    return document.row, action, msgspec.json.encode(source), sorted(absent), end, document.item


@given(BATCHES)
def test_documents(contacts: list[ContactCompleteItem]) -> None:
    columns, rows = columns_of(contacts), range(7, 7 + len(contacts))
    of_duckdb = [DuckDBEncoder.encode(row, contact) for row, contact in zip(rows, contacts, strict=True)]
    assert DuckDBEncoder.encode_all(rows, columns) == of_duckdb
    expected = [ElasticsearchEncoder.encode(row, contact) for row, contact in zip(rows, contacts, strict=True)]
    assert list(map(parts, ElasticsearchEncoder.encode_all(rows, columns))) == list(map(parts, expected))
