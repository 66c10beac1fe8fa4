"""Batches of rows → contacts with keys → documents, and rows that are joined with what is known."""

import pytest

from indexing.encoding import Batch, Join, JoinBatch, encode_batch, join_batch
from indexing.filled import FIELDS
from indexing.identity.keys import uuid_of
from indexing.sources.columns import map_columns
from mappings.errors import RowRejected
from search.fields import ContactCompleteItem, complete_json, contact_of
from search.loader import Document
from tests.harness.encoders import OneByOne

COLUMNS = map_columns(["uuid", "title", "email"])


class Uuids(OneByOne):
    """Documents of the uuid alone."""

    @staticmethod
    def encode(row: int, contact: ContactCompleteItem, _complete: bytes | None = None) -> Document:
        if contact.title == "unencodable":
            raise RowRejected("title: can't be encoded")
        return Document(row, contact.uuid.encode())


def batch(first: int, *titles: str) -> Batch:
    """Rows with the numbers from `first` on, whose uuids are their numbers."""
    numbers = list(range(first, first + len(titles)))
    rows = [(str(number), title, "a@one.example") for number, title in zip(numbers, titles, strict=True)]
    return Batch(COLUMNS, numbers, rows)


def counted(filled: tuple[int, ...]) -> dict[str, int]:
    return {name: count for name, count in zip(FIELDS, filled, strict=True) if count}


def test_what_becomes_of_a_batch() -> None:
    encoded = encode_batch(Uuids, batch(7, "CEO", "unencodable", "a\0b", ""))
    assert [(document.row, document.body) for document in encoded.documents] == [(7, b"7"), (10, b"10")]
    assert [(claim.row, claim.uuid, claim.own) for claim in encoded.claims] == [(7, "7", True), (10, "10", True)]
    assert [contact_of(contact).uuid for contact in encoded.contacts] == ["7", "10"]
    assert counted(encoded.filled) == {"title": 1, "email": 2}
    assert set(encoded.rejects) == {8, 9}


def test_who_has_no_uuid_is_given_one() -> None:
    encoded = encode_batch(Uuids, Batch(map_columns(["email"]), [1], [("Ann@one.example",)]))
    uuid = uuid_of("ann@one.example")
    assert (encoded.claims[0].uuid, encoded.claims[0].own) == (uuid, False)
    assert (encoded.documents[0].body.decode(), contact_of(encoded.contacts[0]).uuid) == (uuid, uuid)


def test_without_documents_there_are_only_contacts() -> None:
    encoded = encode_batch(Uuids, Batch(COLUMNS, [1], [("1", "CEO", "a@one.example")], documents=False))
    assert (encoded.documents, len(encoded.claims), len(encoded.contacts)) == ([], 1, 1)


def test_rows_that_are_contacts_already() -> None:
    encoded = encode_batch(Uuids, Batch(None, [1, 2, 3], [('{"uuid":"a"}',), ('{"uuid":5}',), ("{",)]))
    assert [document.body for document in encoded.documents] == [b"a"]
    assert [(claim.uuid, claim.mail) for claim in encoded.claims] == [("a", 0)]
    assert [reason.startswith("the stored contact is damaged: ") for reason in encoded.rejects.values()] == [True] * 2


def json(**values: str) -> bytes:
    return complete_json(ContactCompleteItem(**{"uuid": "own", **values}))


def test_rows_of_known_contacts_are_joined_in_order() -> None:
    joined = join_batch(
        Uuids,
        JoinBatch(
            [
                Join(1, "a", json(title="CEO"), json(uuid="a", title="CTO", city="Bonn")),
                Join(2, "a", json(first_name="Ann"), within=1),
                Join(3, "b", json(title="CTO")),
                Join(4, "c", json(title="unencodable", email="c@c.example")),
            ]
        ),
    )
    contacts = {row: contact_of(contact) for row, contact in joined.contacts.items()}
    assert contacts == {
        1: ContactCompleteItem("a", title="CEO", city="Bonn"),
        2: ContactCompleteItem("a", first_name="Ann", title="CEO", city="Bonn"),
        3: ContactCompleteItem("b", title="CTO"),
        4: ContactCompleteItem("c", title="unencodable", email="c@c.example"),
    }
    assert {row: document.body for row, document in joined.documents.items()} == {1: b"a", 2: b"a", 3: b"b"}
    assert list(joined.rejects) == [4]
    # Of `a` there are now name, title and city, where its versions before and both rows had title, city and name alone.
    assert counted(joined.filled) == {"title": -1}


@pytest.mark.parametrize(("covers", "title"), [({"title", "email"}, None), (set(), "CTO")])
def test_an_update_empties_what_its_source_covers(covers: set[str], title: str | None) -> None:
    live = json(uuid="a", title="CTO", city="Bonn")
    update = Join(1, "a", json(email="a@a.example"), live, update=True)
    joined = join_batch(Uuids, JoinBatch([update, Join(2, "a", json(), within=1)], frozenset(covers)))
    expected = ContactCompleteItem("a", email="a@a.example", title=title, city="Bonn")
    assert [contact_of(contact) for contact in joined.contacts.values()] == [expected, expected]
    assert joined.emptied == ({1: ("title",), 2: ("title",)} if covers else {})
