"""Blocks give back what was packed into them, and find in it what plain Python finds."""

from collections.abc import Sequence

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from search.duckdb.blocks import ESCAPED, Block, Packer, escaped, packed, unescaped, unpack, unpacked

NUMBERS = st.integers(0, 2**32 - 1)
anything = st.text(st.one_of(st.sampled_from("a\n\\ n\0é"), st.characters(codec="utf-8")), max_size=8)
words = st.lists(st.text("abé+", min_size=1, max_size=3), min_size=1, max_size=4).map(" ".join)


def block_of(texts: Sequence[str]) -> Block:
    return unpack(Packer()(list(map(escaped, texts)), [0] * len(texts), bytes(len(texts)), b""))


@given(
    st.dictionaries(
        anything, st.one_of(st.lists(NUMBERS, max_size=64), st.integers(65, 2**31)), min_size=1, max_size=20
    ),
    anything,
)
def test_what_is_packed_is_found(sets: dict[str, list[int] | int], absent: str) -> None:
    texts = sorted(sets)
    few = [None if isinstance(numbers := sets[text], int) else numbers for text in texts]
    sizes = [numbers if isinstance(numbers := sets[text], int) else len(numbers) for text in texts]
    listed, numbers = bytes([len(each or ()) for each in few]), b"".join([packed(each) for each in few if each])
    block = unpack(Packer()(list(map(escaped, texts)), sizes, listed, numbers))
    assert block.names() == texts
    for place, text in enumerate(texts):
        assert block.place(text) == place
        assert block.size(place) == sizes[place]
        found = block.numbers(place)
        assert (None if found is None else list(unpacked(found))) == few[place]
    assert block.place(absent) == (texts.index(absent) if absent in sets else None)


@given(st.sets(words, min_size=1, max_size=20).map(sorted), st.one_of(words, st.text("abé+", min_size=1, max_size=5)))
def test_parts_of_names_are_found(texts: list[str], sought: str) -> None:
    block = block_of(texts)
    assert list(block.containing(sought)) == [place for place, text in enumerate(texts) if sought in text]
    whole = [place for place, text in enumerate(texts) if f" {sought} " in f" {text} "]
    assert list(block.phrasing(sought)) == whole


@settings(max_examples=20)
@given(st.lists(anything))
def test_names_are_escaped_in_sql_too(texts: list[str]) -> None:
    with duckdb.connect() as database:
        found = database.execute(f"SELECT {ESCAPED} FROM (SELECT unnest(?::VARCHAR[]) AS text)", (texts,)).fetchall()
    assert [text for (text,) in found] == [escaped(text) for text in texts]
    assert [unescaped(text) for (text,) in found] == texts


@given(st.lists(NUMBERS))
def test_numbers_have_four_bytes_each(numbers: list[int]) -> None:
    assert packed(numbers) == b"".join([number.to_bytes(4, "little") for number in numbers])
    assert list(unpacked(bytearray(packed(numbers)))) == numbers
