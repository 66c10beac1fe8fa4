"""What a load stages until a file is built of it: three files that are added to, of which a crash costs the ends alone.

What many contacts share (`search.documents.PIECES`), such as all that is searched of a company, is staged once, as long
as it is remembered, and contacts have its number. A document is what is to be staged of one contact, in the bytes that
workers make: its shared pieces, then its own line, parted by tabs, which are in no JSON.
"""

from collections.abc import Sequence
from hashlib import blake2b
from itertools import compress
from pathlib import Path
from typing import BinaryIO

import msgspec

from mappings.errors import Superseded
from search.columns import Column, concatenated
from search.contact_columns import ContactColumns
from search.documents import PIECES, DerivedFields, search_columns
from search.duckdb.schema import TYPES
from search.duckdb.sql import quoted
from search.loader import Document, check_left
from search.memo import Kept

SHARED = tuple([piece.fields for piece in PIECES if piece.shared])
"""The derived fields of each shared piece."""

OWN = tuple([field for piece in PIECES if not piece.shared for field in piece.fields])
"""The derived fields of a contact's own line."""

_IS_SHARED = [piece.shared for piece in PIECES]
_IS_OWN = [not piece.shared for piece in PIECES]

_LINE = b'"_line":%d,"_uuid":%b,"_present":%d,"_size":%d,"_more":%d%b}\n'
"""The end of a contact's line: the number of its row, which fields it has, the bytes of its packed item and further
fields, and what is searched. No field begins with an underscore."""

_NUMBERS = b'{"_start":%d,' + b"".join([b'"_shared_%d":%%d,' % at for at in range(len(SHARED))])
"""The beginning: where its item begins, and the numbers of its shared pieces."""

_NUMBERED = b'{"_id":%d%b}\n'

_REMEMBERED = 24 * 1024 * 1024
"""Bytes of what is known of each shared piece."""

_LONG = 128
"""Bytes of a piece above which a digest stands for it, of so many bytes:"""

_DIGEST = 16

_ENTRY_BYTES = 192
"""About how much a key that is no longer, its number and their place in the memory hold."""

_encode = msgspec.json.Encoder().encode


def document(row: int, uuid: str, present: int, packed: tuple[bytes, bytes], fields: DerivedFields) -> Document:
    """The document of one contact; `packed` are its item and its further fields."""
    own = b"".join(compress(fields.pieces, _IS_OWN))
    line = _LINE % (row, _encode(uuid), present, *map(len, packed), own)
    return Document(row, b"\t".join([*compress(fields.pieces, _IS_SHARED), line]), b"".join(packed))


def documents(
    rows: Sequence[int], contacts: ContactColumns, items: Sequence[bytes], more: Sequence[bytes]
) -> list[Document]:
    """The same of a batch, of which these are the packed items and further fields."""
    pieces = search_columns(contacts)
    shared = [piece.made(_ended) for piece in compress(pieces, _IS_SHARED)]
    own = concatenated(compress(pieces, _IS_OWN), contacts.count)
    uuids = contacts.of(["uuid"]).made(_encode).rows()
    values = zip(rows, uuids, contacts.present, map(len, items), map(len, more), own, strict=True)
    bodies = concatenated([*shared, Column([_LINE % each for each in values])], contacts.count)
    return [
        Document(row, body, item + further) for row, body, item, further in zip(rows, bodies, items, more, strict=True)
    ]


def _ended(piece: bytes) -> bytes:
    return piece + b"\t"


class Staged(msgspec.Struct, frozen=True):
    """The files, which need not be there yet.

    Attributes:
        documents: a line of JSON for each contact.
        shared: a line for each shared piece, whose number is the place in the file at which it begins.
        items: packed items, each followed by its further fields.
    """

    documents: Path
    shared: Path
    items: Path

    @property
    def paths(self) -> tuple[Path, ...]:
        return (self.documents, self.shared, self.items)

    @property
    def bytes(self) -> int:
        """How large they are together."""
        return sum([path.stat().st_size for path in self.paths])

    def read_documents(self, line: int) -> str:
        """The relation of the contacts' lines, none of which has more than so many bytes."""
        numbers = ("_line", "_start", "_present", "_size", "_more", *[f"_shared_{at}" for at in range(len(SHARED))])
        return _read(self.documents, line, {"_uuid": "VARCHAR"} | dict.fromkeys(numbers, "BIGINT"), OWN)

    def read_shared(self, line: int) -> str:
        """The relation of the shared pieces, each with the columns of all."""
        return _read(self.shared, line, {"_id": "BIGINT"}, [field for fields in SHARED for field in fields])


def _read(path: Path, line: int, columns: dict[str, str], fields: Sequence[str]) -> str:
    types = columns | {field: TYPES[field] for field in fields}
    listed = ", ".join([f"{name}: '{type_}'" for name, type_ in types.items()])
    return (
        f"read_json({quoted(path)}, format = 'newline_delimited', maximum_object_size = {line}, columns = {{{listed}}})"
    )


class Stage:
    """Writes the files of one load.

    Attributes:
        longest: bytes of the longest document or item so far.
    """

    def __init__(self, files: Staged) -> None:
        self.files, self.longest = files, 0
        self._streams: list[BinaryIO] = []
        self._numbers: list[Kept[bytes, int]] = []
        self._next = self._item = 0

    def start(self, mark: str | None = None) -> None:
        """Begin with empty files, or with what they had in them at a `mark`.

        Raises:
            Superseded: less than that is there, or another version of this software made the mark.
        """
        *sizes, self.longest = map(int, mark.split()) if mark else (0, 0, 0, 0)
        if len(sizes) != len(self.files.paths):
            raise Superseded("another version of this software began the interrupted load; load anew without --resume")
        for path, size in zip(self.files.paths, sizes, strict=True):
            check_left(path, size)
        for path, size in zip(self.files.paths, sizes, strict=True):
            stream = path.open("r+b" if size else "wb")
            self._streams.append(stream)
            stream.truncate(size)
            stream.seek(size)
        _, self._next, self._item = sizes
        self._numbers = [Kept(_weight, _REMEMBERED) for _ in SHARED]

    def write(self, documents: Sequence[Document]) -> None:
        """Add documents, all of which survive a crash of the process then."""
        if not self._streams:
            raise RuntimeError("start the loader before writing to it")
        lines: list[bytes] = []
        new: list[bytes] = []
        for document in documents:
            *shared, line = document.body.split(b"\t")
            numbers = [self._item]
            for known, piece in zip(self._numbers, shared, strict=True):
                key = piece if len(piece) <= _LONG else blake2b(piece, digest_size=_DIGEST).digest()
                number = known.get(key)
                if number is None:
                    number = known.keep(key, self._next)
                    new.append(_NUMBERED % (number, piece))
                    self._next += len(new[-1])
                numbers.append(number)
            lines.append(_NUMBERS % tuple(numbers) + line)
            self._item += len(document.item)
        self.longest = max([self.longest, *(max(len(document.body), len(document.item)) for document in documents)])
        written = (lines, new, [document.item for document in documents])
        for stream, parts in zip(self._streams, written, strict=True):
            stream.write(b"".join(parts))
            stream.flush()

    def mark(self) -> str:
        """How far it is: what `start` needs to know."""
        return " ".join(map(str, (*[stream.tell() for stream in self._streams], self.longest)))

    def close(self) -> None:
        """Close the files, and forget what is in them."""
        for stream in self._streams:
            stream.close()
        self._streams, self._numbers = [], []


def _weight(_key: bytes, _number: int) -> int:
    return _ENTRY_BYTES
