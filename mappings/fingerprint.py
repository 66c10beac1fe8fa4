"""The fingerprint of a search: equal ones mean equal searches, however their URLs are written.

It is of what is asked for, not of the text: names, order, spellings and whatever asks nothing (the page, flags, what
can't be mapped) play no part, and `CEO` is `Chief Executive Officer`. So two searches are told to be the same where
neither may be shown, as in the log.
"""

from datetime import date
from hashlib import sha256

import msgspec

from mappings.company_lists import CompanyLists
from mappings.contact_filter import MappedUrl, map_url
from mappings.parameters import parameter_of
from mappings.predicates import All, Any, Not, Predicate, Terms
from mappings.url import ApolloUrl

DIGITS = 16
"""Hexadecimal digits of a fingerprint."""

_DAYS = (date(2001, 1, 15), date(2001, 3, 15))
"""Days that relative dates are counted from, so that `60_days_ago` has the same fingerprint tomorrow.

There are two, or it would have that of a date: `1_month_ago` and `31_days_ago` are one day in January, not in March.
"""

_encode = msgspec.json.Encoder().encode


def fingerprint_of(url: ApolloUrl, lists: CompanyLists | None = None) -> str:
    """The fingerprint of a URL, be it made by `mappings.canonical`, and of the lists beside it.

    Raises:
        InvalidParameter: a number, range or date is malformed.
        InvalidField: it has too many values, or a listed domain is none.
    """
    return fingerprint(url, map_url(url, _DAYS[0]), lists or CompanyLists())


def fingerprint(url: ApolloUrl, mapped: MappedUrl, lists: CompanyLists) -> str:
    """The first `DIGITS` hex digits of SHA-256 over what `url` and `lists` ask for, and the order.

    Args:
        mapped: what `map_url` made of `url`, on whichever day.
    """
    names = mapped.mapping_summary.mapped_parameter_names
    dated = any(parameter_of(name).dated for name in names)
    filters = dict.fromkeys([map_url(url, day).filter for day in _DAYS] if dated else [mapped.filter])
    digest = sha256(_canonical(lists.predicate()))
    for asked in filters:
        digest.update(_canonical(asked.predicate) + _encode(asked.order))
    return digest.hexdigest()[:DIGITS]


def _canonical(predicate: Predicate) -> bytes:
    """A predicate as text, the same in whichever order its parts and values stand."""
    match predicate:
        case Terms(field, values):
            return _encode(Terms(field, tuple(sorted(set(values)))))
        case All(of):
            return b"all(%b)" % b",".join(sorted(map(_canonical, of)))
        case Any(of):
            return b"any(%b)" % b",".join(sorted(map(_canonical, of)))
        case Not(of):
            return b"not(%b)" % _canonical(of)
    return _encode(predicate)
