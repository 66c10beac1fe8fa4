"""Reference pages say what the code does, and the commands in the README exist."""

import re
from pathlib import Path

import pytest

from docs.generate import pages
from indexing.cli import contacts

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_generated_pages_are_up_to_date(path: Path) -> None:
    assert path.read_text() == pages()[path], "run `make docs`"


def test_every_command_of_the_readme_exists() -> None:
    named = set(re.findall(r"contacts (?!are|of|live|in\b)([a-z]+)", (ROOT / "README.md").read_text()))
    assert {"serve", "index", "count", "sample", "explain", "token"} <= named
    assert named <= set(contacts.commands) | {"index"}


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z]+)", (ROOT / "README.md").read_text())) <= targets


def test_links_in_the_docs_lead_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "docs" / "architecture.md"):
        for link in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
