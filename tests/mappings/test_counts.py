from typing import get_args

from mappings.counts import FEW, FEWEST, Few, exact, guarded


def test_few_are_not_counted_for_everybody():
    assert [guarded(count) for count in range(7)] == ["<5"] * 5 + [5, 6]
    assert [exact(count) for count in (0, 4, 5)] == [0, 4, 5]


def test_the_words_say_the_number():
    assert get_args(Few) == (FEW,) == (f"<{FEWEST}",)
