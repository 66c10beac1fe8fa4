"""The books of a load: which rows were rejected and which contacts accepted. A dry run keeps the same ones."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain

from indexing.ledger import Ledger
from indexing.recognition import Recognised
from indexing.rejects import RejectFile
from indexing.repairs import RepairFile
from search.loader import Refusal


class Books:
    """Rejects and repairs in their files, accepted contacts in the ledger. A row that is not rejected and adds nothing
    to the ledger is a repeated one.

    Attributes:
        lost: contact and row, in turn, of rows that were rejected after they were recognised.
        read: header → values that were read of its column.
    """

    def __init__(self, rejects: RejectFile, repairs: RepairFile, ledger: Ledger, lost: Ledger) -> None:
        self.rejects, self.repairs, self.ledger, self.lost = rejects, repairs, ledger, lost
        self.read: Counter[str] = Counter()

    def enter(self, recognised: Recognised, refusals: Sequence[Refusal] = ()) -> None:
        """Enter some rows, of whose documents the engine refused `refusals`; all is in the files then."""
        refused = {refusal.row: refusal.reason for refusal in refusals}
        reasons = recognised.rejects | refused
        for number in sorted(reasons):
            self.rejects.add(recognised.portion.reject(number, reasons[number]))
        for number, repairs in recognised.portion.encoded.repairs.items():
            for repair in repairs:
                self.repairs.add(recognised.portion.source, recognised.portion.line(number), repair)
        self.read.update(recognised.portion.values_read())
        contacts = recognised.contacts
        self.ledger.add([contact for row, contact in contacts.items() if row not in refused])
        lost = [(contacts[row], row) for row in refused] + [(contact, row) for row, contact in recognised.lost.items()]
        self.lost.add(chain.from_iterable(lost))
        for file in (self.rejects, self.repairs, self.ledger, self.lost):
            file.flush()

    def lost_rows(self) -> dict[int, set[int]]:
        """The number of a contact → its rows that were rejected after they were recognised."""
        rows: dict[int, set[int]] = defaultdict(set)
        numbers = iter(self.lost.all())
        for contact, row in zip(numbers, numbers, strict=True):
            rows[contact].add(row)
        return rows

    def close(self) -> None:
        """Close the files and leave them, for a load that may be resumed."""
        self.rejects.close()
        self.repairs.close()
        self.ledger.close()
        self.lost.close()
