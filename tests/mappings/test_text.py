"""The one normalisation: what it keeps, what it drops, and that doing it twice changes nothing."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.text import LONGEST_TEXT, LONGEST_WORD, normalise, slug, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Project Manager", "project manager"),
        ("  Vice-President,  Sales & Ops ", "vice president sales ops"),
        ("C++ / C# developer", "c++ c# developer"),
        ("+49 #1 ++", "49 1"),
        ("Müller Straße", "muller strasse"),
        ("Søren Łódź", "soren lodz"),
        ("Ёлкин Йод", "елкин иод"),
        ("Ἀθῆναι", "αθηναι"),
        ("İstanbul ISPARTA", "istanbul isparta"),
        ("ﬁne ① Ⅳ", "fine 1 iv"),
        ("हिन्दी में", "हिन्दी में"),
        ("株式会社サンプル", "株式会社サンプル"),
        ("が", "が"),
        ("snake_case_name", "snake case name"),
        ("naïve café – l’été™ №1", "naive cafe l etetm no1"),
        ("e\u0301tude a\u00bd", "etude a1 2"),
        ("é++ ＋ ø#", "e++ o#"),
        ("!!! ---", ""),
        ("", ""),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_slug() -> None:
    assert slug("C-Suite") == "c_suite"


def test_long_words_and_texts_are_cut() -> None:
    assert normalise("x" * 200) == "x" * LONGEST_WORD
    assert len(normalise("ab " * LONGEST_TEXT)) <= LONGEST_TEXT


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


# Letters newer than Python's own Unicode tables are left out: the test could not tell what they are.
@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cn"))))
def test_words_hold_letters_marks_digits_and_the_two_signs_only(text: str) -> None:
    for word in words(text):
        assert 0 < len(word) <= LONGEST_WORD
        assert all(unicodedata.category(letter)[0] in "LM" or letter in "+#" or unicodedata.category(letter) == "Nd"
                   for letter in word)  # fmt: skip


# What is no ASCII even without its diacritics is normalised the full way; beside it, everything is.
@given(st.text(alphabet=st.characters(max_codepoint=0x21FF)) | st.text())
def test_the_quick_way_gives_what_the_full_one_gives(text: str) -> None:
    assert normalise(text) == normalise(f"{text} 木").removesuffix("木").removesuffix(" ")


def test_a_word_that_grows_when_it_is_folded_is_cut_too() -> None:
    assert normalise("ﬃ" * 30) == ("ffi" * 30)[:LONGEST_WORD]
