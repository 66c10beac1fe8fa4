"""Whatever became of a file of contacts, the error says which file, what is wrong with it, and a cure."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from mappings.errors import NothingIndexed, StoreUnreadable
from mappings.predicates import ContactFilter
from search.duckdb.engine import DuckDBEngine
from search.duckdb.files import live_path
from search.duckdb.loader import DuckDBLoader
from search.duckdb.reading import connect, reading
from search.engine import EngineSettings
from search.fields import ContactCompleteItem
from tests.harness.damage import DAMAGES, DUCKDB_DAMAGES, kept_from_us, middle_gone
from tests.harness.processes import server_directory
from tests.harness.stores import load

CURES = ("contacts index rollback", "put a backup of the file in its place", "delete contacts.current and load anew")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a load, and of one before it, of some contacts each."""
    settings = EngineSettings(data_dir=tmp_path_factory.mktemp("loaded"))
    contacts = [ContactCompleteItem(uuid=f"{at:05}", title=f"T{at}") for at in range(2000)]
    for _ in range(2):
        asyncio.run(load(settings, contacts, keep=1))
    return settings.data_dir


@pytest.fixture
def store(loaded: Path, tmp_path: Path) -> EngineSettings:
    """A copy of them."""
    return EngineSettings(data_dir=Path(shutil.copytree(loaded, tmp_path / "data")))


def read_all(settings: EngineSettings) -> int:
    """How many contacts are read, whole."""

    async def run() -> int:
        engine = DuckDBEngine(settings)
        try:
            compiled = engine.compile(ContactFilter())
            return sum([len(batch) async for batch in engine.scan(compiled, complete=True)])
        finally:
            await engine.close()

    return asyncio.run(run())


def told(error: StoreUnreadable) -> str:
    """What the operator reads. A client learns of no file."""
    assert "/" not in str(error)
    assert "duckdb" not in str(error).lower()
    return error.detail


@pytest.mark.parametrize("damage", DUCKDB_DAMAGES)
def test_a_damaged_file_is_told_by_every_reader_and_rolled_back_from(store: EngineSettings, damage: str) -> None:
    file = live_path(store.data_dir, store.index)
    DUCKDB_DAMAGES[damage](file)
    with pytest.raises(StoreUnreadable) as caught:
        read_all(store)
    message = told(caught.value)
    assert message.startswith(f"{file} ")
    assert any(cure in message for cure in CURES), message

    async def load_again() -> None:
        loader = DuckDBLoader(store)
        try:
            [before, live] = await loader.stores()
            assert (before.contacts, before.trouble, before.live) == (2000, None, False)
            assert (live.name, live.contacts, live.live) == (file.name, 0, True)
            assert message.startswith(str(live.trouble))
            with pytest.raises(StoreUnreadable):
                await loader.live()
            with pytest.raises(StoreUnreadable):
                [batch async for batch in loader.identities()]
            assert (await loader.rollback()).name == before.name
        finally:
            await loader.close()

    asyncio.run(load_again())
    assert read_all(store) == 2000


def test_damage_among_the_items_is_told_by_who_reads_them(store: EngineSettings) -> None:
    file = live_path(store.data_dir, store.index)
    middle_gone(file)
    with pytest.raises(StoreUnreadable) as caught:
        read_all(store)
    assert told(caught.value).startswith(f"{file} is damaged: parts of it were overwritten")

    async def load_again() -> None:
        loader = DuckDBLoader(store)
        try:
            # How many contacts there are is said elsewhere in the file.
            assert [each.contacts for each in await loader.stores()] == [2000, 2000]
            with pytest.raises(StoreUnreadable):
                [batch async for batch in loader.identities()]
        finally:
            await loader.close()

    asyncio.run(load_again())


@pytest.mark.parametrize("damage", ["gone", "zeros", "a directory"])
def test_deleting_the_pointer_is_a_cure(store: EngineSettings, damage: str) -> None:
    DUCKDB_DAMAGES[damage](live_path(store.data_dir, store.index))
    (store.data_dir / "contacts.current").unlink()
    asyncio.run(load(store, [ContactCompleteItem(uuid="new")]))
    assert read_all(store) == 1


@pytest.mark.parametrize("damage", [*DAMAGES, "empty", "another name"])
def test_a_damaged_pointer_is_told_with_the_command_that_mends_it(store: EngineSettings, damage: str) -> None:
    file, pointer = live_path(store.data_dir, store.index), store.data_dir / "contacts.current"
    others = {
        "empty": lambda path: path.write_bytes(b""),
        "another name": lambda path: path.write_text("../../etc/passwd\n"),
        "nearly all cut off": lambda path: path.write_bytes(path.read_bytes()[:5]),
    }
    (DAMAGES | others)[damage](pointer)
    with pytest.raises(StoreUnreadable) as caught:
        read_all(store)
    message = told(caught.value)
    assert message.startswith(f"{pointer} ")
    if damage == "a directory":
        pointer.rmdir()
    subprocess.run(message.split("`")[1], shell=True, check=True)
    assert live_path(store.data_dir, store.index) == file
    assert read_all(store) == 2000


def test_a_pointer_beside_no_load_is_to_be_deleted(tmp_path: Path) -> None:
    (tmp_path / "contacts.current").write_text("?")
    with pytest.raises(StoreUnreadable) as caught:
        live_path(tmp_path, "contacts")
    assert "delete contacts.current and load anew" in told(caught.value)
    (tmp_path / "contacts.current").unlink()
    with pytest.raises(NothingIndexed):
        live_path(tmp_path, "contacts")


@pytest.mark.parametrize("which", ["file", "pointer"])
def test_what_we_may_not_read_is_to_be_let_read(which: str) -> None:
    with server_directory("kept-") as directory:
        asyncio.run(load(EngineSettings(data_dir=directory), [ContactCompleteItem(uuid="a")]))
        file = live_path(directory, "contacts")
        path = file if which == "file" else directory / "contacts.current"
        directory.chmod(0o755)
        (directory / "contacts.current").chmod(0o644)
        with kept_from_us(path), pytest.raises(StoreUnreadable) as caught:
            connect(live_path(directory, "contacts"))
    cure = "let the user that runs this read it (chown, chmod)"
    assert told(caught.value) == f"{path} can't be read: Permission denied; {cure}"


def test_a_file_that_another_process_writes_to_is_told(store: EngineSettings) -> None:
    file = live_path(store.data_dir, store.index)
    writing = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", writing, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(StoreUnreadable) as caught:
            connect(file)
        other.communicate()
    assert told(caught.value) == f"{file} is held open by a process that writes to it; end that process"


def test_only_what_is_the_fault_of_the_file_is_put_down_to_it(store: EngineSettings) -> None:
    file = live_path(store.data_dir, store.index)
    with connect(file) as database:
        with pytest.raises(duckdb.CatalogException), reading(file):
            database.execute("SELECT secret FROM nowhere")
        with pytest.raises(StoreUnreadable) as caught, reading(file):
            raise duckdb.FatalException("secret")
    assert "can't be read (FatalException)" in told(caught.value)
    assert "secret" not in told(caught.value)
