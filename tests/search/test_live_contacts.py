"""What a load asks every engine about the contacts that are live."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from search.documents import search_fields
from search.engine import SCAN_BATCH, EngineSettings
from search.engines import ENGINES, open_loader, open_updater
from search.fields import ALL_FIELDS, ContactCompleteItem
from search.loader import Identity, LiveContacts
from tests.harness.stores import cluster, load

CONTACTS = [
    ContactCompleteItem(
        f"id {at}",
        first_name="Zoë" if at % 2 else None,
        email=f"{at}@people.example",
        employees=0,
        title="",
        person_linkedin_url="https://linkedin.example/in/x",
        do_not_call=False if at % 5 == 0 else None,
        foreign_ids={"hubspot": f"{at}", "file": "é"} if at % 3 == 0 else None,
        custom={"a": "b"} if at % 4 == 0 else None,
    )
    for at in range(2 * SCAN_BATCH + 10)
]


@pytest.fixture(params=[*sorted(ENGINES), "naive"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EngineSettings:
    if request.param == "elasticsearch":
        own_index: Callable[[str], str] = request.getfixturevalue("own_index")
        return cluster(request.getfixturevalue("elasticsearch_url"), own_index("live-contacts"))
    if request.param == "naive":
        request.getfixturevalue("naive")
    return EngineSettings(engine=request.param, data_dir=tmp_path)


def asking(store: EngineSettings, ask: Callable[[LiveContacts], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        for loader in (open_loader(store), open_updater(store)):
            if loader is not None:
                try:
                    await ask(loader)
                finally:
                    await loader.close()

    asyncio.run(run())


async def identities(live: LiveContacts) -> list[Identity]:
    async with aclosing(live.identities()) as batches:
        return [identity async for batch in batches for identity in batch]


def test_before_the_first_load_there_is_nobody(store: EngineSettings) -> None:
    async def ask(live: LiveContacts) -> None:
        assert await identities(live) == []
        assert await live.contacts(["id 1"]) == {}
        assert await live.filled() == {}

    asking(store, ask)


def test_live_contacts(store: EngineSettings) -> None:
    by_uuid = {contact.uuid: contact for contact in CONTACTS}
    names = Identity.__struct_fields__
    absent = [search_fields(contact).absent for contact in CONTACTS]

    async def ask(live: LiveContacts) -> None:
        found = await identities(live)
        assert len(found) == len(CONTACTS)
        assert {each.uuid: each for each in found} == {
            contact.uuid: Identity(*[getattr(contact, name) for name in names]) for contact in CONTACTS
        }
        assert await live.contacts([]) == {}
        assert await live.contacts(["nobody"]) == {}
        assert await live.contacts(["id 7", "nobody", "id 12", "id 7"]) == {
            uuid: by_uuid[uuid] for uuid in ("id 7", "id 12")
        }
        assert await live.contacts(list(by_uuid)) == by_uuid
        filled = await live.filled()
        assert list(filled) == [name for name in ALL_FIELDS if name != "uuid"]
        assert filled == {name: sum(name not in each for each in absent) for name in filled}
        assert (filled["employees"], filled["title"], filled["custom"]) == (len(CONTACTS), 0, 503)

    asyncio.run(load(store, CONTACTS))
    asking(store, ask)


def test_they_are_those_that_were_live_when_the_load_began(tmp_path: Path) -> None:
    store = EngineSettings(data_dir=tmp_path)

    async def run() -> None:
        await load(store, CONTACTS[:3])
        loader = open_loader(store)
        try:
            assert (await loader.filled())["email"] == 3
            await load(store, [msgspec.structs.replace(CONTACTS[1], email=None)])
            assert len(await identities(loader)) == 3
            assert await loader.contacts(["id 1"]) == {"id 1": CONTACTS[1]}
        finally:
            await loader.close()

    asyncio.run(run())
