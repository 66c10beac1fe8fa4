"""How people are shown who the contacts of a search are: `contacts facets`."""

from collections.abc import Iterator

import msgspec

from api.actions.facets import FacetBucket, FacetCounts, FacetData
from indexing.cli.terminal import Table, heading, print_table, say
from indexing.cli.totals import number, say_found

FORMS = ("table", "json")

_CHOSEN = "chosen"


def print_facets(answer: bytes) -> None:
    """The `data` of an answer: a table for each facet."""
    data = msgspec.json.decode(answer, type=FacetData)
    say_found(data.count, data.total, data.companies)
    for facet in data.facets:
        asked = f", {facet.parameter}" if facet.parameter else ""
        heading(f"{facet.name}{asked}")
        if facet.timed_out is True:
            say("It took too long and is left out.")
            continue
        special = any(bucket.lift is not None for bucket in facet.buckets)
        headers = ("value", "contacts", *["times as frequent"] * special, "")
        print_table(Table(headers, [*_rows(facet, special=special), *_rest(facet, len(headers))]))
        if not facet.exact:
            say("Some numbers may be too low, and some values missing: the contacts are in several shards.")


def _rows(facet: FacetCounts, *, special: bool) -> Iterator[tuple[str, ...]]:
    for bucket in facet.buckets:
        lift = ["" if bucket.lift is None else f"{bucket.lift:g}"] * special
        yield bucket.label, number(bucket.count), *lift, _CHOSEN if bucket.chosen else _note(bucket)


def _note(bucket: FacetBucket) -> str:
    """What there is to say of searching for a value."""
    if bucket.url is None:
        return "no parameter finds it"
    return "" if bucket.url_exact else "its parameter finds more"


def _rest(facet: FacetCounts, columns: int) -> Iterator[tuple[str, ...]]:
    """Those that no bucket has."""
    for name, count in (("(other values)", facet.other), ("(none)", facet.missing)):
        if count != 0:
            yield name, number(count), *[""] * (columns - 2)
