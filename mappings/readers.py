"""Readers: one value of a parameter → what it asks of a contact.

Each is a `mappings.rules.ValueReader`, or makes one for a search field, with the words for how it compares. They know
the meaning of values; which parameter is read by which is said once, in the table of `mappings.parameters`.
"""

from collections.abc import Callable
from functools import lru_cache

from mappings.errors import InvalidField
from mappings.locations import location_predicate
from mappings.ordering import order_of
from mappings.predicates import Exists, MatchAll, Not, Phrase, Predicate, Range, Terms, all_of, any_of
from mappings.rules import Context, Reason, ValueReader, compared
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


def steers(decided: str) -> ValueReader:
    """A value that asks nothing of contacts itself; another parameter or the page looks at it."""

    @compared(f"not compared: decides {decided}")
    def read(_value: str, _context: Context) -> Predicate:
        return MatchAll()

    return read


@compared("not compared: decides the order, if it is a known one")
def sorting(_value: str, context: Context) -> Predicate | Reason:
    """Both sort parameters are good for something only if we know the field."""
    return Reason.UNKNOWN if order_of(context) is None else MatchAll()


@compared("the same words in any order")
def title(value: str, _context: Context) -> Predicate | None:
    """The same words in any order: `Project Manager` is `Manager, Project`, and not `Account Manager Project`."""
    key = title_key(value)
    return Terms("title_key", (key,)) if key else None


@compared(
    "the same words in any order; with `includeSimilarTitles=true` any one of the words, `of`, `the` and such left out"
)
def title_or_similar(value: str, context: Context) -> Predicate | Reason | None:
    """With `includeSimilarTitles=true` any one word of the title, else as `title`.

    Of a title that has only words like `of` nothing is left, and nothing finds nothing.
    """
    if not boolean(context.last("includeSimilarTitles")):
        return title.read(value, context)
    title_words = words(value)
    if not title_words:
        return None
    telling = tuple(dict.fromkeys(word for word in title_words if word not in _LEFT_OUT_OF_TITLES))
    return Terms("title_words", telling) if telling else any_of(())


def location(field: str) -> ValueReader:
    """A place, in a field of places."""

    @compared("the place and all that is in it: each part between commas is a phrase in city, state or country")
    def read(value: str, _context: Context) -> Predicate | None:
        return location_predicate(field, value)

    return read


def one_term(field: str, form: Callable[[str], str], equal: str) -> ValueReader:
    """An exact term of `field`, in the form that contacts have it in; `equal` says in words what is equal then."""

    @compared(equal)
    def read(value: str, _context: Context) -> Predicate | None:
        formed = form(value)
        return Terms(field, (formed,)) if formed else None

    return read


def phrase(field: str) -> ValueReader:
    """Consecutive whole words in one value of `field`."""

    @compared("the whole phrase")
    def read(value: str, _context: Context) -> Predicate | None:
        normalised = normalise(value)
        return Phrase(field, normalised) if normalised else None

    return read


def all_words(field: str) -> ValueReader:
    """All the words, in any order and place of `field`."""

    @compared("all the words in any order, among others")
    def read(value: str, _context: Context) -> Predicate | None:
        asked = words(value)
        return all_of(Terms(field, (word,)) for word in asked) if asked else None

    return read


def alternatives(reader: ValueReader) -> ValueReader:
    """Free text in which ` OR ` separates alternatives and a leading `-` negates one: `consulting OR -staffing`."""
    read_one = reader.read

    @compared(f"{reader.compared}; `OR` separates alternatives, a leading `-` negates one")
    def read(value: str, context: Context) -> Predicate | Reason | None:
        either: list[Predicate] = []
        for part in map(str.strip, value.split(_OR)):
            one = read_one(part.removeprefix("-"), context)
            if isinstance(one, Predicate):
                either.append(Not(one) if part.startswith("-") else one)
        return any_of(either) if either else None

    return read


@compared("all the words, each anywhere in name, title, company, e-mail, industries, keywords or place")
def free_text(value: str, _context: Context) -> Predicate | None:
    """All the words, each in any of the fields that free text searches."""
    asked = words(value)
    return all_of(_anywhere(word) for word in asked) if asked else None


def _anywhere(word: str) -> Predicate:
    terms = [Terms(field, (word,)) for field in _FREE_TEXT_TERMS]
    return any_of([*terms, *(Phrase(field, word) for field in _FREE_TEXT_PHRASES)])


seniority_term = one_term("seniority", seniority, "the same level, however it is spelled")
email_status_term = one_term("email_status", email_status, "the same status, however it is spelled")
industry = one_term("industries", term, "the same industry, by its whole name")
profile = one_term("linkedin", linkedin_key, "the same profile, however its URL is written")


@compared("the department; a whole one, such as `master_sales` or `design`, with its subdepartments")
def department_terms(value: str, _context: Context) -> Predicate | None:
    """A department with all that it covers."""
    slug = department(value)
    return Terms("departments", departments_covered(slug)) if slug else None


@compared("if it is `true`: a catch-all address")
def catch_all_address(value: str, _context: Context) -> Predicate | None:
    """Contacts with a catch-all address, if the flag is set; otherwise it says nothing."""
    return Terms("email_catch_all", ("catch_all",)) if boolean(value) else None


@compared("the same industry, by its tag id; unknown ids are left out")
def industry_tag(value: str, context: Context) -> Predicate | Reason | None:
    """An industry by its tag id."""
    if not value.strip():
        return None
    name = industry_of_tag(value)
    return industry.read(name, context) if name else Reason.ID_BASED


def industry_name(value: str) -> str:
    """The readable form of an industry tag id; an unknown one stays as it is."""
    return industry_of_tag(value) or value


@compared("the same stage, by its code or its name; unknown codes are left out")
def stage(value: str, _context: Context) -> Predicate | Reason | None:
    """A funding stage by Apollo's code, or by name. A number that is no code is an id of something unknown."""
    slug = funding_stage_of_code(value) or funding_stage(value)
    if not slug:
        return None
    return Reason.ID_BASED if slug.isdecimal() else Terms("funding_stage", (slug,))


@compared("the domain with its subdomains")
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


def keyword(fields_parameter: str) -> ValueReader:
    """A phrase in any one of the fields that `fields_parameter` names, by default all three."""

    @compared(f"the whole phrase, in a field of `{fields_parameter}`, by default company name, keywords or industries")
    def read(value: str, context: Context) -> Predicate | None:
        normalised = normalise(value)
        if not normalised:
            return None
        return any_of(Phrase(field, normalised) for field in _search_fields(context.of(fields_parameter)))

    return read


def keyword_field(keywords_parameter: str) -> ValueReader:
    """The name of a field that the keywords of another parameter are looked for in. Without keywords, pointless."""

    @compared(f"not compared: decides where `{keywords_parameter}` looks, and is unmapped without it")
    def read(value: str, context: Context) -> Predicate | Reason | None:
        if not _any_words(context.of(keywords_parameter)):
            return Reason.FIELD_CONTROL
        if not value.strip():
            return None
        return MatchAll() if keyword_fields(value) else Reason.NO_FIELD

    return read


def number_span(field: str) -> ValueReader:
    """Numbers between two bounds, each of which may be open."""

    @compared("a number in the range, its bounds included; either side may be open")
    def read(value: str, _context: Context) -> Predicate | None:
        bounds = span(value)
        return Range(field, *bounds) if bounds else None

    return read


def at_least(field: str) -> ValueReader:
    """Numbers from this one on."""

    @compared("this number or more")
    def read(value: str, _context: Context) -> Predicate | None:
        return Range(field, gte=number(value)) if value.strip() else None

    return read


def at_most(field: str) -> ValueReader:
    """Numbers up to this one."""

    @compared("this number or less")
    def read(value: str, _context: Context) -> Predicate | None:
        return Range(field, lte=number(value)) if value.strip() else None

    return read


def since(field: str) -> ValueReader:
    """Times from the start of this day on."""

    @compared("this day (UTC) or later")
    def read(value: str, context: Context) -> Predicate | None:
        return Range(field, gte=first_second(day(value, context.today))) if value.strip() else None

    return read


def until(field: str) -> ValueReader:
    """Times up to the end of this day."""

    @compared("this day (UTC) or earlier")
    def read(value: str, context: Context) -> Predicate | None:
        return Range(field, lte=last_second(day(value, context.today))) if value.strip() else None

    return read


@compared("the field is known: neither missing nor empty")
def known_field(value: str, _context: Context) -> Predicate | Reason | None:
    """Contacts in which a field, named as Apollo's index names it, is there."""
    if not value.strip():
        return None
    field = item_field_of(value)
    return Exists(field) if field else Reason.NO_FIELD


# Asked once for every value of a list, about the whole of another list: without a memory that is quadratic.


@lru_cache(maxsize=64)
def _search_fields(names: tuple[str, ...]) -> tuple[str, ...]:
    known = dict.fromkeys(field for name in names if (field := keyword_fields(name)))
    return tuple(known) or _DEFAULT_KEYWORD_FIELDS


@lru_cache(maxsize=64)
def _any_words(values: tuple[str, ...]) -> bool:
    return any(map(normalise, values))
