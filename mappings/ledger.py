"""The ledger of a URL: what became of each parameter and each value, and why. Nothing is dropped in silence.

It is made from the same readers as the filter (`mappings.contact_filter`), on demand: the filter is made without it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from mappings.contact_filter import PAGE, context_of, values_of, values_read
from mappings.ordering import SORTING
from mappings.parameters import Parameter, given_parameters, written_parameters
from mappings.rules import Context, Reading, Reason, last_of
from mappings.url import ApolloUrl
from mappings.values import Malformed, decoded_again

Status = Literal["applied", "repaired", "approximated", "ignored"]
"""What became of a value.

`applied`: it counts, read as it stands. `repaired`: it counts, and something of it was read otherwise than it is
written: its name, its encoding, its spelling. `approximated`: it counts, and contacts may be found or missed that
Apollo would not find or miss by it. `ignored`: it does not count.
"""

_EMPTY = "empty"
_OVERRULED = "a later value of it counts"
_NOTHING = "nothing in it that contacts could be compared with"
_JOINED = "taken out of a list that is written as one value"
_AS_IT_STANDS = Reading(None, "")


class LedgerEntry(msgspec.Struct, frozen=True):
    """One value of one parameter."""

    name: str
    """The parameter's canonical name; `url` for the URL as a whole."""

    value: str
    """As written, percent-decoded once; of several in one, that one."""

    status: Status
    reason: str
    """In plain words: how the value is compared, what was repaired, how far it is one, why it does not count."""

    read_as: str | None
    """What was read in place of the value, or the name behind an id."""


def ledger(url: ApolloUrl, today: date) -> tuple[LedgerEntry, ...]:
    """What became of a URL: parameter by parameter, in the URL's order, and value by value. Never fails on a value.

    Args:
        url: the URL. What it was taken out of is the first entry.
        today: the day in UTC that dates such as `60_days_ago` are counted from.

    Raises:
        InvalidField: JSON in the URL has too many values.
    """
    context = context_of(values_read(given_parameters(url.pairs)), today)
    entries = [_unwrapping(url)] if url.unwrapped else []
    for parameter, pairs in written_parameters(url.pairs):
        entries += _entries(parameter, pairs, context)
    return tuple(entries)


def overruled(entries: Iterable[LedgerEntry], sorting: str = "", page: str = "") -> list[LedgerEntry]:
    """The same entries; those of the order or the page are ignored, if something beside the URL overrules them.

    Args:
        sorting: the request field that has an order of its own.
        page: the request field that has pages of its own.
    """
    reasons = dict.fromkeys(SORTING if sorting else (), f"`{sorting}` has an order of its own")
    return without(entries, reasons | dict.fromkeys([PAGE] if page else (), f"`{page}` has pages of its own"))


def unpaged(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """The same entries of a search of which there are no pages, such as a canonical one."""
    return without(entries, {PAGE: "there are no pages of it"})


def without(entries: Iterable[LedgerEntry], reasons: Mapping[str, str]) -> list[LedgerEntry]:
    """The same entries; those of parameters for which there is a reason are ignored for it."""
    return [
        LedgerEntry(entry.name, entry.value, "ignored", reasons[entry.name], None)
        if entry.name in reasons and entry.status != "ignored"
        else entry
        for entry in entries
    ]


def _unwrapping(url: ApolloUrl) -> LedgerEntry:
    path = "" if url.hash_path is None else f"/#{url.hash_path}"
    query = "" if url.query_string is None else f"?{url.query_string}"
    return LedgerEntry("url", url.text, "repaired", "; ".join(url.unwrapped), f"{url.base_url}{path}{query}")


def _entries(parameter: Parameter, pairs: Sequence[tuple[str, str]], context: Context) -> Iterator[LedgerEntry]:
    single = parameter.reason is None and parameter.combine is last_of
    for left, (name, value) in zip(range(len(pairs))[::-1], pairs, strict=True):
        parts = values_of(parameter, value)
        if single and left:
            yield LedgerEntry(parameter.name, value, "ignored", _OVERRULED, None)
        elif len(parts) < 2:
            part = "".join(parts)
            joined = [_JOINED] if part.strip() != decoded_again(value).strip() else []
            yield _entry(parameter, value, part, [*_repairs(parameter, name, value), *joined], context)
        else:
            for part in parts:
                yield _entry(parameter, part, part, [*_repairs(parameter, name, value), _JOINED], context)


def _repairs(parameter: Parameter, name: str, value: str) -> list[str]:
    """What was repaired before the value was read."""
    respelled = [f"`{name}` is another spelling of `{parameter.name}`"] if name != parameter.name else []
    return [*respelled, "percent-encoded twice"] if decoded_again(value) != value else respelled


def _entry(parameter: Parameter, value: str, part: str, repairs: list[str], context: Context) -> LedgerEntry:
    """The entry of a value, as written; `part` is what the parameter reads of it."""
    try:
        asked = parameter.read(part, context)
    except Malformed as error:
        return LedgerEntry(parameter.name, value, "ignored", f"not {error}", None)
    if isinstance(asked, Reason):
        return LedgerEntry(parameter.name, value, "ignored", asked.value, None)
    if asked is None:
        return LedgerEntry(parameter.name, value, "ignored", _NOTHING if part.strip() else _EMPTY, None)
    reading = asked if isinstance(asked, Reading) else _AS_IT_STANDS
    status: Status = "repaired" if repairs or reading.read_as is not None else "applied"
    if reading.approximate:
        status = "approximated"
    reason = "; ".join([*repairs, reading.note] if reading.note else repairs) or parameter.compared
    shown = part if parameter.show is None else parameter.show(part)
    return LedgerEntry(parameter.name, value, status, reason, reading.read_as or (shown if shown != value else None))
