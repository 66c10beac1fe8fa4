"""In what two answers to a URL differ first."""

import asyncio

import msgspec
import pytest

from indexing.parity import Difference, first_difference
from mappings.errors import ForeignUrl
from search.engine import Hit
from tests.harness.clients import URL
from tests.harness.memory_engine import MemoryEngine


def compared(one: MemoryEngine, other: MemoryEngine, page: int = 5) -> Difference | None:
    return asyncio.run(first_difference(one, other, URL, page))


def changed(hit: Hit, **fields: object) -> Hit:
    item = msgspec.json.decode(hit.item) | fields
    return Hit(msgspec.json.encode(item), hit.value, str(item["uuid"]))


def test_answers_that_are_alike_and_differences_behind_the_first_page() -> None:
    one, other = MemoryEngine(8), MemoryEngine(8)
    assert compared(one, other) is None
    other.hits[5] = changed(other.hits[5], title="CTO")
    assert compared(one, other) is None
    assert compared(one, other, page=6) is not None


def test_the_count_comes_first() -> None:
    assert compared(MemoryEngine(8), MemoryEngine(7)) == Difference(what="count", one=8, other=7)


def test_then_who_it_is_and_then_what_is_said_of_them() -> None:
    one, other = MemoryEngine(4), MemoryEngine(4)
    uuids = [hit.uuid for hit in one.hits]
    other.hits[1], other.hits[2] = other.hits[2], other.hits[1]
    other.hits[3] = changed(other.hits[3], title=None)
    assert compared(one, other) == Difference(what="contact 2", one=uuids[1], other=uuids[2])
    other.hits[1], other.hits[2] = other.hits[2], other.hits[1]
    assert compared(one, other) == Difference(what=f"contact 4 ({uuids[3]}), title", one="CEO", other=None)


def test_a_contact_that_is_not_there() -> None:
    class Shorter(MemoryEngine):
        async def count(self, _compiled: object) -> int:
            return 4

    one, other = MemoryEngine(4), Shorter(3)
    assert compared(one, other) == Difference(what="contact 4", one=one.hits[3].uuid, other=None)


def test_bytes_that_differ_where_no_value_does() -> None:
    one, other = MemoryEngine(1), MemoryEngine(1)
    item = msgspec.json.decode(other.hits[0].item)
    other.hits[0] = Hit(msgspec.json.encode(dict(reversed(item.items()))), 0, other.hits[0].uuid)
    found = compared(one, other)
    assert found is not None
    assert found.what.startswith("contact 1 (")


def test_what_is_no_url_of_apollo() -> None:
    with pytest.raises(ForeignUrl):
        asyncio.run(first_difference(MemoryEngine(), MemoryEngine(), "https://example.com"))
