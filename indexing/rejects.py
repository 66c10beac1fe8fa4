"""The reject file: every row that did not become a contact, with source, line, reason and the row itself."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import msgspec

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


class RejectFile:
    """Writes NDJSON to `path`, which is made with the first reject, and counts the rejects by reason.

    Without a path they are counted only.

    Attributes:
        examples: for each reason, the source and line of the first row that was rejected for it.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.count = 0
        self.size = 0
        self.by_reason: Counter[str] = Counter()
        self.examples: dict[str, str] = {}
        self._stream: BinaryIO | None = None

    def resume(self, size: int, by_reason: Mapping[str, int], examples: Mapping[str, str]) -> None:
        """Go on with the file of an interrupted load, of which the first `size` bytes are right."""
        self.by_reason, self.examples = Counter(by_reason), dict(examples)
        self.count, self.size = self.by_reason.total(), size
        if size and self.path is not None:
            self._stream = self.path.open("r+b" if self.path.exists() else "wb")
            self._stream.truncate(size)
            self._stream.seek(size)

    def add(self, reject: Reject) -> None:
        """Record a row that was rejected."""
        self.count += 1
        kind = reject.reason.partition(":")[0]
        kind = kind if kind in self.by_reason or len(self.by_reason) < _REASON_KINDS else "other"
        self.by_reason[kind] += 1
        self.examples.setdefault(kind, encodable(f"{reject.source}, line {reject.line}"))
        if self.path is None:
            return
        if self._stream is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self.path.open("wb")
        cells = {name: encodable(text) for name, text in reject.row.items()}
        plain = Reject(encodable(reject.source), reject.line, encodable(reject.reason), cells)
        self.size += self._stream.write(msgspec.json.encode(plain) + b"\n")

    def flush(self) -> None:
        """Bring everything to the file."""
        if self._stream is not None:
            self._stream.flush()

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def encodable(text: str) -> str:
    """Bytes that were not of the source's encoding come as lone surrogates; they are shown as `\\udcXX`."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
