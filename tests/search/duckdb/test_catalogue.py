"""Names are found in the blocks of a file, whichever block they are in, and read from it only once."""

from itertools import islice

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from search.duckdb.blocks import Packer, escaped, packed, unpacked
from search.duckdb.catalogue import Catalogue
from search.duckdb.schema import CREATE
from search.duckdb.spaces import SPACES

SPACES_HERE = ("stage", "company_text", "funding_stage")
names = st.dictionaries(
    st.sampled_from(SPACES_HERE), st.sets(st.text("abcé \n", max_size=4), min_size=1, max_size=30), max_size=3
)


def no_pause() -> None: ...


def filled(database: duckdb.DuckDBPyConnection, texts: dict[str, set[str]], size: int) -> dict[tuple[str, str], int]:
    """A file with these names in blocks of this size; the id of each. What is in a set is its id."""
    for statement in CREATE:
        database.execute(statement)
    ids: dict[tuple[str, str], int] = {}
    block = 0
    for space in sorted(texts, key=SPACES.__getitem__):
        ordered = iter(sorted(texts[space]))
        while some := list(islice(ordered, size)):
            first = len(ids)
            ids |= {(space, text): first + place for place, text in enumerate(some)}
            listed = range(first, first + len(some))
            content = Packer()(list(map(escaped, some)), [1] * len(some), b"\1" * len(some), packed(listed))
            values = (block, SPACES[space], first, some[0], content)
            database.execute("INSERT INTO names VALUES (?, ?, ?, ?, ?)", values)
            block += 1
    return ids


@settings(max_examples=20, deadline=None)
@given(names, st.integers(1, 9), st.text("abcé \n", max_size=4))
def test_names_are_found(texts: dict[str, set[str]], size: int, sought: str) -> None:
    with duckdb.connect() as database:
        ids = filled(database, texts, size)
        catalogue = Catalogue(database)
        for _ in range(2):
            asked = [*ids, *((space, sought) for space in SPACES_HERE)]
            found = catalogue.entries(database, asked, no_pause)
            assert {name: entry.id for name, entry in found.items()} == {
                name: ids[name] for name in asked if name in ids
            }
            assert all(list(unpacked(entry.few or b"")) == [entry.id] for entry in found.values())
        # Of the last space in the file nobody asks for all ids.
        for space in sorted(texts, key=SPACES.__getitem__)[:-1]:
            assert set(catalogue.ids(space)) == {id_ for name, id_ in ids.items() if name[0] == space}


@settings(max_examples=20, deadline=None)
@given(names, st.integers(1, 9), st.sets(st.integers(0, 89)))
def test_blocks_are_found_by_ids(texts: dict[str, set[str]], size: int, wanted: set[int]) -> None:
    with duckdb.connect() as database:
        ids = filled(database, texts, size)
        asked = BitMap(wanted & set(ids.values()))
        blocks = list(Catalogue(database).blocks(database, asked))
        inside = {first + place for first, block in blocks for place in range(len(block.listed))}
        assert inside >= set(asked)
        # None for nothing, and none twice.
        assert all(asked.range_cardinality(first, first + len(block.listed)) for first, block in blocks)
        assert len({first for first, _ in blocks}) == len(blocks)


def test_blocks_are_read_once() -> None:
    with duckdb.connect() as database:
        filled(database, {"stage": {"a", "b"}}, 1)
        catalogue = Catalogue(database)
        entries = catalogue.entries(database, [("stage", "a")], no_pause)
        database.execute("DELETE FROM names")
        assert catalogue.entries(database, [("stage", "a")], no_pause) == entries
        with pytest.raises(TimeoutError):
            catalogue.entries(database, [("stage", "a")], _stop)


def _stop() -> None:
    raise TimeoutError
