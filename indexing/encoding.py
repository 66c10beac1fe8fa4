"""Rows → contacts with keys → encoded documents, a batch at a time: the work that is worth spreading over processes.

A row is encoded as if nobody knew its contact yet, which is so for nearly every one. Who is known after all is joined
with what is known and encoded again (`join_batch`).
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import msgspec

from indexing.between_processes import Reduced, joined_rows, packed, separate_rows
from indexing.columnwise import batch_reader
from indexing.filled import FIELDS, NONE, Counts, filled_in, minus
from indexing.identity.keys import Claim, claims_of, number_of
from indexing.identity.merging import filled_up, updated
from indexing.identity.names import name_of
from indexing.repairs import Repair
from indexing.sources.cells import Cell
from indexing.sources.columns import ColumnMapping
from mappings.errors import RowRejected
from search.contact_columns import ContactColumns, columns_of
from search.fields import ContactCompleteItem, complete_json, contact_of
from search.loader import Document, Encoder

_NAMELESS = name_of(None, None)


class Batch(msgspec.Struct, frozen=True):
    """Rows to encode.

    Attributes:
        columns: what the cells mean; `None` when each row is one finished contact, its `complete_json`.
        numbers: of the rows, in the run.
        strict_values: reject a row for a value that can't be read.
        documents: make some; else only contacts, for a load in which nearly all will be joined with known ones.
    """

    columns: ColumnMapping | None
    numbers: list[int]
    rows: list[Sequence[Cell]]
    strict_values: bool = False
    documents: bool = True

    def __reduce__(self) -> Reduced:
        text = joined_rows(self.rows)
        if text is None:
            return msgspec.Struct.__reduce__(self)
        return _batch, (self.columns, self.numbers, text, self.strict_values, self.documents)


def _batch(columns: ColumnMapping | None, numbers: list[int], text: str, *options: bool) -> Batch:
    return Batch(columns, numbers, [*separate_rows(text)], *options)


class Encoded(msgspec.Struct, frozen=True):
    """What became of a batch.

    Attributes:
        claims: who the rows are of that were accepted, in order; of finished contacts the uuid alone.
        documents: of the same rows, if any were asked for.
        contacts: the same as JSON; of finished contacts none.
        filled: how many of them have each field; see `indexing.filled`.
        rejects: row number → reason.
        repairs: row number → the values of it that could not be read, also of rows that are rejected later.
    """

    claims: list[Claim] = []
    documents: list[Document] = []
    contacts: list[bytes] = []
    filled: Counts = NONE
    rejects: dict[int, str] = {}
    repairs: dict[int, tuple[Repair, ...]] = {}

    def __reduce__(self) -> Reduced:
        return packed(self)


class Join(msgspec.Struct, frozen=True, array_like=True):
    """One row of a contact that is known, or that has another uuid than it was encoded with.

    Attributes:
        contact: what the row says, as JSON.
        base: the contact before, as JSON; `None` if only the uuid is another.
        within: the number of an earlier row in the batch, whose result is the contact before.
        update: the contact before is a live one that the row updates; else it is an earlier row.
        emptied: fields that the update had emptied in `base`, beside those that are empty by themselves.
    """

    row: int
    uuid: str
    contact: bytes
    base: bytes | None = None
    within: int | None = None
    update: bool = False
    emptied: tuple[str, ...] = ()


class JoinBatch(msgspec.Struct, frozen=True):
    """Rows to join, in order; an update may empty the fields in `covers`."""

    joins: list[Join]
    covers: frozenset[str] = frozenset()

    def __reduce__(self) -> Reduced:
        return packed(self)


class Joined(msgspec.Struct, frozen=True):
    """What became of them.

    Attributes:
        documents: row number → document, of those that were not rejected.
        contacts: row number → the contact as JSON, of all of them.
        filled: how much more often each field is filled than the rows alone and the contacts before say.
        emptied: row number → fields of the live contact that the update has emptied as far as that row.
        rejects: row number → reason.
    """

    documents: dict[int, Document] = {}
    contacts: dict[int, bytes] = {}
    filled: Counts = NONE
    emptied: dict[int, tuple[str, ...]] = {}
    rejects: dict[int, str] = {}

    def __reduce__(self) -> Reduced:
        return packed(self)


def encode_batch(encoder: type[Encoder], batch: Batch) -> Encoded:
    """Encode a batch in this process. Pure."""
    if batch.columns is None:
        return _encode_finished(encoder, batch)
    read = batch_reader(batch.columns, batch.strict_values)(batch.rows)
    numbers = [batch.numbers[at] for at in read.places]
    rejects = {batch.numbers[at]: reason for at, reason in read.rejects.items()}
    claims = claims_of(numbers, read.contacts)
    contacts = read.contacts.with_uuids([claim.uuid for claim in claims])
    documents = _documents(encoder, numbers, contacts, rejects) if batch.documents else []
    if len(rejects) > len(read.rejects):
        accepted = [at for at, number in enumerate(numbers) if number not in rejects]
        claims, contacts = [claims[at] for at in accepted], contacts.kept(accepted)
    repairs = {number: repairs for at, repairs in read.repairs.items() if (number := batch.numbers[at]) not in rejects}
    filled = tuple([contacts.filled[name] for name in FIELDS])
    return Encoded(claims, documents, contacts.complete(), filled, rejects, repairs)


def _documents(
    encoder: type[Encoder], numbers: Sequence[int], contacts: ContactColumns, rejects: dict[int, str]
) -> list[Document]:
    """The documents of all contacts; of which none can be made is among `rejects` then."""
    with suppress(RowRejected):
        return encoder.encode_all(numbers, contacts)
    documents = []
    for number, values in zip(numbers, contacts.values(), strict=True):
        try:
            documents.append(encoder.encode(number, ContactCompleteItem(*values)))
        except RowRejected as rejected:
            rejects[number] = str(rejected)
    return documents


def _encode_finished(encoder: type[Encoder], batch: Batch) -> Encoded:
    """Contacts that are live already, and keep their uuids whatever other keys they have."""
    contacts: dict[int, ContactCompleteItem] = {}
    rejects: dict[int, str] = {}
    for number, row in zip(batch.numbers, batch.rows, strict=True):
        try:
            contacts[number] = _decoded(row)
        except RowRejected as rejected:
            rejects[number] = str(rejected)
    documents = _documents(encoder, list(contacts), columns_of(list(contacts.values())), rejects)
    accepted = {number: contact.uuid for number, contact in contacts.items() if number not in rejects}
    claims = [Claim(number, uuid, number_of(uuid), True, 0, 0, (), _NAMELESS) for number, uuid in accepted.items()]
    return Encoded(claims, documents, rejects=rejects)


def _decoded(row: Sequence[Any]) -> ContactCompleteItem:
    try:
        return contact_of(row[0])
    except msgspec.DecodeError as error:
        raise RowRejected(f"the stored contact is damaged: {error}") from error


def join_batch(encoder: type[Encoder], batch: JoinBatch) -> Joined:
    """Join rows with the contacts before them and encode the results in this process. Pure."""
    documents, rejects = {}, {}
    emptied: dict[int, tuple[str, ...]] = {}
    results: dict[int, ContactCompleteItem] = {}
    contacts: dict[int, bytes] = {}
    replaced = []
    for join in batch.joins:
        contact = contact_of(join.contact)
        replaced.append(contact)
        before = contact_of(join.base) if join.base is not None else None
        if join.within is not None:
            before = results[join.within]
        contact = msgspec.structs.replace(contact, uuid=join.uuid)
        empty = join.emptied if join.within is None else emptied.get(join.within, ())
        if before is not None and join.update:
            contact, empty = updated(contact, before, batch.covers)
        elif before is not None:
            contact = filled_up(contact, before)
            empty = tuple([name for name in empty if getattr(contact, name) is None])
        if before is not None:
            replaced.append(before)
        if empty:
            emptied[join.row] = empty
        results[join.row], contacts[join.row] = contact, complete_json(contact)
        try:
            documents[join.row] = encoder.encode(join.row, contact, contacts[join.row])
        except RowRejected as rejected:
            rejects[join.row] = str(rejected)
    filled = minus(filled_in(results.values()), filled_in(replaced))
    return Joined(documents, contacts, filled, emptied, rejects)
