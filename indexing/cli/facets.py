"""How people are shown who the contacts of a search are: `contacts facets`."""

from collections.abc import Iterator

import msgspec

from api.actions.facets import FacetBucket, FacetCounts, FacetData
from indexing.cli.terminal import Table, heading, print_table, say
from mappings.counts import Count

FORMS = ("table", "json")

_CHOSEN = "chosen"


def print_facets(answer: bytes) -> None:
    """The `data` of an answer: a table for each facet."""
    data = msgspec.json.decode(answer, type=FacetData)
    about = "" if data.companies.exact else "about "
    say(f"{_number(data.count)} of {_number(data.total)} contacts, of {about}{_number(data.companies.count)} companies")
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
        yield bucket.label, _number(bucket.count), *lift, _CHOSEN if bucket.chosen else _note(bucket)


def _note(bucket: FacetBucket) -> str:
    """What there is to say of searching for a value."""
    if bucket.url is None:
        return "no parameter finds it"
    return "" if bucket.url_exact else "its parameter finds more"


def _rest(facet: FacetCounts, columns: int) -> Iterator[tuple[str, ...]]:
    """Those that no bucket has."""
    for name, count in (("(other values)", facet.other), ("(none)", facet.missing)):
        if count != 0:
            yield name, _number(count), *[""] * (columns - 2)


def _number(count: Count | None) -> str:
    """A number for people; what is withheld is a dash."""
    return "-" if count is None else f"{count:,}" if isinstance(count, int) else count
