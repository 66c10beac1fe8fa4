"""Items as they lie in a DuckDB file."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import duckdb
import msgspec
import pytest
from hypothesis import given

from search.duckdb.packing import DICTIONARY, dictionary, pack, unpack
from search.fields import ContactListItem
from tests.harness.strategies import items


@pytest.fixture(scope="module")
def cursor() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE meta (name VARCHAR, value BLOB)")
        database.execute("INSERT INTO meta VALUES (?, ?)", (DICTIONARY, dictionary()))
        yield database


@given(items)
def test_what_is_packed_is_unpacked(cursor: duckdb.DuckDBPyConnection, item: ContactListItem) -> None:
    stored = msgspec.json.encode(item)
    assert unpack(cursor, [pack(stored), pack(b"")]) == [stored, b""]


def test_the_dictionary_is_that_of_the_file(cursor: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert unpack(cursor, []) == []
    with duckdb.connect(tmp_path / "other.duckdb") as other:
        other.execute("CREATE TABLE meta (name VARCHAR, value BLOB)")
        other.execute("INSERT INTO meta VALUES (?, ?)", (DICTIONARY, b"another dictionary" * 100))
        with pytest.raises(Exception, match=r"(?i)decompress|corrupt|dictionary"):
            unpack(other, [pack(dictionary()[:2000])])


def test_threads_pack_side_by_side(cursor: duckdb.DuckDBPyConnection) -> None:
    lines = dictionary().splitlines()[:20]
    packed: list[list[bytes]] = []
    threads = [Thread(target=lambda: packed.append([pack(line) for line in lines * 20])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert all(unpack(cursor, each) == lines * 20 for each in packed)
    assert len(packed) == 4


def test_an_item_becomes_a_third() -> None:
    item = msgspec.json.decode(dictionary().splitlines()[3], type=ContactListItem)
    other = msgspec.json.encode(msgspec.structs.replace(item, email="someone@else.example", last_name="Somebody"))
    assert len(pack(other)) * 3 < len(other)
