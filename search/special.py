"""Which values set some contacts apart from all others: a pure function of counts.

The score is JLH, which is high for what is frequent here and rare elsewhere: the absolute change of the share times the
relative one (https://www.elastic.co/guide/en/elasticsearch/reference/8.19/search-aggregations-bucket-significantterms-aggregation.html).
"""

from collections.abc import Mapping, Sequence

import msgspec

from search.facets import Bucket, Value

LEAST = 3
"""Contacts that a value has at least; of fewer it says nothing."""

_LEAST_SHARE = 1000
"""One of so many contacts has it at least."""

CANDIDATES = 5000
"""Values that are looked at, the most frequent: with one value a contact no more than a thousand can be of interest."""


class Special(msgspec.Struct, frozen=True):
    """A value that is more frequent here than elsewhere: how many times as frequent."""

    value: Value
    lift: float
    score: float


def least_of(count: int) -> int:
    """How many of so many contacts have a value at least that sets them apart."""
    return max(LEAST, -(-count // _LEAST_SHARE))


def lift_of(count: int, of: int, base: int, total: int) -> float | None:
    """How many times as frequent a value is among contacts, `count` of `of`, as among all; `None` if nobody has it."""
    return (count / of) / (base / total) if count and base else None


def special(buckets: Sequence[Bucket], count: int, bases: Mapping[Value, int], total: int) -> list[Special]:
    """Those of `buckets` that are more frequent among `count` contacts than among all, the most telling first.

    Args:
        bases: value → how many of all contacts have it.
        total: all contacts.
    """
    found: list[Special] = []
    for bucket in buckets:
        lift = lift_of(bucket.count, count, bases[bucket.value], total)
        if bucket.count >= least_of(count) and lift is not None and lift > 1:
            share, base = bucket.count / count, bases[bucket.value] / total
            found.append(Special(bucket.value, lift, (share - base) * lift))
    return sorted(found, key=lambda each: (-each.score, str(each.value)))
