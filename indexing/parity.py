"""Whether two engines, or two loads, answer a URL alike: its count, and its first page item by item."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from mappings.contact_filter import map_url
from mappings.url import parse
from search.engine import Engine

PAGE = 25
"""Contacts of the first page that are compared where nobody says otherwise."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """The first thing in which two answers to a URL differ.

    Attributes:
        what: `count`, or which contact of the page, from 1, and if it is the same one, which field.
        one, other: what each has there, as JSON values; null where it has nothing.
    """

    what: str
    one: Any
    other: Any


async def first_difference(one: Engine[Any], other: Engine[Any], url: str, page: int = PAGE) -> Difference | None:
    """In what the answers of two engines to `url` differ first; `None` where they do not. Raises `InvalidInput`."""
    contact_filter = map_url(parse(url), datetime.now(UTC).date()).filter
    asked = [(engine, engine.compile(contact_filter)) for engine in (one, other)]
    counts = [await engine.count(compiled) for engine, compiled in asked]
    if counts[0] != counts[1]:
        return Difference(what="count", one=counts[0], other=counts[1])
    pages = [(await engine.search(compiled, page)).items for engine, compiled in asked]
    for number in range(max(map(len, pages))):
        items = [items[number] if number < len(items) else b"null" for items in pages]
        if items[0] != items[1]:
            return _between(number + 1, *map(msgspec.json.decode, items))
    return None


def _between(number: int, one: dict[str, Any] | None, other: dict[str, Any] | None) -> Difference:
    """What is different of the contacts in one place of two pages."""
    uuids = [None if contact is None else contact["uuid"] for contact in (one, other)]
    if one is None or other is None or uuids[0] != uuids[1]:
        return Difference(what=f"contact {number}", one=uuids[0], other=uuids[1])
    names = dict.fromkeys([*one, *other])
    # Where all values are alike the bytes are not, as of keys in another order.
    name = next((name for name in names if one.get(name) != other.get(name)), "uuid")
    return Difference(what=f"contact {number} ({uuids[0]}), {name}", one=one.get(name), other=other.get(name))
