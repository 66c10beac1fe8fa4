"""The reject file: every row that did not become a contact, with source, line, reason and the row itself."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import msgspec

from indexing.ndjson import NdjsonFile, encodable

_REASON_KINDS = 1000
"""Distinct reasons that are counted; past it they are counted as one, so that memory stays bounded."""


class Reject(msgspec.Struct, frozen=True):
    """One line of the reject file.

    Attributes:
        row: the cells by the name of the field they were meant for, or by the number of their column.
    """

    source: str
    line: int
    reason: str
    row: dict[str, str]


class RejectFile(NdjsonFile):
    """Writes NDJSON to `path`, which is made with the first reject, and counts the rejects by reason.

    Without a path they are counted only.

    Attributes:
        examples: for each reason, the source and line of the first row that was rejected for it.
    """

    def __init__(self, path: Path | None) -> None:
        super().__init__(path)
        self.count = 0
        self.by_reason: Counter[str] = Counter()
        self.examples: dict[str, str] = {}

    def resume(self, size: int, by_reason: Mapping[str, int], examples: Mapping[str, str]) -> None:
        """Go on with the file of an interrupted load, of which the first `size` bytes are right."""
        self.by_reason, self.examples = Counter(by_reason), dict(examples)
        self.count = self.by_reason.total()
        self.go_on(size)

    def join(self, by_reason: Mapping[str, int], examples: Mapping[str, str]) -> None:
        """Count what another such file has, whose lines come apart from that."""
        self.count += sum(by_reason.values())
        self.by_reason.update(by_reason)
        self.examples = {**examples, **self.examples}

    def add(self, reject: Reject) -> None:
        """Record a row that was rejected."""
        self.count += 1
        kind = reject.reason.partition(":")[0]
        kind = kind if kind in self.by_reason or len(self.by_reason) < _REASON_KINDS else "other"
        self.by_reason[kind] += 1
        self.examples.setdefault(kind, encodable(f"{reject.source}, line {reject.line}"))
        if self.path is None:
            return
        cells = {name: encodable(text) for name, text in reject.row.items()}
        self.write(Reject(encodable(reject.source), reject.line, encodable(reject.reason), cells))
