"""Loads one after the other, in every engine: what is live, what stays for a rollback, what an aborted one leaves."""

import asyncio
import errno
import os
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from mappings.errors import EngineRejected, EngineUnavailable, IndexingError
from mappings.predicates import ContactFilter
from search.engine import EngineSettings
from search.engines import ENGINES, open_loader, open_updater
from search.fields import ContactCompleteItem
from search.loader import Holder, Loader
from search.stores import LoadFigures, Store
from tests.harness.stores import cluster, engine_of

Own = Callable[[str], str]


@pytest.fixture(params=[*sorted(ENGINES), "naive"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EngineSettings:
    if request.param == "elasticsearch":
        own_index: Own = request.getfixturevalue("own_index")
        return cluster(request.getfixturevalue("elasticsearch_url"), own_index("loaders"))
    if request.param == "naive":
        request.getfixturevalue("naive")
    return EngineSettings(engine=request.param, data_dir=tmp_path)


async def loaded(store: EngineSettings, number: int, keep: int = 1) -> str:
    """The name of a new live store with so many contacts."""

    async def fill(loader: Loader) -> str:
        await loader.start()
        await loader.write(
            [loader.encoder.encode(row, ContactCompleteItem(uuid=str(row))) for row in range(1, number + 1)]
        )
        assert await loader.finish() == number
        await loader.swap()
        return loader.name

    return await using(open_loader(store, keep), fill)


async def using(loader: Loader, use: Callable[[Loader], Coroutine[Any, Any, Any]]) -> Any:
    try:
        return await use(loader)
    finally:
        await loader.close()


async def stores(store: EngineSettings) -> list[Store]:
    return await using(open_loader(store), lambda loader: loader.stores())


FIGURES = LoadFigures(
    finished_at="2026-01-31T12:00:00Z", rows=5, repeated=1, rejected=1, repaired=2, filled={"email": 3}
)


async def count(store: EngineSettings) -> int:
    async with engine_of(store) as engine:
        return await engine.count(engine.compile(ContactFilter()))


def test_before_the_first_load_there_is_nothing(store: EngineSettings) -> None:
    async def run() -> None:
        assert await stores(store) == []
        assert await using(open_loader(store), lambda loader: loader.live()) is None
        with pytest.raises(EngineUnavailable, match="contacts index csv"):
            await count(store)
        with pytest.raises(IndexingError, match="no earlier load"):
            await using(open_loader(store), lambda loader: loader.rollback())

    asyncio.run(run())


def test_loads_are_kept_and_rolled_back_to_by_age(store: EngineSettings) -> None:
    async def run() -> None:
        first, second, third = [await loaded(store, number, keep=2) for number in (1, 2, 3)]
        assert [(each.name, each.contacts, each.live) for each in await stores(store)] == [
            (first, 1, False), (second, 2, False), (third, 3, True),
        ]  # fmt: skip
        back = await using(open_loader(store), lambda loader: loader.rollback())
        assert (back.name, back.contacts, back.live, await count(store)) == (second, 2, True, 2)
        for name, contacts in ((third, 3), (third, 3), (second, 2)):
            there = await using(open_loader(store), lambda loader, name=name: loader.rollback(name))
            assert (there.name, there.contacts, there.live, await count(store)) == (name, contacts, True, contacts)
        with pytest.raises(IndexingError, match="no load that is kept is called contacts-x"):
            await using(open_loader(store), lambda loader: loader.rollback("contacts-x"))
        # What was live until now is kept before what is newer.
        fourth = await loaded(store, 4, keep=1)
        assert [(each.name, each.live) for each in await stores(store)] == [(second, False), (fourth, True)]
        await loaded(store, 5, keep=0)
        assert [each.contacts for each in await stores(store)] == [5]

    asyncio.run(run())


def test_a_finished_store_can_be_read_before_it_is_live_and_afterwards(store: EngineSettings) -> None:
    async def run() -> None:
        first = await loaded(store, 1)

        async def fill(loader: Loader) -> None:
            await loader.start()
            await loader.write([loader.encoder.encode(row, ContactCompleteItem(uuid=str(row))) for row in (1, 2, 3)])
            assert await loader.finish(FIGURES) == 3
            engine = loader.reader()
            try:
                assert await engine.count(engine.compile(ContactFilter())) == 3
            finally:
                await engine.close()
            assert await count(store) == 1, "it is not live yet"
            await loader.swap()

        await using(open_loader(store), fill)
        assert await count(store) == 3
        assert await count(msgspec.structs.replace(store, store=first)) == 1
        # The plainest engine there can be keeps contacts only.
        kept = None if store.engine == "naive" else FIGURES
        assert [each.figures for each in await stores(store)] == [None, kept]

    asyncio.run(run())


def test_what_is_noted_outlives_loads_and_nobodys_change_is_lost(store: EngineSettings) -> None:
    async def run() -> None:
        async def note(loader: Loader, word: bytes) -> None:
            await loader.note(lambda before: before + word)

        async def refuse(loader: Loader) -> None:
            def change(_before: bytes) -> bytes:
                raise EngineRejected("no")

            with pytest.raises(EngineRejected):
                await loader.note(change)

        assert await using(open_loader(store), lambda loader: loader.noted()) == b""
        words = [f"ä{number} ".encode() for number in range(3)]
        await asyncio.gather(*(using(open_loader(store), partial(note, word=word)) for word in words))
        await loaded(store, 1, keep=0)
        await using(open_loader(store), refuse)
        noted = await using(open_loader(store), lambda loader: loader.noted())
        assert sorted(noted.split()) == [word.strip() for word in words]

    asyncio.run(run())


def test_an_aborted_load_leaves_nothing_and_an_interrupted_one_is_gone_on_with(store: EngineSettings) -> None:
    async def run() -> None:
        await loaded(store, 1)

        async def begin(loader: Loader) -> tuple[str, str]:
            await loader.start()
            await loader.write([loader.encoder.encode(1, ContactCompleteItem(uuid="a"))])
            return loader.name, await loader.mark()

        async def abort(loader: Loader) -> None:
            await begin(loader)
            await loader.abort()
            await loader.abort()

        async def go_on(loader: Loader) -> int:
            await loader.resume(mark)
            await loader.write([loader.encoder.encode(2, ContactCompleteItem(uuid="b"))])
            number = await loader.finish()
            # Once more, as after a crash before the swap.
            await loader.resume(mark)
            assert await loader.finish() == number
            await loader.swap()
            return number

        await using(open_loader(store), abort)
        name, mark = await using(open_loader(store), begin)
        assert [each.contacts for each in await stores(store)] == [1]
        assert await using(open_loader(store, name=name), go_on) == 2
        assert await count(store) == 2
        never = open_loader(store)
        assert await using(open_loader(store, name=never.name), begun_anew) == 1
        await never.close()

    async def begun_anew(loader: Loader) -> int:
        """A load that was interrupted before it had a store."""
        await loader.resume("")
        await loader.write([loader.encoder.encode(1, ContactCompleteItem(uuid="a"))])
        return await loader.finish()

    asyncio.run(run())


def test_what_broken_off_loads_left_is_cleared_and_nothing_else(store: EngineSettings) -> None:
    async def begun(loader: Loader) -> str:
        await loader.start()
        await loader.write([loader.encoder.encode(1, ContactCompleteItem(uuid="a"))])
        return loader.name

    async def run() -> None:
        other = msgspec.structs.replace(store, index=f"{store.index}-eu")
        earlier, live = [await loaded(store, number) for number in (1, 2)]
        lost, known = [await using(open_loader(store), begun) for _ in range(2)]
        foreign = await using(open_loader(other), begun)

        async def complete(loader: Loader) -> str:
            await begun(loader)
            await loader.finish()
            return loader.name

        unswapped = await using(open_loader(store), complete)
        going_on = open_loader(store, name=known)
        async with going_on.exclusively(Holder("here", "alpha", 1)):
            assert await going_on.clear(unswapped) == sorted([lost, unswapped])
            assert await going_on.clear(live) == []
            await going_on.resume("")
        await going_on.close()
        assert [each.name for each in await stores(store)] == [earlier, live]
        assert await using(open_loader(store), lambda loader: loader.clear()) == [known]
        assert await using(open_loader(other), lambda loader: loader.clear()) == [foreign]

    asyncio.run(run())


def test_an_update_in_place(elasticsearch_url: str, own_index: Own) -> None:
    store = cluster(elasticsearch_url, own_index("loaders-update"))

    async def update(loader: Loader) -> int:
        await loader.start()
        await loader.resume("")
        await loader.write([loader.encoder.encode(2**40, ContactCompleteItem(uuid="new"))])
        number = await loader.finish()
        await loader.swap()
        await loader.abort()
        return number

    async def run() -> None:
        updater = open_updater(store)
        assert updater is not None
        with pytest.raises(EngineUnavailable, match="without --update"):
            await updater.start()
        await loaded(store, 1)
        assert await using(updater, update) == 2
        assert await count(store) == 2

    asyncio.run(run())


def test_duckdb_has_no_update_in_place(tmp_path: Path) -> None:
    assert open_updater(EngineSettings(data_dir=tmp_path)) is None


def test_an_index_with_the_name_of_the_alias_is_told(elasticsearch_url: str, own_index: Own) -> None:
    alias = own_index("loaders-clash")

    async def run() -> None:
        settings = cluster(elasticsearch_url, f"{alias}-20260131t120000000000z")
        loader: Any = open_loader(settings, name=settings.index)
        try:
            await loader.start()
            with pytest.raises(EngineRejected, match="rename or delete it"):
                await loader.live()
        finally:
            await loader.abort()
            await loader.close()

    asyncio.run(run())


def test_a_data_directory_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    loader = open_loader(EngineSettings(data_dir=tmp_path / "data"))
    with pytest.raises(EngineUnavailable, match="data directory can't be written"):
        asyncio.run(loader.start())


def test_what_duckdb_can_not_take_is_told(tmp_path: Path) -> None:
    loader = open_loader(EngineSettings(data_dir=tmp_path))
    staged = tmp_path / Path(loader.name).with_suffix(".documents")

    async def run() -> None:
        await loader.start()
        await loader.write([loader.encoder.encode(1, ContactCompleteItem(uuid="a"))])
        await asyncio.to_thread(staged.write_text, "no document\n")
        try:
            with pytest.raises(EngineRejected, match="DuckDB could not take the contacts"):
                await loader.finish()
        finally:
            await loader.close()

    asyncio.run(run())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS])
def test_a_disk_that_takes_no_more_from_duckdb_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(*_: object) -> None:
        words = f'TransactionContext Error: Failed to commit: Could not write file "x.wal": {os.strerror(number)}'
        raise duckdb.TransactionException(words)

    monkeypatch.setattr("search.duckdb.loader.build", fail)
    loader = open_loader(EngineSettings(data_dir=tmp_path))

    async def run() -> None:
        await loader.start()
        await loader.write([loader.encoder.encode(1, ContactCompleteItem(uuid="a"))])
        try:
            with pytest.raises(EngineUnavailable, match=f"data directory can't be written: {os.strerror(number)}$"):
                await loader.finish()
        finally:
            await loader.close()

    asyncio.run(run())


def test_writing_before_the_start_is_a_mistake(tmp_path: Path) -> None:
    loader = open_loader(EngineSettings(data_dir=tmp_path))
    with pytest.raises(RuntimeError, match="start the loader"):
        asyncio.run(loader.write([]))
