from api.actions.rates import KEPT_KEYS, Rates


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_minutes_worth_at_once_then_an_even_trickle():
    clock = Clock()
    rates = Rates(6, clock=clock)
    assert [rates.take("ada") for _ in range(6)] == [0.0] * 6
    assert 9.99 < rates.take("ada") <= 10.01
    clock.now += 9.9
    assert rates.take("ada") > 0
    clock.now += 0.2
    assert rates.take("ada") == 0
    assert rates.take("ada") > 0
    clock.now += 3600
    assert [rates.take("ada") for _ in range(7)].count(0.0) == 6


def test_keys_do_not_share():
    rates = Rates(1)
    assert (rates.take("ada"), rates.take("bob")) == (0.0, 0.0)
    assert rates.take("ada") > 0


def test_zero_is_off():
    rates = Rates(0)
    assert not any(rates.take("ada") for _ in range(10_000))


def test_memory_has_a_bound_and_the_busy_are_not_forgotten():
    rates = Rates(2, kept=100)
    rates.take("ada")
    for number in range(1000):
        rates.take(str(number))
        rates.take("ada")
    assert len(rates._full_at) == 100
    assert rates.take("ada") > 0
    assert KEPT_KEYS < 100_000
