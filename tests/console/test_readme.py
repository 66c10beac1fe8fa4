"""The list of what shows what."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = Path(__file__).with_name("README.md")


def test_every_test_that_the_list_names_exists() -> None:
    named = re.findall(r"`([\w./]+)::(\w+)`", README.read_text())
    assert len(named) > 60
    texts = {file: (ROOT / file).read_text() for file, _ in named}
    there = re.compile(r"^(?:async def |def )?(\w+)", re.MULTILINE)
    names = {file: set(there.findall(text)) for file, text in texts.items()}
    assert [(file, name) for file, name in named if name not in names[file]] == []


def test_every_line_of_the_list_names_something() -> None:
    lines = [line for line in README.read_text().splitlines() if line.startswith("| ") and "asked for" not in line]
    assert [line for line in lines if "::" not in line and not line.endswith("| watch |")] == []
