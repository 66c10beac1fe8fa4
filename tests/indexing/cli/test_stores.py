"""Loads that another version of the software made: they are told apart, and a rebuild renews them."""

import asyncio
import json
import re
import urllib.request
from pathlib import Path

import duckdb
import msgspec
import pytest

from mappings.errors import EngineUnavailable
from mappings.predicates import ContactFilter, Order, Terms
from search.derivation import shuffle_key
from search.documents import search_fields
from search.duckdb.meta import MAPPING
from search.engine import EngineSettings
from search.engines import open_loader
from search.fields import ALL_FIELDS, MAPPING_VERSION, MORE_FIELDS, ContactCompleteItem, contact_of, joined
from search.loader import Identity
from tests.harness import old_store
from tests.harness.loads import duckdb_environment, live, loaded, run_load, settings_of, status
from tests.harness.service import contacts
from tests.harness.stores import engine_of, load

PEOPLE = "uuid,First Name,Title\n1,Ann,CEO\n2,Bob,CTO\n"


def outdate(environment: dict[str, str]) -> None:
    """Make the only load there is one of another version."""
    [store] = status(environment)["stores"]
    if environment.get("CONTACTS_ENGINE") == "elasticsearch":
        url = f"{environment['CONTACTS_ELASTICSEARCH_URL']}/{store['name']}/_mapping"
        body = json.dumps({"_meta": {"complete": True}}).encode()
        request = urllib.request.Request(url, body, {"content-type": "application/json"}, method="PUT")
        urllib.request.urlopen(request, timeout=30).close()
        return
    with duckdb.connect(Path(environment["CONTACTS_DATA_DIR"]) / store["name"]) as database:
        database.execute("DELETE FROM meta WHERE name = ?", (MAPPING,))


async def ready(environment: dict[str, str]) -> None:
    async with engine_of(settings_of(environment)) as engine:
        await engine.ready()


def test_an_outdated_load_is_told_and_renewed(environment: dict[str, str]) -> None:
    loaded(environment, "csv", "-", stdin=PEOPLE)
    asyncio.run(ready(environment))
    before = live(environment)
    outdate(environment)
    assert [store["mapping"] for store in status(environment)["stores"]] == [0]
    told = contacts(environment, "index", "status").stdout
    assert ("live, outdated" in told, "contacts index rebuild" in told) == (True, True)
    with pytest.raises(EngineUnavailable, match="contacts index rebuild"):
        asyncio.run(ready(environment))
    counted = contacts(environment, "count", "https://app.apollo.io/#/people")
    assert counted.stdout == f"{len(before)}\n"
    assert "by another version of this software: searches may miss what is new until `contacts" in counted.stderr
    url = "https://app.apollo.io/#/people?personTitles[]=CEO"
    filtered = contacts(environment, "count", url)
    if "CONTACTS_ELASTICSEARCH_URL" in environment:
        assert filtered.stdout == "1\n"
    else:
        # The sets of another version are not there to be asked.
        assert (filtered.returncode, filtered.stdout) == (1, "")
        assert "contacts index rebuild" in filtered.stderr
    loaded(environment, "rebuild", "--keep", "0")
    assert contacts(environment, "count", url).stderr == ""
    asyncio.run(ready(environment))
    assert live(environment) == before
    assert "outdated" not in contacts(environment, "index", "status").stdout


def test_files_that_can_not_be_read_are_told(tmp_path: Path) -> None:
    environment = duckdb_environment(tmp_path)
    for _ in range(2):
        loaded(environment, "csv", "-", stdin=PEOPLE)
    before, file = [Path(environment["CONTACTS_DATA_DIR"]) / store["name"] for store in status(environment)["stores"]]
    before.write_text("no database")
    file.unlink()
    stores = status(environment)["stores"]
    troubles = [f"{before} is no DuckDB file, or its beginning was overwritten", f"{file} is missing"]
    assert [store["trouble"] for store in stores] == troubles
    told = contacts(environment, "index", "status").stdout
    assert re.search(r"duckdb +\? +unreadable\n.*duckdb +\? +live, unreadable\n", told)
    assert [line for line in told.splitlines() if line in troubles] == troubles
    for arguments in (["count", "https://app.apollo.io/#/people"], ["index", "rebuild"], ["index", "csv", "-"]):
        refused = contacts(environment, *arguments, stdin=PEOPLE)
        assert refused.returncode == 1
        [line] = [line for line in refused.stderr.splitlines() if line.startswith("error: ")]
        assert f" ({file} is missing; `contacts index rollback` goes back" in line


def test_an_update_of_an_outdated_load(environment: dict[str, str]) -> None:
    """In place it would mix two versions and is refused; a DuckDB update makes a new file and renews it."""
    loaded(environment, "csv", "-", stdin=PEOPLE)
    outdate(environment)
    outcome = run_load(environment, "csv", "-", "--update", stdin="uuid,Title\n3,COO\n")
    if environment.get("CONTACTS_ENGINE") == "elasticsearch":
        assert (outcome.returncode, "contacts index rebuild" in outcome.stderr) == (1, True)
        assert len(live(environment)) == 2
    else:
        assert outcome.returncode == 0, outcome.stderr
        assert len(live(environment)) == 3
        asyncio.run(ready(environment))


async def scanned(settings: EngineSettings, *, complete: bool) -> list[bytes]:
    async with engine_of(settings) as engine:
        found = engine.scan(engine.compile(ContactFilter()), complete=complete)
        return [contact async for batch in found for contact in batch]


def test_a_store_of_the_version_before_is_read_whole(environment: dict[str, str]) -> None:
    """By servers that can't wait for the rebuild, and by loads into it."""
    settings = old_store.put(environment)
    items = asyncio.run(scanned(settings, complete=False))
    assert len(items) == old_store.CONTACTS
    assert asyncio.run(scanned(settings, complete=True)) == [joined(item, None) for item in items]

    async def ask() -> None:
        async with engine_of(settings) as engine:
            page = await engine.search(engine.compile(ContactFilter()), 5, complete=True)
            assert page.items == [joined(item, None) for item in items[:5]]
        loader = open_loader(settings)
        try:
            identities = [each async for batch in loader.identities() for each in batch]
            filled = await loader.filled()
            assert await loader.contacts([each.uuid for each in identities]) == {
                contact.uuid: contact for contact in map(contact_of, items)
            }
        finally:
            await loader.close()
        assert {each.uuid: each for each in identities} == {
            each.uuid: each for each in (msgspec.json.decode(item, type=Identity) for item in items)
        }
        absent = [search_fields(contact_of(item)).absent for item in items]
        assert filled == {name: sum(name not in each for each in absent) for name in ALL_FIELDS if name != "uuid"}
        assert filled["title"] > 0
        assert {filled[name] for name in MORE_FIELDS} == {0}

    asyncio.run(ask())


def test_a_store_of_the_version_before_is_renewed(environment: dict[str, str]) -> None:
    settings = old_store.put(environment)
    before = asyncio.run(scanned(settings, complete=False))
    [store] = status(environment)["stores"]
    assert (store["mapping"], store["contacts"]) == (1, old_store.CONTACTS)
    titled = "https://app.apollo.io/#/people?personTitles[]=Sales%20%26%20Marketing%20Director"
    counted = contacts(environment, "count", titled, "--json")
    # A DuckDB file of another version has other sets than are asked for, an index other fields.
    assert (
        "contacts index rebuild" in counted.stderr
        if settings.engine == "duckdb"
        else json.loads(counted.stdout) == {"count": 0}
    )

    assert loaded(environment, "rebuild")["live"] == old_store.CONTACTS
    asyncio.run(ready(environment))
    assert [(store["mapping"], store["live"]) for store in status(environment)["stores"]] == [
        (1, False),
        (MAPPING_VERSION, True),
    ]
    assert asyncio.run(scanned(settings, complete=False)) == before
    assert asyncio.run(scanned(settings, complete=True)) == [joined(item, None) for item in before]
    assert json.loads(contacts(environment, "uuids", titled, "--json").stdout)["uuids"] == [old_store.TITLED]
    nobody = "https://app.apollo.io/#/people?existFields[]=sub_departments"
    assert json.loads(contacts(environment, "count", nobody, "--json").stdout) == {"count": 0}


def test_a_store_of_version_2_is_renewed_from_itself(environment: dict[str, str]) -> None:
    """What it stores stays to the byte, further fields and all; what is derived is made anew."""
    settings = old_store.put(environment, version=2)
    before = asyncio.run(scanned(settings, complete=True))
    titled = next(contact for contact in map(contact_of, before) if contact.uuid == old_store.TITLED)
    assert (titled.foreign_ids, titled.custom) == ({"hubspot": "A7"}, {"Score": "7, or 8"})

    assert loaded(environment, "rebuild")["live"] == old_store.CONTACTS
    asyncio.run(ready(environment))
    assert asyncio.run(scanned(settings, complete=True)) == before

    async def ask() -> None:
        async with engine_of(settings) as engine:
            for predicate in (
                Terms("email", ("ann@home.example",)),
                Terms("foreign_ids", ("hubspot:A7",)),
                Terms("company_key", ("example.com",)),
                Terms("created_month", ("2024-01",)),
            ):
                found = await engine.uuids(engine.compile(ContactFilter(predicate)), 10)
                assert old_store.TITLED in found, predicate
            shuffled = await engine.uuids(engine.compile(ContactFilter(order=Order("shuffle", ascending=True))), 100)
            assert shuffled == sorted(shuffled, key=shuffle_key)

    asyncio.run(ask())


def test_a_rebuild_keeps_the_further_fields(environment: dict[str, str]) -> None:
    settings = settings_of(environment)
    people = [
        ContactCompleteItem("1", title="CEO", custom={"Score": "7"}, sub_departments=("Inside Sales",)),
        ContactCompleteItem("2", do_not_call=True, founded_year=1999),
        ContactCompleteItem("3"),
    ]
    asyncio.run(load(settings, people))
    before = asyncio.run(scanned(settings, complete=True))
    assert list(map(contact_of, before)) == people
    assert loaded(environment, "rebuild")["live"] == len(people)
    assert asyncio.run(scanned(settings, complete=True)) == before
