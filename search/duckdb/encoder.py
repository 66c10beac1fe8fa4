"""Contacts → what is staged of them for a DuckDB file. Workers import this; DuckDB itself is not needed for it."""

from collections.abc import Sequence

from search.contact_columns import ContactColumns
from search.documents import search_fields
from search.duckdb.packing import pack
from search.duckdb.schema import PRESENT
from search.duckdb.staging import document, documents
from search.fields import ContactCompleteItem, complete_json, halves
from search.loader import Document

_ALL_PRESENT = sum(PRESENT.values())


class DuckDBEncoder:
    """See `search.loader.Encoder`."""

    @staticmethod
    def encode(row: int, contact: ContactCompleteItem, complete: bytes | None = None) -> Document:
        item, more = halves(complete or complete_json(contact))
        fields = search_fields(contact)
        packed = (pack(item), pack(more) if more else b"")
        return document(row, contact.uuid, _present(fields.absent), packed, fields)

    @staticmethod
    def encode_all(rows: Sequence[int], contacts: ContactColumns) -> list[Document]:
        items = [pack(b"%b}" % item) for item in contacts.open_items]
        more = contacts.more.made(lambda json: pack(json) if json else b"").rows()
        return documents(rows, contacts, items, more)


def _present(absent: tuple[str, ...]) -> int:
    """The bits of `contacts.present`."""
    return _ALL_PRESENT - sum(map(PRESENT.__getitem__, absent))
