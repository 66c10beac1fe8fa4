"""Contacts → what is staged of them for a DuckDB file. Workers import this; DuckDB itself is not needed for it."""

from collections.abc import Sequence
from operator import add

import msgspec

from search.columns import concatenated
from search.contact_columns import ContactColumns
from search.documents import search_columns, search_fields
from search.duckdb.packing import pack
from search.duckdb.schema import PRESENT
from search.fields import ContactCompleteItem, complete_json, halves
from search.loader import Document

_DOCUMENT = b'{"line":%d,"uuid":%b,"present":%d,"size":%d,"more":%d,"search":%b}\n'
"""What is staged of a contact beside its packed item and further fields, which have these sizes."""

_ALL_PRESENT = sum(PRESENT.values())

_encode = msgspec.json.Encoder().encode


class DuckDBEncoder:
    """See `search.loader.Encoder`."""

    @staticmethod
    def encode(row: int, contact: ContactCompleteItem, complete: bytes | None = None) -> Document:
        item, more = halves(complete or complete_json(contact))
        packed, packed_more = pack(item), pack(more) if more else b""
        fields = search_fields(contact)
        sizes = (len(packed), len(packed_more))
        parts = (row, _encode(contact.uuid), _present(fields.absent), *sizes, fields.json())
        return Document(row, _DOCUMENT % parts, packed + packed_more)

    @staticmethod
    def encode_all(rows: Sequence[int], contacts: ContactColumns) -> list[Document]:
        items = [pack(b"%b}" % item) for item in contacts.open_items]
        more = contacts.more.made(lambda json: pack(json) if json else b"").rows()
        uuids = contacts.of(["uuid"]).made(_encode).rows()
        heads = zip(rows, uuids, contacts.present, map(len, items), map(len, more), strict=True)
        fields = concatenated(search_columns(contacts), contacts.count)
        bodies = [_DOCUMENT % (*head, b"{%b}" % members[1:]) for head, members in zip(heads, fields, strict=True)]
        return [Document(*parts) for parts in zip(rows, bodies, map(add, items, more), strict=True)]


def _present(absent: tuple[str, ...]) -> int:
    """The bits of `contacts.present`."""
    return _ALL_PRESENT - sum(map(PRESENT.__getitem__, absent))
