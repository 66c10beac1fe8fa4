"""What other people wrote is shown as text, on a terminal and elsewhere; and nothing reaches a terminal another way."""

import ast
import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from indexing.cli.terminal import (
    GrowingTable,
    Table,
    aligned,
    heading,
    note,
    print_bytes,
    print_json,
    print_json_indented,
    print_table,
    say,
    visible,
    widths_of,
)

ROOT = Path(__file__).parents[3]
PACKAGES = ("api", "indexing", "mappings", "search")
HOSTILE = [
    "\x1b[2J", "\x9b2J", "\x1b]0;root\x07", "a\rb", "a\nb", "a\tb", "\x7f", "\u202egnp.exe", "\u2066x\u2069", 
    "a\u200bb", "\ufeff", "\u2028", "\udc80", "\u3164", "\U000e0041",
]  # fmt: skip
MARKUP = [
    "[bold]CEO[/bold]",
    "[/red]",
    "CEO :smile:",
    "[link=https://evil.example]CEO[/link]",
    "revenueRange[min]",
    "[/x]",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_commands_or_hides_is_shown_as_an_escape(text):
    shown = visible(text)
    assert shown.isprintable()
    assert shown.encode().decode("unicode_escape").encode("utf-16", "surrogatepass") == text.encode(
        "utf-16", "surrogatepass"
    )


@pytest.mark.parametrize(
    "text", [*MARKUP, "Zürich", "東京\u3000株式会社", "Ελλάδα", "عمر", "100\N{NO-BREAK SPACE}%", "👍🏽"]
)
def test_all_else_stays_as_it_is(text):
    assert visible(text) == text


@given(st.text())
def test_whatever_is_shown_is_one_line_and_shown_again_the_same(text):
    shown = visible(text)
    assert len(shown.splitlines()) <= 1
    assert not any(character < " " or "\x7f" <= character < "\xa0" for character in shown)
    assert visible(shown) == shown


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1))
def test_columns_begin_below_each_other(rows):
    rows = [(visible(left), visible(right)) for left, right in rows]
    cells = [(left, f"|{right}") for left, right in rows]
    lines = list(aligned(cells, widths_of(cells)))
    assert [line.rstrip() for line in lines] == lines
    assert [line.endswith(f"|{right}".rstrip()) for line, (_, right) in zip(lines, rows, strict=True)] == [True] * len(
        rows
    )


def test_wide_letters_are_counted_as_wide():
    rows = [("東京", "|"), ("abcd", "|"), ("e\u0301tat", "|")]
    assert {cell_len(line) for line in aligned(rows, widths_of(rows))} == {7}


def test_lines_go_where_they_belong(capsys):
    say("an answer\x1b[2J")
    note("a note\nin one line")
    heading("a title")
    assert capsys.readouterr() == ("an answer\\x1b[2J\na title\n", "a note\\nin one line\n")


def test_bytes_for_programs_are_left_alone_where_programs_read_them(capfdbinary):
    print_bytes("a\x9b\u202e\r\n".encode())
    print_json({"a": "\x9b"})
    print_json_indented({"a": "é"})
    assert capfdbinary.readouterr().out == 'a\x9b\u202e\r\n{"a":"\x9b"}\n{\n  "a": "é"\n}\n'.encode()


def test_a_table_elsewhere_has_no_frame_and_nothing_is_cut(capsys):
    long = "x" * 500
    print_table(Table(("name", "[b]"), [("[/x]", long), ("", "y")], title="a title"))
    assert capsys.readouterr().out.splitlines() == ["a title", "name  [b]", f"[/x]  {long}", "      y"]
    print_table(Table((), [("a", "1")], framed=False))
    assert capsys.readouterr().out == " a  1\n"


def test_a_growing_table_elsewhere_is_as_wide_as_its_first_rows(capsys):
    table = GrowingTable(("name", "[b]"))
    table.print([("abcdef", "1")])
    table.print([("g", "2"), ("a longer one", "3")])
    assert capsys.readouterr().out.splitlines() == ["name    [b]", "abcdef  1", "g       2", "a longer one  3"]


def on_terminal(code: str, **environment: str) -> str:
    """What a program prints that has a terminal."""
    ours, theirs = pty.openpty()
    known = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=theirs, env={**known, "TERM": "xterm", "COLUMNS": "60", **environment}
    ) as process:
        os.close(theirs)
        printed = b""
        try:
            while piece := os.read(ours, 65536):
                printed += piece
        except OSError:  # Linux says so when the other end is closed.
            pass
        finally:
            os.close(ours)
    assert process.returncode == 0
    return printed.decode()


def test_on_a_terminal_tables_are_drawn_and_still_text():
    texts = [*MARKUP, *HOSTILE]
    code = f"""
from indexing.cli.terminal import *
print_table(Table(("a", "[b]"), [(text, "Q" * 100) for text in {texts!r}]))
GrowingTable(("e", "f"), framed=True).print([("z" * 100, "g")])
table = GrowingTable(("h", "i"))
table.print([("j", "[/k]")])
table.print([("l", "m")])
print_table(Table(("c",), [("y" * 100,)], framed=False))
print_table(Table((), [("d", "e")]))
"""
    printed = on_terminal(code)
    assert "\x1b[2J" not in printed
    assert all(visible(text)[:25] in printed for text in texts)
    assert "[b]" in printed
    assert printed.count("Q") == 100 * len(texts)
    assert "zzz…" in printed
    lines = [re.sub("\x1b[^m]*m", "", line) for line in printed.splitlines()]
    for left, right in (("h", "i"), ("j", "[/k]"), ("l", "m")):
        assert f" {left}{' ' * 29}{right}".ljust(60) in lines
    assert printed.count("y") == 100
    assert "│" in printed


class Terminal(io.StringIO):
    """A terminal of this process."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_what_is_drawn(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys, "stdout", Terminal())
    print_table(Table(("[a]",), [("[/x]",)]))
    growing = GrowingTable(("b", "c"))
    growing.print([("d" * 50, "e")])
    growing.print([("f", "g")])
    print_bytes("\x9b é\r\n".encode())
    frame, *_, last_row, answer = sys.stdout.getvalue().splitlines()
    assert set(frame) == set("┏━┓")
    assert "│ [/x] │" in sys.stdout.getvalue()
    assert f" {'d' * 17}…" in sys.stdout.getvalue()
    assert (last_row.split(), answer) == (["f", "g"], "\\u009b é")


@pytest.mark.parametrize("columns", ["1", "15"])
def test_where_nothing_can_be_drawn_tables_are_lines(monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys, "stdout", Terminal())
    print_table(Table(("a", "b"), [("c" * 30, "d")]))
    GrowingTable(("e", "f")).print([("g", "h" * 30)])
    assert sys.stdout.getvalue().splitlines() == [f"a{' ' * 31}b", f"{'c' * 30}  d", "e  f", f"g  {'h' * 30}"]


def test_on_a_terminal_the_answers_for_programs_command_nothing_and_mean_the_same():
    answer = {"a": "".join(HOSTILE[:-3]) + "\U000e0041 Zürich"}
    printed = on_terminal(
        f"from indexing.cli.terminal import *\nprint_json({answer!r})\nprint_bytes(b'a,b\\r\\n1\\r2,3\\r\\n')"
    )
    line, *rows = printed.split("\r\n")
    assert line.isprintable()
    assert json.loads(line) == answer
    assert [row.strip("\r") for row in rows] == ["a,b", "1\\u000d2,3", ""]


def test_an_encoding_that_lacks_a_letter_is_no_failure():
    code = "from indexing.cli.terminal import *\nsay('Zürich 東京')\nprint_json('Zürich')"
    outcome = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert outcome.stdout == b"Z\\xfcrich \\u6771\\u4eac\n" + '"Zürich"\n'.encode()


# Nothing goes to a terminal another way

OWN_WORDS = {
    "indexing/progress.py": "stages and numbers are our own words",
    "api/accounts/migrate.py": "it says what kind of error it was, in our own words",
}
"""Files that print or draw by themselves, and why they may."""

PRINTING = {"print", "click.echo", "click.secho", "click.echo_via_pager", "sys.stdout.write", "sys.stdout.buffer.write",
            "sys.stderr.write", "sys.stderr.buffer.write"}  # fmt: skip


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


def drawn_without(source: str) -> list[str]:
    """Where a source prints by itself, or imports what draws."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found += [f"{node.lineno}: {name.name}" for name in names if name.name.partition(".")[0] == "rich"]
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] == "rich":
                found.append(f"{node.lineno}: {module}")
            case ast.ImportFrom(module="click", names=names):
                found += [f"{node.lineno}: {name.name}" for name in names if f"click.{name.name}" in PRINTING]
            case ast.Call(func=called) if ast.unparse(called) in PRINTING:
                found.append(f"{node.lineno}: {ast.unparse(called)}")
    return found


@pytest.mark.parametrize(
    "source",
    ["from rich.table import Table", "def f():\n import rich", "print(1)", "click.echo('a')", "from click import echo",
     "sys.stderr.write('')"],
)  # fmt: skip
def test_what_is_looked_for_is_found(source):
    assert drawn_without(source)


def test_nobody_else_prints_or_draws():
    allowed = {"indexing/cli/terminal.py", *OWN_WORDS}
    found = {
        name: lines
        for path in sources()
        if (name := path.relative_to(ROOT).as_posix()) not in allowed
        and (lines := drawn_without(path.read_text("utf-8")))
    }
    assert found == {}
    assert all(drawn_without((ROOT / name).read_text("utf-8")) for name in allowed)
