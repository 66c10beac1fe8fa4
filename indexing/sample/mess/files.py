"""Writes a messy file, and says what is in it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from heapq import heappop, heappush
from math import gcd
from typing import Final, TextIO

import msgspec

from indexing.sample.contacts import HEADERS, sample_rows
from indexing.sample.mess.kinds import KINDS, Kind
from indexing.sample.mess.lines import Cells, Line, Mess, Outcome, csv_row, row
from indexing.sample.mess.words import WORDS
from mappings.errors import ContactsError

SHARE: Final = 0.01
"""Of the contacts, for each kind."""

_GOLDEN: Final = 0.6180339887
_FARTHEST: Final = 500
"""Contacts between the lines of one person at most."""


class TooMuchMess(ContactsError):
    """More rows were asked to be messy than there are."""


class Manifest(msgspec.Struct, frozen=True):
    """What was written, and the sums of a load of it.

    lines = header + notes + blank + further + rows; rows = people + repeated + rejected.

    Attributes:
        contacts: that were asked for; who shares a mailbox comes on top of them.
        kinds: how many contacts each kind was put on.
        people: contacts of a load into an empty store.
        header: lines that name the columns, the first and where it is repeated.
        notes: above the header and below the last row.
        further: lines of rows that go over several, but the first.
        short: rows with missing cells.
        repaired: field → values of which nothing can be made.
    """

    contacts: int
    seed: int
    kinds: dict[str, int]
    people: int
    lines: int
    header: int
    notes: int
    blank: int
    further: int
    rows: int
    repeated: int
    rejected: int
    short: int
    repaired: dict[str, int]


def write_messy(
    count: int, out: TextIO, seed: int = 0, share: float = SHARE, kinds: Mapping[str, Kind] = KINDS
) -> Manifest:
    """Write `count` made-up contacts to `out`, each of `kinds` on exactly that `share` of them (one at least).

    No contact has two kinds of mess. The same arguments give the same file.

    Raises:
        TooMuchMess: there are too few contacts, or the share is too large, for all kinds.
    """
    each = _each(count, share, kinds)
    written: Counter[Outcome] = Counter()
    repaired: Counter[str] = Counter()
    lines = short = 0
    for line in _lines(messes(count, seed, share, kinds)):
        out.write(line.text)
        lines += line.text.count("\n")
        written[line.outcome] += 1
        short += line.short
        if line.repaired is not None:
            repaired[line.repaired] += 1
    rows = written[Outcome.INDEXED] + written[Outcome.REPEATED] + written[Outcome.REJECTED]
    return Manifest(
        contacts=count,
        seed=seed,
        kinds=dict.fromkeys(kinds, each),
        people=written[Outcome.INDEXED],
        lines=lines,
        header=written[Outcome.HEADER],
        notes=written[Outcome.NOTE],
        blank=written[Outcome.BLANK],
        further=lines - written.total(),
        rows=rows,
        repeated=written[Outcome.REPEATED],
        rejected=written[Outcome.REJECTED],
        short=short,
        repaired=dict(sorted(repaired.items())),
    )


def write_meant(
    count: int, out: TextIO, seed: int = 0, share: float = SHARE, kinds: Mapping[str, Kind] = KINDS
) -> None:
    """Write the contacts that the messy file of the same arguments means, as a clean file."""
    out.write(csv_row(HEADERS))
    for mess in messes(count, seed, share, kinds):
        out.writelines(map(row, mess.people))


def messes(count: int, seed: int = 0, share: float = SHARE, kinds: Mapping[str, Kind] = KINDS) -> Iterator[Mess]:
    """The contacts of the sample of that seed in their order, those on whom no kind is put as they are.

    Every e-mail is made to be of one person alone, so that it depends on the mess only who is whom.

    Raises:
        TooMuchMess: see `write_messy`.
    """
    each, makers = _each(count, share, kinds), list(kinds.values())
    step = next(step for step in range(int(count * _GOLDEN) + 1, 2 * count + 2) if gcd(step, count) == 1)
    for number, texts in enumerate(sample_rows(count, seed)):
        cells = _own_email(dict(zip(HEADERS, texts, strict=True)), number)
        # A permutation of the contacts: each kind has so many neighbours in it, who are far from each other here.
        place = (number * step + seed) % count
        yield _mess(cells, makers[place // each] if place < each * len(makers) else None, place)


def _mess(cells: Cells, kind: Kind | None, number: int) -> Mess:
    return Mess((Line(row(cells)),), (cells,)) if kind is None else kind(cells, number)


def _lines(people: Iterator[Mess]) -> Iterator[Line]:
    """All lines of the file; those of a person after the first come some contacts later, each behind the one before."""
    for words in WORDS.notes_above:
        yield Line(f"{words}\n", Outcome.NOTE)
    yield Line(csv_row(HEADERS), Outcome.HEADER)
    later: list[tuple[int, int, Line]] = []
    for number, mess in enumerate(people):
        while later and later[0][0] <= number:
            yield heappop(later)[2]
        yield mess.lines[0]
        for nth, line in enumerate(mess.lines[1:], 1):
            heappush(later, (number + nth + number * 7_919 % _FARTHEST, number, line))
    while later:
        yield heappop(later)[2]
    yield Line(f"{WORDS.words_below}\n", Outcome.NOTE)


def _own_email(cells: dict[str, str], number: int) -> Cells:
    local, sign, domain = cells["Email"].partition("@")
    return {**cells, "Email": f"{local}.{number}@{domain}"} if sign else cells


def _each(count: int, share: float, kinds: Mapping[str, Kind]) -> int:
    """How many contacts each kind is put on."""
    each = max(1, round(count * share))
    if each * len(kinds) > count:
        raise TooMuchMess(
            f"{count:,} contacts are too few for {len(kinds)} kinds of mess on {each:,} each; "
            f"make {each * len(kinds):,} or more, or give a smaller --share"
        )
    return each
