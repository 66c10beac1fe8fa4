"""The sum of the lines of a file."""

from indexing.sources.lines import Lines, lines_add_up


def test_every_line_is_of_one_kind() -> None:
    lines = Lines(read=15, header=1, notes=2, blank=3, further=4, short=2)
    assert lines_add_up(lines, rows=5)
    assert not lines_add_up(lines, rows=4)
    assert not lines_add_up(lines, rows=6)


def test_files_are_added_kind_by_kind() -> None:
    assert Lines(1, 2, 3, 4, 5, 6) + Lines(10, 20, 30, 40, 50, 60) == Lines(11, 22, 33, 44, 55, 66)
