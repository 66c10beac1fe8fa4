"""Where the lines of a file went: the sum that has to hold at its end.

The lines are counted where they are read, and what became of them where that is decided, so a line that was lost on
the way shows.
"""

import msgspec


class Lines(msgspec.Struct, frozen=True):
    """The lines of a file so far; of a spreadsheet, its rows.

    Attributes:
        read: all of them.
        header: those of the header, also where it is repeated.
        notes: above the header and below the last row, and `sep=;`.
        blank: without any text, delimiters aside.
        further: of rows that go over several lines, those after the first.
        short: rows with fewer cells than the header has; they are among the rows, no part of the sum.
    """

    read: int = 0
    header: int = 0
    notes: int = 0
    blank: int = 0
    further: int = 0
    short: int = 0

    def __add__(self, other: "Lines") -> "Lines":
        """The lines of two files."""
        return Lines(*(mine + theirs for mine, theirs in zip(_counts(self), _counts(other), strict=True)))

    def __sub__(self, other: "Lines") -> "Lines":
        """The lines of a file below those above."""
        return Lines(*(mine - theirs for mine, theirs in zip(_counts(self), _counts(other), strict=True)))


def lines_add_up(lines: Lines, rows: int) -> bool:
    """Every line of a file that was read to its end is accounted for, when it had so many rows, rejected ones too."""
    return lines.read == lines.header + lines.notes + lines.blank + lines.further + rows


def _counts(lines: Lines) -> tuple[int, ...]:
    counts: tuple[int, ...] = msgspec.structs.astuple(lines)
    return counts
