"""The reject file: every row that did not become a contact, with source, line, reason and the row itself."""

from collections import Counter
from pathlib import Path
from typing import BinaryIO

import msgspec

from indexing.row import Row

_REASON_KINDS = 1000
"""Distinct reasons that are counted; past it they are counted as one, so that memory stays bounded."""


class Reject(msgspec.Struct, frozen=True):
    """One line of the reject file."""

    source: str
    line: int
    reason: str
    row: dict[str, str]


class RejectFile:
    """Writes NDJSON to `path`, which is made with the first reject, and counts the rejects by reason."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self.by_reason: Counter[str] = Counter()
        self._stream: BinaryIO | None = None

    def add(self, row: Row, reason: str) -> None:
        """Record that `row` was rejected for `reason`."""
        if self._stream is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self.path.open("wb")
        self.count += 1
        kind = reason.partition(":")[0]
        self.by_reason[kind if kind in self.by_reason or len(self.by_reason) < _REASON_KINDS else "other"] += 1
        cells = {name: _encodable(text) for name, text in row.cells.items()}
        self._stream.write(msgspec.json.encode(Reject(row.source, row.line, _encodable(reason), cells)) + b"\n")

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def _encodable(text: str) -> str:
    """Bytes that were not of the source's encoding come as lone surrogates; they are shown as `\\udcXX`."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
