"""Reads a `.env` file. Plain `NAME=value` lines need no package."""

import re
from pathlib import Path

from mappings.errors import SettingsError

# Quotes hold what is in them up to the last that nothing but a comment follows.
_QUOTED = re.compile(r"""(['"])(.*?)\1(?:\s+#.*)?""")
_COMMENT = re.compile(r"\s#.*")


def read_dotenv(path: Path | None) -> dict[str, str]:
    """The `NAME=value` lines of `path`, which may be absent.

    `#` starts a comment at the beginning of a line and after white space. `export` before a name is skipped. Quotes
    around a value are dropped; what is in them is kept, `#` and white space included. Nothing is expanded.

    Raises:
        SettingsError: a line that is none of these, or a file that can't be read as UTF-8.
    """
    if path is None:
        return {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"{path.name}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path.name}: is no UTF-8 text; save it as such") from error
    values: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not name or name.startswith("#"):
            continue
        if not equals or "\0" in line:
            raise SettingsError(f"{path.name}, line {number}: expected NAME=value")
        values[name.strip()] = _value(value)
    return values


def _value(text: str) -> str:
    quoted = _QUOTED.fullmatch(text.strip())
    return quoted[2] if quoted else _COMMENT.sub("", text).strip()
