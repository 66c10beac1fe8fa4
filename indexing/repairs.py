"""Values that could not be read: what they cost, where they are told of, and when they are too many.

An optional value that can't be read is null, and that is a repair: counted by field and reason, and written to the
repair file with its line and text.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from indexing.ndjson import NdjsonFile, encodable

EXAMPLES = 3
"""Texts that are kept of each kind of repair."""

_KINDS = 1000
"""Kinds of repairs that are counted; past it they are counted as one, so that memory stays bounded."""


class Repair(msgspec.Struct, frozen=True):
    """One value that is null, although its cell has something in it.

    Attributes:
        field: that it was meant for.
        column: the header.
        reason: why, as a predicate of the text; the same for all of a kind.
        text: the cell.
        unreadable: it counts against its column. Not so what only stands for nothing, nor what there was no room for.
    """

    field: str
    column: str
    reason: str
    text: str
    unreadable: bool = True


class RepairLine(msgspec.Struct, frozen=True):
    """One line of the repair file."""

    source: str
    line: int
    field: str
    column: str
    reason: str
    text: str


class RepairKind(msgspec.Struct):
    """How often a value of a field was null for one reason, and what stood there."""

    field: str
    reason: str
    count: int = 0
    examples: list[str] = []


class RepairFile(NdjsonFile):
    """Writes NDJSON to `path`, which is made with the first repair, and counts the repairs by field and reason.

    Without a path they are counted only.
    """

    def __init__(self, path: Path | None) -> None:
        super().__init__(path)
        self.kinds: dict[tuple[str, str], RepairKind] = {}
        self.unreadable: Counter[str] = Counter()

    @property
    def count(self) -> int:
        """Of all repairs."""
        return sum(kind.count for kind in self.kinds.values())

    def resume(self, size: int, kinds: Collection[RepairKind], unreadable: Mapping[str, int]) -> None:
        """Go on with the file of an interrupted load, of which the first `size` bytes are right."""
        self.kinds = {(kind.field, kind.reason): kind for kind in kinds}
        self.unreadable = Counter(unreadable)
        self.go_on(size)

    def join(self, kinds: Collection[RepairKind], unreadable: Mapping[str, int]) -> None:
        """Count what another such file has, whose lines come apart from that."""
        for kind in kinds:
            mine = self.kinds.setdefault((kind.field, kind.reason), RepairKind(kind.field, kind.reason, examples=[]))
            mine.count += kind.count
            mine.examples = [*dict.fromkeys([*mine.examples, *kind.examples])][:EXAMPLES]
        self.unreadable.update(unreadable)

    def add(self, source: str, line: int, repair: Repair) -> None:
        """Record what was repaired in the row that begins at `line` of `source`."""
        key = (repair.field, repair.reason)
        if key not in self.kinds and len(self.kinds) >= _KINDS:
            key = ("other", "other")
        kind = self.kinds.setdefault(key, RepairKind(*key, examples=[]))
        kind.count += 1
        example = encodable(repair.text[:_LONGEST_EXAMPLE])
        if len(kind.examples) < EXAMPLES and example not in kind.examples:
            kind.examples.append(example)
        if repair.unreadable:
            self.unreadable[repair.column] += 1
        if self.path is None:
            return
        said = (source, repair.field, repair.column, repair.reason, repair.text)
        name, field, column, reason, text = map(encodable, said)
        self.write(RepairLine(name, line, field, column, reason, text))


_LONGEST_EXAMPLE = 80


def bad_columns(read: Mapping[str, int], unreadable: Mapping[str, int], allowed: Collection[str] = ()) -> list[str]:
    """The columns of which more than half can't be read, and which are not `allowed` to be so. Pure.

    Args:
        read: header → how many of its cells became a value.
        unreadable: header → how many did not, as `RepairFile.unreadable` counts them.
    """
    return [column for column, count in unreadable.items() if count > read.get(column, 0) and column not in allowed]
