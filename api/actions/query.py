"""The query of a REST request: texts, read into fields as a message's `data` has them, for `api.actions.requests`."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import msgspec

from mappings.errors import InvalidField

_INTEGER = re.compile(r"-?[0-9]{1,100}", re.ASCII)


def read_query(query: bytes, shape: type[msgspec.Struct]) -> dict[str, Any]:
    """The fields of `shape` that are in `query`; other parameters are ignored.

    Raises:
        InvalidField: several values of a field that can have one only.
    """
    given = parse_qs(query.decode(errors="replace"), keep_blank_values=True)
    return {name: _READERS[name](name, given[name]) for name in shape.__struct_fields__ if name in given}


def _one(name: str, values: list[str]) -> str:
    if len(set(values)) > 1:
        raise InvalidField(f"{name} must have one value, not {len(values)}")
    return values[0]


def _integer(name: str, values: list[str]) -> int | str:
    """A text that is none stays as it is, and is refused with the others that are none."""
    text = _one(name, values)
    return int(text) if _INTEGER.fullmatch(text) else text


def _cursor(name: str, values: list[str]) -> str | None:
    return _one(name, values) or None


def _names(_name: str, values: list[str]) -> list[str]:
    return values


def _domains(_name: str, values: list[str]) -> list[str]:
    return [domain for value in values for domain in value.split(",")]


_READERS: Mapping[str, Callable[[str, list[str]], Any]] = {
    "include_company_name": _names,
    "exclude_company_name": _names,
    "include_domain_list": _domains,
    "exclude_domain_list": _domains,
    "limit": _integer,
    "offset": _integer,
    "cursor": _cursor,
    "view": _one,
}
