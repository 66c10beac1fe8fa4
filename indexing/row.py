"""A row of a source on its way to become a contact: what `indexing.items` and the steps it takes with it work on."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from indexing.repairs import Repair
from indexing.sources.cells import Cell, text_of
from indexing.sources.columns import Column
from indexing.values.emails import SeveralEmails
from indexing.values.readers import EMAILS
from indexing.values.unreadable import Unreadable
from mappings.errors import RowRejected, shorten
from search.fields import ALL_FIELDS

MOST_FURTHER_COLUMNS = 200
MOST_FURTHER_BYTES = 32 * 1024
"""What a contact keeps of columns that mean nothing here."""

SALES_NAVIGATOR = "sales_navigator"

_CUSTOM, _FOREIGN_IDS, _PROFILE = map(ALL_FIELDS.index, ("custom", "foreign_ids", "person_linkedin_url"))
_EMAILS = list(map(ALL_FIELDS.index, EMAILS))
_SALES_PROFILE = re.compile(r"linkedin\.com/sales/(?:lead|people)/([^,/?#\s]+)", re.IGNORECASE)
_TOO_MANY = f"is beyond the {MOST_FURTHER_COLUMNS} further columns that a contact keeps"
_TOO_LONG = f"is beyond the {MOST_FURTHER_BYTES // 1024} KiB of further columns that a contact keeps"


class Row:
    """A row under way.

    Attributes:
        cells: in column order.
        whole: the same as they came, before joint values were parted.
        values: of the contact, in the order of its fields.
        repairs: what could not be read.
        custom: what is kept beside the fields.
        ids: source → id.
        strict: what can't be read rejects the row.
    """

    __slots__ = ("cells", "custom", "ids", "repairs", "strict", "values", "whole")

    def __init__(self, cells: Sequence[Cell], whole: Sequence[Cell], values: list[Any], strict: bool) -> None:
        self.cells, self.whole, self.values, self.strict = cells, whole, values, strict
        self.repairs: list[Repair] = []
        self.custom: dict[str, str] = {}
        self.ids: dict[str, str] = {}

    def text(self, at: int) -> str:
        """The cell at a place, trimmed."""
        cell = self.cells[at]
        return cell.strip() if type(cell) is str else text_of(cell).strip()

    def repair(self, field: str, column: Column, cell: Any, bad: Unreadable) -> None:
        """Note that a cell can't be read. Raises `RowRejected` where that is to cost the row."""
        text = text_of(cell)
        if self.strict and not bad.placeholder:
            raise RowRejected(f"{field} can't be read: {shorten(text)!r} {bad.reason}")
        self.repairs.append(Repair(field, column.header, bad.reason, text, not bad.placeholder))

    def unread(self, at: int, field: str, column: Column, cell: Any, bad: Unreadable) -> None:
        """A value can't be read: it is nothing, or the several of which each has a place of its own."""
        self.values[at] = None
        if isinstance(bad, SeveralEmails):
            self.spread_emails(column, bad.addresses)
        else:
            self.repair(field, column, cell, bad)

    def keep(self, column: Column, text: str) -> None:
        """Keep what a column has beside the fields."""
        self.custom[column.name] = text

    def add_id(self, source: str, text: str) -> None:
        """The id of a source; the first one stays."""
        self.ids.setdefault(source, text)

    def spread_emails(self, column: Column, addresses: Sequence[str]) -> None:
        """Give each of several addresses the next place that is free; what finds none is kept beside the fields."""
        values = self.values
        left = []
        for address in addresses:
            if address.lower() in [values[at].lower() for at in _EMAILS if values[at] is not None]:
                continue
            free = next((at for at in _EMAILS if values[at] is None), None)
            if free is None:
                left.append(address)
            else:
                values[free] = address
        if left:
            self.keep(column, "; ".join(left))

    def finished(self) -> tuple[Repair, ...]:
        """What could not be read; what was gathered is in the values then, as much of it as there is room for."""
        if profile := self.values[_PROFILE]:
            self.add_sales_profile(profile)
        if self.ids:
            self.values[_FOREIGN_IDS] = self.ids
        if self.custom:
            self._keep_within_bounds()
            self.values[_CUSTOM] = self.custom or None
        return tuple(self.repairs)

    def add_sales_profile(self, profile: str) -> None:
        """The id in an address of the Sales Navigator."""
        if "/sales/" in profile and (match := _SALES_PROFILE.search(profile)):
            self.add_id(SALES_NAVIGATOR, match[1])

    def _keep_within_bounds(self) -> None:
        size = sum(map(len, self.custom)) + sum(map(len, self.custom.values()))
        if len(self.custom) <= MOST_FURTHER_COLUMNS and size * 4 <= MOST_FURTHER_BYTES:
            return
        kept: dict[str, str] = {}
        size = 0
        for name, text in self.custom.items():
            more = len(name.encode()) + len(text.encode())
            reason = _TOO_MANY if len(kept) == MOST_FURTHER_COLUMNS else _TOO_LONG
            if len(kept) == MOST_FURTHER_COLUMNS or size + more > MOST_FURTHER_BYTES:
                self.repairs.append(Repair("custom", name, reason, text, unreadable=False))
            else:
                kept[name] = text
                size += more
        self.custom = kept


class Step(msgspec.Struct, frozen=True):
    """Something to do with the rows of a source beyond reading the best column of each field.

    Attributes:
        places: the columns that it looks at; where they are all empty, it does nothing.
        take: what it does.
    """

    places: tuple[int, ...]
    take: Callable[[Row], None]
