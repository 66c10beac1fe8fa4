"""Whether `10/1/2023` is the first of October or the tenth of January: told by the first rows of a source, or by flag.

The source reads ahead, asks `date_order`, and keeps the answer in its `ColumnMapping`: from then on each row is read
for itself.
"""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from indexing.sources.cells import Cell
    from indexing.sources.columns import ColumnMapping

SAMPLED = 10_000
"""Rows that are looked at, at most."""

Order = Literal["mdy", "dmy"]

_PARTS = re.compile(r"\s*'?(\d{1,2})([/.-])(\d{1,2})\2(?:\d{4}|\d{2})(?!\d)")


class DateOrder(msgspec.Struct, frozen=True):
    """What comes first in dates that begin with neither the year nor a name, by the sign between their parts."""

    slash: Order = "mdy"
    point: Order = "dmy"
    dash: Order = "dmy"

    @classmethod
    def always(cls, order: Order) -> "DateOrder":
        """What `--dates mdy` and `--dates dmy` mean: the same whatever the sign."""
        return cls(order, order, order)


_SIGNS = {"/": "slash", ".": "point", "-": "dash"}


def date_order(columns: "ColumnMapping", rows: Iterable[Sequence["Cell"]]) -> DateOrder:
    """The order that the dates in `rows` show: a part over 12 is a day. Pure.

    It is one for the whole source, and for each sign apart. Where the dates contradict each other, the more have it;
    those of the others that can't be read so are null. Without evidence, `/` means month first and the others day
    first. Asked of the first `SAMPLED` rows.
    """
    places = columns.date_columns
    days_first = dict.fromkeys(_SIGNS, 0)
    for row in rows if places else ():
        for at in places:
            cell = row[at] if at < len(row) else None
            if isinstance(cell, str) and (match := _PARTS.match(cell)):
                first, second = int(match[1]) > 12, int(match[3]) > 12
                days_first[match[2]] += first - second
    shown = {_SIGNS[sign]: "dmy" if days > 0 else "mdy" for sign, days in days_first.items() if days}
    return msgspec.structs.replace(DateOrder(), **shown)
