"""Which loads there are, what a swap removes and where a rollback goes: plain names, no engine."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.errors import IndexingError
from search.fields import MAPPING_VERSION
from search.stores import Store, began_at, by_age, destination, left_over, new_stamp

names = st.lists(st.sampled_from([f"contacts-2026013{day}T120000000000Z" for day in range(9)]), unique=True).map(sorted)
keeps = st.integers(0, 4)


def test_new_names_are_known_again_and_sort_by_age() -> None:
    made = []
    for _ in range(3):
        made.append(f"people-{new_stamp()}.duckdb")
        time.sleep(0.001)
    assert by_age(reversed(made), "people", ".duckdb") == made
    small = [f"people-{new_stamp().lower()}"]
    assert by_age(small, "people") == small


@pytest.mark.parametrize(
    "name",
    [
        "people",
        "people-20260131",
        "people-20260131T120000000000Z.building",
        "people-x-20260131T120000000000Z",
        "peoples-20260131T120000000000Z",
        "20260131T120000000000Z",
    ],
)
def test_what_is_not_of_a_load_is_left_alone(name: str) -> None:
    assert by_age([name, "people-20260131T120000000000Z"], "people") == ["people-20260131T120000000000Z"]


def test_an_alias_is_no_pattern() -> None:
    assert by_age(["peoplex-20260131T120000000000Z"], "people.") == []


@given(names, st.data(), keeps)
def test_a_swap_keeps_the_new_one_what_was_live_and_the_newest(
    stores: Sequence[str], data: st.DataObject, keep: int
) -> None:
    before = data.draw(st.sets(st.sampled_from(stores), max_size=1)) if stores else set()
    new = "contacts-20270101T000000000000Z"
    removed = left_over([*stores, new], new, before, keep)
    kept = [name for name in stores if name not in removed]
    assert new not in removed
    assert set(removed) <= set(stores)
    assert len(kept) == min(keep, len(stores))
    assert keep == 0 or before <= set(kept)
    # Of those that were not live, none that is newer goes before one that is older.
    assert all(name < other for name in removed for other in kept if not before & {name, other})


@given(names, st.data())
def test_a_rollback_goes_to_the_next_older_one(stores: Sequence[str], data: st.DataObject) -> None:
    live = data.draw(st.sets(st.sampled_from(stores), max_size=2)) if stores else set()
    older = [name for name in stores if live and all(name < other for other in live)]
    if not older:
        with pytest.raises(IndexingError, match="no earlier load"):
            destination(stores, live)
    else:
        assert destination(stores, live) == max(older)


@given(names, st.data())
def test_what_is_kept_is_gone_to_by_its_name(stores: Sequence[str], data: st.DataObject) -> None:
    live = data.draw(st.sets(st.sampled_from(stores), max_size=2)) if stores else set()
    for name in stores:
        assert destination(stores, live, name) == name
    with pytest.raises(IndexingError, match="no load that is kept is called contacts-x"):
        destination(stores, live, "contacts-x")


@given(names, st.integers(1, 4))
def test_what_a_swap_keeps_a_rollback_finds(stores: Sequence[str], keep: int) -> None:
    new = "contacts-20270101T000000000000Z"
    if stores:
        before = {stores[0]}
        removed = left_over([*stores, new], new, before, keep)
        left = [name for name in [*stores, new] if name not in removed]
        back = destination(left, [new])
        assert back in left
        assert back == stores[0] if keep == 1 else back == stores[-1]


def test_a_live_store_that_is_gone_can_be_rolled_back_from() -> None:
    assert destination(["a-1", "a-2"], ["a-3"]) == "a-2"


def test_a_store_of_another_version_is_outdated() -> None:
    store = Store("a", 1, live=True)
    assert (store.mapping, store.outdated) == (MAPPING_VERSION, False)
    assert Store("a", 1, live=True, mapping=0).outdated


def test_when_a_load_began_is_in_its_name() -> None:
    before = datetime.now(UTC)
    name = f"my-index-{new_stamp()}"
    for written in (name, name.lower(), f"{name}.duckdb"):
        began = began_at(written)
        assert began is not None
        assert before <= began <= datetime.now(UTC)


@pytest.mark.parametrize("name", ["contacts", "contacts-2026", "contacts-20269931T120000000000Z", "a,b", ""])
def test_what_was_never_a_load_did_not_begin(name: str) -> None:
    assert began_at(name) is None
