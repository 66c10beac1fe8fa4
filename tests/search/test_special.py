"""Which values set some contacts apart."""

import pytest

from search.facets import Bucket
from search.special import Special, least_of, lift_of, special


def test_a_value_has_three_contacts_and_a_thousandth_of_them() -> None:
    assert [least_of(count) for count in (0, 3, 3000, 3001, 10_000)] == [3, 3, 3, 4, 10]


def test_a_lift_is_how_many_times_as_frequent_a_value_is() -> None:
    assert lift_of(5, 10, 50, 1000) == pytest.approx(10)
    assert lift_of(0, 10, 50, 1000) is None
    assert lift_of(1, 10, 0, 1000) is None


def test_the_most_telling_come_first_and_what_is_no_more_frequent_not_at_all() -> None:
    buckets = [Bucket("common", 60), Bucket("rare", 3), Bucket("b", 10), Bucket("a", 10), Bucket("few", 2)]
    bases = {"common": 600, "rare": 3, "b": 20, "a": 20, "few": 2}
    found = special(buckets, 100, bases, 1000)
    assert [each.value for each in found] == ["a", "b", "rare"]
    assert found[0] == Special("a", pytest.approx(5), pytest.approx((0.1 - 0.02) * 0.1 / 0.02))
    assert special([], 0, {}, 0) == []
