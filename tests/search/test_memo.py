"""What is remembered, and how much of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.memo import Memo


def test_it_makes_each_value_once() -> None:
    made: list[str] = []
    memo = Memo(lambda key: made.append(key) or key.upper(), lambda key, _: len(key), budget=100)
    assert [memo(key) for key in ("a", "b", "a", "a")] == ["A", "B", "A", "A"]
    assert made == ["a", "b"]


def test_a_failure_is_not_remembered() -> None:
    answers = iter([ValueError(), "there"])

    def make(_: str) -> str:
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        return answer

    memo = Memo(make, lambda *_: 1, budget=10)
    with pytest.raises(ValueError):
        memo("key")
    assert memo("key") == "there"


@given(st.lists(st.integers(0, 40)), st.integers(0, 100))
def test_it_holds_its_budget_and_one_more_at_most(keys: list[int], budget: int) -> None:
    memo = Memo(lambda key: -key, lambda key, _: key, budget)
    for key in keys:
        assert memo(key) == -key
        assert sum(memo._kept) <= max(budget, key)
