"""What is searched of a contact: one pure function of the stored item.

The indexing job calls it for every contact it loads, and for those it reads back when an index is rebuilt: since
nothing here looks beyond the item, a new mapping version needs no original source.
"""

from calendar import timegm
from collections.abc import Callable, Iterable
from functools import lru_cache
from time import strptime

import msgspec

from mappings import locations, vocabulary, web
from search.fields import ITEM_FIELDS, LONG_MAX, LONG_MIN, ContactListItem
from search.text import LONGEST_TERM, normalise, term, title_key

LONGEST_SORT_KEY = 256
"""Characters of a text that count when ordering."""

LONGEST_COMPANY = 1024
"""Characters of a company name that are searched."""


class SearchFields(msgspec.Struct, frozen=True, omit_defaults=True):
    """The derived fields of one contact; the names are those of `search.fields`, and `sort_*` the text sort keys."""

    title_key: str | None = None
    title_words: tuple[str, ...] = ()
    seniority: str | None = None
    departments: tuple[str, ...] = ()
    email_status: str | None = None
    email_catch_all: str | None = None
    person_location: tuple[str, ...] = ()
    company_location: tuple[str, ...] = ()
    company_text: str | None = None
    company_domains: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    search_words: tuple[str, ...] = ()
    person_name: tuple[str, ...] = ()
    linkedin: str | None = None
    funding_stage: str | None = None
    present: tuple[str, ...] = ()
    employees: int | None = None
    annual_revenue: int | None = None
    total_funding: int | None = None
    latest_funding_amount: int | None = None
    last_raised_at: int | None = None
    created_at: int | None = None
    updated_at: int | None = None
    sort_first_name: str | None = None
    sort_last_name: str | None = None
    sort_person_name: str | None = None
    sort_title: str | None = None
    sort_company: str | None = None


def search_fields(item: ContactListItem) -> SearchFields:
    """Everything that filters and orders can ask of `item`. Empty values are left out: `None` or `()`."""
    title, company = normalise(item.title or ""), normalise(item.company or "")
    first, last = normalise(item.first_name or ""), normalise(item.last_name or "")
    industries = _terms((item.industry or "").split(";"))
    keywords, technologies = _texts(item.keywords), _texts(item.technologies)
    person_location = locations.contact_location(item.city, item.state, item.country)
    return SearchFields(
        title_key=title_key(title) or None,
        title_words=_words((title,)),
        seniority=_enumerated(vocabulary.seniority, item.seniority),
        departments=_distinct(vocabulary.department(name) for name in item.departments or ()),
        email_status=_enumerated(vocabulary.email_status, item.email_status),
        email_catch_all=_enumerated(vocabulary.catch_all, item.primary_email_catch_all_status),
        person_location=person_location,
        company_location=locations.contact_location(item.company_city, item.company_state, item.company_country),
        company_text=company[:LONGEST_COMPANY].rstrip() or None,
        company_domains=web.host_and_parents(web.host_of(item.website)) if item.website else (),
        industries=industries,
        keywords=keywords,
        technologies=technologies,
        search_words=_search_words(item, (first, last, title, company, *industries, *keywords, *person_location)),
        person_name=_words((first, last)),
        linkedin=(web.linkedin_key(item.person_linkedin_url) or None) if item.person_linkedin_url else None,
        funding_stage=_enumerated(vocabulary.funding_stage, item.latest_funding),
        present=tuple([name for name in ITEM_FIELDS if getattr(item, name) not in (None, "", ())]),
        employees=_long(item.employees),
        annual_revenue=_long(item.annual_revenue),
        total_funding=_long(item.total_funding),
        latest_funding_amount=_long(item.latest_funding_amount),
        last_raised_at=epoch_seconds(item.last_raised_at),
        created_at=epoch_seconds(item.created_at),
        updated_at=epoch_seconds(item.updated_at),
        sort_first_name=first[:LONGEST_SORT_KEY] or None,
        sort_last_name=last[:LONGEST_SORT_KEY] or None,
        sort_person_name=f"{first} {last}".strip()[:LONGEST_SORT_KEY] or None,
        sort_title=title[:LONGEST_SORT_KEY] or None,
        sort_company=company[:LONGEST_SORT_KEY] or None,
    )


def _search_words(item: ContactListItem, normalised: Iterable[str]) -> tuple[str, ...]:
    """Words found by free text. Places count as they were written and by their usual name: `USA`, `united states`."""
    texts = (item.email, item.city, item.state, item.country)
    return _words((*normalised, *[normalise(text) for text in texts if text]))


@lru_cache(maxsize=65536)
def epoch_seconds(text: str | None) -> int | None:
    """Seconds since 1970 of a stored datetime (`YYYY-MM-DDTHH:MM:SS`, UTC); `None` of anything else."""
    if not text:
        return None
    try:
        return timegm(strptime(text, "%Y-%m-%dT%H:%M:%S"))
    except ValueError:
        return None


def _enumerated(canonical: Callable[[str], str], text: str | None) -> str | None:
    return (canonical(text)[:LONGEST_TERM] or None) if text else None


def _terms(texts: Iterable[str]) -> tuple[str, ...]:
    return _distinct(term(text) for text in texts)


def _texts(texts: Iterable[str] | None) -> tuple[str, ...]:
    return _distinct(normalise(text) for text in texts or ())


def _words(normalised: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(normalised).split()))


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([value for value in values if value]))


def _long(number: int | None) -> int | None:
    return None if number is None else max(LONG_MIN, min(LONG_MAX, number))
