"""The value of `filters=`: parameters written as JSON, `{"personTitles":["CEO"],"revenueRange":{"min":1000000}}`.

Apollo writes no such URLs; programs and people do, with Apollo's names or with words of their own. Of what is read
here `mappings.parameters` takes the names that are Apollo's.
"""

from collections.abc import Iterator

import msgspec

from mappings.errors import shorten
from mappings.predicates import Predicate
from mappings.rules import Context, Reason, compared
from mappings.values import Malformed

FILTERS = "filters"
"""The parameter that holds them."""

_DEEPEST = 4
"""Objects in one another: `{"person":{"titles":…}}` is two."""

_LONGEST_NAME = 200
"""Characters of a name in an object: it is repeated before each in an inner one. A longer one is cut, since it is none
that is known."""


def pairs_in(value: str) -> list[tuple[str, str]]:
    """Names and values of a JSON object, in its order: those of an inner object as `outer[inner]`, of a list each.

    Nothing for what is no JSON object. What is deeper than anybody means stays JSON, as a value.
    """
    read = _decoded(value)
    return list(_pairs("", read, 0)) if isinstance(read, dict) else []


def _weight(value: str) -> int:
    """What is in it can be anything, free text among it."""
    return 1 + 8 * len(value)


@compared("not compared: JSON, whose names are read as parameters of their own", split=None, weigh=_weight)
def unread_filters(value: str, _: Context) -> Predicate | Reason | None:
    """What is left of `filters=` when its names have been taken out: nothing asked, or nothing understood."""
    if not value.strip():
        return None
    if value.lstrip()[0] not in "{[":
        return Reason.UNKNOWN
    if _decoded(value) in ({}, []):
        return None
    raise Malformed('JSON with names of Apollo, such as {"personTitles":["CEO"]}')


def _decoded(value: str) -> object:
    try:
        return msgspec.json.decode(value.encode())
    except (msgspec.DecodeError, RecursionError):
        return None


def _pairs(name: str, value: object, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            written = shorten(key, _LONGEST_NAME)
            yield from _pairs(f"{name}[{written}]" if name else written, inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield name, _text(inner)
    elif value is not None:
        yield name, _text(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
