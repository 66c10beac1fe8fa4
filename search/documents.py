"""What is searched of a contact: one pure function of the stored item.

The indexing job calls it for every contact it loads, and for those it reads back when an index is rebuilt: since
nothing here looks beyond the item, a new mapping version needs no original source.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import compress
from operator import attrgetter, not_
from typing import Any

import msgspec

from mappings import locations, vocabulary, web
from mappings.text import LONGEST_TERM, normalise, term, title_key
from search.fields import ITEM_FIELDS, LONG_MAX, LONG_MIN, ContactListItem
from search.memo import Memo

LONGEST_SORT_KEY = 256
"""Characters of a text that count when ordering."""

LONGEST_COMPANY = 1024
"""Characters of a company name that are searched."""

COMPANY_BYTES = 8 * 1024 * 1024
"""How much JSON of companies' fields is kept for their next contacts; as Python objects it is four times that."""

_CACHED_LENGTH = 128
"""Longer values are derived anew each time, so that no cache grows beyond a few megabytes."""

_EPOCH, _SECOND = datetime(1970, 1, 1), timedelta(seconds=1)
_DATETIME_LENGTH = len("2024-01-15T10:30:00")

_encode = msgspec.json.Encoder().encode
_company_values: Callable[[ContactListItem], tuple[Any, ...]] = attrgetter(
    "company", "website", "industry", "keywords", "technologies", "company_city", "company_state", "company_country",
    "employees", "annual_revenue", "total_funding", "latest_funding", "latest_funding_amount", "last_raised_at",
)  # fmt: skip
"""All that `CompanyFields` are made of."""


class PersonFields(msgspec.Struct, frozen=True, omit_defaults=True):
    """The derived fields that are a contact's own; the names are those of `search.fields`, `sort_*` the sort keys."""

    title_key: str | None = None
    title_words: tuple[str, ...] = ()
    seniority: str | None = None
    departments: tuple[str, ...] = ()
    email_status: str | None = None
    email_catch_all: str | None = None
    person_location: tuple[str, ...] = ()
    search_words: tuple[str, ...] = ()
    person_name: tuple[str, ...] = ()
    linkedin: str | None = None
    created_at: int | None = None
    updated_at: int | None = None
    sort_first_name: str | None = None
    sort_last_name: str | None = None
    sort_person_name: str | None = None
    sort_title: str | None = None


class CompanyFields(msgspec.Struct, frozen=True, omit_defaults=True):
    """The derived fields that a contact shares with its colleagues."""

    company_location: tuple[str, ...] = ()
    company_text: str | None = None
    company_domains: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    funding_stage: str | None = None
    employees: int | None = None
    annual_revenue: int | None = None
    total_funding: int | None = None
    latest_funding_amount: int | None = None
    last_raised_at: int | None = None
    sort_company: str | None = None


class SearchFields(msgspec.Struct, frozen=True):
    """Everything that filters and orders can ask of a contact. Empty values are left out: `None` or `()`.

    Attributes:
        absent: the item's empty fields. A zero is something, an empty text or list is not.
        company_json: `company` as JSON, made once for all its contacts.
    """

    person: PersonFields
    company: CompanyFields
    absent: tuple[str, ...]
    company_json: bytes

    def json(self) -> bytes:
        """The fields of person and company as one flat JSON object."""
        person = _encode(self.person)
        if self.company_json == b"{}":
            return person
        return b"%b%b%b" % (person[:-1], b"" if person == b"{}" else b",", self.company_json[1:])


def search_fields(item: ContactListItem) -> SearchFields:
    """The derived fields of `item`.

    It runs once for every contact of a load. What contacts share (companies, titles, places) is derived once per
    distinct value, in caches that are bounded in bytes.
    """
    company, company_json = _companies(_company_values(item))
    return SearchFields(_person_of(item), company, _absent(item), company_json)


def _person_of(item: ContactListItem) -> PersonFields:
    title = _title_of(item.title or "")
    first, last = normalise(item.first_name or ""), normalise(item.last_name or "")
    person = f"{first} {last}".strip()
    location, spelled = _place(item.city, item.state, item.country)
    return PersonFields(
        title_key=title.key,
        title_words=title.words,
        seniority=_enumerated(vocabulary.seniority, item.seniority),
        departments=_departments(item.departments) if item.departments else (),
        email_status=_enumerated(vocabulary.email_status, item.email_status),
        email_catch_all=_enumerated(vocabulary.catch_all, item.primary_email_catch_all_status),
        person_location=location,
        search_words=_search_words(item.email, spelled),
        person_name=_words(person),
        linkedin=(web.linkedin_key(item.person_linkedin_url) or None) if item.person_linkedin_url else None,
        created_at=epoch_seconds(item.created_at),
        updated_at=epoch_seconds(item.updated_at),
        sort_first_name=first[:LONGEST_SORT_KEY] or None,
        sort_last_name=last[:LONGEST_SORT_KEY] or None,
        sort_person_name=person[:LONGEST_SORT_KEY] or None,
        sort_title=title.sort_key,
    )


def _company_of(values: tuple[Any, ...]) -> tuple[CompanyFields, bytes]:
    """The company's derived fields, from `_company_values`, and their JSON."""
    name, website, industry, keywords, technologies, *place, employees, revenue, funding, stage, amount, raised = values
    company = normalise(name or "")
    fields = CompanyFields(
        company_location=_place(*place)[0],
        company_text=company[:LONGEST_COMPANY].rstrip() or None,
        company_domains=web.host_and_parents(web.host_of(website)) if website else (),
        industries=_distinct([term(part) for part in industry.split(";")]) if industry else (),
        keywords=_distinct(map(normalise, keywords)) if keywords else (),
        technologies=_distinct(map(normalise, technologies)) if technologies else (),
        funding_stage=_enumerated(vocabulary.funding_stage, stage),
        employees=_long(employees),
        annual_revenue=_long(revenue),
        total_funding=_long(funding),
        latest_funding_amount=_long(amount),
        last_raised_at=epoch_seconds(raised),
        sort_company=company[:LONGEST_SORT_KEY] or None,
    )
    return fields, _encode(fields)


_companies = Memo(_company_of, lambda _, company: len(company[1]), COMPANY_BYTES)


class _Title(msgspec.Struct, frozen=True):
    """What is derived of a title alone."""

    key: str | None
    words: tuple[str, ...]
    sort_key: str | None


def _title(text: str) -> _Title:
    title = normalise(text)
    return _Title(title_key(title) or None, _words(title), title[:LONGEST_SORT_KEY] or None)


_cached_title = lru_cache(maxsize=8192)(_title)


def _title_of(text: str) -> _Title:
    return _cached_title(text) if len(text) <= _CACHED_LENGTH else _title(text)


def _absent(item: ContactListItem) -> tuple[str, ...]:
    values = msgspec.structs.astuple(item)
    if 0 in (item.employees, item.annual_revenue, item.total_funding, item.latest_funding_amount):
        return tuple([name for name, value in zip(ITEM_FIELDS, values, strict=True) if not value and value != 0])
    return tuple(compress(ITEM_FIELDS, map(not_, values)))


def _search_words(email: str | None, spelled: tuple[str, ...]) -> tuple[str, ...]:
    """The words of the e-mail, and those of the place that its location does not have."""
    if not email:
        return spelled
    return tuple(dict.fromkeys((*normalise(email).split(), *spelled)))


def _place(city: str | None, state: str | None, country: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A place as a location, and the words of it as it was written: `USA`, where the location is `united states`."""
    texts = (city or "", state or "", country or "")
    return _cached_place(*texts) if sum(map(len, texts)) <= _CACHED_LENGTH else _place_of(*texts)


def _place_of(*texts: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    location = locations.contact_location(*texts)
    spelled = [place for text in texts if (place := normalise(text)) not in location]
    return location, _words(" ".join(spelled))


_cached_place = lru_cache(maxsize=8192)(_place_of)


def epoch_seconds(text: str | None) -> int | None:
    """Seconds since 1970 of a stored datetime (`YYYY-MM-DDTHH:MM:SS`, UTC); `None` of anything else."""
    if not text or len(text) != _DATETIME_LENGTH:
        return None
    try:
        return (datetime.fromisoformat(text) - _EPOCH) // _SECOND
    except (TypeError, ValueError):
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


def _words(normalised: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalised.split()))


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, values)))


def _long(number: int | None) -> int | None:
    return None if number is None else max(LONG_MIN, min(LONG_MAX, number))
