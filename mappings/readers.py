"""Readers: one value of a parameter → what it asks of a contact.

Each is a `mappings.rules.ValueReader`, or makes one for a search field, with the words for how it compares. They know
the meaning of values; those of free text are in `mappings.free_text`. Which parameter is read by which is said once, in
the table of `mappings.parameters`.
"""

import re
from collections.abc import Callable
from functools import cache

from mappings import lists
from mappings.codes import codes_in
from mappings.errors import InvalidField
from mappings.locations import AskedPlace, asked_place, place_text
from mappings.ordering import order_of, sort_field_named
from mappings.predicates import Exists, MatchAll, Predicate, Range, Terms
from mappings.regions import Region
from mappings.rules import Context, Reading, Reason, ValueReader, as_given, as_in, compared, steering
from mappings.text import slug, term
from mappings.titles import similar_title, title_key
from mappings.values import (
    Malformed,
    boolean,
    day,
    day_text,
    first_second,
    last_second,
    number,
    page_number,
    span,
    span_text,
)
from mappings.vocabulary import (
    apollo_field_of,
    code_of_funding_stage,
    department,
    departments_covered,
    email_status,
    funding_stage,
    funding_stage_of_code,
    industry_named,
    industry_of_tag,
    is_department,
    item_field_of,
    seniority,
    tag_of_industry,
)
from mappings.web import host_of, linkedin_key, listed_domain

_ID = re.compile("[0-9a-fA-F]{24}")
"""An id of Apollo's."""

_PLACE_WEIGHT = 8
"""What it takes to read a place: as much as to make so many predicates."""

_LONG_PLACE = 64
_SEVERAL_PLACES = frozenset(";|[\r\n")


def _spelled(predicate: Predicate, written: str, read: str) -> Predicate | Reading:
    """`predicate`, with a note that its value was read in another spelling, if it was."""
    return predicate if written == read else Reading(predicate, "another spelling of it", read)


def _nothing(_value: str) -> str | None:
    """The canonical form of what has no part in a search."""
    return None


@compared("not compared: decides the page to begin with", write=_nothing)
def page(value: str, _context: Context) -> Predicate | Reading | None:
    """Where a result with a limit begins."""
    written = value.strip()
    if not written:
        return None
    meant = str(page_number(value))
    return MatchAll() if written == meant else Reading(MatchAll(), "no page number that there is", meant)


def _if_true(value: str) -> str | None:
    """The canonical form of a flag: without it, it is as if it were not there."""
    return "true" if boolean(value) else None


def flag(steers: str, decided: str) -> ValueReader:
    """`true` or `false`, which asks nothing of contacts itself: another parameter looks at it."""

    @as_in("true")
    @steering(steers, decided, write=_if_true)
    def read(value: str, _context: Context) -> Predicate | Reading | None:
        return _flagged(MatchAll(), value) if value.strip() else None

    return read


def _flagged(predicate: Predicate | None, value: str) -> Predicate | Reading | None:
    if boolean(value):
        return predicate
    if value.strip().lower() == "false":
        return Reading(predicate, "asks nothing") if predicate is None else predicate
    return Reading(predicate, "neither `true` nor `false`, so it is not `true`", "false", approximate=True)


@compared("not compared: decides the order, if it is a known one", write=sort_field_named)
def sort_field(_value: str, context: Context) -> Predicate | Reason:
    """The field to sort by, which must be one that we know."""
    return Reason.UNKNOWN if order_of(context) is None else MatchAll()


@steering("sortByField", "the order, if it is a known one", write=_if_true)
def sort_direction(value: str, context: Context) -> Predicate | Reading | Reason | None:
    """Which way to sort, good for something only with a field that we know."""
    if order_of(context) is None:
        return Reason.UNKNOWN
    return _flagged(MatchAll(), value) if value.strip() else None


@compared("the same telling words in any order, abbreviations such as `VP` in full")
def title(value: str, _context: Context) -> Predicate | None:
    """The same words in any order: `Project Manager` is `Manager, Project`, and not `Account Manager Project`."""
    key = title_key(value)
    return Terms("title_key", (key,)) if key else None


@compared(
    "the same telling words in any order, abbreviations such as `VP` in full; with `includeSimilarTitles=true` any one "
    "of the telling words, an abbreviation or all that it stands for being one"
)
def title_or_similar(value: str, context: Context) -> Predicate | Reading | Reason | None:
    """With `includeSimilarTitles=true` any one word of the title, else as `title`."""
    if not boolean(context.last("includeSimilarTitles")):
        return title.read(value, context)
    similar = similar_title("title_words", value)
    if similar is None:
        return None
    return Reading(similar, "similar titles are those with any one of its words", approximate=True)


def _place_weight(value: str) -> int:
    """A place is more to read than to compare with; a region is as many predicates as it has countries."""
    if len(value) > _LONG_PLACE or not _SEVERAL_PLACES.isdisjoint(value):
        return _PLACE_WEIGHT * len(value)
    place = asked_place(value)
    regions = [region for region in place.regions if region] if place else []
    return _PLACE_WEIGHT + sum([len(region.countries) for region in regions])


def location(field: str) -> ValueReader:
    """A place, in a field of places."""

    @compared(
        "the place and all that is in it: each part between commas is a phrase in city, state or country, a region any "
        "of its countries",
        lists.places,
        _place_weight,
        write=place_text,
    )
    def read(value: str, _context: Context) -> Predicate | Reading | None:
        place = asked_place(value)
        return None if place is None else _placed(place, place.predicate(field))

    return read


def _placed(place: AskedPlace, predicate: Predicate) -> Predicate | Reading:
    if any(place.regions):
        regions = "; ".join([_listed(region) for region in dict.fromkeys(place.regions) if region])
        return Reading(predicate, "a region is any of its countries", regions, approximate=True)
    name = None if place.as_written else ", ".join(place.parts)
    if namesakes := place.namesakes:
        return Reading(predicate, f"as a phrase also found in {', '.join(namesakes)}", name, approximate=True)
    return Reading(predicate, "another spelling of the place", name) if name else predicate


@cache
def _listed(region: Region) -> str:
    return f"{region.name}: {', '.join(region.countries)}"


def _profile_url(value: str) -> str | None:
    key = linkedin_key(value)
    return f"https://{'www.' if key.startswith('linkedin.com/') else ''}{key}" if key else None


@as_in("https://www.linkedin.com/in/jane-doe")
@compared("the same profile, however its URL is written", lists.addresses, write=_profile_url)
def profile(value: str, _context: Context) -> Predicate | None:
    """A LinkedIn profile by its URL."""
    key = linkedin_key(value)
    return Terms("linkedin", (key,)) if key else None


def enumerated(field: str, form: Callable[[str], str], equal: str) -> ValueReader:
    """One of several slugs, which may be spelled in other words; `equal` says in words what is equal then."""

    @compared(equal, lists.separated, write=form)
    def read(value: str, _context: Context) -> Predicate | Reading | None:
        formed = form(value)
        return _spelled(Terms(field, (formed,)), slug(value), formed) if formed else None

    return read


seniority_term = enumerated("seniority", seniority, "the same level, however it is spelled")
email_status_term = enumerated("email_status", email_status, "the same status, however it is spelled")


@compared(
    "the department; a whole one, such as `master_sales` or `design`, with its subdepartments",
    lists.known(is_department),
    write=department,
)
def department_terms(value: str, _context: Context) -> Predicate | Reading | None:
    """A department with all that it covers."""
    meant = department(value)
    return _spelled(Terms("departments", departments_covered(meant)), slug(value), meant) if meant else None


@as_in("true")
@compared("if it is `true`: a catch-all address", write=_if_true)
def catch_all_address(value: str, _context: Context) -> Predicate | Reading | None:
    """Contacts with a catch-all address, if the flag is set; otherwise it says nothing."""
    if boolean(value):
        return Terms("email_catch_all", ("catch_all",))
    return _flagged(None, value) if value.strip() else None


def is_industry(text: str) -> bool:
    """Whether a text is the tag id or the name of an industry; an id that is unknown is one too."""
    return bool(_ID.fullmatch(text.strip()) or industry_named(text))


def _tag_of(value: str) -> str | None:
    return value.strip().lower() if industry_of_tag(value) else tag_of_industry(value)


@compared(
    "the same industry, by its tag id or its whole name; unknown ids are left out",
    lists.known(is_industry),
    write=_tag_of,
)
def industry_tag(value: str, _context: Context) -> Predicate | Reading | Reason | None:
    """An industry by its tag id, or by a known name in its place."""
    if not value.strip():
        return None
    if tagged := industry_of_tag(value):
        return _industry(tagged)
    named = industry_named(value)
    return Reading(_industry(named), "a name in place of an id", named) if named else Reason.ID_BASED


@compared(
    "the same industry, by its whole name",
    lists.known(industry_named),
    write=lambda value: industry_named(value) or as_given(value),
)
def industry(value: str, _context: Context) -> Predicate | Reading | None:
    """An industry by its name, in Apollo's spelling if it is one of Apollo's."""
    written = term(value)
    if not written:
        return None
    named = term(industry_named(value) or value)
    return _spelled(_industry(named), written, named)


def _industry(name: str) -> Predicate:
    return Terms("industries", (term(name),))


def industry_name(value: str) -> str:
    """The readable form of an industry tag id; an unknown one stays as it is."""
    return industry_of_tag(value) or value


def _stage_code(value: str) -> str | None:
    named = funding_stage_of_code(value) or funding_stage(value)
    return code_of_funding_stage(named) or named


@compared("the same stage, by its code or its name; unknown codes are left out", lists.separated, write=_stage_code)
def stage(value: str, _context: Context) -> Predicate | Reading | Reason | None:
    """A funding stage by Apollo's code, or by name. A number that is no code is an id of something unknown."""
    if coded := funding_stage_of_code(value):
        return Terms("funding_stage", (coded,))
    named = funding_stage(value)
    if not named:
        return None
    if named.isdecimal():
        return Reason.ID_BASED
    return Reading(Terms("funding_stage", (named,)), "a name in place of a code", named)


@compared("the same stage, by its name; ids are left out")
def contact_stage(value: str, _context: Context) -> Predicate | Reading | Reason | None:
    """A stage of the owner's own, by its name: what its id stands for, only Apollo knows."""
    named = term(value)
    if not named:
        return None
    if _ID.fullmatch(value.strip()):
        return Reason.ID_BASED
    return Reading(Terms("stage", (named,)), "a name in place of an id", named)


def _class_code(value: str) -> str | None:
    codes = codes_in(value.strip())
    return codes[0] if len(codes) == 1 else f"{codes[0]}-{codes[-1]}"


def industry_code(field: str) -> ValueReader:
    """An industry by its code in a classification, with all that is in it."""

    @as_in("5112")
    @compared("the code, and all that begin with it; what holds no code is left out", lists.codes, write=_class_code)
    def read(value: str, _context: Context) -> Predicate | Reading | Reason | None:
        written = value.strip()
        if not written:
            return None
        codes = codes_in(written)
        return _spelled(Terms(field, codes), written, ", ".join(codes)) if codes else Reason.NO_FIELD

    return read


@as_in("acme.example")
@compared("the domain with its subdomains", lists.addresses, write=host_of)
def domain(value: str, _context: Context) -> Predicate | Reading | Reason | None:
    """A company's domain with its subdomains.

    What is no domain (`domain1`, which has no dot) can equal no contact's. It is reported, not an error as in the
    request's own lists: the URL was made by Apollo's screens, and whoever pasted it can't correct it there.
    """
    if not value.strip():
        return None
    try:
        host = listed_domain("url", value)
    except InvalidField:
        return Reason.NO_FIELD
    return _spelled(Terms("company_domains", (host,)), value.strip().lower(), host)


def _range_text(value: str) -> str | None:
    bounds = span(value)
    return span_text(bounds).removesuffix(",") if bounds else None


def _number_text(value: str) -> str | None:
    return str(number(value))


def _bounds_in(field: str) -> tuple[str, str]:
    """Two numbers as they may be in a field, the rest of which are amounts of money."""
    return {"employees": ("11", "50"), "founded_year": ("1990", "2010")}.get(field, ("1000000", "5000000"))


def number_span(field: str) -> ValueReader:
    """Numbers between two bounds, each of which may be open."""

    @as_in("-".join(_bounds_in(field)))
    @compared("a number in the range, its bounds included; either side may be open", lists.ranges, write=_range_text)
    def read(value: str, _context: Context) -> Predicate | Reading | None:
        bounds = span(value)
        if bounds is None:
            return None
        asked, written, meant = Range(field, *bounds), value.replace(" ", ""), span_text(bounds)
        # `10001` alone is as usual as `10001,`.
        return asked if f"{written}," == meant else _spelled(asked, written, meant)

    return read


def _bounds_text(value: str) -> str | None:
    bounds = span(value)
    return span_text(bounds) if bounds else None


def two_bounds(field: str) -> ValueReader:
    """The same where each bound usually has a name of its own. Which of them would a number alone be?"""
    read_span = number_span(field).read

    @as_in("-".join(_bounds_in(field)))
    @compared(
        "a number in the range, its bounds included; what is no range is left out", lists.ranges, write=_bounds_text
    )
    def read(value: str, context: Context) -> Predicate | Reading | Reason | None:
        if value.strip() and not lists.joins_bounds(value):
            return Reason.UNKNOWN
        try:
            return read_span(value, context)
        except Malformed:
            return Reason.UNKNOWN

    return read


def at_least(field: str) -> ValueReader:
    """Numbers from this one on."""

    @as_in(_bounds_in(field)[0])
    @compared("this number or more", write=_number_text)
    def read(value: str, _context: Context) -> Predicate | Reading | None:
        written = value.strip()
        if not written:
            return None
        bound = number(written)
        return _spelled(Range(field, gte=bound), written, str(bound))

    return read


def at_most(field: str) -> ValueReader:
    """Numbers up to this one."""

    @as_in(_bounds_in(field)[0])
    @compared("this number or less", write=_number_text)
    def read(value: str, _context: Context) -> Predicate | Reading | None:
        written = value.strip()
        if not written:
            return None
        bound = number(written)
        return _spelled(Range(field, lte=bound), written, str(bound))

    return read


def since(field: str) -> ValueReader:
    """Times from the start of this day on."""

    @as_in("2024-06-30")
    @compared("this day (UTC) or later", write=day_text, dated=True)
    def read(value: str, context: Context) -> Predicate | None:
        return Range(field, gte=first_second(day(value, context.today))) if value.strip() else None

    return read


def until(field: str) -> ValueReader:
    """Times up to the end of this day."""

    @as_in("2024-06-30")
    @compared("this day (UTC) or earlier", write=day_text, dated=True)
    def read(value: str, context: Context) -> Predicate | None:
        return Range(field, lte=last_second(day(value, context.today))) if value.strip() else None

    return read


@compared("the field is known: neither missing nor empty", lists.separated, write=apollo_field_of)
def known_field(value: str, _context: Context) -> Predicate | Reason | None:
    """Contacts in which a field, named as Apollo's index names it, is there."""
    if not value.strip():
        return None
    field = item_field_of(value)
    return Exists(field) if field else Reason.NO_FIELD
