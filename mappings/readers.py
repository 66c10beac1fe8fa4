"""Readers: one value of a parameter → what it asks of a contact.

Each is a `mappings.rules.Read`, or makes one for a search field. They know the meaning of values and nothing of
names; which parameter is read by which is said once, in the table of `mappings.parameters`.
"""

from collections.abc import Callable
from functools import lru_cache

from mappings.errors import InvalidField
from mappings.locations import location_predicate
from mappings.predicates import Exists, MatchAll, Not, Order, Phrase, Predicate, Range, Terms, all_of, any_of
from mappings.rules import Context, Read, Reason
from mappings.text import normalise, term, title_key, words
from mappings.values import boolean, day, first_second, last_second, number, span
from mappings.vocabulary import (
    department,
    departments_covered,
    email_status,
    funding_stage,
    funding_stage_of_code,
    industry_of_tag,
    item_field_of,
    keyword_fields,
    seniority,
)
from mappings.web import linkedin_key, listed_domain

_LEFT_OUT_OF_TITLES = frozenset({"of", "and", "the", "for", "in", "at", "to"})
_DEFAULT_KEYWORD_FIELDS = ("company_text", "keywords", "industries")
_FREE_TEXT_TERMS = ("person_name", "title_words", "search_words")
_FREE_TEXT_PHRASES = ("company_text", "industries", "keywords", "person_location")
_OR = " OR "

_SORT_FIELDS = {
    "person_name.raw": "person_name",
    "person_title_normalized": "title",
    "sanitized_organization_name_unanalyzed": "company",
    "organization_estimated_number_employees": "employees",
    "updated_at": "updated_at",
    "created_at": "created_at",
    "first_name": "first_name",
    "last_name": "last_name",
    "title": "title",
    "company": "company",
    "employees": "employees",
    "annual_revenue": "annual_revenue",
}
"""Apollo's names of sort fields, and ours → the sort key."""

_UNSORTED = frozenset({"", "[none]"})


def steers(_value: str, _context: Context) -> Predicate:
    """A value that asks nothing of contacts itself; another parameter or the page looks at it."""
    return MatchAll()


def title(value: str, _context: Context) -> Predicate | None:
    """The same words in any order: `Project Manager` is `Manager, Project`, and not `Account Manager Project`."""
    key = title_key(value)
    return Terms("title_key", (key,)) if key else None


def title_or_similar(value: str, context: Context) -> Predicate | None:
    """With `includeSimilarTitles=true` any one word of the title, else as `title`.

    Of a title that has only words like `of` nothing is left, and nothing finds nothing.
    """
    if not boolean(context.last("includeSimilarTitles")):
        return title(value, context)
    found = words(value)
    if not found:
        return None
    telling = tuple(dict.fromkeys(word for word in found if word not in _LEFT_OUT_OF_TITLES))
    return Terms("title_words", telling) if telling else any_of(())


def location(field: str) -> Read:
    """A place, in a field of places."""
    return lambda value, _context: location_predicate(field, value)


def one_term(field: str, form: Callable[[str], str]) -> Read:
    """An exact term of `field`, in the form that contacts have it in."""

    def read(value: str, _context: Context) -> Predicate | None:
        found = form(value)
        return Terms(field, (found,)) if found else None

    return read


def phrase(field: str) -> Read:
    """Consecutive whole words in one value of `field`."""

    def read(value: str, _context: Context) -> Predicate | None:
        found = normalise(value)
        return Phrase(field, found) if found else None

    return read


def all_words(field: str) -> Read:
    """All the words, in any order and place of `field`."""

    def read(value: str, _context: Context) -> Predicate | None:
        found = words(value)
        return all_of(Terms(field, (word,)) for word in found) if found else None

    return read


def alternatives(read_one: Read) -> Read:
    """Free text in which ` OR ` separates alternatives and a leading `-` negates one: `consulting OR -staffing`."""

    def read(value: str, context: Context) -> Predicate | Reason | None:
        found: list[Predicate] = []
        for part in map(str.strip, value.split(_OR)):
            one = read_one(part.removeprefix("-"), context)
            if isinstance(one, Predicate):
                found.append(Not(one) if part.startswith("-") else one)
        return any_of(found) if found else None

    return read


def free_text(value: str, _context: Context) -> Predicate | None:
    """All the words, each in any of the fields that free text searches."""
    found = words(value)
    return all_of(_anywhere(word) for word in found) if found else None


def _anywhere(word: str) -> Predicate:
    terms = [Terms(field, (word,)) for field in _FREE_TEXT_TERMS]
    return any_of([*terms, *(Phrase(field, word) for field in _FREE_TEXT_PHRASES)])


seniority_term = one_term("seniority", seniority)
email_status_term = one_term("email_status", email_status)
industry = one_term("industries", term)
profile = one_term("linkedin", linkedin_key)


def department_terms(value: str, _context: Context) -> Predicate | None:
    """A department with all that it covers."""
    slug = department(value)
    return Terms("departments", departments_covered(slug)) if slug else None


def catch_all_address(value: str, _context: Context) -> Predicate | None:
    """Contacts with a catch-all address, if the flag is set; otherwise it says nothing."""
    return Terms("email_catch_all", ("catch_all",)) if boolean(value) else None


def industry_tag(value: str, context: Context) -> Predicate | Reason | None:
    """An industry by its tag id."""
    if not value.strip():
        return None
    name = industry_of_tag(value)
    return industry(name, context) if name else Reason.ID_BASED


def industry_name(value: str) -> str:
    """The readable form of an industry tag id; an unknown one stays as it is."""
    return industry_of_tag(value) or value


def stage(value: str, _context: Context) -> Predicate | Reason | None:
    """A funding stage by Apollo's code, or by name. A number that is no code is an id of something unknown."""
    slug = funding_stage_of_code(value) or funding_stage(value)
    if not slug:
        return None
    return Reason.ID_BASED if slug.isdecimal() else Terms("funding_stage", (slug,))


def domain(value: str, _context: Context) -> Predicate | Reason | None:
    """A company's domain with its subdomains.

    What is no domain (`domain1`, which has no dot) can equal no contact's. It is reported, not an error as in the
    request's own lists: the URL was made by Apollo's screens, and whoever pasted it can't correct it there.
    """
    if not value.strip():
        return None
    try:
        return Terms("company_domains", (listed_domain("url", value),))
    except InvalidField:
        return Reason.NO_FIELD


def keyword(fields_parameter: str) -> Read:
    """A phrase in any one of the fields that `fields_parameter` names, by default all three."""

    def read(value: str, context: Context) -> Predicate | None:
        found = normalise(value)
        if not found:
            return None
        return any_of(Phrase(field, found) for field in _search_fields(context.of(fields_parameter)))

    return read


def keyword_field(keywords_parameter: str) -> Read:
    """The name of a field that the keywords of another parameter are looked for in. Without keywords, pointless."""

    def read(value: str, context: Context) -> Predicate | Reason | None:
        if not _any_words(context.of(keywords_parameter)):
            return Reason.FIELD_CONTROL
        if not value.strip():
            return None
        return MatchAll() if keyword_fields(value) else Reason.NO_FIELD

    return read


def number_span(field: str) -> Read:
    """Numbers between two bounds, each of which may be open."""

    def read(value: str, _context: Context) -> Predicate | None:
        bounds = span(value)
        return Range(field, *bounds) if bounds else None

    return read


def at_least(field: str) -> Read:
    """Numbers from this one on."""
    return lambda value, _context: Range(field, gte=number(value)) if value.strip() else None


def at_most(field: str) -> Read:
    """Numbers up to this one."""
    return lambda value, _context: Range(field, lte=number(value)) if value.strip() else None


def since(field: str) -> Read:
    """Times from the start of this day on."""
    return lambda value, context: Range(field, gte=first_second(day(value, context.today))) if value.strip() else None


def until(field: str) -> Read:
    """Times up to the end of this day."""
    return lambda value, context: Range(field, lte=last_second(day(value, context.today))) if value.strip() else None


def known_field(value: str, _context: Context) -> Predicate | Reason | None:
    """Contacts in which a field, named as Apollo's index names it, is there."""
    if not value.strip():
        return None
    field = item_field_of(value)
    return Exists(field) if field else Reason.NO_FIELD


def sorting(_value: str, context: Context) -> Predicate | Reason:
    """Both sort parameters are good for something only if we know the field."""
    return Reason.UNKNOWN if order_of(context) is None else MatchAll()


def order_of(context: Context) -> Order | None:
    """The order that the URL asks for; `None` if it names a field that we can't sort by.

    Without a field the direction has nothing to turn round: that is the default order, newest first.
    """
    name = context.last("sortByField").strip()
    if name in _UNSORTED:
        return Order()
    field = _SORT_FIELDS.get(name)
    return Order(field, ascending=boolean(context.last("sortAscending"))) if field else None


# Asked once for every value of a list, about the whole of another list: without a memory that is quadratic.


@lru_cache(maxsize=64)
def _search_fields(names: tuple[str, ...]) -> tuple[str, ...]:
    known = dict.fromkeys(field for name in names if (field := keyword_fields(name)))
    return tuple(known) or _DEFAULT_KEYWORD_FIELDS


@lru_cache(maxsize=64)
def _any_words(values: tuple[str, ...]) -> bool:
    return any(map(normalise, values))
