"""Samples, and so many of each company: both engines give what the naive evaluator gives, by pages and at once."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mappings.predicates import (
    ContactFilter,
    MatchAll,
    PerCompany,
    Predicate,
    Range,
    Sample,
    Selection,
    Terms,
)
from search.cursor import Position
from search.engine import Engine, EngineSettings
from search.fields import ContactCompleteItem
from tests.harness.oracle import Oracle
from tests.harness.stores import cluster, engine_of, load, uuids_of

SELECTIONS: list[Selection] = [
    Sample(7, 2**62), Sample(119, 2**61 + 5), Sample(1000, 0), Sample(50, 2**63 - 5), PerCompany(1), PerCompany(3),
    PerCompany(100),
]  # fmt: skip
PREDICATES: list[Predicate] = [MatchAll(), Terms("seniority", ("founder", "c_suite")), Range("shuffle", 0, 2**62)]


def contact(number: int, chance: random.Random) -> ContactCompleteItem:
    return ContactCompleteItem(
        uuid=f"{chance.randrange(16**8):08x}-{number}",
        seniority=chance.choice([None, "founder", "c_suite", "entry", "odd"]),
        company=chance.choice([None, "Acme", "Beta", "Cée", "Dee"]),
        website=chance.choice([None, None, "https://www.zed.example"]),
        created_at=chance.choice([None, "2024-01-15T10:30:00", "2023-01-15T10:30:00"]),
    )


async def pages(engine: Engine[Any], compiled: Any, limit: int) -> tuple[list[list[str]], list[str]]:
    """All pages forward, and all contacts of the pages back."""
    page = await engine.search(compiled, limit)
    forward = [uuids_of(page.items)]
    while page.next is not None:
        page = await engine.search(compiled, limit, position=page.next)
        forward.append(uuids_of(page.items))
    back = uuids_of(page.items)
    while page.previous is not None:
        page = await engine.search(compiled, limit, position=page.previous)
        back = uuids_of(page.items) + back
    return forward, back


async def check(engine: Engine[Any], expected: list[str], contact_filter: ContactFilter) -> None:
    compiled, limit = engine.compile(contact_filter), 11
    assert await engine.count(compiled) == len(expected)
    assert uuids_of([item async for batch in engine.scan(compiled) for item in batch]) == expected
    assert await engine.uuids(compiled, 5) == expected[:5]
    assert sorted([uuid async for batch in engine.scan_uuids(compiled) for uuid in batch]) == sorted(expected)
    forward, back = await pages(engine, compiled, limit)
    assert forward == [expected[at : at + limit] for at in range(0, len(expected), limit)]
    assert back == expected
    if isinstance(contact_filter.selection, Sample):
        for offset in (3, len(expected)):
            assert uuids_of((await engine.search(compiled, 4, offset)).items) == expected[offset : offset + 4]
    following = (await engine.search(compiled, 4)).next
    assert following is not None
    rest = [item async for batch in engine.scan(compiled, position=following) for item in batch]
    assert uuids_of(rest) == expected[4:]


async def check_gone(engine: Engine[Any], expected: list[str], contact_filter: ContactFilter) -> None:
    """A cursor beside a contact that is no longer there goes on where that was."""
    compiled = engine.compile(contact_filter)
    here = (await engine.search(compiled, 4)).next
    assert here is not None
    gone = Position(here.value, f"{here.uuid}-gone")
    assert uuids_of((await engine.search(compiled, 3, position=gone)).items) == expected[4:7]


def test_engines_take_the_same(elasticsearch_url: str, own_index: Callable[[str], str], tmp_path: Path) -> None:
    chance = random.Random(5)
    contacts = [contact(number, chance) for number in range(120)]
    oracle = Oracle(contacts)
    asked = [
        ContactFilter(predicate, selection.order, selection) for selection in SELECTIONS for predicate in PREDICATES
    ]

    async def run(store: EngineSettings) -> None:
        await load(store, contacts)
        async with engine_of(store) as engine:
            for contact_filter in asked:
                await check(engine, oracle.uuids(contact_filter), contact_filter)
            for contact_filter in asked[-6:]:
                await check_gone(engine, oracle.uuids(contact_filter), contact_filter)

    asyncio.run(run(EngineSettings(data_dir=tmp_path)))
    asyncio.run(run(cluster(elasticsearch_url, own_index("selections"), shards=3)))


def test_a_cursor_behind_the_end_of_a_sample_gives_its_end_backwards(
    elasticsearch_url: str, own_index: Callable[[str], str], tmp_path: Path
) -> None:
    chance = random.Random(6)
    contacts = [contact(number, chance) for number in range(40)]
    longer, shorter = Sample(30, 2**62), Sample(10, 2**62)
    expected = Oracle(contacts).uuids(ContactFilter(MatchAll(), shorter.order, shorter))

    async def run(store: EngineSettings) -> None:
        await load(store, contacts)
        async with engine_of(store) as engine:
            behind = (await engine.search(engine.compile(ContactFilter(MatchAll(), longer.order, longer)), 25)).next
            assert behind is not None
            compiled = engine.compile(ContactFilter(MatchAll(), shorter.order, shorter))
            assert (await engine.search(compiled, 4, position=behind)).items == []
            back = Position(behind.value, behind.uuid, backward=True)
            assert uuids_of((await engine.search(compiled, 4, position=back)).items) == expected[-4:]

    asyncio.run(run(EngineSettings(data_dir=tmp_path)))
    asyncio.run(run(cluster(elasticsearch_url, own_index("behind"), shards=2)))
