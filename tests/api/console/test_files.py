"""The files of the console: what is vendored, and what all of them weigh."""

import hashlib
import re
import tomllib
from pathlib import Path

from api.console.files import PAGE, STATIC, TYPES, read_files

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
    assert sum(sizes.values()) < MOST_BYTES, sorted(sizes.items(), key=lambda item: -item[1])


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
