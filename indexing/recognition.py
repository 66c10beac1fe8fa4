"""Encoded rows → rows of which it is known whose they are: the stage of a load and of a dry run where identity is.

Batches come in order, one at a time. A row takes its uuid from the key table, is joined with what there is of its
contact, and is encoded again if that made a difference; then table and spool have it.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from indexing.encoders import Encoders
from indexing.encoding import Encoded, Join, JoinBatch, Joined, join_batch
from indexing.filled import NONE, Counts, filled_in, minus, plus
from indexing.identity.key_table import KeyTable, Record
from indexing.identity.keys import claim_of
from indexing.identity.resolver import Decision, Resolver
from indexing.identity.spool import Spool
from indexing.pipeline import Portion
from indexing.request import LoadRequest
from indexing.tally import EXAMPLES, Tally
from search.fields import complete_json, contact_of
from search.loader import Document, Identity, LiveContacts


class Recognised(msgspec.Struct, frozen=True):
    """Some rows of a source, and whose they are.

    Attributes:
        contacts: row number → the number that stands for its contact, of all rows that are not rejected.
        documents: of the same rows, in order.
        rejects: row number → reason.
        lost: rows among the rejects that were recognised, so that the table has them.
        tally: what was found out, as if the engine took all documents.
        size: bytes of the key table's log with these rows.
        joins: the rows that were joined with others of their contact, or have another uuid than by themselves.
        joined: what became of those.
    """

    portion: Portion
    contacts: dict[int, int]
    documents: list[Document]
    rejects: dict[int, str]
    lost: dict[int, int]
    tally: Tally
    size: int
    joins: Sequence[Join] = ()
    joined: Joined = Joined()


class Recognition:
    """Key table and spool of one load, in files beside `path`.

    Args:
        live: the contacts to be joined with those of an update.
        size: bytes of the table that are right, of an interrupted load to go on with.
    """

    def __init__(self, path: Path, encoders: Encoders, live: LiveContacts, request: LoadRequest, size: int = 0) -> None:
        self._encoders, self._live, self._request = encoders, live, request
        self._table = KeyTable(path, size)
        self._spool = Spool(path.with_name(f"{path.name}.spool"), resumed=bool(size))
        self._resolver = Resolver(self._table)

    def close(self) -> None:
        """Close the files and leave them, for a load that may be resumed."""
        self._table.close()
        self._spool.close()

    @property
    def size(self) -> int:
        """Bytes of the key table's log."""
        return self._table.size

    async def meet(self) -> int:
        """Take in who is live, and how many they are; where all is to begin afresh, by their uuids alone.

        Raises:
            EngineError: the live contacts can't be read.
        """
        count = 0
        async for identities in self._live.identities():
            count += len(identities)
            await asyncio.to_thread(self._meet, identities)
        return count

    def _meet(self, identities: Sequence[Identity]) -> None:
        people = [Identity(each.uuid) for each in identities] if self._request.new_uuids else identities
        decisions = self._resolver.decide([claim_of(0, person) for person in people])
        self._table.add([_record(decision) for decision in decisions])

    async def recognise(self, portion: Portion) -> Recognised:
        """Whose the rows of `portion` are, which comes after all that were recognised before.

        Raises:
            EngineError: the live contacts can't be read.
            IndexingError: a worker process died.
        """
        encoded = portion.encoded
        if portion.columns is None:
            finished = {claim.row: claim.contact for claim in encoded.claims}
            # Those that are only carried over are no part of what is told.
            tally = Tally(kept=len(finished) if self._request.rebuild else 0)
            return Recognised(portion, finished, encoded.documents, encoded.rejects, {}, tally, self.size)
        decisions = await asyncio.to_thread(self._resolver.decide, encoded.claims)
        if self._request.update:
            decisions = await self._fetch(decisions)
        joins = await asyncio.to_thread(self._joins, encoded, decisions)
        covers = frozenset[str]() if self._request.keep_filled else portion.columns.covers
        joined = await self._encoders.run(join_batch, JoinBatch(joins, covers)) if joins else Joined()
        await asyncio.to_thread(self._keep, encoded, decisions, joined)
        known = {decision.known.row: decision.known.contact for decision in decisions}
        emptied = _emptied(decisions, joined.emptied) if self._request.update else {}
        documents = encoded.documents
        if joins and (documents or self._request.update):
            made = {document.row: document for document in documents} | joined.documents
            documents = [made[row] for row in known if row not in joined.rejects]
        return Recognised(
            portion,
            {row: contact for row, contact in known.items() if row not in joined.rejects} if joined.rejects else known,
            documents,
            encoded.rejects | joined.rejects,
            {row: known[row] for row in joined.rejects},
            _tally(portion, decisions, plus(encoded.filled, joined.filled), emptied),
            self.size,
            joins,
            joined,
        )

    async def _fetch(self, decisions: list[Decision]) -> list[Decision]:
        """The decisions with the live contacts that they are the first to change.

        Those go to table and spool before anything is changed: a load that is resumed finds them there.
        """
        live = [(at, each.before) for at, each in enumerate(decisions) if each.before and _is_live(each.before)]
        wanted = [at for at, before in live if not before.size]
        if not wanted:
            return decisions
        found = await self._live.contacts([decisions[at].known.uuid for at in wanted])
        wanted = [at for at in wanted if decisions[at].known.uuid in found]
        contacts = [complete_json(found[decisions[at].known.uuid]) for at in wanted]
        return await asyncio.to_thread(self._fetched, decisions, wanted, contacts)

    def _fetched(self, decisions: list[Decision], wanted: list[int], contacts: list[bytes]) -> list[Decision]:
        records = []
        for at, contact, place in zip(wanted, contacts, self._spool.add(contacts), strict=True):
            before = decisions[at].before
            if before is not None:
                records.append(Record(before.known, place=place, size=len(contact), before=decisions[at].place))
        fetched = list(decisions)
        for at, record, place in zip(wanted, records, self._table.add(records), strict=True):
            fetched[at] = msgspec.structs.replace(decisions[at], before=record, place=place)
        return fetched

    def _joins(self, encoded: Encoded, decisions: Sequence[Decision]) -> list[Join]:
        """The rows that have to be encoded again, or were not yet."""
        joins: list[Join] = []
        joined: set[int] = set()
        for at, (claim, decision) in enumerate(zip(encoded.claims, decisions, strict=True)):
            base, within, before = None, None, decision.before
            if decision.within >= 0:
                within = encoded.claims[decision.within].row
                if within not in joined:
                    base, within = encoded.contacts[decision.within], None
            elif before is not None and before.size and (self._request.update or before.known.row > 0):
                base = self._spool.read(before.place, before.size)
            if base is None and within is None and not self._request.update and decision.known.uuid == claim.uuid:
                continue
            update = before is not None and _is_live(before)
            emptied = before.emptied if before is not None else ()
            joins.append(Join(claim.row, decision.known.uuid, encoded.contacts[at], base, within, update, emptied))
            joined.add(claim.row)
        return joins

    def _keep(self, encoded: Encoded, decisions: Sequence[Decision], joined: Joined) -> None:
        """Spool and table have the contacts as they are now."""
        contacts = encoded.contacts
        if joined.contacts:
            rows = zip(encoded.claims, contacts, strict=True)
            contacts = [joined.contacts.get(claim.row, contact) for claim, contact in rows]
        stored = zip(decisions, self._spool.add(contacts), map(len, contacts), strict=True)
        self._table.add(
            [
                _record(decision, place, size, joined.emptied.get(decision.known.row, ()))
                for decision, place, size in stored
            ]
        )

    def correct(self, refused: dict[int, set[int]]) -> Tally:
        """What the tallies count too much: `refused` are the contacts (numbers) of which rows were refused after they
        were recognised, and these rows."""
        correction = Tally()
        for contact, rows in refused.items():
            place = self._table.get(contact)
            record = latest = self._table.record(place) if place is not None else None
            while record is not None and record.known.row in rows:
                record = self._table.record(record.before) if record.before >= 0 else None
            if latest is None or record is latest:
                continue
            filled = minus(self._filled(record), self._filled(latest))
            nothing_left = record is None or not record.known.row
            kept = int(nothing_left and latest.known.live)
            new = int(nothing_left and not latest.known.live)
            emptied = Counter(record.emptied if record is not None else ())
            emptied.subtract(latest.emptied)
            correction += Tally(kept=-kept, new=-new, filled=filled, emptied=emptied)
        return correction

    def _filled(self, record: Record | None) -> Counts:
        if record is None or not record.size:
            return NONE
        return filled_in([contact_of(self._spool.read(record.place, record.size))])


def _is_live(record: Record) -> bool:
    """It is what was live before the load, and no row of the load."""
    return not record.known.row


def _record(decision: Decision, place: int = 0, size: int = 0, emptied: tuple[str, ...] = ()) -> Record:
    before = decision.place if decision.within < 0 else -2 - decision.within
    return Record(decision.known, decision.keys, decision.marked, place, size, before, emptied)


def _emptied(decisions: Sequence[Decision], emptied: Mapping[int, tuple[str, ...]]) -> dict[str, int]:
    """Field → in how many more live contacts it is empty by the update than before these rows."""
    more = Counter[str]()
    for decision in decisions:
        before = decision.before.emptied if decision.before is not None else ()
        if decision.within >= 0:
            before = emptied.get(decisions[decision.within].known.row, ())
        more.update(emptied.get(decision.known.row, ()))
        more.subtract(before)
    return dict(more)


def _tally(portion: Portion, decisions: Sequence[Decision], filled: Counts, emptied: dict[str, int]) -> Tally:
    first = [each for each in decisions if each.within < 0 and (each.before is None or _is_live(each.before))]
    kept = sum(each.known.live for each in first)
    apart = [each for each in decisions if each.apart]
    doubled = [(each, uuid) for each in decisions for uuid in each.doubles]
    return Tally(
        kept,
        len(first) - kept,
        len(apart),
        len(doubled),
        tuple([f"{portion.at(each.known.row)}: {each.known.uuid}" for each in apart[:EXAMPLES]]),
        tuple([f"{portion.at(each.known.row)}: {each.known.uuid} and {uuid}" for each, uuid in doubled[:EXAMPLES]]),
        filled,
        emptied,
    )
