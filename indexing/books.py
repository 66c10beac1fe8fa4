"""The books of a load: which rows were rejected and which contacts accepted. A dry run keeps the same ones."""

from collections.abc import Sequence

from indexing.ledger import WIDTH, Ledger
from indexing.pipeline import Portion
from indexing.rejects import RejectFile
from search.loader import Refusal


class Books:
    """Rejects in their file, accepted contacts in the ledger. What is in neither was there before: a duplicate."""

    def __init__(self, rejects: RejectFile, ledger: Ledger) -> None:
        self.rejects, self.ledger = rejects, ledger

    def enter(self, portion: Portion, refusals: Sequence[Refusal] = ()) -> None:
        """Enter the rows of `portion`, of whose documents the engine refused `refusals`; all is in the files then."""
        reasons = portion.encoded.rejects | {refusal.row: refusal.reason for refusal in refusals}
        for number in sorted(reasons):
            self.rejects.add(portion.reject(number, reasons[number]))
        self.ledger.add(_accepted(portion, refusals))
        self.rejects.flush()
        self.ledger.flush()

    def close(self) -> None:
        """Close the files and leave them, for a load that may be resumed."""
        self.rejects.close()
        self.ledger.close()


def _accepted(portion: Portion, refusals: Sequence[Refusal]) -> bytes:
    """The fingerprints of a portion's documents but those that the engine refused."""
    refused, fingerprints = {refusal.row for refusal in refusals}, portion.encoded.fingerprints
    if not refused:
        return fingerprints
    rows = [document.row for document in portion.encoded.documents]
    return b"".join(fingerprints[at * WIDTH : (at + 1) * WIDTH] for at, row in enumerate(rows) if row not in refused)
