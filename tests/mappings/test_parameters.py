"""The table, row by row: what each parameter asks of a contact. Every row has a case here, and a test sees to it."""

import pickle
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from mappings.catalogue import CATEGORIES
from mappings.contact_filter import map_url
from mappings.errors import InvalidParameter
from mappings.parameters import _TABLE, _UNMAPPED_NAMES, effort, known_parameters, parameter_of
from mappings.predicates import (
    All,
    Any,
    Exists,
    MatchAll,
    Not,
    Phrase,
    Range,
    Terms,
)
from mappings.rules import COMBINED, Context, Reason
from mappings.url import parse

TODAY = date(2024, 3, 31)
ACCOUNTING = "5567ce1f7369643b78570000"
BANKING = "5567ce237369644ee5490000"


def terms(field, *values):
    return Terms(field, values)


def phrases(text, *fields):
    return Any(tuple(Phrase(field, text) for field in fields))


def phrases_in(field, *texts):
    return tuple(Phrase(field, text) for text in texts)


HUNDRED = [f"w{at}" for at in range(100)]
"""As many words as count."""


def every(*of):
    return All(of)


def some(*of):
    return Any(of)


def seconds(*when):
    return int(datetime(*when, tzinfo=UTC).timestamp())


def anywhere(word):
    exact = [terms(field, word) for field in ("person_name", "title_words", "search_words")]
    return some(*exact, *phrases(word, "company_text", "industries", "keywords", "person_location").of)


def all_in_title(*words):
    return every(*(terms("title_words", word) for word in words))


CEO_KEY = "chief executive officer"
CEO_IN_FULL = (all_in_title("c", "e", "o"), all_in_title("chief", "executive", "officer"))
SIMILAR_TO_CEO = some(terms("title_words", "ceo"), *CEO_IN_FULL)
EVERYWHERE = ("company_text", "keywords", "industries")

CASES = [
    ("page=3", MatchAll()),
    ("page=abc", MatchAll()),
    ("sortByField=title&sortAscending=true", MatchAll()),
    ("sortAscending=true", MatchAll()),
    ("personTitles[]=Project Manager", terms("title_key", "manager project")),
    ("personTitles[]=Manager, Project&personTitles[]=CEO", terms("title_key", "manager project", CEO_KEY)),
    ('personTitles[]="team lead"', terms("title_key", "lead team")),
    ("personTitles[]=", MatchAll()),
    ("personTitles[]=---", MatchAll()),
    ("personTitles[]=&personTitles[]=CEO", terms("title_key", CEO_KEY)),
    ("personTitles[]=Head of Sales&includeSimilarTitles=false", terms("title_key", "head sales")),
    (
        "includeSimilarTitles=true&personTitles[]=Head of the Sales&personTitles[]=CEO",
        some(terms("title_words", "head", "sales", "ceo"), *CEO_IN_FULL),
    ),
    ("includeSimilarTitles=true&personTitles[]=of the", some()),
    ("includeSimilarTitles=true&personTitles[]=---", MatchAll()),
    (
        "includeSimilarTitles=true&personTitles[]=of the&personTitles[]=CEO",
        SIMILAR_TO_CEO,
    ),
    (
        "includeSimilarTitles=true&personTitles[]=Chief Executive Officer",
        SIMILAR_TO_CEO,
    ),
    ("includeSimilarTitles=true", MatchAll()),
    ("personNotTitles[]=Sales Rep&includeSimilarTitles=true", Not(terms("title_key", "representative sales"))),
    ("personTitles[]=Founder and CEO", terms("title_key", "chief executive founder officer")),
    ("personTitles[]=Project%2520Manager", terms("title_key", "manager project")),
    ("personNotTitles[]=a&personNotTitles[]=b&personNotTitles[]=", Not(terms("title_key", "a", "b"))),
    ("qPersonTitle=sales director", every(terms("title_words", "sales"), terms("title_words", "director"))),
    ("qPersonTitle=-relations", Not(terms("title_words", "relations"))),
    ("qPersonTitle=ceo OR cfo", terms("title_words", "ceo", "cfo")),
    (
        "qPersonTitle=ceo OR  OR -sales rep",
        some(terms("title_words", "ceo"), Not(every(terms("title_words", "sales"), terms("title_words", "rep")))),
    ),
    ("qPersonName=Zoë Doe", every(terms("person_name", "zoe"), terms("person_name", "doe"))),
    ("qPersonName=ann OR bob", terms("person_name", "ann", "bob")),
    ("personSeniorities[]=C-Level&personSeniorities[]=vice president", terms("seniority", "c_suite", "vp")),
    ("personDepartmentOrSubdepartments[]=accounting", terms("departments", "accounting")),
    (
        "personDepartmentOrSubdepartments[]=design",
        terms("departments", "design", "all_design", "product_ui_ux_design", "graphic_design"),
    ),
    ("personDepartments[]=Inside Sales", terms("departments", "inside_sales")),
    ("personLocations[]=Germany", Phrase("person_location", "germany")),
    (
        "personLocations[]=Austin, Texas&personLocations[]=USA",
        some(
            every(Phrase("person_location", "austin"), Phrase("person_location", "texas")),
            Phrase("person_location", "united states"),
        ),
    ),
    ("personLocations[]=,", MatchAll()),
    (
        "personLocations[]=Berlin, D-A-CH",
        every(
            Phrase("person_location", "berlin"),
            some(
                *phrases_in("person_location", "d a ch", "dach"),
                every(
                    some(*phrases_in("person_location", "austria", "germany", "switzerland")),
                    Not(Phrase("person_location", "united states")),
                ),
            ),
        ),
    ),
    ("personNotLocations[]=Berlin", Not(Phrase("person_location", "berlin"))),
    ("contactStageIds[]=Cold%20 Lead&contactStageIds[]=" + "0af" * 8, terms("stage", "cold lead")),
    ("contactStageIds[]=--", MatchAll()),
    ("notContactStageIds[]=Do Not Contact", Not(terms("stage", "do not contact"))),
    ("personLinkedinUrls[]=http://de.linkedin.com/in/John-Doe/?x=1", terms("linkedin", "linkedin.com/in/john-doe")),
    ("contactEmailStatusV2[]=likely_to_engage", terms("email_status", "likely_to_engage")),
    (
        "contactEmailStatusV2[]=Likely to engage&contactEmailStatusV2[]=No email",
        terms("email_status", "likely_to_engage", "unavailable"),
    ),
    ("contactEmailStatus[]=verified", terms("email_status", "verified")),
    ("contactEmailExcludeCatchAll=true", Not(terms("email_catch_all", "catch_all"))),
    ("contactEmailExcludeCatchAll=false", MatchAll()),
    ("organizationNumEmployeesRanges[]=11,50", Range("employees", 11, 50)),
    (
        "organizationNumEmployeesRanges[]=1,10&organizationNumEmployeesRanges[]=10001",
        some(Range("employees", 1, 10), Range("employees", 10001, None)),
    ),
    ("organizationNumEmployeesRanges[]=10001,", Range("employees", 10001, None)),
    ("organizationNumEmployeesRanges[]=,50", Range("employees", None, 50)),
    ("organizationNumEmployeesRanges[]=50,11", Range("employees", 50, 11)),
    ("organizationNumEmployeesRanges[]=201-500", Range("employees", 201, 500)),
    ("organizationNumEmployeesRanges[]=5001%252C10000", Range("employees", 5001, 10000)),
    ("organizationNumEmployeesRanges []=1%2C100", Range("employees", 1, 100)),
    ("organizationNumEmployeesRanges[]=,", MatchAll()),
    ("organizationNumEmployeesRanges[]=10001%2B", Range("employees", 10001, None)),
    ("organizationNumEmployeesRanges[]=10,001+", Range("employees", 10001, None)),
    ("organizationNumEmployeesRanges[]=1,001–5,000 employees", Range("employees", 1001, 5000)),
    ("organizationRevenueRanges[]=1000000,5000000", Range("annual_revenue", 1_000_000, 5_000_000)),
    (
        "organizationRevenueRanges[]=,1M&organizationRevenueRanges[]=$1B%2B",
        some(Range("annual_revenue", None, 1_000_000), Range("annual_revenue", 1_000_000_000, None)),
    ),
    ("organizationLocations[]=Canada", Phrase("company_location", "canada")),
    (
        "organizationNotLocations[]=Quebec, Canada&organizationNotLocations[]=Oslo",
        Not(
            some(
                every(Phrase("company_location", "quebec"), Phrase("company_location", "canada")),
                Phrase("company_location", "oslo"),
            )
        ),
    ),
    (
        f"organizationIndustryTagIds[]={ACCOUNTING}&organizationIndustryTagIds[]={BANKING}",
        terms("industries", "accounting", "banking"),
    ),
    (f"organizationIndustryTagIds[]={ACCOUNTING}&organizationIndustryTagIds[]=x", terms("industries", "accounting")),
    ("organizationIndustryTagIds[]=x", MatchAll()),
    (
        "organizationIndustryTagIds[]=COMPUTER%20SOFTWARE&organizationIndustryTagIds[]=Health, Wellness and Fitness"
        "&organizationIndustryTagIds[]=Airlines and Aviation",
        terms("industries", "computer software", "health wellness fitness", "airlines aviation"),
    ),
    (f"organizationNotIndustryTagIds[]={ACCOUNTING}", Not(terms("industries", "accounting"))),
    ("organizationNotIndustryTagIds[]=x", MatchAll()),
    (
        "organizationIndustries[]=information technology %26 services",
        terms("industries", "information technology services"),
    ),
    ("organizationIndustries[]=health wellness and fitness", terms("industries", "health wellness fitness")),
    ("organizationIndustries[]=Alchemy", terms("industries", "alchemy")),
    ("organizationIndustries[]=-", MatchAll()),
    (
        "qOrganizationName=www.alpha.example",
        some(terms("company_domains", "alpha.example"), Phrase("company_text", "www alpha example")),
    ),
    (
        "qOrganizationName=acme OR -https://beta.example/x",
        some(
            Phrase("company_text", "acme"),
            Not(some(terms("company_domains", "beta.example"), Phrase("company_text", "https beta example x"))),
        ),
    ),
    ("qOrganizationName=Acme Inc. (beta.example)", Phrase("company_text", "acme inc beta example")),
    ("qOrganizationName=Acme United", Phrase("company_text", "acme united")),
    (
        "qOrganizationName=consulting OR staffing",
        some(Phrase("company_text", "consulting"), Phrase("company_text", "staffing")),
    ),
    ("qOrganizationName=a OR -b", some(Phrase("company_text", "a"), Not(Phrase("company_text", "b")))),
    ("qOrganizationDomainsList[]=https://www.Acme.com/x", terms("company_domains", "acme.com")),
    ("qOrganizationDomainsList[]=a.com%0Ab.com%0A", terms("company_domains", "a.com", "b.com")),
    ("qOrganizationDomainsList[]=domain1&qOrganizationDomainsList[]=a.com", terms("company_domains", "a.com")),
    ("qOrganizationDomainsList[]=domain1", MatchAll()),
    ("qOrganizationDomains[]=a.com", terms("company_domains", "a.com")),
    ("revenueRange=1M,5M", Range("annual_revenue", 1_000_000, 5_000_000)),
    ("revenueRange=1M-5M", Range("annual_revenue", 1_000_000, 5_000_000)),
    ("revenueRange=10000000%2B", Range("annual_revenue", 10_000_000, None)),
    ("revenueRange=10&revenueRange=5M&revenueRange=lots, and more&revenueRange= ", MatchAll()),
    ("organizationFoundedYearRange=2000,2010", Range("founded_year", 2000, 2010)),
    ("totalFundingRange=,5", Range("total_funding", None, 5)),
    ("latestFundingAmountRange=1,5", Range("latest_funding_amount", 1, 5)),
    ("organizationNumEmployeesRange[min]=11", Range("employees", 11, None)),
    ("organizationNumEmployeesRange[max]=50", Range("employees", None, 50)),
    ("minEmployees=11&maxEmployees=50", every(Range("employees", None, 50), Range("employees", 11, None))),
    ('personTitles[]=["CEO","CTO"]', terms("title_key", CEO_KEY, "chief officer technology")),
    ("personTitles[]=CEO%0A%0ACTO%0A", terms("title_key", CEO_KEY, "chief officer technology")),
    ("personTitles[]=VP, Sales", terms("title_key", "president sales vice")),
    ("personTitles[]=[CEO]&personTitles[]=[]", terms("title_key", CEO_KEY)),
    ("personSeniorities=c_suite,vp|director", terms("seniority", "c_suite", "vp", "director")),
    ("contactEmailStatusV2[]=verified, unverified", terms("email_status", "verified", "unverified")),
    ("contactEmailStatusV2[]=,", MatchAll()),
    ("personDepartments=sales,HR", terms("departments", "sales", "human_resources")),
    ("personDepartments[]=Culture, Diversity %26 Inclusion", terms("departments", "culture_diversity_inclusion")),
    ("personDepartments[]=sales, or so", terms("departments", "sales_or_so")),
    (
        "personLocations=Berlin, Germany; Paris, France",
        some(
            every(Phrase("person_location", "berlin"), Phrase("person_location", "germany")),
            every(Phrase("person_location", "paris"), Phrase("person_location", "france")),
        ),
    ),
    (f"organizationIndustryTagIds[]={ACCOUNTING},{BANKING}", terms("industries", "accounting", "banking")),
    (
        "organizationIndustries=banking,Health, Wellness and Fitness&organizationIndustries=banking, accounting",
        terms("industries", "banking health wellness and fitness", "banking", "accounting"),
    ),
    (
        "qOrganizationDomainsList=a.example, b.example;c.example",
        terms("company_domains", "a.example", "b.example", "c.example"),
    ),
    (
        "personLinkedinUrls[]=linkedin.com/in/ann,https://www.linkedin.com/in/bob",
        terms("linkedin", "linkedin.com/in/ann", "linkedin.com/in/bob"),
    ),
    (
        "organizationNumEmployeesRanges=11-50,51-200;1,001-5,000",
        some(Range("employees", 11, 50), Range("employees", 51, 200), Range("employees", 1001, 5000)),
    ),
    ("organizationNaicsCodes[]=5112, 7372", terms("naics_codes", "5112", "7372")),
    ("technologies=hub_spot,salesforce", some(*phrases_in("technologies", "hub spot", "salesforce"))),
    ("revenueRange[min]=$5,000,000", Range("annual_revenue", 5_000_000, None)),
    ("revenueRange[max]=1.5B", Range("annual_revenue", None, 1_500_000_000)),
    ("revenueRange[min]=&revenueRange[max]=10", Range("annual_revenue", None, 10)),
    (
        "revenueRange[max]=2M&revenueRange[min]=1M",
        every(Range("annual_revenue", 1_000_000, None), Range("annual_revenue", None, 2_000_000)),
    ),
    ("organizationSicCodes[]=7372&organizationSicCodes[]=SIC 54", terms("sic_codes", "7372", "54")),
    ("organizationSicCodes[]=", MatchAll()),
    ("organizationSicCodes[]=software", MatchAll()),
    ("notOrganizationSicCodes[]=5141", Not(terms("sic_codes", "5141"))),
    ("organizationNaicsCodes[]=31-33", terms("naics_codes", "31", "32", "33")),
    ("notOrganizationNaicsCodes[]=4244", Not(terms("naics_codes", "4244"))),
    ("organizationFoundedYearRange[min]=2010", Range("founded_year", 2010, None)),
    ("organizationFoundedYearRange[max]=2015", Range("founded_year", None, 2015)),
    (
        "organizationLatestFundingStageCd[]=0&organizationLatestFundingStageCd[]=2",
        terms("funding_stage", "seed", "series_a"),
    ),
    ("organizationLatestFundingStageCd[]=Series B", terms("funding_stage", "series_b")),
    ("organizationLatestFundingStageCd[]=99", MatchAll()),
    ("totalFundingRange[min]=1", Range("total_funding", 1, None)),
    ("totalFundingRange[max]=5", Range("total_funding", None, 5)),
    ("latestFundingAmountRange[min]=1K", Range("latest_funding_amount", 1000, None)),
    ("latestFundingAmountRange[max]=2K", Range("latest_funding_amount", None, 2000)),
    ("latestFundingDateRange[min]=2019-06-30", Range("last_raised_at", seconds(2019, 6, 30), None)),
    ("latestFundingDateRange[max]=2019-06-30", Range("last_raised_at", None, seconds(2019, 6, 30, 23, 59, 59))),
    ("latestFundingDateRange[min]=60_days_ago", Range("last_raised_at", seconds(2024, 1, 31), None)),
    ("latestFundingDateRange[max]=today", Range("last_raised_at", None, seconds(2024, 3, 31, 23, 59, 59))),
    ("latestFundingDateRange[min]=", MatchAll()),
    ("qOrganizationKeywordTags[]=Online-Store", phrases("online store", *EVERYWHERE)),
    (
        "qOrganizationKeywordTags[]=saas"
        "&includedOrganizationKeywordFields[]=tags &includedOrganizationKeywordFields[]=name",
        phrases("saas", "keywords", "company_text"),
    ),
    (
        "qOrganizationKeywordTags[]=saas&includedOrganizationKeywordFields[]=seo_description"
        "&includedOrganizationKeywordFields[]=tags",
        phrases("saas", "company_description", "keywords"),
    ),
    ("qOrganizationKeywordTags[]=saas&includedOrganizationKeywordFields[]=nonsense", phrases("saas", *EVERYWHERE)),
    ("qOrganizationKeywordTags[]=---", MatchAll()),
    ("qOrganizationKeywordTags[]=saas&includedOrganizationKeywordFields[]=", phrases("saas", *EVERYWHERE)),
    ("qOrganizationKeywordTags[]=a&excludedOrganizationKeywordFields[]=name", phrases("a", *EVERYWHERE)),
    ("includedOrganizationKeywordFields[]=tags", MatchAll()),
    (
        "qAndedOrganizationKeywordTags[]=a&qAndedOrganizationKeywordTags[]=b",
        every(phrases("a", *EVERYWHERE), phrases("b", *EVERYWHERE)),
    ),
    (
        "qAndedOrganizationKeywordTags[]=a&qAndedOrganizationKeywordTags[]=b"
        "&includedAndedOrganizationKeywordFields[]=industries",
        every(Phrase("industries", "a"), Phrase("industries", "b")),
    ),
    (
        "qNotOrganizationKeywordTags[]=a&excludedOrganizationKeywordFields[]=name",
        Not(Phrase("company_text", "a")),
    ),
    ("qNotOrganizationKeywordTags[]=a", Not(phrases("a", *EVERYWHERE))),
    ("qKeywords=Avenue  living", every(anywhere("avenue"), anywhere("living"))),
    ("qKeywords=---", MatchAll()),
    ("qKeywords=" + " ".join(HUNDRED), every(*map(anywhere, HUNDRED))),
    ("qKeywords=" + "-".join([*HUNDRED, "more"]) + " words", every(*map(anywhere, HUNDRED))),
    ("qKeywords=" + " ".join([*HUNDRED[:-1], "w99.more", "words"]), every(*map(anywhere, HUNDRED))),
    ("qPersonTitle=" + " ".join([*HUNDRED, "more"]), every(*(terms("title_words", word) for word in HUNDRED))),
    (
        "qKeywords=fintech (delta.example),",
        every(
            anywhere("fintech"),
            some(terms("company_domains", "delta.example"), every(anywhere("delta"), anywhere("example"))),
        ),
    ),
    ("qKeywords=ann@delta.example", every(anywhere("ann"), anywhere("delta"), anywhere("example"))),
    ("currentlyUsingAnyOfTechnologyUids[]=google_analytics", Phrase("technologies", "google analytics")),
    (
        "currentlyUsingAllOfTechnologyUids[]=a&currentlyUsingAllOfTechnologyUids[]=b",
        every(Phrase("technologies", "a"), Phrase("technologies", "b")),
    ),
    ("currentlyNotUsingAnyOfTechnologyUids[]=outlook", Not(Phrase("technologies", "outlook"))),
    (
        "existFields[]=person_title_normalized&existFields[]=organization_domain&existFields[]=organization_id",
        every(Exists("title"), Exists("website")),
    ),
    ("existFields[]=organization_id", MatchAll()),
    ("notExistFields[]=email&notExistFields[]=title", Not(some(Exists("email"), Exists("title")))),
    ('filters={"notExistFields":["email"]}', Not(Exists("email"))),
]

MALFORMED = [
    ("organizationNumEmployeesRanges[]", "1,2,3", "a range such as 11,50"),
    ("organizationNumEmployeesRanges[]", "many", "a range such as 11,50"),
    ("revenueRange[min]", "lots", "a whole number such as"),
    ("revenueRange[max]", "-5", "a whole number such as"),
    ("organizationFoundedYearRange[min]", "old", "a whole number such as"),
    ("organizationFoundedYearRange[max]", "new", "a whole number such as"),
    ("totalFundingRange[min]", "x", "a whole number such as"),
    ("totalFundingRange[max]", "x", "a whole number such as"),
    ("latestFundingAmountRange[min]", "x", "a whole number such as"),
    ("latestFundingAmountRange[max]", "x", "a whole number such as"),
    ("latestFundingDateRange[min]", "soon", "a date such as"),
    ("latestFundingDateRange[max]", "soon", "a date such as"),
]

REASONS = [
    ("organizationIds[]", Reason.ID_BASED),
    ("notOrganizationIds[]", Reason.ID_BASED),
    ("personPastOrganizationIds[]", Reason.ID_BASED),
    ("personNotPastOrganizationIds[]", Reason.ID_BASED),
    ("contactLabelIds[]", Reason.APOLLO_FEATURE),
    ("qPersonPersonaIds[]", Reason.APOLLO_FEATURE),
    ("marketSegments[]", Reason.APOLLO_FEATURE),
    ("intentStrengths[]", Reason.APOLLO_FEATURE),
    ("lookalikeOrganizationIds[]", Reason.APOLLO_FEATURE),
    ("prospectedByCurrentTeam[]", Reason.APOLLO_FEATURE),
    ("emailerCampaignIds[]", Reason.APOLLO_FEATURE),
    ("organizationJobPostedAtRange[min]", Reason.NO_FIELD),
    ("organizationTradingStatus[]", Reason.NO_FIELD),
    ("latestFundingDetectedAtRange[min]", Reason.NO_FIELD),
    ("personPastTitles[]", Reason.NO_FIELD),
    ("uniqueUrlId", Reason.UI_FLAG),
    ("tour", Reason.UI_FLAG),
    ("recommendationConfigId", Reason.UI_FLAG),
    ("finderViewId", Reason.UI_FLAG),
    ("perPage", Reason.UI_FLAG),
    ("groupBy[]", Reason.UI_FLAG),
    ("fooBar[]", Reason.UNKNOWN),
    ("", Reason.UNKNOWN),
]


def predicate_of(query):
    return map_url(parse(f"https://app.apollo.io/#/people?{query}"), TODAY).filter.predicate


@pytest.mark.parametrize(("query", "expected"), CASES)
def test_what_a_parameter_asks_for(query, expected):
    assert predicate_of(query) == expected


@pytest.mark.parametrize("row", _TABLE, ids=lambda row: row.name)
def test_every_row_has_a_case(row):
    told = f"add a case to CASES here: ({row.name + '=…'!r}, the predicate that contacts should meet)"
    assert any(f"{row.name}=" in query for query, _ in CASES), told


@pytest.mark.parametrize(("name", "value", "expected"), MALFORMED)
def test_what_is_malformed_is_named(name, value, expected):
    with pytest.raises(InvalidParameter) as raised:
        predicate_of(f"{name}={value}")
    assert str(raised.value).startswith(f"Invalid filter parameters: {name}: {value!r} is not {expected}")


def test_lists_are_known_without_their_brackets_and_with_blanks_before():
    for parameter in known_parameters():
        assert parameter_of(parameter.name) == parameter
        assert parameter_of(f" {parameter.name.replace('[', ' [')} ") == parameter
        bare = parameter.name.removesuffix("[]")
        assert parameter_of(bare).name == parameter.name


@pytest.mark.parametrize(("name", "reason"), REASONS)
def test_why_a_parameter_is_unmapped(name, reason):
    assert parameter_of(name).read("x", Context({}, TODAY)) is reason


def test_the_reasons_as_the_contract_has_them():
    assert [reason.value for reason in Reason] == [
        "ID-based filter (no name mapping available)",
        "Apollo-specific feature (search lists, personas)",
        "Unmapped filter (no equivalent contact field)",
        "UI flag or advanced filter (not applicable)",
        "Keyword field control (not applicable without keywords)",
        "Unknown parameter (no mapping defined)",
    ]


@pytest.mark.parametrize("parameter", known_parameters(), ids=lambda parameter: parameter.name)
def test_a_parameter_maps_by_its_row_or_says_why_it_does_not(parameter):
    asked = parameter.read("", Context({}, TODAY))
    if parameter.name not in {row.name for row in _TABLE}:
        assert asked is parameter.reason
        assert isinstance(asked, Reason)
        assert not parameter.compared
    else:
        assert parameter.reason is None
        assert parameter.compared
        assert COMBINED[parameter.combine]
        if parameter.name.endswith("KeywordFields[]"):
            assert asked is Reason.FIELD_CONTROL
        else:
            assert asked is None or asked == MatchAll()


def test_every_row_is_of_the_catalogue_and_no_name_has_two():
    mapped = [row.name for row in _TABLE]
    unmapped = [name for names in _UNMAPPED_NAMES.values() for name in names]
    twice = sorted(name for name, times in Counter(mapped + unmapped).items() if times > 1)
    assert not twice, f"a name has one row of _TABLE, or one place in _UNMAPPED_NAMES: take one away of {twice}"
    assert {*mapped, *unmapped} <= {parameter.name for parameter in known_parameters()}


def test_an_unknown_name_is_other_and_comes_last():
    unknown = parameter_of("fooBar []")
    assert (unknown.name, unknown.category) == ("fooBar[]", "Other")
    assert unknown.rank > max(parameter.rank for parameter in known_parameters())


@pytest.mark.timeout(5)
def test_a_name_of_blanks_takes_no_longer_than_another():
    assert parameter_of("x" + " " * 60_000 + "y").category == "Other"


def test_ranks_follow_the_categories():
    assert list(dict.fromkeys(parameter.category for parameter in known_parameters())) == list(CATEGORIES)


def test_the_effort_of_a_url_is_told_up_to_where_it_matters() -> None:
    few, many = [("personTitles[]", "CEO")], [("qKeywords", "a"), *[("personTitles[]", "CEO")] * 10_000]
    assert effort([], 100) == 0
    assert effort(few, 100) == 1
    assert effort([("x", "")], 100) > effort([("page", "")], 100)
    assert 100 < effort(many, 100) < 200


def test_a_parameter_goes_to_another_process_by_its_name():
    for parameter in known_parameters():
        assert pickle.loads(pickle.dumps(parameter)) is parameter
    assert pickle.loads(pickle.dumps(parameter_of("unheardOf"))) == parameter_of("unheardOf")
