"""The version of what is stored and derived moves with it."""

import csv
import io
from hashlib import sha256

import msgspec

from indexing.items import contact_reader
from indexing.sample.contacts import write_sample
from indexing.sources.columns import map_columns
from search.documents import search_fields
from search.duckdb.schema import CREATE
from search.elasticsearch.schema import index_body
from search.fields import (
    ALL_FIELDS,
    CONTACT_FIELDS,
    ITEM_FIELDS,
    MAPPING_VERSION,
    MORE_FIELDS,
    NO_MORE,
    ContactCompleteItem,
    ContactListItem,
    complete_json,
    contact_of,
    halves,
    item_json,
    joined,
    more_json,
)

PINNED = {3: "0e32aa3d2cf99969f37f65371c2a341f9c42f5f659b39872d68a1f2cbffd5cc1"}


def fingerprint() -> str:
    """Of the shape of both stores, and of what is derived of some contacts."""
    stream = io.StringIO(newline="")
    write_sample(300, stream)
    headers, *rows = csv.reader(io.StringIO(stream.getvalue(), newline=""))
    read = contact_reader(map_columns(headers))
    contacts = [msgspec.structs.replace(read(row).contact, uuid=f"id-{at}") for at, row in enumerate(rows)]
    derived = list(map(search_fields, contacts))
    shape = msgspec.json.encode([CREATE, index_body()["mappings"]])
    return sha256(shape + b"".join(each.json() + msgspec.json.encode(each.absent) for each in derived)).hexdigest()


def test_the_mapping_version_moves_with_the_mapping() -> None:
    """If this fails, contacts that are loaded already lack something: raise `MAPPING_VERSION` and pin the new value.

    Only when nothing but the sample has changed may the value be replaced alone.
    """
    assert {MAPPING_VERSION: fingerprint()} == PINNED


def test_json_is_cut_and_joined_without_being_read() -> None:
    tricky = ',"sub_departments":null}'
    for contact in (
        ContactCompleteItem("1"),
        ContactCompleteItem("2", title=tricky, keywords=(tricky, ","), custom={"sub_departments": tricky}),
        ContactCompleteItem("3", do_not_call=False),
    ):
        item, more = item_json(contact), more_json(contact)
        assert item == msgspec.json.encode(ContactListItem(*msgspec.structs.astuple(contact)[: len(ITEM_FIELDS)]))
        assert (item, more) == halves(complete_json(contact))
        assert joined(item, more) == complete_json(contact) == msgspec.json.encode(contact)
        assert contact_of(complete_json(contact)) == contact
    assert more_json(ContactCompleteItem("1", title="CEO")) == b""
    assert tuple(msgspec.json.decode(NO_MORE)) == MORE_FIELDS
    assert contact_of(item_json(ContactCompleteItem("1", lists=("a",)))) == ContactCompleteItem("1")


def test_the_complete_contact_is_the_item_and_more() -> None:
    assert ALL_FIELDS == ITEM_FIELDS + MORE_FIELDS == tuple(CONTACT_FIELDS)
    # The bits of `contacts.present` in a DuckDB file.
    assert len(ALL_FIELDS) <= 63
