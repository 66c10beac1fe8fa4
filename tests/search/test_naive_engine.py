"""What the naive engine has of its own; that it loads and answers like the others, their tests show of it too."""

import asyncio
from pathlib import Path

import pytest

from mappings.errors import EngineUnavailable, SettingsError
from mappings.predicates import ContactFilter, Order, Range
from search.cursor import Position
from search.engine import EngineSettings
from search.engines import explain, open_engine, own_settings
from search.fields import LONG_MAX, ContactCompleteItem
from tests.harness import naive_engine
from tests.harness.stores import engine_of, load, uuids_of

CONTACTS = [ContactCompleteItem(uuid=str(at), employees=at // 2 or None, title=f"t{at}") for at in range(6)]
BY_EMPLOYEES = ContactFilter(order=Order("employees"))

pytestmark = pytest.mark.usefixtures("naive")


def store(directory: Path, batch: int = 1000) -> EngineSettings:
    return EngineSettings(engine="naive", data_dir=directory, own=naive_engine.OwnSettings(batch=batch))


async def uuids(at: EngineSettings, contact_filter: ContactFilter) -> list[str]:
    async with engine_of(at) as engine:
        return await engine.uuids(engine.compile(contact_filter), 1000)


def test_what_is_loaded_is_what_is_found(tmp_path: Path) -> None:
    async def run() -> None:
        assert await load(store(tmp_path), [*CONTACTS, ContactCompleteItem(uuid="0", title="later")]) == len(CONTACTS)
        async with engine_of(store(tmp_path, batch=2)) as engine:
            await engine.ready()
            asked = engine.compile(BY_EMPLOYEES)
            assert await engine.uuids(asked, 10) == ["4", "5", "2", "3", "0", "1"]
            assert [uuids_of(batch) async for batch in engine.scan(asked, 1)] == [["5", "2"], ["3", "0"], ["1"]]
            back = Position(None, "0", backward=True)
            assert [uuids_of(batch) async for batch in engine.scan(asked, 1, back)] == [["4", "5"], ["2"]]
            gone = Position(1, "2x")
            assert uuids_of((await engine.search(asked, 2, position=gone)).items) == ["3", "0"]
            assert b"later" in (await engine.search(asked, 6)).items[4]

    asyncio.run(run())


@pytest.mark.parametrize("bound", [LONG_MAX, LONG_MAX + 1, 2**70])
def test_bounds_and_numbers_outside_count_as_the_nearest_inside(tmp_path: Path, bound: int) -> None:
    async def run(at: EngineSettings) -> list[str]:
        await load(
            at, [ContactCompleteItem(uuid="huge", employees=2**63), ContactCompleteItem(uuid="small", employees=1)]
        )
        return await uuids(at, ContactFilter(Range("employees", gte=bound)))

    assert asyncio.run(run(store(tmp_path))) == ["huge"]
    assert asyncio.run(run(EngineSettings(engine="duckdb", data_dir=tmp_path))) == ["huge"]


def test_contacts_of_another_version_are_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naive_engine, "MAPPING_VERSION", naive_engine.MAPPING_VERSION + 1)
    asyncio.run(load(store(tmp_path), CONTACTS))
    with pytest.raises(EngineUnavailable, match="another version"):
        asyncio.run(open_engine(store(tmp_path)).ready())


def test_its_setting_is_read_with_those_of_the_others() -> None:
    assert own_settings("naive", {"CONTACTS_NAIVE_BATCH": "7"}) == naive_engine.OwnSettings(batch=7)
    assert own_settings("naive", {}) == naive_engine.OwnSettings()
    with pytest.raises(SettingsError, match="CONTACTS_NAIVE_BATCH: '0' can't be used"):
        own_settings("duckdb", {"CONTACTS_NAIVE_BATCH": "0"})


def test_a_filter_is_explained_by_itself() -> None:
    explained = explain(BY_EMPLOYEES)["naive"]
    assert explained["filter"]["order"] == {"field": "employees", "ascending": False}
