"""How what is searched of a contact is made of its own values: the functions that rows of `search.fields` name.

Each is pure and takes the value of one item field, `None` included, or a tuple of several. They run for every contact
of a load: what many contacts share is made once and remembered, within a number of bytes.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import chain, compress
from operator import not_
from typing import TypeVar

import msgspec

from mappings import locations, titles, vocabulary, web
from mappings.codes import classes_of
from mappings.text import LONGEST_TERM, normalise, normalise_once, term
from search.kinds import DerivedValue, Form, Kind
from search.memo import Memo

LONG_MIN, LONG_MAX = -(2**63) + 1, 2**63 - 2
"""The bounds of a stored number; a bound or value outside is brought to the nearest. Engines hold 64 bits, of which
Elasticsearch keeps the two outermost numbers for itself: they stand for a missing value when it sorts."""

LONGEST_SORT_KEY = 256
"""Characters of a text that count when ordering."""

LONGEST_COMPANY = 1024
"""Characters of a company name that are searched."""

REMEMBERED_BYTES = 4 * 1024 * 1024
"""About how much one function here remembers."""

_ENTRY_BYTES = 512
"""About how much a short text, what is made of it and their place in the memory hold."""

_EPOCH, _DAY = datetime(1970, 1, 1), 24 * 60 * 60
_DATETIME_LENGTH, _MONTH_LENGTH = len("2024-01-15T10:30:00"), len("2024-01")

SHUFFLE_BITS = 63
"""Of the number that contacts are shuffled by."""

EMPTY_FORMS = frozenset({Form.TEXT, Form.PHONE, Form.LIST, Form.DATETIME, Form.MAP})
"""What Python takes for false only if there is nothing in it."""

_encode = msgspec.json.Encoder().encode

_Key = TypeVar("_Key", bound=Hashable)
_Made = TypeVar("_Made")

Place = tuple[str | None, ...]
"""City, state and country."""


def remembered(make: Callable[[_Key], _Made]) -> Callable[[_Key], _Made]:
    """`make` with a memory (`search.memo`), for what many contacts share."""
    memo = Memo(make, lambda key, _: _ENTRY_BYTES + 8 * characters(key), REMEMBERED_BYTES)
    return memo.__getitem__


def characters(key: Hashable) -> int:
    """The characters of a text; about those of what else a contact's fields have, as JSON."""
    return len(key) if isinstance(key, str) else len(_encode(key))


def shuffle_key(text: str) -> int:
    """The first 63 bits of the SHA-256 of `text`, as the number that contacts are shuffled by, within `LONG_MAX`."""
    first = int.from_bytes(sha256(text.encode()).digest()[:8])
    return min(first >> 64 - SHUFFLE_BITS, LONG_MAX)


def shuffled(uuid: str | None) -> int | None:
    """The place of a contact in an order that says nothing of it."""
    return shuffle_key(uuid) if uuid is not None else None


def title_key(title: str | None) -> str | None:
    """The telling words of a title in order of the alphabet, as `mappings.titles` has them."""
    return titles.title_key(title or "") or None


@remembered
def words(text: str | None) -> tuple[str, ...]:
    """The words of a text, each once."""
    return _distinct(normalise(text or "").split())


def enumerated(canonical: Callable[[str], str]) -> Callable[[str | None], str | None]:
    """The function that makes of a text its `canonical` form, as one term."""

    @remembered
    def value(text: str | None) -> str | None:
        return canonical(text)[:LONGEST_TERM] or None if text else None

    return value


def seniority_rank(text: str | None) -> int | None:
    """The place of a seniority among those that are known, 1 for the highest."""
    return vocabulary.seniority_rank(text) if text else None


@remembered
def departments(names: tuple[tuple[str, ...] | None, ...]) -> tuple[str, ...]:
    """The departments of several lists, by their usual names."""
    return _distinct(map(vocabulary.department, chain.from_iterable(filter(None, names))))


@remembered
def location(place: Place) -> tuple[str, ...]:
    """The parts of a place, by their usual names."""
    return locations.contact_location(*place)


@remembered
def _place_parts(place: Place) -> tuple[str, str, str]:
    return locations.place_parts(*place)


def place_part(at: int) -> Callable[[Place], str | None]:
    """The function that gives the city, state or country of a place, by its number in that order, as one term."""

    @remembered
    def part(place: Place) -> str | None:
        return _place_parts(place)[at][:LONGEST_TERM] or None

    return part


@remembered
def _spelled(place: Place) -> tuple[str, ...]:
    """The words of a place as it was written that its location does not have: `USA`, where that is `united states`."""
    parts = location(place)
    return _distinct(word for text in place if (part := normalise(text or "")) not in parts for word in part.split())


def search_words(values: tuple[str | None, ...]) -> tuple[str, ...]:
    """The words of an e-mail, which comes first, and those of the place after it that its location does not have."""
    email, spelled = values[0], _spelled(values[1:])
    if not email:
        return spelled
    found = normalise_once(email).split()
    found += spelled
    return tuple(dict.fromkeys(found))


def person_name(names: tuple[str | None, ...]) -> tuple[str, ...]:
    """The words of a first and a last name, each once."""
    first, last = names
    return tuple(dict.fromkeys(words(first) + words(last)))


def emails(addresses: tuple[str | None, ...]) -> tuple[str, ...]:
    """E-mail addresses in the form in which they are compared."""
    return _distinct(map(web.email_key, filter(None, addresses)))


def foreign_ids(ids: dict[str, str] | None) -> tuple[str, ...]:
    """Ids elsewhere, each behind its source: `hubspot:7`."""
    return tuple([f"{source}:{known_as}"[:LONGEST_TERM] for source, known_as in (ids or {}).items() if known_as])


def linkedin(url: str | None) -> str | None:
    """A LinkedIn URL in the form in which it is compared."""
    return web.linkedin_key(url) or None if url else None


def company_text(name: str | None) -> str | None:
    """The name of a company, without what is beyond `LONGEST_COMPANY`."""
    return normalise(name or "")[:LONGEST_COMPANY].rstrip() or None


def company_domains(website: str | None) -> tuple[str, ...]:
    """The host of a website and its parents."""
    return web.host_and_parents(web.host_of(website)) if website else ()


def company_key(values: tuple[str | None, ...]) -> str | None:
    """What colleagues have in common, made of a website and the name of a company: the domain, else the name."""
    website, name = values
    domain = web.own_domain(web.host_of(website)) if website else ""
    return (domain or normalise(name or ""))[:LONGEST_SORT_KEY] or None


@remembered
def industries(text: str | None) -> tuple[str, ...]:
    """The industries of a text that joins them by `;`: their names contain commas."""
    return _distinct(map(term, (text or "").split(";")))


@remembered
def codes(texts: tuple[str, ...] | None) -> tuple[str, ...]:
    """The codes of a classification such as NAICS, each with those of the classes that it is in."""
    return _distinct(chain.from_iterable(map(classes_of, texts or ())))


def empty(forms: Mapping[str, Form]) -> Callable[[tuple[object, ...]], tuple[str, ...]]:
    """The function that tells from all values of a contact, whose fields have these forms, which fields are empty.

    A zero is something, and so is false; an empty text, list or object is not.
    """
    names = tuple(forms)
    numbers = [at for at, form in enumerate(forms.values()) if form not in EMPTY_FORMS]

    def names_of_empty(values: tuple[object, ...]) -> tuple[str, ...]:
        for at in numbers:
            if values[at] == 0:
                return tuple([name for name, value in zip(names, values, strict=True) if not value and value != 0])
        return tuple(compress(names, map(not_, values)))

    return names_of_empty


def epoch_seconds(text: str | None) -> int | None:
    """Seconds since 1970 of a stored datetime (`YYYY-MM-DDTHH:MM:SS`, UTC); `None` of anything else."""
    if not text or len(text) != _DATETIME_LENGTH:
        return None
    try:
        since = datetime.fromisoformat(text) - _EPOCH
    except (TypeError, ValueError):
        return None
    return since.days * _DAY + since.seconds


def month(text: str | None) -> str | None:
    """The month of a stored datetime, as `2024-01`; `None` of anything else."""
    return text[:_MONTH_LENGTH] if text and epoch_seconds(text) is not None else None


def long(number: int | None) -> int | None:
    """A number brought within `LONG_MIN` and `LONG_MAX`."""
    if number is None or LONG_MIN <= number <= LONG_MAX:
        return number
    return max(LONG_MIN, min(LONG_MAX, number))


def plain(kind: Kind, form: Form) -> Callable[..., DerivedValue]:
    """The function that makes a search field of `kind` of the one item field, of `form`, that has its name."""
    if kind is Kind.NUMBER:
        return epoch_seconds if form is Form.DATETIME else long
    normal = term if kind in (Kind.TERM, Kind.TERM_AND_TEXT) else normalise
    return partial(_each, remembered(normal)) if form is Form.LIST else partial(_one, normal)


def _one(normal: Callable[[str], str], text: str | None) -> str | None:
    return normal(text or "") or None


def _each(normal: Callable[[str], str], texts: tuple[str, ...] | None) -> tuple[str, ...]:
    return _distinct(map(normal, texts or ()))


def sort_text(text: str | None) -> str | None:
    """What contacts are ordered by, of one text."""
    return normalise(text)[:LONGEST_SORT_KEY] or None if text else None


def joined_sort_text(texts: tuple[str | None, ...]) -> str | None:
    """What contacts are ordered by, of several texts, one after the other."""
    return " ".join(filter(None, map(sort_text, texts)))[:LONGEST_SORT_KEY] or None


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, values)))
