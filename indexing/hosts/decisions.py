"""Whose each row is, decided for all parts where all rows are read, and kept for who reads a part of them.

Kept are only the rows of which a part could not tell by itself: those that have another uuid than by themselves, and
those of a contact that has earlier rows, with the contact as it was before. Where all others belong is told by a
digest: so a host that reads a row otherwise than the plan did, as another version of this software may, is noticed.
"""

from array import array
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import msgspec

from indexing.encoders import Encoders
from indexing.encoding import Join, JoinBatch, Joined, join_batch
from indexing.filled import filled_in, minus, plus
from indexing.hosts.papers import CHUNK_BYTES, Papers
from indexing.hosts.plan import Lost
from indexing.identity.keys import number_of
from indexing.pipeline import Portion
from indexing.recognition import Recognised
from indexing.tally import Tally
from search.fields import contact_of
from search.shared_loader import first_row

_DIGEST_BYTES = 16
_ROW_BYTES = 64


class Decided(msgspec.Struct, frozen=True, array_like=True):
    """What was decided of a row.

    Attributes:
        row: its number in its part, from 1.
        uuid: that of its contact.
        base: its contact as it was before that row, as JSON; `None` if it was not.
    """

    row: int
    uuid: str
    base: bytes | None = None


class Whose:
    """The digest of whose the rows of a part are, in order."""

    def __init__(self) -> None:
        self._digest = blake2b(digest_size=_DIGEST_BYTES)

    def add(self, contacts: Iterable[int]) -> None:
        """The next rows are of the contacts of these numbers."""
        self._digest.update(array("q", contacts))

    def __str__(self) -> str:
        return self._digest.hexdigest()


class Deciding:
    """Keeps the decisions of one part, as its rows are read.

    Attributes:
        whose: whose its rows are.
        chunks: kept so far.
    """

    def __init__(self, papers: Papers, part: int) -> None:
        self._papers, self._name = papers, _name(part)
        self._pending: list[Decided] = []
        self._size = 0
        self.whose, self.chunks = Whose(), 0

    async def add(self, decided: Sequence[Decided]) -> None:
        """The next decisions."""
        for each in decided:
            self._pending.append(each)
            self._size += len(each.base or b"") + _ROW_BYTES
            if self._size >= CHUNK_BYTES:
                await self.close()

    async def close(self) -> None:
        """Keep what was not kept yet."""
        if self._pending:
            await self._papers.put(f"{self._name}-{self.chunks}", [*self._pending])
            self._pending, self._size = [], 0
            self.chunks += 1


def decided(recognised: Recognised) -> list[Decided]:
    """What was decided of some rows of which a part could not tell by itself, with their numbers in the run."""
    contacts = recognised.joined.contacts
    return [
        Decided(join.row, join.uuid, join.base if join.within is None else contacts[join.within])
        for join in recognised.joins
    ]


class Told:
    """Recognises the rows of a part by what the plan says of them.

    Attributes:
        whose: whose its rows are.
    """

    def __init__(self, papers: Papers, part: int, chunks: int, encoders: Encoders) -> None:
        self._papers, self._name, self._chunks, self._encoders = papers, _name(part), chunks, encoders
        self._before = first_row(part) - 1
        self._fetched = 0
        self._decided: dict[int, Decided] = {}
        self._last = 0
        self.whose = Whose()

    async def recognise(self, portion: Portion) -> Recognised:
        """Whose the rows of `portion` are, the next of the part. Raises `Superseded`."""
        encoded, last = portion.encoded, portion.first + len(portion.rows) - 1
        await self._fetch(last)
        told = {row: each for row, each in self._decided.items() if row <= last}
        self._decided = {row: each for row, each in self._decided.items() if row > last}
        joins = [
            Join(claim.row, of.uuid, encoded.contacts[at], of.base)
            for at, claim in enumerate(encoded.claims)
            if (of := told.get(claim.row))
        ]
        joined = await self._encoders.run(join_batch, JoinBatch(joins)) if joins else Joined()
        contacts = {claim.row: claim.contact for claim in encoded.claims}
        contacts |= {join.row: number_of(join.uuid) for join in joins}
        lost = {row: contacts.pop(row) for row in joined.rejects}
        self.whose.add(contacts.values())
        documents = {document.row: document for document in encoded.documents} | joined.documents
        return Recognised(
            portion,
            contacts,
            [documents[row] for row in contacts],
            encoded.rejects | joined.rejects,
            lost,
            Tally(filled=plus(encoded.filled, joined.filled)),
            0,
            joins,
            joined,
        )

    async def _fetch(self, last: int) -> None:
        """Have the decisions of all rows up to this one."""
        while self._last <= last and self._fetched < self._chunks:
            chunk = await self._papers.get(f"{self._name}-{self._fetched}", list[Decided])
            self._fetched += 1
            self._decided.update({self._before + each.row: each for each in chunk})
            self._last = self._before + chunk[-1].row


def lost_of(recognised: Recognised, rows: Iterable[int]) -> list[Lost]:
    """What was counted for the sake of rows whose documents could not be kept."""
    encoded = recognised.portion.encoded
    joins = {join.row: join for join in recognised.joins}
    places = {claim.row: at for at, claim in enumerate(encoded.claims)}
    lost = []
    for row in rows:
        join, contact = joins.get(row), contact_of(encoded.contacts[places[row]])
        base = None
        if join is not None:
            contact = contact_of(recognised.joined.contacts[row])
            base = join.base if join.within is None else recognised.joined.contacts.get(join.within)
        filled = minus(filled_in([contact]), filled_in([contact_of(base)] if base is not None else []))
        uuid = contact.uuid if join is None else join.uuid
        lost.append(Lost(uuid, row, filled))
    return lost


def _name(part: int) -> str:
    return f"decisions-{part}"
