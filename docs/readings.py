"""The part of docs/mapping.md about values that are read otherwise than they are written.

Its examples are not written down but read, by the code that reads them in URLs.
"""

from collections.abc import Iterable
from datetime import date

from mappings.ledger import LedgerEntry, Status, ledger
from mappings.regions import region_of, region_rows
from mappings.text import normalise
from mappings.titles import abbreviations
from mappings.url import parse

_PEOPLE = "https://app.apollo.io/#/people?"
_TODAY = date(2024, 3, 31)

_REPAIRED = (
    "personTitles[]=Project%2520Manager",
    "personLocations[]=USA",
    "personLocations[]=San Francisco, CA",
    "personSeniorities[]=C-Level",
    "personDepartmentOrSubdepartments[]=HR",
    "contactEmailStatusV2[]=No email",
    "organizationNumEmployeesRanges[]=201-500",
    "organizationNumEmployeesRanges[]=201 to 500",
    "organizationNumEmployeesRanges[]=10001%2B",
    "organizationNumEmployeesRanges[]=10,001+",
    "organizationNumEmployeesRanges[]=10,001%2B employees",
    "organizationNumEmployeesRanges[]=1,001 – 5,000",
    "organizationRevenueRanges[]=$1M-$5M",
    "revenueRange[min]=$1.5M",
    "organizationIndustryTagIds[]=Computer Software",
    "organizationIndustryTagIds[]=Health, Wellness and Fitness",
    "organizationLatestFundingStageCd[]=Series A",
    "organizationSicCodes[]=7372 Prepackaged Software",
    "contactStageIds[]=Cold",
    "qOrganizationDomainsList[]=https://www.acme.example/about",
    'personTitles[]=["CEO"]',
    "personSeniorities[]=vp,director",
    "personLocations[]=Bern, Switzerland; Wien",
    "organizationNumEmployeesRanges[]=11-50,51-200",
    "qOrganizationDomainsList[]=a.example,b.example",
    "page=0",
)

_APPROXIMATED = (
    "personLocations[]=DACH",
    "personNotLocations[]=Oslo, Nordics",
    "personLocations[]=Mexico",
    "currentlyUsingAnyOfTechnologyUids[]=google_analytics",
    "qKeywords=fintech www.acme.example",
    "qOrganizationName=acme.example",
    "personTitles[]=VP Sales&includeSimilarTitles=true",
    "includeSimilarTitles=yes",
)


def readings() -> list[str]:
    """The lines of that part."""
    rows = [_row(region.name, region.aliases, _countries(region.name)) for region in region_rows()]
    short = ", ".join(f"`{row.short}` ({', '.join((row.long, *row.also))})" for row in abbreviations())
    return [
        *_INTRODUCTION,
        "",
        "## Several values in one",
        "",
        "Several values may be written as one: as a list in JSON, or one a line. Where no value has such marks",
        "of its own they may also be joined by `,`, `;` or `|`: levels, statuses, stages, technologies, fields,",
        "domains and profiles; ranges at a comma only if each is one without it, codes only before a digit, places at",
        "`;` and `|` alone, departments and industries if each part is known. Titles and names stay one: `VP, Sales`.",
        "So does what `qKeywords` asks for. In the ledger each has a line.",
        "",
        "## Values that are repaired",
        "",
        "They count as what is read. In the ledger of an answer they are `repaired`, as are all values of a parameter",
        "whose name is written in another spelling.",
        "",
        *_examples(_REPAIRED, "repaired"),
        "",
        "## Values that are approximated",
        "",
        "These count, and nearly as Apollo means them: contacts may be found that Apollo would not find, or missed. In",
        "the ledger they are `approximated`. There is no other case.",
        "",
        *_examples(_APPROXIMATED, "approximated"),
        "",
        "## Titles",
        "",
        "Titles are compared by their words in any order, in filters as in contacts: without `and`, `of`, `the`,",
        "`for`, `in`, `at` and `to`, unless they have no other words, and with abbreviations in full. `CEO & Founder`",
        "is `Founder and Chief Executive Officer`, and `Sr. V.P., Sales` is `Senior Vice President of Sales`. With",
        "`includeSimilarTitles=true` one of the words is enough, an abbreviation or all words that it stands for",
        "being one. Only what means one thing in titles is an abbreviation here, so `MD`, `PM` and `CPO` are none:",
        "",
        f"{short}.",
        "",
        "## Regions",
        "",
        "A region is any of its countries, and itself where contacts have it by that name. Contacts that are in a",
        "country elsewhere are left out: those in the US state of Georgia are not in EMEA.",
        "",
        "| region | other names | countries |",
        "| --- | --- | --- |",
        *rows,
    ]


_INTRODUCTION = (
    "",
    "## Values that can't be used",
    "",
    "A number, range or date that can't be read is an error of the whole request, which names the parameter and the",
    "value. Sort fields, industry tags, codes of industries and funding stages, ids of stages and fields that are not",
    "known, and what is no domain, are unmapped instead, and the rest of the URL counts. A range is `11,50`, `10001,`",
    "or `,50`; `10001` alone is open: from there on.",
)

_MOST_COUNTRIES = 10


def _examples(queries: Iterable[str], expected: Status) -> list[str]:
    """A table of what becomes of the first value of each query.

    Raises:
        LookupError: it is another thing than the page says.
    """
    lines = ["| written | read as | because |", "| --- | --- | --- |"]
    for query in queries:
        entry = ledger(parse(_PEOPLE + query), _TODAY)[0]
        if entry.status != expected:
            raise LookupError(f"{query} is {entry.status}, not {expected}")
        lines.append(_example(entry))
    return lines


def _example(entry: LedgerEntry) -> str:
    read_as = "" if entry.read_as is None else f"`{entry.read_as}`"
    return f"| `{entry.name}={entry.value}` | {read_as} | {entry.reason} |"


def _countries(name: str) -> str:
    region = region_of(normalise(name))
    assert region is not None
    few = len(region.countries) <= _MOST_COUNTRIES
    return ", ".join(region.countries) if few else f"{len(region.countries)} countries"


def _row(name: str, aliases: Iterable[str], countries: str) -> str:
    return f"| {name} | {', '.join(aliases)} | {countries} |"
