"""Pieces of SQL with the parameters that belong to them."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

Parameter = str | int | list[str] | list[int] | None


class Sql(msgspec.Struct, frozen=True):
    """A fragment of SQL and the parameters of its question marks, in order."""

    text: str
    parameters: tuple[Parameter, ...] = ()


def quoted(path: Path) -> str:
    """`path` as a text of SQL, for where DuckDB takes no parameter."""
    return "'" + str(path).replace("'", "''") + "'"


def joined(separator: str, parts: Sequence[Sql]) -> Sql:
    """The fragments side by side, with `separator` between them."""
    text = separator.join([part.text for part in parts])
    return Sql(text, tuple([parameter for part in parts for parameter in part.parameters]))


def wrapped(before: str, inner: Sql, after: str) -> Sql:
    """The fragment between two texts without parameters."""
    return Sql(f"{before}{inner.text}{after}", inner.parameters)
