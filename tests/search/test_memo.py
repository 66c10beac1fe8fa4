"""What is remembered, and how much of it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.memo import Memo


def test_it_makes_each_value_once() -> None:
    made: list[str] = []
    memo = Memo(lambda key: made.append(key) or key.upper(), lambda key, _: len(key), budget=100)
    assert [memo[key] for key in ("a", "b", "a", "a")] == ["A", "B", "A", "A"]
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
        memo["key"]
    assert memo["key"] == "there"


@given(st.lists(st.integers(0, 40)), st.integers(0, 100))
def test_it_holds_its_budget_and_one_more_at_most(keys: list[int], budget: int) -> None:
    memo = Memo(lambda key: -key, lambda key, _: key, budget)
    for key in keys:
        assert memo[key] == -key
        assert sum(memo) <= max(budget, key)


def test_what_two_threads_make_at_once_is_counted_once() -> None:
    made: list[str] = []
    both = Barrier(2, timeout=10)

    def make(key: str) -> str:
        made.append(key)
        if key == "shared":
            both.wait()
        return key

    memo = Memo(make, lambda *_: 1, budget=3)
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(memo.__getitem__, ["shared", "shared"])) == ["shared", "shared"]
    assert (memo["b"], memo["c"]) == ("b", "c")
    assert memo["shared"] == "shared"
    assert made == ["shared", "shared", "b", "c"]


def test_threads_share_it_within_its_budget() -> None:
    memo = Memo(lambda key: -key, lambda *_: 1, budget=5)
    with ThreadPoolExecutor(8) as threads:
        for key, value in zip(range(4000), threads.map(lambda key: memo[key % 40], range(4000)), strict=True):
            assert value == -(key % 40)
    assert len(memo) == memo._held <= 5
