"""Contacts → lines of a bulk request. Workers import this; the client is not needed for it."""

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from operator import attrgetter
from typing import Any

import msgspec

from search.columns import Column, concatenated
from search.contact_columns import ContactColumns
from search.derivation import characters
from search.documents import search_columns, search_fields
from search.elasticsearch.schema import MORE, NAMES, grams
from search.fields import SEARCH_FIELDS, ContactCompleteItem, complete_json, halves
from search.kinds import DerivedValue
from search.loader import Document
from search.memo import Memo

_ACTION = b'{"index":{"_id":%b,"version":%d,"version_type":"external"}}\n'
_SEARCH, _END = b',"search":{"absent":%b', b"}}\n"
"""Two lines of a bulk request: the action, then the item with two more fields of its own: its further fields, if it
has any, as a text, and the derived fields, those first that are absent."""

_ENTRY_BYTES = 256
"""About what a name, its member of a document and their place in the memory hold beside their letters."""

_SHARED_BYTES = 12 * 1024 * 1024
"""About how much trigrams of names are kept for the next contacts: those of 25,000 companies."""

_encode = msgspec.json.Encoder().encode


def _grams(name: str, make: Callable[..., DerivedValue], value: Any) -> bytes:
    """The member of a document with the trigrams of a field's text, or of each of its texts; nothing without text."""
    text = make(value)
    if not text:
        return b""
    tokens = [grams(each) for each in text] if isinstance(text, tuple) else grams(str(text))
    return b',"%b_grams":%b' % (name.encode(), _encode(tokens))


def _weight(text: Hashable, member: bytes) -> int:
    return _ENTRY_BYTES + characters(text) + len(member)


_TRIGRAMS = [
    (
        SEARCH_FIELDS[name].of,
        Memo(partial(_grams, name, SEARCH_FIELDS[name].make), _weight, _SHARED_BYTES).__getitem__,
    )
    for name in NAMES
]
"""Of each field that has trigrams beside it: of what of a contact it is made, and how they are."""


def _more(json: bytes) -> bytes:
    """The member of a document with the further fields of a contact; nothing without any."""
    return b',"%b":%b' % (MORE.encode(), _encode(json.decode())) if json else b""


class ElasticsearchEncoder:
    """See `search.loader.Encoder`."""

    @staticmethod
    def encode(row: int, contact: ContactCompleteItem, complete: bytes | None = None) -> Document:
        item, more = halves(complete or complete_json(contact))
        fields = search_fields(contact)
        grams = [make(attrgetter(*of)(contact)) for of, make in _TRIGRAMS]
        action = _ACTION % (_encode(contact.uuid), row)
        parts = (action, item[:-1], _more(more), _SEARCH % _encode(fields.absent), *grams, fields.members, _END)
        return Document(row, b"".join(parts))

    @staticmethod
    def encode_all(rows: Sequence[int], contacts: ContactColumns) -> list[Document]:
        # As version: a batch that is sent twice changes nothing, and the later row always wins.
        uuids = contacts.of(["uuid"]).made(_encode).rows()
        columns = [
            Column([_ACTION % pair for pair in zip(uuids, rows, strict=True)]),
            Column(contacts.open_items),
            contacts.more.made(_more),
            Column([_SEARCH % names for names in contacts.absent()]),
            *[contacts.of(of).made(make) for of, make in _TRIGRAMS],
            *search_columns(contacts),
            Column([_END], [0] * contacts.count),
        ]
        return list(map(Document, rows, concatenated(columns, contacts.count)))
