"""Contacts and filters made to collide: few values, many absences, and the texts that break naive comparisons."""

from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import quote

from hypothesis import strategies as st

from mappings.predicates import (
    All,
    Any,
    ContactFilter,
    Exists,
    MatchAll,
    Not,
    Order,
    Phrase,
    Predicate,
    Range,
    Substring,
    Terms,
)
from mappings.text import normalise, slug, term, words
from mappings.titles import title_key
from search.fields import ALL_FIELDS, ORDERS, SEARCH_FIELDS, ContactCompleteItem, Kind

WORDS = ("Sales", "Manager", "C++", "c#", "Æther", "Müller", "ﬁne", "हिन्दी", "株式会社", "İstanbul", "a", "z9",
         "O'Neil", "x" * 70, "", "CEO", "of", "The", "acme", "Straße", "__", "%", "1")  # fmt: skip
PLACES = ("Paris", "New York", "California", "CA", "US", "USA", "Germany", "DE", "Île-de-France", "", "York")
INDUSTRIES = ("banking", "retail", "health, wellness & fitness", "computer software")
DATES = ("2024-01-15T10:30:00", "2024-01-15T10:30:01", "1969-12-31T23:59:59", "2030-06-01T00:00:00")
NUMBERS = (0, 1, 10, 11, 50, -3, 2**63, -(2**70), 2**63 - 1, 10**12, 2**62)
DOMAINS = ("acme.com", "shop.acme.com", "notacme.com", "müller.de", "x.co.uk", "localhost", "facebook.com/acme",
           "acme.github.io", "")  # fmt: skip
EMAILS = ("john@acme.com", "John@Acme.com", "Jürgen@müller.de", "")

CODES = ("7372", "54", "541511", "5415-11", "31-33", "7", "none", "")

Value = TypeVar("Value")

phrases = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
texts = st.one_of(st.none(), phrases, st.text(max_size=12))
lists = st.one_of(st.none(), st.lists(phrases, max_size=3).map(tuple))


def optional(values: Sequence[Value]) -> st.SearchStrategy[Value | None]:
    """One of `values`, or none."""
    return st.one_of(st.none(), st.sampled_from(values))


items = st.builds(
    ContactCompleteItem,
    uuid=st.one_of(st.sampled_from("abcdefgh"), st.uuids(version=4).map(str)),
    first_name=texts,
    last_name=texts,
    title=texts,
    company=texts,
    email=optional(EMAILS),
    secondary_email=optional(EMAILS),
    email_status=optional(("Verified", "no email", "likely_to_engage", "?")),
    primary_email_catch_all_status=optional(("Catch-all", "Not Catch-all", "")),
    seniority=optional(("C-Level", "vp", "Director", "")),
    departments=st.one_of(
        st.none(), st.lists(st.sampled_from(("Sales", "Marketing", "C-Suite")), max_size=2).map(tuple)
    ),
    employees=optional(NUMBERS),
    industry=st.one_of(st.none(), st.lists(st.sampled_from(INDUSTRIES), max_size=3).map("; ".join)),
    keywords=lists,
    technologies=lists,
    person_linkedin_url=optional(("http://www.linkedin.com/in/A/", "https://linkedin.com/in/b")),
    website=optional(DOMAINS),
    city=optional(PLACES),
    state=optional(PLACES),
    country=optional(PLACES),
    company_city=optional(PLACES),
    company_country=optional(PLACES),
    annual_revenue=optional(NUMBERS),
    total_funding=optional(NUMBERS),
    latest_funding=optional(("Seed", "Series A")),
    latest_funding_amount=optional(NUMBERS),
    last_raised_at=optional(DATES),
    created_at=optional(DATES),
    updated_at=optional(DATES),
    stage=optional(("Cold", "Do Not Contact", "")),
    sub_departments=st.one_of(st.none(), st.lists(st.sampled_from(("Inside Sales", "Sales")), max_size=2).map(tuple)),
    company_description=texts,
    sic_codes=st.one_of(st.none(), st.lists(st.sampled_from(CODES), max_size=2).map(tuple)),
    naics_codes=st.one_of(st.none(), st.lists(st.sampled_from(CODES), max_size=2).map(tuple)),
    founded_year=optional(NUMBERS),
    do_not_call=optional((True, False)),
    last_contacted_at=optional(DATES),
    foreign_ids=optional(({"file": "7"}, {"hubspot": "å", "file": ""}, {})),
    custom=st.one_of(st.none(), st.dictionaries(st.sampled_from(WORDS), st.text(max_size=5), max_size=3)),
)

term_values = st.one_of(
    phrases.map(title_key), phrases.map(slug), st.sampled_from(("73", "5415", "32", "7", "do not contact")),
    st.sampled_from(INDUSTRIES).map(term), st.sampled_from(DOMAINS),
    phrases.flatmap(lambda text: st.sampled_from(words(text) or ("sales",))), st.sampled_from(("verified", "vp")),
    st.sampled_from(EMAILS).map(str.lower), phrases.map(term), st.sampled_from(PLACES).map(term),
    st.sampled_from(("file:7", "hubspot:å", "2024-01", "united states", "xn--mller-kva.de")),
).filter(bool)  # fmt: skip
phrase_values = st.one_of(phrases, st.sampled_from(PLACES), st.sampled_from(INDUSTRIES)).map(normalise).filter(bool)
needles = st.one_of(phrase_values, st.tuples(phrase_values, st.integers(0, 5), st.integers(1, 6)).map(
    lambda cut: cut[0][cut[1] : cut[1] + cut[2]])).map(str.strip).filter(bool)  # fmt: skip


def fields(*kinds: Kind) -> st.SearchStrategy[str]:
    """A search field of one of these kinds."""
    return st.sampled_from([name for name, field in SEARCH_FIELDS.items() if field.kind in kinds])


WHOLE = fields(Kind.TERM, Kind.TERM_AND_TEXT) | st.sampled_from(
    [name for name, field in SEARCH_FIELDS.items() if field.facet is not None and field.kind is not Kind.NUMBER]
)
"""A search field that is compared with whole values."""

leaves: st.SearchStrategy[Predicate] = st.one_of(
    st.just(MatchAll()),
    st.builds(Terms, WHOLE, st.lists(term_values, max_size=3).map(tuple)),
    st.builds(Phrase, fields(Kind.TEXT, Kind.TERM_AND_TEXT, Kind.NAME), phrase_values),
    st.builds(Substring, fields(Kind.NAME), needles),
    st.builds(Range, fields(Kind.NUMBER), optional(NUMBERS), optional(NUMBERS)),
    st.builds(Exists, st.sampled_from(ALL_FIELDS)),
)
predicates: st.SearchStrategy[Predicate] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Any, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)
orders = st.builds(Order, st.sampled_from(list(ORDERS)), st.booleans())
filters = st.builds(ContactFilter, predicates, orders)

PARAMETERS: dict[str, tuple[str, ...]] = {
    "personTitles[]": WORDS,
    "personNotTitles[]": WORDS,
    "includeSimilarTitles": ("true", "false"),
    "qKeywords": (*WORDS, *PLACES, "acme.com"),
    "qPersonName": WORDS,
    "personLocations[]": PLACES,
    "personNotLocations[]": PLACES,
    "personSeniorities[]": ("vp", "c_suite", "CXO", "director", "directr", "vp,director"),
    "personDepartmentOrSubdepartments[]": ("master_sales", "sales", "c_suite"),
    "personDepartments[]": ("master_sales", "sales", "c_suite", "marketng"),
    "contactEmailStatusV2[]": ("verified", "unavailable", "verfied"),
    "contactEmailExcludeCatchAll": ("true", "false"),
    "organizationNumEmployeesRanges[]": ("1,10", "11,50", "0,", ",9"),
    "organizationRevenueRanges[]": ("0,999999", "1000000000,", "5,60"),
    "organizationIndustries[]": INDUSTRIES,
    "organizationIndustryTagIds[]": ("banking", "5567cd4773696439dd350000"),
    "organizationLocations[]": PLACES,
    "currentlyUsingAnyOfTechnologyUids[]": WORDS,
    "organizationNotIndustryTagIds[]": ("banking", "5567cd4773696439dd350000"),
    "qOrganizationName": (*WORDS, "acme.com"),
    "qOrganizationKeywordTags[]": WORDS,
    "includedOrganizationKeywordFields[]": ("tags", "name"),
    "qAndedOrganizationKeywordTags[]": WORDS,
    "qNotOrganizationKeywordTags[]": WORDS,
    "currentlyUsingAllOfTechnologyUids[]": WORDS,
    "existFields[]": ("email", "person_linkedin_url", "website", "no such field"),
    "notExistFields[]": ("email", "title", "company"),
    "organizationLatestFundingStageCd[]": ("0", "2", "Series A", "seris b"),
    "latestFundingDateRange[min]": ("2024-01-15", "today", "5_years_ago"),
    "page": ("2",),
    "sortByField": ("employees", "nothing"),
    "finderViewId": ("x",),
}
"""Parameters of URLs of each kind that there is, with values that the contacts have, nearly have or lack."""

pairs = st.sampled_from(list(PARAMETERS)).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from(PARAMETERS[name]))
)
urls = st.lists(pairs, max_size=9).map(
    lambda written: "https://app.apollo.io/#/people?" + "&".join(f"{name}={quote(value)}" for name, value in written)
)
