"""The table of kinds: a name and a function each. A new kind is a new row."""

from collections.abc import Callable, Mapping
from typing import Final

from indexing.sample.mess import cells, rows
from indexing.sample.mess.lines import Cells, Mess

Kind = Callable[[Cells, int], Mess]
"""Makes a mess of a person, given the cells of a clean row and a number that says which form of several."""

KINDS: Final[Mapping[str, Kind]] = {
    "locked_email": cells.locked_email,
    "placeholder": cells.placeholder,
    "slash_date": cells.slash_date,
    "dotted_date": cells.dotted_date,
    "serial_date": cells.serial_date,
    "written_date": cells.written_date,
    "grouped_number": cells.grouped_number,
    "fraction_of_nothing": cells.fraction_of_nothing,
    "amount": cells.amount,
    "band": cells.band,
    "ruined_phone": cells.ruined_phone,
    "unreadable": cells.unreadable,
    "line_break": cells.line_break,
    "quoted_word": cells.quoted_word,
    "short_row": rows.short_row,
    "long_row": rows.long_row,
    "repeated_by_email": rows.repeated_by_email,
    "repeated_by_profile": rows.repeated_by_profile,
    "gained_email": rows.gained_email,
    "gained_profile": rows.gained_profile,
    "shared_mailbox": rows.shared_mailbox,
    "comma_line": rows.comma_line,
    "blank_line": rows.blank_line,
    "repeated_header": rows.repeated_header,
    "broken_row": rows.broken_row,
}
