"""Links of a row, which tell by themselves what they lead to: a person or a company on LinkedIn, or a website."""

import re
from collections.abc import Iterator, Sequence
from functools import partial

from indexing.row import Row, Step
from indexing.sources.columns import Column, ColumnMapping
from indexing.sources.headers import LINK, header_key
from indexing.values.placeholders import placeholders_of
from search.fields import ALL_FIELDS

_WEBSITE, _PROFILE, _COMPANY_PROFILE = map(ALL_FIELDS.index, ("website", "person_linkedin_url", "company_linkedin_url"))
_LINKEDIN = re.compile(
    r"linkedin\.com/(?:(?P<person>in|pub|sales/lead|sales/people)|company|school|showcase|sales/company)/",
    re.IGNORECASE,
)
_MEMBER_ID = re.compile(r"linkedin\.com/in/AC[ow]AA", re.IGNORECASE)
"""How addresses of profiles begin that have LinkedIn's own number of the member for a name."""


def link_steps(mapping: ColumnMapping) -> Iterator[Step]:
    """The steps for the links of a source: websites, profiles, and those that tell by themselves what they lead to."""
    sites = [(at, mapping.columns[at]) for (at,) in mapping.places_of("website")]
    if any(header_key(column.header).endswith(("url", "link")) for _, column in sites):
        yield Step(tuple(at for at, _ in sites), partial(_site, sites))
    profiles = [(at, mapping.columns[at]) for (at,) in mapping.places_of("person_linkedin_url")]
    if len(profiles) > 1:
        yield Step(tuple(at for at, _ in profiles), partial(_public_profile, profiles))
    for (at,) in mapping.places_of(LINK):
        yield Step((at,), partial(_link, at, mapping.columns[at]))


def _site(columns: Sequence[tuple[int, Column]], row: Row) -> None:
    """A `Company URL` may be its page on LinkedIn; the website then is in the next column, if it is anywhere."""
    site = row.values[_WEBSITE]
    if site is None or not _LINKEDIN.search(site):
        return
    row.values[_WEBSITE] = None
    for at, column in columns:
        text = row.text(at)
        if text == site or _LINKEDIN.search(text):
            _link(at, column, row)
        elif text and text not in placeholders_of("website") and row.values[_WEBSITE] is None:
            row.values[_WEBSITE] = text
            row.custom.pop(column.name, None)


def _public_profile(columns: Sequence[tuple[int, Column]], row: Row) -> None:
    """An address with a name in it goes before one with a member's number, which no other file has."""
    profile = row.values[_PROFILE]
    if profile is None or not _MEMBER_ID.search(profile):
        return
    texts = [(column, row.text(at)) for at, column in columns]
    named = (each for each in texts if "linkedin.com/in/" in each[1].lower() and not _MEMBER_ID.search(each[1]))
    if found := next(named, None):
        row.values[_PROFILE] = found[1]
        row.custom.pop(found[0].name, None)
        row.keep(next(column for column, text in texts if text == profile), profile)


def _link(at: int, column: Column, row: Row) -> None:
    """An address of LinkedIn is that of the person or of the company; any other is kept beside the fields."""
    text = row.text(at)
    if not text or text in placeholders_of("website"):
        return
    found = _LINKEDIN.search(text)
    where = None if found is None else _PROFILE if found["person"] else _COMPANY_PROFILE
    if where is not None and row.values[where] in (None, text):
        row.values[where] = text
        row.custom.pop(column.name, None)
        return
    row.add_sales_profile(text)
    row.keep(column, text)
