"""Which contact each row is of: the rules of identity, row after row, against the key table.

A row takes the contact that one of its keys has, the strongest first, unless a stronger key of both differs or, under
an e-mail or a foreign id, their names do. So it matters in which order rows come, but not in which batches.
"""

from collections.abc import Iterator, Sequence
from enum import IntEnum

import msgspec

from indexing.identity.key_table import KeyTable, Known, Record, owners
from indexing.identity.keys import Claim, number_of, uuid_of
from indexing.identity.names import agree, full_name, fuller


class _Kind(IntEnum):
    """What a key is, the strongest first."""

    PROFILE = 0
    MAIL = 1
    FOREIGN = 2
    ROW = 3


class Decision(msgspec.Struct, frozen=True, gc=False):
    """Which contact a row is of.

    Attributes:
        known: what is known of the contact from this row on.
        keys: numbers that lead to it from this row on.
        marked: keys that it shares with others from this row on; see `Record`.
        before: its version before, from earlier batches; `None` for none.
        place: where in the log `before` is.
        within: the place in this batch of its version before; -1 if there is none here.
        apart: it is a contact of its own although somebody else has one of its keys.
        doubles: uuids of other contacts that its keys lead to, too, and no row of it before.
    """

    known: Known
    keys: tuple[int, ...]
    marked: tuple[int, ...] = ()
    before: Record | None = None
    place: int = -1
    within: int = -1
    apart: bool = False
    doubles: tuple[str, ...] = ()


class Resolver:
    """Decides for the rows of one load, in order."""

    def __init__(self, table: KeyTable) -> None:
        self._table = table

    def decide(self, claims: Sequence[Claim]) -> list[Decision]:
        """The decisions for a batch of rows. What comes of them is to be added to the table before the next batch."""
        return _Batch(self._table, claims).decide()


class _Batch:
    """The rows of one batch, and what of the table they touch.

    Attributes:
        _owners: number of a key → the contact that has it, marked if it is not alone; `None` for nobody.
        _places: number of a contact → where its latest record is; `None` for one that there was not.
        _known: the contacts of this batch, and those of the table that were looked at.
    """

    def __init__(self, table: KeyTable, claims: Sequence[Claim]) -> None:
        self._table, self._claims = table, claims
        keys = [key for claim in claims for key in (claim.profile, claim.mail, *claim.foreign) if key]
        self._owners: dict[int, int | None] = {**dict.fromkeys(keys), **table.look_up(keys)}
        contacts = [claim.contact for claim in claims]
        contacts += [owner & ~1 for owner in self._owners.values() if owner is not None]
        self._places: dict[int, int | None] = {**dict.fromkeys(contacts), **table.look_up(contacts)}
        self._known: dict[int, Known] = {}
        self._records: dict[int, tuple[Record, int]] = {}
        self._within: dict[int, int] = {}

    def decide(self) -> list[Decision]:
        """One decision for each row, in order."""
        decisions = []
        for at, claim in enumerate(self._claims):
            decision = self._decide(claim)
            contact = decision.known.contact
            self._known[contact], self._within[contact] = decision.known, at
            decisions.append(decision)
        return decisions

    def _decide(self, claim: Claim) -> Decision:
        keys = [key for key in (claim.profile, claim.mail, *claim.foreign) if key]
        hits = {owner for key in keys if (owner := self._owners[key]) is not None}
        itself = self._person(claim.contact)
        if itself is not None:
            hits.add(itself.contact)
        elif not hits:
            # The quick way for who is new.
            self._owners.update(dict.fromkeys(keys, claim.contact))
            return Decision(_first(claim, claim.contact, claim.uuid), tuple(keys))
        if len(hits) == 1 and (itself is not None or not claim.own):
            # The quick way for who is known: all keys lead to one contact, which shares none of them.
            known = itself or self._person(*hits)
            kind = next((kind for kind, key in _keys(claim) if itself is not None or self._owners[key]), _Kind.ROW)
            if known is not None and (claim.own or _same(claim, known, kind)):
                return self._again(claim, known, led=None not in map(self._owners.get, keys))
        found, apart, doubles = self._find(claim)
        known = None if found is None else self._person(found)
        if known is not None:
            return self._again(claim, known, doubles)
        contact, uuid, known = self._apart(claim) if apart else (claim.contact, claim.uuid, None)
        if known is not None:
            return self._again(claim, known)
        marked, numbers = self._register(claim, contact)
        # Of who is live nobody is told: that is for the first row of theirs.
        known = _first(claim, contact, uuid, tuple(map(number_of, doubles)) if claim.row else ())
        return Decision(known, numbers, marked, apart=apart, doubles=doubles)

    def _again(self, claim: Claim, known: Known, doubles: tuple[str, ...] = (), led: bool = False) -> Decision:
        """One more row of a contact that is known; `led` if all its keys lead there already."""
        contact = known.contact
        if doubles:
            doubles = tuple([uuid for uuid in doubles if number_of(uuid) not in known.doubles])
        now = Known(
            claim.row,
            known.uuid,
            contact,
            known.live,
            claim.profile or known.profile,
            claim.mail or known.mail,
            fuller(claim.name, known.name),
            (*known.doubles, *map(number_of, doubles)) if doubles else known.doubles,
        )
        marked, numbers = ((), ()) if led else self._register(claim, contact)
        if contact in self._within:
            return Decision(now, numbers, marked, within=self._within[contact], doubles=doubles)
        before, place = self._records[contact]
        return Decision(now, numbers, marked, before, place, doubles=doubles)

    def _find(self, claim: Claim) -> tuple[int | None, bool, tuple[str, ...]]:
        """The contact whose row this is, if it is known; whether others were found who are somebody else; and the
        uuids of those who may be the same."""
        found: int | None = claim.contact if claim.own else None
        apart, doubles = False, []
        seen = {found}
        for kind, contact in self._candidates(claim):
            known = self._person(contact)
            if known is None or contact in seen:
                continue
            seen.add(contact)
            if not _same(claim, known, kind):
                apart = True
            elif found is None:
                found = contact
            else:
                doubles.append(known.uuid)
        return found, apart and not claim.own, tuple(doubles)

    def _candidates(self, claim: Claim) -> Iterator[tuple[_Kind, int]]:
        """Who has the keys of a row, the strongest key first. Before all who share that go those whose uuid would be
        made for this row: they were made for it in an earlier load."""
        keys = _keys(claim)
        if not claim.own:
            kind = keys[0][0] if keys else _Kind.ROW
            yield kind, claim.contact
            if self._person(claim.contact) is not None:
                yield kind, number_of(_uuid_apart(claim, 1))
        for kind, key in keys:
            for number in owners(key, claim.name):
                owner = self._owner(number)
                if owner is not None:
                    yield kind, owner & ~1
                if number == key and not (owner or 0) & 1:
                    break

    def _register(self, claim: Claim, contact: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """What leads to `contact` from this row on: the keys that it shares, as `Record.marked`, and the numbers."""
        marked: list[int] = []
        numbers: list[int] = []
        for _, key in _keys(claim):
            owner = self._owners[key]
            if owner is not None and owner & ~1 == contact:
                continue
            if owner is not None and not owner & 1:
                marked += (key, owner | 1)
                self._owners[key] = owner | 1
            for number in owners(key, claim.name):
                owner = self._owner(number)
                if owner is None:
                    numbers.append(number)
                    self._owners[number] = contact
                if owner is None or owner == contact:
                    break
        return tuple(marked), tuple(numbers)

    def _apart(self, claim: Claim) -> tuple[int, str, Known | None]:
        """The contact of a row whose keys are somebody else's: where the uuid of its strongest key is taken, it is
        made from key and name."""
        kind = next((kind for kind, _ in _keys(claim)), _Kind.ROW)
        uuid, contact, turn = claim.uuid, claim.contact, 0
        while (known := self._person(contact)) is not None and not (turn and _same(claim, known, kind)):
            turn += 1
            uuid = _uuid_apart(claim, turn)
            contact = number_of(uuid)
        return contact, uuid, known

    def _person(self, contact: int) -> Known | None:
        known = self._known.get(contact)
        if known is None:
            place = self._places[contact] if contact in self._places else self._table.get(contact)
            if place is not None:
                record = self._table.record(place)
                self._records[contact] = record, place
                known = self._known[contact] = record.known
        return known

    def _owner(self, number: int) -> int | None:
        if number not in self._owners:
            self._owners[number] = self._table.get(number)
        return self._owners[number]


def _uuid_apart(claim: Claim, turn: int) -> str:
    """The uuid of a row whose keys are somebody else's; of those too that this is taken by, the one of another turn."""
    return uuid_of("\n".join([claim.uuid, full_name(claim.name), *([str(turn)] if turn > 1 else [])]))


def _first(claim: Claim, contact: int, uuid: str, doubles: tuple[int, ...] = ()) -> Known:
    """What is known of who is new."""
    return Known(claim.row, uuid, contact, not claim.row, claim.profile, claim.mail, claim.name, doubles)


def _keys(claim: Claim) -> list[tuple[_Kind, int]]:
    """The keys of a row beside its uuid, the strongest first."""
    keys = [(_Kind.PROFILE, claim.profile)] if claim.profile else []
    if claim.mail:
        keys.append((_Kind.MAIL, claim.mail))
    return [*keys, *[(_Kind.FOREIGN, number) for number in claim.foreign]]


def _same(claim: Claim, known: Known, kind: _Kind) -> bool:
    """A row and a contact that share a key of this kind are of one person."""
    if kind is _Kind.PROFILE or kind is _Kind.ROW:
        return True
    if claim.profile and known.profile and claim.profile != known.profile:
        return False
    if kind is _Kind.FOREIGN and claim.mail and known.mail and claim.mail != known.mail:
        return False
    return agree(claim.name, known.name)
