import pytest

from api.actions.one_use import MOST_BYTES, MOST_OF_ONE, OneUse
from mappings.errors import TooManyRequests


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_secret_opens_what_it_is_of_and_once(clock):
    store = OneUse(60, clock=clock)
    one, other = store.issue("ada", "a"), store.issue("eve", "b")
    assert (store.take(other), store.take(one)) == ("b", "a")
    assert (store.take(other), store.take(one)) == (None, None)


def test_it_holds_for_its_time_and_no_longer(clock):
    store = OneUse(60, clock=clock)
    one, other = store.issue("ada", "a"), store.issue("ada", "b")
    clock.now += 59.9
    assert store.take(one) == "a"
    clock.now += 0.1
    assert store.take(other) is None
    assert store._kept == {}


def test_one_that_begins_alike_opens_nothing_and_ends_nothing(clock):
    store = OneUse(60, clock=clock)
    secret = store.issue("ada", "a")
    for wrong in (secret[:12], secret[:-1], secret + "x", secret[:-1] + "ä", secret.swapcase(), "", "\ud800"):
        assert store.take(wrong) is None
    assert store.take(secret) == "a"


def test_nothing_that_is_kept_opens_anything(clock):
    store = OneUse(60, clock=clock)
    secret = store.issue("ada", "a")
    assert secret not in repr(store._kept)
    assert len(secret) >= 43


def test_a_further_one_of_an_owner_ends_the_oldest(clock):
    store = OneUse(60, clock=clock)
    other = store.issue("eve", "e")
    first, second, *_ = [store.issue("ada", "a") for _ in range(MOST_OF_ONE + 1)]
    assert (store.take(first), store.take(second), store.take(other)) == (None, "a", "e")


def test_all_together_are_bounded_and_nobody_ends_those_of_others(clock):
    store = OneUse(60, 3, clock)
    secrets = [store.issue(owner, owner) for owner in ("ada", "bob", "eve")]
    with pytest.raises(TooManyRequests) as caught:
        store.issue("mallory", "m")
    assert caught.value.retry_after == 60
    assert [store.take(secret) for secret in secrets] == ["ada", "bob", "eve"]
    assert store.take(store.issue("mallory", "m")) == "m"


def test_what_all_of_them_open_is_bounded_too(clock):
    store = OneUse(60, clock=clock)
    secret = store.issue("ada", "a", MOST_BYTES - 5)
    store.issue("bob", "b", 5)
    with pytest.raises(TooManyRequests):
        store.issue("eve", "e", 1)
    assert store.take(secret) == "a"
    assert store.take(store.issue("eve", "e", 1)) == "e"
