"""One row of a source, on its way to becoming a contact or a reject."""

import msgspec


class Row(msgspec.Struct):
    """The cells of a row, and where it stands.

    Attributes:
        source: the source's name.
        line: the line in the source where the row begins, the header being line 1.
        cells: item field → text; for a row with a problem whatever could be read, under column numbers.
        problem: why the row can't be read; `None` if it can.
    """

    source: str
    line: int
    cells: dict[str, str]
    problem: str | None = None
