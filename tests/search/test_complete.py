"""Whole contacts, in every engine: what is stored beside the items comes to who asks for it, and to nobody else."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mappings.predicates import ContactFilter, Order
from search.cursor import Position
from search.engine import SCAN_BATCH, Engine, EngineSettings
from search.engines import ENGINES
from search.fields import ContactCompleteItem, complete_json, contact_of, item_json
from tests.harness.stores import cluster, engine_of, load
from tests.harness.strategies import items

Use = Callable[[Engine[Any], Any], Coroutine[Any, Any, None]]

LONG = "".join(chr(0x4E00 + at * 7919 % 20_000) for at in range(20_000))
"""Some 60 KB: more than Lucene takes as one term, and nothing that packs well."""

CONTACTS = [
    ContactCompleteItem(
        f"{at:05}",
        title=f"t{at}",
        employees=at % 7,
        lists=(f"list {at}",) if at % 2 else None,
        do_not_call=False if at % 3 == 0 else None,
        custom={'"\\': "\u2028", "long": LONG} if at == 5 else None,
    )
    for at in range(SCAN_BATCH + 20)
]


@pytest.fixture(params=[*sorted(ENGINES), "naive"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EngineSettings:
    if request.param == "elasticsearch":
        own_index = request.getfixturevalue("own_index")
        return cluster(request.getfixturevalue("elasticsearch_url"), own_index("complete"))
    if request.param == "naive":
        request.getfixturevalue("naive")
    return EngineSettings(engine=request.param, data_dir=tmp_path)


def test_pages_and_scans(store: EngineSettings) -> None:
    whole, lean = [complete_json(contact) for contact in CONTACTS], [item_json(contact) for contact in CONTACTS]
    by_size = Order("employees", ascending=True)

    async def run() -> None:
        assert await load(store, CONTACTS) == len(CONTACTS)
        async with engine_of(store) as engine:
            everything, sized = engine.compile(ContactFilter()), engine.compile(ContactFilter(order=by_size))
            for complete, expected in ((True, whole), (False, lean)):
                for offset in (0, 3):
                    page = await engine.search(everything, 10, offset, complete=complete)
                    assert page.items == expected[offset : offset + 10]
                back = await engine.search(
                    everything, 10, position=Position(None, "00020", backward=True), complete=complete
                )
                assert back.items == expected[10:20]
                assert [item async for batch in engine.scan(everything, 3, complete=complete) for item in batch] == (
                    expected[3:]
                )
                backward = engine.scan(everything, position=Position(None, "00020", backward=True), complete=complete)
                assert [item async for batch in backward for item in batch] == expected[:20]
                ordered = [item async for batch in engine.scan(sized, complete=complete) for item in batch]
                assert sorted(ordered) == sorted(expected)
            assert await engine.search(everything, 10) == await engine.search(everything, 10, complete=False)

    asyncio.run(run())


def test_whatever_is_stored_comes_back(store: EngineSettings) -> None:
    async def run(contacts: list[ContactCompleteItem]) -> None:
        latest = {contact.uuid: contact for contact in contacts}
        await load(store, contacts)
        async with engine_of(store) as engine:
            found = engine.scan(engine.compile(ContactFilter()), complete=True)
            # Elasticsearch writes rare characters of `_source` in another way, so not bytes are compared.
            assert {
                contact.uuid: contact for contact in [contact_of(each) async for batch in found for each in batch]
            } == (latest)

    @settings(
        max_examples=5,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )
    @given(st.lists(items, min_size=1, max_size=40))
    def comes_back(contacts: list[ContactCompleteItem]) -> None:
        asyncio.run(run(contacts))

    comes_back()


def test_many_long_contacts_are_read_in_the_memory_of_scans(tmp_path: Path) -> None:
    """A batch of DuckDB's has more in it than its scans may hold at once."""
    store = EngineSettings(data_dir=tmp_path)
    contacts = [
        ContactCompleteItem(f"{at:05}", employees=at % 7, custom={"long": LONG[at : at + 10_000]})
        for at in range(SCAN_BATCH)
    ]

    async def run() -> None:
        assert await load(store, contacts) == len(contacts)
        async with engine_of(store) as engine:
            for order in (Order(), Order("employees", ascending=True)):
                found = engine.scan(engine.compile(ContactFilter(order=order)), complete=True)
                assert sorted([contact async for batch in found for contact in batch]) == [
                    complete_json(contact) for contact in contacts
                ]

    asyncio.run(run())
