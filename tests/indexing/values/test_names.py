"""Whole names, taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.data import read_data
from indexing.values.names import ADDRESS_FORMS, split_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ann Alpha", ("Ann", "Alpha")), ("Alpha, Ann", ("Ann", "Alpha")), ("ALPHA, ANN", ("ANN", "ALPHA")),
        ("Dr. Ann van der Alpha, PhD", ("Ann", "van der Alpha")), ("Prof. Dr. Ann Alpha", ("Ann", "Alpha")),
        ("Alpha, Dr. Ann", ("Ann", "Alpha")), ("Ann Alpha Jr.", ("Ann", "Alpha")), ("Ann Alpha, Jr.", ("Ann", "Alpha")),
        ("Ann Alpha, MBA, PMP", ("Ann", "Alpha")), ("Ann Alpha, SHRM-CP", ("Ann", "Alpha")),
        ("Ann Alpha, XYZ-1", ("Ann", "Alpha")), ("Ann Alpha III", ("Ann", "Alpha")),
        ("Ann Alpha PhD", ("Ann", "Alpha")),
        ("Ann Marie Alpha", ("Ann Marie", "Alpha")), ("Maria de la Cruz", ("Maria", "de la Cruz")),
        ("Mai Le", ("Mai", "Le")), ("De Alpha", ("De", "Alpha")), ("van der Alpha, Ann", ("Ann", "van der Alpha")),
        ("Ann (Annie) Alpha", ("Ann", "Alpha")), ("Ann", ("Ann", None)), ("Mr. Alpha", (None, "Alpha")),
        ("M. Alpha", ("M.", "Alpha")), ("Jun Ma", ("Jun", "Ma")), ("O'Neil, Sean", ("Sean", "O'Neil")),
        ("Phil Alpha", ("Phil", "Alpha")), ("Don Alpha Beta", ("Don Alpha", "Beta")), ("Yo Yo Ma", ("Yo Yo", "Ma")),
        ("YO YO MA", ("YO YO", "MA")), ("Kim Anh Do", ("Kim Anh", "Do")), ("Nguyen, Do", ("Do", "Nguyen")),
        ("Dr. phil. Ann Alpha", ("Ann", "Alpha")), ("Dr phil Ann Alpha", ("Ann", "Alpha")),
        ("Gen. Alpha", (None, "Alpha")), ("Ann Jo Alpha MA", ("Ann Jo", "Alpha")), ("Ann Alpha, MA", ("Ann", "Alpha")),
        ("🚀 Ann Alpha 🚀", ("Ann", "Alpha")), ("Ann Alpha ✔", ("Ann", "Alpha")), ("Ann · Alpha", ("Ann", "Alpha")),
        ("Ann Alpha | Sales", ("Ann", "Alpha")), ("Ann Alpha – CEO, One", ("Ann", "Alpha")),
        ("Ann|CEO", ("Ann", "CEO")),
        ("Mr. & Mrs. Alpha", (None, "Alpha")), ("Ann & Bob Alpha", ("Ann & Bob", "Alpha")), ("***", (None, None)),
        ("12345", (None, None)), ("Ms. None", (None, "None")),
        ("李小龍", ("李小龍", None)), ("ann@one.example", (None, None)), ("(x)", (None, None)), ("Dr.", ("Dr.", None)),
    ],
)  # fmt: skip
def test_names(text: str, name: tuple[str | None, str | None]) -> None:
    assert split_name(text) == name


AROUND = {word for words in read_data("names", dict[str, list[str]]).values() for word in words}
words = st.text(st.characters(categories=["Ll"], max_codepoint=127), min_size=2, max_size=8)
names = words.filter(lambda word: word not in AROUND).map(str.title)


@given(names, names)
def test_two_plain_words_are_the_name_in_either_order(first: str, last: str) -> None:
    assert split_name(f"{first} {last}") == split_name(f"{last}, {first}") == (first, last)


def test_what_is_before_a_name_is_no_job() -> None:
    assert {"Ms.", "Mr", "DR.", "Frau"} <= ADDRESS_FORMS
    assert not {"CEO", "Director", ""} & ADDRESS_FORMS


@given(st.text(max_size=30))
def test_any_text_is_some_name(text: str) -> None:
    for part in split_name(text):
        assert part is None or part == part.strip() != ""
