"""What a file keeps as sets of rows is what plain Python finds, however the sets lie in it."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from mappings.errors import EngineUnavailable
from mappings.predicates import ContactFilter, Exists, Order, Phrase, Predicate, Range, Substring, Terms
from search.cursor import Position
from search.duckdb import cutting, keeping
from search.duckdb import leaves as texts
from search.duckdb.files import live_path
from search.duckdb.meta import MAPPING
from search.duckdb.sets import Leaf, Sets
from search.engine import EngineSettings
from search.fields import ContactCompleteItem
from tests.harness.naive_engine import derived, hits_of, matches, searchable
from tests.harness.stores import load
from tests.harness.strategies import items, leaves, orders


def no_pause() -> None: ...


class Opened(msgspec.Struct, frozen=True):
    """A file of some contacts, and who they are in default order."""

    connection: duckdb.DuckDBPyConnection
    sets: Sets
    contacts: list[ContactCompleteItem]

    def rows(self, predicate: Predicate) -> list[int]:
        """Those that it holds for, in plain Python."""
        return [row for row, contact in enumerate(self.contacts) if matches(predicate, derived(contact))]

    def found(self, leaf: Leaf) -> list[int]:
        """The same of the file."""
        return list(self.sets.of_leaves(self.connection, [leaf], no_pause)[leaf])


@contextmanager
def opened(directory: Path, contacts: list[ContactCompleteItem]) -> Iterator[Opened]:
    stores = EngineSettings(data_dir=directory)
    asyncio.run(load(stores, contacts))
    known = {contact.uuid: contact for contact in contacts}
    inside = [known[hit.uuid] for hit in hits_of(searchable(contacts), ContactFilter())]
    with duckdb.connect(live_path(directory, stores.index), read_only=True) as connection:
        yield Opened(connection, Sets(connection), inside)


def check_leaves(file: Opened, asked: list[Predicate]) -> None:
    of_texts = [leaf for leaf in asked if isinstance(leaf, Leaf)]
    found = file.sets.of_leaves(file.connection, of_texts, no_pause)
    sizes = file.sets.sizes(file.connection, of_texts)
    assert found.keys() == set(of_texts)
    assert sizes.keys() <= found.keys()
    for predicate in asked:
        expected = file.rows(predicate)
        if isinstance(predicate, Leaf):
            assert list(found[predicate]) == expected, predicate
            assert sizes.get(predicate, len(expected)) == len(expected), predicate
        elif isinstance(predicate, Range):
            bounds = (predicate.field, predicate.gte, predicate.lte)
            assert file.sets.numbered(file.connection, predicate.field, [predicate]) == len(expected), predicate
            for among in (file.sets.everyone, BitMap(range(0, file.sets.rows, 2))):
                rows = file.sets.between(file.connection, *bounds, among, no_pause)
                assert list(rows) == [row for row in expected if row in among], predicate
        elif isinstance(predicate, Exists):
            assert list(file.sets.filled(file.connection, predicate.field)) == expected, predicate


def check_order(file: Opened, order: Order, chosen: random.Random) -> None:
    everyone = searchable(file.contacts)
    hits = hits_of(everyone, ContactFilter(order=order))
    row_of = {contact.uuid: row for row, contact in enumerate(file.contacts)}
    ordered = [row_of[hit.uuid] for hit in hits]
    places = [(hit.value, hit.uuid) for hit in hits]
    assert file.sets.places(file.connection, order, ordered) == places
    some = BitMap(chosen.sample(ordered, len(ordered) // 2))
    for backward in (False, True):
        expected = ordered[::-1] if backward else ordered
        for rows in (file.sets.everyone, some):
            wanted = [row for row in expected if row in rows]
            for limit, offset in ((3, 0), (5, 2), (100, 0), (3, 50)):
                found = file.sets.first(file.connection, order, rows, limit, offset, backward, no_pause)
                assert found == wanted[offset : offset + limit], (order, backward)
        value, uuid = chosen.choice(places)
        # Where somebody stands, where somebody stood, and where nobody ever did.
        for place in ((value, uuid), (value, "m"), (None, uuid), (None, ""), (chosen.choice(places)[0], "b")):
            position = Position(*place, backward)
            beside = hits_of(everyone, ContactFilter(order=order), position)
            rows = file.sets.beside(file.connection, order, position, no_pause)
            assert set(rows) == {row_of[hit.uuid] for hit in beside}, (order, position)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    st.lists(items, min_size=1, max_size=40),
    st.lists(leaves, min_size=20, max_size=60),
    st.lists(orders, min_size=3, max_size=5),
    st.sampled_from((1, 3, 10_000)),
    st.randoms(use_true_random=False),
)
def test_sets_agree_with_plain_python(
    tmp_path_factory: pytest.TempPathFactory,
    contacts: list[ContactCompleteItem],
    asked: list[Predicate],
    ordered: list[Order],
    size: int,
    chosen: random.Random,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # Lists, bitmaps, and those that are read as they come, in one slice or in several: the sets are the same.
        patch.setattr(cutting, "FEW", min(size, 64))
        patch.setattr(keeping, "_PAIRS_AT_ONCE", 4 * size)
        patch.setattr(cutting, "_CHARACTERS", 8 * size)
        patch.setattr(cutting, "BLOCK", min(size, 128))
        patch.setattr(texts, "_FREQUENT", size)
        with opened(tmp_path_factory.mktemp("sets"), contacts) as file:
            check_leaves(file, asked)
            for order in ordered:
                check_order(file, order, chosen)


def test_an_empty_file_has_empty_sets(tmp_path: Path) -> None:
    with opened(tmp_path, []) as file:
        check_leaves(file, [Terms("stage", ("cold",)), Phrase("keywords", "a"), Substring("company_text", "a"),
                            Range("employees", 1), Range("employees"), Exists("title")])  # fmt: skip
        for order in (Order(), Order("title", True)):
            assert file.sets.first(file.connection, order, file.sets.everyone, 5, 0, False, no_pause) == []
            assert not file.sets.beside(file.connection, order, Position(None, "a", True), no_pause)


def test_uuids_with_one_key_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is a hash, so two uuids may have the same one; among so few contacts that has to be made to happen."""
    monkeypatch.setattr("search.duckdb.sets.uuid_key", lambda uuid: 7)
    monkeypatch.setattr("search.duckdb.build.UUID_KEY", "7")
    with opened(tmp_path, [ContactCompleteItem(uuid, title=uuid) for uuid in "abc"]) as file:
        check_order(file, Order("title"), random.Random(0))


def test_numbers_only_are_between_bounds(tmp_path: Path) -> None:
    with opened(tmp_path, [ContactCompleteItem("1")]) as file, pytest.raises(ValueError, match="not a number"):
        file.sets.between(file.connection, "title_key", 1, 2, file.sets.everyone, no_pause)


def test_a_file_of_another_version_is_told(tmp_path: Path) -> None:
    with opened(tmp_path, [ContactCompleteItem("1")]):
        pass
    [path] = tmp_path.glob("*.duckdb")
    with duckdb.connect(path) as changed:
        changed.execute("UPDATE meta SET value = '1'::BLOB WHERE name = ?", (MAPPING,))
    with duckdb.connect(path, read_only=True) as connection, pytest.raises(EngineUnavailable, match="index rebuild"):
        Sets(connection)
