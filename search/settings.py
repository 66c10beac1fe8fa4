"""A setting is a row: an environment variable, where its value goes, and how its text is read.

The service has rows of its own (`api.settings`), and so has each engine, in its package; both are read here. Any
secret may stand in a file instead, as Docker and Kubernetes hand them over: `CONTACTS_…_FILE` names it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from mappings.errors import SettingsError, shorten

_USER = re.compile(r"(//|^(?![\w+.-]+://)(?=[^@]*:))(?:(?!,\s*[\w+.-]+://).)*@", re.DOTALL)
"""Up to the last `@` of a URL, or of what was to be one: a password may have any character in it."""

LARGEST_SECRET = 64 * 1024
"""Bytes of a file with a secret. A larger one is another file."""


class Setting(msgspec.Struct, frozen=True):
    """One row.

    Attributes:
        variable: the environment variable, `CONTACTS_…`.
        attribute: of the struct that the value goes to.
        default: the text that is read when the variable is not set; `None` leaves the attribute `None`.
        parse: raises `ValueError` with what would have been accepted.
        secret: the value is never shown, and may stand in a file.
        flag: commands have a flag of the same name, which wins over the variable.
    """

    variable: str
    attribute: str
    default: str | None
    help: str
    parse: Callable[[str], Any]
    secret: bool = False
    flag: bool = False

    @property
    def file_variable(self) -> str | None:
        """The variable that names a file with the value instead; `None` for what is no secret."""
        return f"{self.variable}_FILE" if self.secret else None


def read(rows: Iterable[Setting], values: Mapping[str, str]) -> dict[str, Any]:
    """Attribute → value of each row, of the texts in `values` by variable; a blank text counts as not set.

    Raises:
        SettingsError: names the variable, its value and what is expected; or a secret is given twice, or can't be read
            in its file.
    """
    attributes: dict[str, Any] = {}
    for row in rows:
        variable, given = _given(row, values)
        attributes[row.attribute] = None if given is None else _parsed(row, variable, given)
    return attributes


def _given(row: Setting, values: Mapping[str, str]) -> tuple[str, str | None]:
    """The variable that gives the row's text, and that text: its own, that in the file of a secret, or the default."""
    text = values.get(row.variable, "").strip()
    file = values.get(row.file_variable, "").strip() if row.file_variable else ""
    if row.file_variable and file:
        if text:
            raise SettingsError(f"{row.variable}, {row.file_variable}: both are set; expected one of them")
        return row.file_variable, _secret_in(row.file_variable, Path(file))
    return row.variable, text or row.default


def _secret_in(variable: str, path: Path) -> str:
    """The text of a file, without the line break that editors put at its end. Raises `SettingsError`."""
    expected = f"expected a file with the secret and nothing else, UTF-8, at most {LARGEST_SECRET} bytes"
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_SECRET + 1)
        text = content.decode().strip()
    except OSError as error:
        raise SettingsError(f"{variable}: {str(path)!r} can't be read ({error.strerror}); {expected}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{variable}: {str(path)!r} is no UTF-8; {expected}") from None
    if not text or len(content) > LARGEST_SECRET:
        raise SettingsError(f"{variable}: {str(path)!r} {'is too large' if text else 'is empty'}; {expected}")
    return text


def without_user(value: str) -> str:
    """A value as it may be shown: in URLs, of which there may be several, without what stands before `@`."""
    return _USER.sub(r"\1", value)


def text(value: str) -> str:
    """Any text."""
    return value


def choice(*names: str) -> Callable[[str], str]:
    """One of `names`, in upper or lower case."""
    known = {name.lower(): name for name in names}

    def parse(value: str) -> str:
        if value.lower() not in known:
            raise ValueError(" or ".join(names))
        return known[value.lower()]

    return parse


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number within these bounds, both included."""

    def parse(value: str) -> int:
        if not (value.isascii() and value.isdigit() and len(value) <= 19 and least <= int(value) <= most):
            raise ValueError(f"a whole number from {least} to {most}")
        return int(value)

    return parse


def seconds(most: int) -> Callable[[str], float]:
    """A number of seconds up to `most`."""

    def parse(value: str) -> float:
        try:
            number = float(value)
        except ValueError:
            number = 0.0
        if not 0 < number <= most:
            raise ValueError(f"a number of seconds, more than 0 and at most {most}")
        return number

    return parse


def http_url(value: str) -> str:
    """The URL of a server."""
    try:
        parts = urlsplit(value)
        # Without a port there would be none to ask but that of web sites, where no server of ours is.
        port = parts.port if parts.port is not None else parts.scheme == "https"
        good = parts.scheme in ("http", "https") and parts.hostname and port
    except ValueError:
        # What stands for a port is none, or brackets hold no address.
        good = False
    if not good or parts.query or parts.fragment:
        raise ValueError("a URL such as http://127.0.0.1:9200")
    return value.rstrip("/")


def _parsed(row: Setting, variable: str, given: str) -> Any:
    # Only names of files may be of any bytes.
    if row.parse is not Path and not _is_text(given):
        raise SettingsError(f"{variable}: expected text in UTF-8")
    try:
        return row.parse(given)
    except ValueError as error:
        shown = f"a value of {len(given.encode())} bytes" if row.secret else repr(shorten(without_user(given)))
        raise SettingsError(f"{variable}: {shown} can't be used; expected {error}") from error


def _is_text(given: str) -> bool:
    """Whether it was UTF-8: other bytes of the environment come as half characters."""
    return given == given.encode(errors="replace").decode()
