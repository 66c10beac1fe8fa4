import msgspec
import pytest

from mappings.counts import FEW, FEWEST, Count, exact, guarded


def test_few_are_not_counted_for_everybody():
    assert [guarded(count) for count in range(7)] == ["<5"] * 5 + [5, 6]
    assert [exact(count) for count in (0, 4, 5)] == [0, 4, 5]


def test_the_words_say_the_number():
    assert f"<{FEWEST}" == FEW


def test_nothing_else_is_a_number_of_contacts():
    assert [msgspec.convert(count, Count) for count in (FEW, FEWEST, 0)] == [FEW, FEWEST, 0]
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert("<6", Count)
