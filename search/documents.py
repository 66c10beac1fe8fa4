"""What is searched of a contact: one pure function of the stored item.

The indexing job calls it for every contact it loads, and for those it reads back when an index is rebuilt: since
nothing here looks beyond the item, a new mapping version needs no original source.
"""

from calendar import timegm
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import compress
from time import strptime

import msgspec

from mappings import locations, vocabulary, web
from search.fields import ITEM_FIELDS, LONG_MAX, LONG_MIN, ContactListItem
from search.text import LONGEST_TERM, normalise, term, title_key

LONGEST_SORT_KEY = 256
"""Characters of a text that count when ordering."""

LONGEST_COMPANY = 1024
"""Characters of a company name that are searched."""

_CACHED_LENGTH = 128
_CACHED_TEXTS = 64
"""Longer values are derived anew each time, so that no cache grows beyond a few megabytes."""


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
    """Everything that filters and orders can ask of `item`. Empty values are left out: `None` or `()`.

    It runs once for every contact of a load. What contacts share (titles, companies, keyword lists, places) is
    derived once per distinct value, in caches that are bounded in bytes as well as in entries.
    """
    title, company = _title_of(item.title or ""), _company_of(item.company or "")
    first, last = normalise(item.first_name or ""), normalise(item.last_name or "")
    person = f"{first} {last}".strip()
    industries = _shared_industries(item.industry) if item.industry else ()
    keywords = _texts(item.keywords) if item.keywords else ()
    technologies = _texts(item.technologies) if item.technologies else ()
    person_location = locations.contact_location(item.city, item.state, item.country)
    return SearchFields(
        title_key=title.key,
        title_words=title.words,
        seniority=_enumerated(vocabulary.seniority, item.seniority),
        departments=_departments(item.departments) if item.departments else (),
        email_status=_enumerated(vocabulary.email_status, item.email_status),
        email_catch_all=_enumerated(vocabulary.catch_all, item.primary_email_catch_all_status),
        person_location=person_location,
        company_location=locations.contact_location(item.company_city, item.company_state, item.company_country),
        company_text=company.text,
        company_domains=web.host_and_parents(web.host_of(item.website)) if item.website else (),
        industries=industries,
        keywords=keywords,
        technologies=technologies,
        search_words=_search_words(
            item, (person, title.normalised, company.normalised, *industries, *keywords, *person_location)
        ),
        person_name=_words(person),
        linkedin=(web.linkedin_key(item.person_linkedin_url) or None) if item.person_linkedin_url else None,
        funding_stage=_enumerated(vocabulary.funding_stage, item.latest_funding),
        present=_present(item),
        employees=_long(item.employees),
        annual_revenue=_long(item.annual_revenue),
        total_funding=_long(item.total_funding),
        latest_funding_amount=_long(item.latest_funding_amount),
        last_raised_at=epoch_seconds(item.last_raised_at),
        created_at=epoch_seconds(item.created_at),
        updated_at=epoch_seconds(item.updated_at),
        sort_first_name=first[:LONGEST_SORT_KEY] or None,
        sort_last_name=last[:LONGEST_SORT_KEY] or None,
        sort_person_name=person[:LONGEST_SORT_KEY] or None,
        sort_title=title.sort_key,
        sort_company=company.sort_key,
    )


class _Title(msgspec.Struct, frozen=True):
    """What is derived of a title alone."""

    normalised: str
    key: str | None
    words: tuple[str, ...]
    sort_key: str | None


class _Company(msgspec.Struct, frozen=True):
    """What is derived of a company's name alone."""

    normalised: str
    text: str | None
    sort_key: str | None


def _title(text: str) -> _Title:
    title = normalise(text)
    return _Title(title, title_key(title) or None, _words(title), title[:LONGEST_SORT_KEY] or None)


def _company(text: str) -> _Company:
    company = normalise(text)
    return _Company(company, company[:LONGEST_COMPANY].rstrip() or None, company[:LONGEST_SORT_KEY] or None)


_cached_title, _cached_company = lru_cache(maxsize=16384)(_title), lru_cache(maxsize=16384)(_company)


def _title_of(text: str) -> _Title:
    return _cached_title(text) if len(text) <= _CACHED_LENGTH else _title(text)


def _company_of(text: str) -> _Company:
    return _cached_company(text) if len(text) <= _CACHED_LENGTH else _company(text)


def _present(item: ContactListItem) -> tuple[str, ...]:
    """The names of the fields that hold something. A zero does, an empty text or list does not."""
    values = msgspec.structs.astuple(item)
    if 0 in (item.employees, item.annual_revenue, item.total_funding, item.latest_funding_amount):
        return tuple([name for name, value in zip(ITEM_FIELDS, values, strict=True) if value or value == 0])
    return tuple(compress(ITEM_FIELDS, values))


def _search_words(item: ContactListItem, normalised: Iterable[str]) -> tuple[str, ...]:
    """Words found by free text. Places count as they were written and by their usual name: `USA`, `united states`."""
    texts = (item.email, item.city, item.state, item.country)
    return _words(" ".join((*normalised, *[normalise(text) for text in texts if text])))


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
    if not text:
        return None
    return _cached_enumerated(canonical, text) if len(text) <= _CACHED_LENGTH else _canonical(canonical, text)


def _canonical(canonical: Callable[[str], str], text: str) -> str | None:
    return canonical(text)[:LONGEST_TERM] or None


_cached_enumerated = lru_cache(maxsize=4096)(_canonical)


def _departments(names: tuple[str, ...]) -> tuple[str, ...]:
    return _distinct([vocabulary.department(name) for name in names])


def _industries(text: str) -> tuple[str, ...]:
    return _distinct([term(part) for part in text.split(";")])


_cached_industries = lru_cache(maxsize=4096)(_industries)


def _shared_industries(text: str) -> tuple[str, ...]:
    return _cached_industries(text) if len(text) <= _CACHED_LENGTH else _industries(text)


def _texts(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Every text normalised. Colleagues have their company's lists, and stand together in most sources."""
    return _cached_texts(texts) if len(texts) <= _CACHED_TEXTS else _normalised(texts)


def _normalised(texts: tuple[str, ...]) -> tuple[str, ...]:
    return _distinct([normalise(text) for text in texts])


_cached_texts = lru_cache(maxsize=2048)(_normalised)


def _words(normalised: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalised.split()))


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, values)))


def _long(number: int | None) -> int | None:
    return None if number is None else max(LONG_MIN, min(LONG_MAX, number))
