"""A file of what a load has to tell of its rows, a JSON object a line, for its owner alone: rejects and repairs."""

import logging
from pathlib import Path
from typing import BinaryIO

import msgspec

from search.private import open_private

_log = logging.getLogger(__name__)


class NdjsonFile:
    """Writes NDJSON to `path`, which is made with the first line. Without a path nothing is written.

    Attributes:
        size: bytes that are right in the file after `flush`.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.size = 0
        self._stream: BinaryIO | None = None

    def go_on(self, size: int) -> None:
        """Go on with the file of an interrupted load, of which the first `size` bytes are right.

        What was taken away of it meanwhile is not made up for: the file has the rest, and a line of the log says so.
        """
        self.size = size
        if size and self.path is not None:
            there = self.path.stat().st_size if self.path.exists() else 0
            if there < size:
                _log.warning("%s was changed since the load was interrupted: it lacks what was in it then", self.path)
                self.size = size = 0
            self._stream = self.path.open("r+b") if size else open_private(self.path)
            self._stream.truncate(size)
            self._stream.seek(size)

    def write(self, line: msgspec.Struct) -> None:
        """Add a line, whose texts are `encodable`."""
        if self.path is not None:
            self.write_lines(msgspec.json.encode(line) + b"\n")

    def write_lines(self, lines: bytes) -> None:
        """Add lines as they are, of another such file."""
        if self.path is None or not lines:
            return
        if self._stream is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = open_private(self.path)
        self.size += self._stream.write(lines)

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
