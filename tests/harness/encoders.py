"""An encoder of documents for tests that say how one is made."""

from abc import abstractmethod
from collections.abc import Sequence

from search.contact_columns import ContactColumns
from search.fields import ContactCompleteItem, complete_json
from search.loader import Document


class OneByOne:
    """Encodes a batch contact by contact; see `search.loader.Encoder`."""

    @staticmethod
    @abstractmethod
    def encode(row: int, contact: ContactCompleteItem, complete: bytes | None = None) -> Document: ...

    @classmethod
    def encode_all(cls, rows: Sequence[int], contacts: ContactColumns) -> list[Document]:
        items = [ContactCompleteItem(*values) for values in contacts.values()]
        return [cls.encode(row, item, complete_json(item)) for row, item in zip(rows, items, strict=True)]
