"""Reads a `.env` file. Plain `NAME=value` lines need no package."""

from pathlib import Path

from mappings.errors import SettingsError


def read_dotenv(path: Path | None) -> dict[str, str]:
    """The `NAME=value` lines of `path`, which may be absent.

    `#` starts a comment line, `export` before a name is skipped, quotes around a value are dropped. Nothing is
    expanded.

    Raises:
        SettingsError: a line that is none of these, or a file that can't be read as UTF-8.
    """
    if path is None or not path.is_file():
        return {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name}: can't be read as UTF-8 text: {type(error).__name__}") from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not name or name.startswith("#"):
            continue
        if not equals:
            raise SettingsError(f"{path.name}, line {number}: expected NAME=value")
        found[name.strip()] = _unquoted(value.strip())
    return found


def _unquoted(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value
