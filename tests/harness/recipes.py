"""Does to a copy of the packages what a page of recipes says.

A page says it in lines that this reads: where a block of code goes ("In `file`, at the end of `NAME`:"), which number
of the file goes up by one ("In `file`, count `NAME` up") and which file is copied ("`file` copied to `file`").
"""

import ast
import re
import shutil
from pathlib import Path

_BLOCK = re.compile(
    r"^In `(?P<file>[^`]+)`, (?P<place>a new file|among the imports|before|at the end of)(?: `(?P<name>\w+)`)?:\n"
    r"```\w+\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_COUNT = re.compile(r"^In `(?P<file>[^`]+)`, count `(?P<name>\w+)` up\b", re.MULTILINE)
_COPY = re.compile(r"`(?P<file>[^`]+)`\s+copied\s+to\s+`(?P<to>[^`]+)`")


def apply(page: str, root: Path, copy: Path) -> None:
    """Do all that `page` says to `copy`, a copy of packages of `root`. No instruction and no code is passed over."""
    blocks, counts, copies = (list(said.finditer(page)) for said in (_BLOCK, _COUNT, _COPY))
    assert len(blocks) + len(counts) == len(re.findall(r"^In `", page, re.MULTILINE)), (
        "a line says nothing that is done"
    )
    assert 2 * len(blocks) == page.count("```"), "there is code that goes nowhere"
    for said in copies:
        shutil.copy(root / said["file"], copy / said["to"])
    for said in counts:
        path = copy / said["file"]
        text, times = re.subn(
            rf"^({said['name']} = )(\d+)$",
            lambda is_: f"{is_[1]}{int(is_[2]) + 1}",
            path.read_text(),
            flags=re.MULTILINE,
        )
        assert times == 1, f"{path} has no {said['name']}"
        path.write_text(text)
    for said in blocks:
        path = copy / said["file"]
        if said["place"] == "a new file":
            assert not path.exists(), path
            path.write_text(said["text"])
        else:
            lines = path.read_text().splitlines(keepends=True)
            at = _line(path, said["place"], said["name"])
            after = "\n\n" if said["place"] == "before" and path.suffix == ".py" else ""
            path.write_text("".join([*lines[:at], said["text"], after, *lines[at:]]))


def _line(path: Path, place: str, name: str) -> int:
    """How many lines of a file come before what is put in."""
    text = path.read_text()
    if path.suffix == ".json":
        assert place == "before"
        return text[: text.index(f'"name": "{name}"')].count("\n")
    module = ast.parse(text).body
    if place == "among the imports":
        return max(node.end_lineno or 0 for node in module if isinstance(node, ast.Import | ast.ImportFrom))
    node = next(node for node in module if name in _names(node))
    if place == "before":
        return node.lineno - 1
    if isinstance(node, ast.ClassDef):
        return node.body[-1].end_lineno or 0
    # What opens on its first line closes on its last.
    return (node.end_lineno or 0) - 1


def _names(node: ast.stmt) -> list[str]:
    """What a statement of a module defines."""
    match node:
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(name)) | ast.ClassDef(name=name):
            return [name]
    return []
