"""However a table is damaged, only what is damaged is lost, and every line is accounted for."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from indexing.sources.delimited import DelimitedTable
from indexing.sources.lines import lines_add_up
from indexing.sources.table_rows import TableRows
from tests.harness.damaged_tables import DamagedTable, damaged_tables


@settings(max_examples=300)
@given(damaged_tables())
def test_only_damaged_lines_are_lost(made: DamagedTable) -> None:
    table = DelimitedTable(io.StringIO(made.text, newline=""))
    assert table.header is not None
    sorted_out = TableRows(table, table.header)
    rows = list(sorted_out)
    assert [row.line for row in rows if row.problem] == made.damaged
    assert [row.cells[0] for row in rows if not row.problem] == made.people
    assert sorted_out.lines == made.lines
    assert lines_add_up(sorted_out.lines, len(rows))


@settings(max_examples=300)
@given(st.text('",\n\r ab', max_size=300), st.integers(1, 5))
def test_whatever_a_table_holds_every_line_is_accounted_for(text: str, width: int) -> None:
    header = ",".join(["Email", "Title", "City", "State", "Country"][:width])
    table = DelimitedTable(io.StringIO(f"{header}\n{text}", newline=""))
    assert table.header is not None
    sorted_out = TableRows(table, table.header)
    rows = list(sorted_out)
    assert lines_add_up(sorted_out.lines, len(rows))
    assert sorted_out.lines.read == 1 + len(list(io.StringIO(text, newline="")))
    assert [row.line for row in rows] == sorted({row.line for row in rows})
    assert {len(row.cells) for row in rows if row.problem is None} <= {len(table.header.cells)}
