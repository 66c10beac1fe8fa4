"""Items as they lie in a DuckDB file."""

from threading import Thread

import msgspec
import pytest
from hypothesis import given

from search.duckdb.packing import Unpacker, dictionary, pack
from search.fields import ContactCompleteItem
from tests.harness.strategies import items


@given(items)
def test_what_is_packed_is_unpacked(item: ContactCompleteItem) -> None:
    stored = msgspec.json.encode(item)
    assert Unpacker(dictionary())([pack(stored), pack(b"")]) == [stored, b""]


def test_another_dictionary_than_that_of_the_file_is_told() -> None:
    with pytest.raises(Exception, match=r"(?i)decompress|corrupt|dictionary"):
        Unpacker(b"another dictionary" * 100)([pack(dictionary()[:2000])])


def test_threads_pack_and_unpack_side_by_side() -> None:
    lines = dictionary().splitlines()[:20]
    unpack = Unpacker(dictionary())
    unpacked: list[list[bytes]] = []
    threads = [Thread(target=lambda: unpacked.append(unpack(map(pack, lines * 20)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert unpacked == [lines * 20] * 4


def test_an_item_becomes_a_third() -> None:
    item = msgspec.json.decode(dictionary().splitlines()[-3], type=ContactCompleteItem)
    other = msgspec.json.encode(msgspec.structs.replace(item, email="someone@else.example", last_name="Somebody"))
    assert len(pack(other)) * 3 < len(other)
