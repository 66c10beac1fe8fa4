"""Made-up contacts in the form of an Apollo.io export, for trying the product out and for measuring it.

`contacts sample N` and the benchmarks call this module. Its rows are the raw text cells of an export, so they go
through the same CSV source as a user's own file and nothing after that knows that they were made up. No person,
company or domain here is meant to exist; the words come from `sample_vocabulary.py`.

Row `i` of seed `s` is a function of `(s, i)` alone: the two are hashed, and each cell is looked up with its own bits
of that hash. So a sample is a prefix of every larger one of its seed, and nothing is kept between rows but a bounded
cache of companies. A company is a function of its number, whatever the seed, so all its contacts agree about it.
Row `i` takes its company from the first `i / 3` numbers or so, low ones far more often than high ones: the number of
companies grows with the sample, to about a fifth of it, and their sizes stay skewed at every size.

The lookups are tables of 4,096 slots in which a value has as many slots as its weight asks for.
"""

import csv
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate
from math import exp
from random import Random
from statistics import NormalDist
from struct import Struct
from typing import Final, NamedTuple, TextIO, TypeVar

from indexing.sample import words

T = TypeVar("T")

HEADERS: Final[tuple[str, ...]] = (
    "First Name",
    "Last Name",
    "Title",
    "Company",
    "Company Name for Emails",
    "Email",
    "Email Status",
    "Primary Email Catch-all Status",
    "Seniority",
    "Departments",
    "Work Direct Phone",
    "Home Phone",
    "Mobile Phone",
    "Corporate Phone",
    "Other Phone",
    "Stage",
    "# Employees",
    "Industry",
    "Keywords",
    "Person Linkedin Url",
    "Website",
    "Company Linkedin Url",
    "Facebook Url",
    "Twitter Url",
    "City",
    "State",
    "Country",
    "Company Address",
    "Company City",
    "Company State",
    "Company Country",
    "Company Phone",
    "Technologies",
    "Annual Revenue",
    "Total Funding",
    "Latest Funding",
    "Latest Funding Amount",
    "Last Raised At",
    "Created At",
    "Updated At",
)


def sample_rows(count: int, seed: int = 0) -> Iterator[tuple[str, ...]]:
    """Yield `count` contacts one by one, each a tuple of text cells in the order of `HEADERS`."""
    company_of = lru_cache(maxsize=_COMPANIES_KEPT)(_company)
    for index in range(count):
        yield _contact(seed, index, company_of)


def write_sample(count: int, out: TextIO, seed: int = 0) -> None:
    """Write `count` contacts to `out` as CSV, headers first."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADERS)
    writer.writerows(sample_rows(count, seed))


# --- Chances and tables -----------------------------------------------------------------------------------------------

_SLOTS: Final = 4096
_HAND: Final = 15  # the most that is drawn from a deck at once
_DRAW: Final = 65536  # a draw is 16 bits of the hash; `draw >> 4` is a slot


def _share(percent: float) -> int:
    """Return the bound below which so many per cent of all draws lie."""
    return round(_DRAW * percent / 100)


def _table(weighted: Sequence[tuple[T, float]]) -> list[T]:
    """Spread the values over the slots by weight."""
    total = sum(weight for _, weight in weighted)
    slots: list[T] = []
    reached = 0.0
    for value, weight in weighted:
        reached += weight
        slots += [value] * (round(_SLOTS * reached / total) - len(slots))
    return slots


def _ranked(values: Sequence[T], power: float = 0.7) -> list[tuple[T, float]]:
    """Weigh the values by rank, as Zipf's law does."""
    return [(value, 1 / (rank + 2) ** power) for rank, value in enumerate(values)]


def _listed(text: str) -> list[str]:
    """Split a `;`-separated text of the vocabulary."""
    return [" ".join(part.split()) for part in text.split(";")]


def _lines(text: str) -> list[list[str]]:
    """Split a text of the vocabulary into lines, and each line at `|`."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def _deck(weighted: Sequence[tuple[T, float]]) -> list[T]:
    """Deal values by weight into a long row in which any `_HAND` neighbours differ; a slice of it is a quick draw."""
    values = [value for value, _ in weighted]
    bounds = list(accumulate(weight for _, weight in weighted))
    dealer = Random(0)  # noqa: S311
    deck: list[T] = []
    while len(deck) < _SLOTS + _HAND:
        for value in dealer.choices(values, cum_weights=bounds, k=_SLOTS // 4):
            if value not in deck[1 - _HAND :]:
                deck.append(value)
    return deck


def _log_normal(spread: float) -> list[float]:
    """Tabulate factors around 1 whose logarithms have that standard deviation."""
    return [exp(spread * NormalDist().inv_cdf((slot + 0.5) / _SLOTS)) for slot in range(_SLOTS)]


def _rounded(amount: float) -> str:
    """Return the amount in two significant digits, as estimates are."""
    whole = round(amount)
    return str(round(whole, 2 - len(str(whole))))


# --- Titles -----------------------------------------------------------------------------------------------------------


class _Title(NamedTuple):
    name: str
    seniority: str
    departments: str


def _titles(favour: dict[str, float]) -> list[_Title]:
    """Build the table of titles, those of a seniority in `favour` so many times as likely."""
    titles = [_Title(*line) for line in _lines(words.TITLES)]
    known = {title.name for title in titles}
    for form, seniority in _lines(words.TITLE_FORMS):
        for function, departments in _lines(words.TITLE_FUNCTIONS):
            name = form.format(function)
            if name not in known:
                titles.append(_Title(name, seniority, departments))
    return _table([(title, weight * favour.get(title.seniority, 1)) for title, weight in _ranked(titles, 0.9)])


# Small companies have mostly those who own them in such a database, large ones mostly staff.
_TITLES_SMALL: Final = _titles({"Owner": 2.5, "Founder": 2.5, "C suite": 1.6, "Entry": 0.6})
_TITLES_LARGE: Final = _titles({"Owner": 0.25, "Founder": 0.25, "C suite": 0.6, "Partner": 0.5, "Entry": 1.3})
_SMALL_COMPANY: Final = 50

# --- Names and places -------------------------------------------------------------------------------------------------

_UNDECOMPOSED: Final = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae"})


class _Name(NamedTuple):
    shown: str
    ascii: str


def _ascii(text: str) -> str:
    """Return the text in lower-case ASCII letters, digits and hyphens, for addresses."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_UNDECOMPOSED))
    return "".join(char for char in plain if char.isascii() and (char.isalnum() or char == "-"))


def _names(text: str) -> list[tuple[_Name, float]]:
    """Read one list of names, weighed by rank."""
    names = []
    for word in text.split():
        shown, _, given = word.partition("=")
        shown = shown.replace("_", " ")
        names.append(_Name(shown, given or _ascii(shown)))
    return _ranked(names, 0.6)


def _name_table(culture: str, part: int) -> list[_Name]:
    """Build the table of a culture's first (0) or last (1) names; one in eight English ones is of another culture."""
    names = _names(words.NAMES[culture][part])
    if culture != "en":
        return _table(names)
    others = [pair for other in words.NAMES if other != culture for pair in _names(words.NAMES[other][part])]
    scale = sum(weight for _, weight in names) / sum(weight for _, weight in others) / 7
    return _table(names + [(name, weight * scale) for name, weight in others])


_NAME_TABLES: Final = {culture: (_name_table(culture, 0), _name_table(culture, 1)) for culture in words.NAMES}


class _Style(NamedTuple):
    """A form of company names, and of the shorter ones used in e-mails."""

    full: str
    short: str


_STYLE_TABLES: Final = {
    culture: _table(_ranked([_Style(*line) for line in _lines(text)], 0.9))
    for culture, text in words.COMPANY_STYLES.items()
}


class _Place(NamedTuple):
    """A city with all that its people and companies take from it."""

    cells: tuple[str, str, str]  # city, state, country
    no_city: tuple[str, str, str]
    phone: str
    first_names: list[_Name]
    last_names: list[_Name]
    styles: list[_Style]
    endings: list[str]


_NOWHERE: Final = ("", "", "")


def _places_of(country: words.Country) -> list[tuple[_Place, float]]:
    """Build a country's cities; their weights add up to the country's."""
    first_names, last_names = _NAME_TABLES[country.culture]
    styles = _STYLE_TABLES[country.style]
    endings = _table(_ranked(country.endings.split()))
    places = [
        _Place((city, state, country.name), ("", state, country.name), phone, first_names, last_names, styles, endings)
        for city, state, phone in _lines(country.cities)
    ]
    ranked = _ranked(places)
    total = sum(weight for _, weight in ranked)
    return [(place, country.weight * weight / total) for place, weight in ranked]


_PLACES: Final = _table([pair for country in words.COUNTRIES for pair in _places_of(country)])

# --- Companies --------------------------------------------------------------------------------------------------------

_COMPANIES_KEPT: Final = 4096  # in the cache of one sample
_NUMBERS_PER_ROW: Final = 0.36
_COMPANY_SKEW: Final = 2.5

_STEMS: Final = 64**3
_STEM_STEP: Final = 100_003  # odd, so that every stem of a block is met once
_STEM_START: Final = 54_321


class _Topic(NamedTuple):
    """A trade, as tables."""

    industries: list[str]
    nouns: list[str]
    keywords: list[str]  # a deck


def _topic(topic: words.Topic) -> _Topic:
    """Build the tables of a trade; four in ten keywords are common to all trades."""
    own, common = _listed(topic.keywords), _ranked(_listed(words.COMMON_KEYWORDS))
    weighed = _ranked(own)
    scale = (
        sum(weight for _, weight in weighed) / sum(weight for keyword, weight in common if keyword not in own) * 4 / 6
    )
    return _Topic(
        _table(_ranked(_listed(topic.industries), 1.0)),
        _table(_ranked(_listed(topic.nouns))),
        _deck(weighed + [(keyword, weight * scale) for keyword, weight in common if keyword not in own]),
    )


_TOPICS: Final = _table([(_topic(topic), topic.weight) for topic in words.TOPICS])
_TECHNOLOGIES: Final = _deck(_ranked(_listed(words.TECHNOLOGIES), 0.8))
_STREETS: Final = _listed(words.STREETS)


def _rounds() -> list[tuple[str, str, str]]:
    """Tabulate rounds of funding: total, stage, amount; one amount in sixteen is not known."""
    rounds, factors = [], _log_normal(0.8)
    for slot, stage in enumerate(_table([(stage, stage.weight) for stage in words.FUNDING_STAGES])):
        amount = stage.median * factors[slot * 1021 % _SLOTS]
        rounds.append((_rounded(amount * stage.total), stage.name, _rounded(amount) if slot % 16 else ""))
    return rounds


_ROUNDS: Final = _rounds()
_CATCH_ALL: Final = _table(words.CATCH_ALL_STATUSES)
_RAISED: Final = [f"{year}-{month:02}-01" for year in range(2012, 2026) for month in range(1, 13)]
_SYLLABLES: Final = [_Name(*reversed(pair.split("="))) for pair in words.SYLLABLES.split()]
_BEGINNINGS: Final = [
    _Name(first.shown + second.shown, (first.ascii + second.ascii).title())
    for first in _SYLLABLES
    for second in _SYLLABLES
]
_SIZES: Final = _log_normal(1.7)
_REVENUES: Final = _log_normal(0.7)
_WEBSITES: Final = _table(
    [
        ("http://www.{}", 70),
        ("https://{}", 8),
        ("https://www.{}/", 6),
        ("http://{}", 5),
        ("https://shop.{}", 3),
        ("https://www.{}/en/home", 3),
        ("", 3),
        ("https://store.{}/collections?ref=home", 1),
        ("http://www.{}:8080", 1),
    ]
)

_COMPANY_DRAWS: Final = Struct("<26H")
_MIN_KEYWORDS: Final = 5
_MAX_EMPLOYEES: Final = 200_000

_EMPLOYEES_UNKNOWN: Final = _share(3)
_REVENUE_UNKNOWN: Final = 5  # in 16
_NEVER_FUNDED: Final = _share(40)
_TWO_INDUSTRIES: Final = _share(12)
_COMPANY_PHONE: Final = _share(70)
_NO_TECHNOLOGIES: Final = _share(10)
_INDUSTRY_KNOWN: Final = _share(96)
_NO_KEYWORDS: Final = _share(6)
_HYPHENATED: Final = _share(15)


class _Company(NamedTuple):
    """What contacts take from their company, in the groups in which the cells of a row stand together."""

    names: tuple[str, str]
    domain: str
    employees: int
    catch_all: str
    titles: list[_Title]
    place: _Place
    phone: str
    profile: tuple[str, str, str]  # employees, industry, keywords
    web: tuple[str, str, str, str]  # website, LinkedIn, Facebook, Twitter
    record: tuple[str, ...]  # address, city, state, country, phone, technologies, revenue, funding


def _company(index: int) -> _Company:
    """Return the company of that number; low numbers are those with many contacts, and so with many employees."""
    draws = _COMPANY_DRAWS.unpack(blake2b(b"%d" % index, digest_size=_COMPANY_DRAWS.size).digest())
    place_draw, ending_draw, hyphen_draw, topic_draw, noun_draw, style_draw, size_draw, catch_all_draw = draws[:8]
    place, topic = _PLACES[place_draw >> 4], _TOPICS[topic_draw >> 4]
    stem, kana = _stem(index)
    noun = topic.nouns[noun_draw >> 4]
    slug = f"{stem}-{noun}".lower() if hyphen_draw < _HYPHENATED else f"{stem}{noun}".lower()
    domain = f"{slug}.{place.endings[ending_draw >> 4]}"
    full, short = place.styles[style_draw >> 4]
    employees = _employees(index, size_draw)
    phone = _phone(place, draws[8], _COMPANY_PHONE)
    return _Company(
        names=(_fill(full, stem, kana, noun), _fill(short, stem, kana, noun)),
        domain=domain,
        employees=employees,
        catch_all=_CATCH_ALL[catch_all_draw >> 4],
        titles=_TITLES_SMALL if employees < _SMALL_COMPANY else _TITLES_LARGE,
        place=place,
        phone=phone,
        profile=(
            "" if draws[9] < _EMPLOYEES_UNKNOWN else str(employees),
            _industry(topic, draws[10:14]),
            _keywords(topic, draws[14:16]),
        ),
        web=_web(slug, domain, draws[16:18]),
        record=(
            _address(place, draws[18:20]),
            *place.cells,
            phone,
            _technologies(draws[20:22]),
            _revenue(employees, draws[22]),
            *_funding(draws[23:26]),
        ),
    )


def _stem(index: int) -> tuple[str, str]:
    """Return the made-up word of a company, in Latin letters and katakana; no two companies have the same."""
    block, place = divmod(index, _STEMS)
    place = (place * _STEM_STEP + _STEM_START) % _STEMS  # neighbours don't look alike
    beginning, ending = _BEGINNINGS[place >> 6], _SYLLABLES[place & 63]
    stem, kana = beginning.ascii + ending.ascii, beginning.shown + ending.shown
    while block:
        block, digit = divmod(block - 1, 64)
        stem, kana = stem + _SYLLABLES[digit].ascii, kana + _SYLLABLES[digit].shown
    return stem, kana


def _fill(form: str, stem: str, kana: str, noun: str) -> str:
    return form.replace("{stem}", stem).replace("{noun}", noun).replace("{kana}", kana)


def _employees(index: int, draw: int) -> int:
    """Log-normal around nine, and about as many at least as the company has contacts in a sample of some 100,000."""
    return min(round(9 * _SIZES[draw >> 4] + 12_000 / (index + 1) ** 0.9) or 1, _MAX_EMPLOYEES)


def _industry(topic: _Topic, draws: Sequence[int]) -> str:
    """Return the company's industry, or two, which `;` alone separates: names contain commas."""
    first, two, second_topic, second = draws
    industry = topic.industries[first >> 4]
    if two >= _TWO_INDUSTRIES:
        return industry if two < _INDUSTRY_KNOWN else ""
    other = _TOPICS[second_topic >> 4].industries[second >> 4]
    return industry if other == industry else f"{industry}; {other}"


def _keywords(topic: _Topic, draws: Sequence[int]) -> str:
    start, count = draws
    if count < _NO_KEYWORDS:
        return ""
    start >>= 4
    return ", ".join(topic.keywords[start : start + _MIN_KEYWORDS + count % (_HAND - _MIN_KEYWORDS + 1)])


def _technologies(draws: Sequence[int]) -> str:
    start, count = draws
    if count < _NO_TECHNOLOGIES:
        return ""
    start >>= 4
    return ", ".join(_TECHNOLOGIES[start : start + 1 + count % _HAND])


def _web(slug: str, domain: str, draws: Sequence[int]) -> tuple[str, str, str, str]:
    website, social = draws
    return (
        _WEBSITES[website >> 4].replace("{}", domain),
        f"http://www.linkedin.com/company/{slug}" if social % 16 else "",
        f"https://www.facebook.com/{slug}" if social & 16 else "",
        f"https://twitter.com/{slug[:15]}" if social & 96 == 96 else "",
    )


def _address(place: _Place, draws: Sequence[int]) -> str:
    """Return street, city, state, country and postal code in one, or nothing for one company in eight."""
    street, code = draws
    if not street & 7:
        return ""
    lines = (f"{1 + (street >> 8)} {_STREETS[street % len(_STREETS)]}", *place.cells, f"{code:05}")
    return ", ".join(lines)


def _phone(place: _Place, draw: int, share: int) -> str:
    """Return a number nobody has (555-01xx) as the export writes it, or nothing if the draw is not below the share."""
    return f"'{place.phone}-555-01{draw % 100:02}" if draw < share else ""


def _revenue(employees: int, draw: int) -> str:
    return _rounded(employees * 120_000 * _REVENUES[draw >> 4]) if draw & 15 >= _REVENUE_UNKNOWN else ""


def _funding(draws: Sequence[int]) -> tuple[str, str, str, str]:
    """Return total, latest stage, latest amount and its date; all empty where nothing is known."""
    funded, round_draw, raised = draws
    if funded < _NEVER_FUNDED:
        return ("", "", "", "")
    return (*_ROUNDS[round_draw >> 4], _RAISED[raised % len(_RAISED)])


# --- Contacts ---------------------------------------------------------------------------------------------------------

_CONTACT_DRAWS: Final = Struct("<QIII17H")
_STATUSES: Final = _table(words.EMAIL_STATUSES)
_STAGES: Final = _table(words.STAGES)
_UNAVAILABLE: Final = "Unavailable"
_NAMESAKES: Final = 300  # employees
_NO_TITLE: Final = _Title("", "", "")

_FIRST_DAY: Final = date(2021, 1, 1)
_LAST_DAY: Final = date(2026, 6, 30)
_DAYS: Final = [str(_FIRST_DAY + timedelta(days)) for days in range((_LAST_DAY - _FIRST_DAY).days + 1)]
_MINUTES: Final = [f"T{minute // 60:02}:{minute % 60:02}:" for minute in range(24 * 60)]
_SECONDS: Final = [f"{second:02}" for second in range(60)]
_PERIOD: Final = len(_DAYS) * 86_400
_IMPORTS_EVERY: Final = 6 * 3600

# A draw below the bound means yes.
_TITLE_MISSING: Final = _share(5)
_TITLE_UNCLASSIFIED: Final = _share(15)  # of these, those with a title lack seniority and departments
_AT_COMPANY: Final = _share(78)
_PLACE_UNKNOWN: Final = _share(3)
_CITY_UNKNOWN: Final = _share(11)
_LINKEDIN_UNKNOWN: Final = _share(6)
_MIDDLE_INITIAL: Final = _share(40)
_WORK_PHONE: Final = _share(25)
_HOME_PHONE: Final = _share(4)
_MOBILE_PHONE: Final = _share(35)
_OTHER_PHONE: Final = _share(6)
_IMPORTED: Final = _share(20)
_CREATED_UNKNOWN: Final = _share(21)  # right after those imported
_NEVER_UPDATED: Final = _share(30)
_UPDATED_UNKNOWN: Final = _share(31)


def _contact(seed: int, index: int, company_of: Callable[[int], _Company]) -> tuple[str, ...]:
    """Return row `index` of the sample of that seed."""
    draws = _CONTACT_DRAWS.unpack(blake2b(b"%d/%d" % (seed, index), digest_size=_CONTACT_DRAWS.size).digest())
    company = company_of(_company_index(index, draws[0]))
    title_draw, title_known, first_draw, last_draw, near, place_draw, place_known, status_draw, middle = draws[4:13]
    place = company.place if near < _AT_COMPANY else _PLACES[place_draw >> 4]
    first, last = place.first_names[first_draw >> 4], place.last_names[last_draw >> 4]
    title = company.titles[title_draw >> 4] if title_known >= _TITLE_MISSING else _NO_TITLE
    classified = title_known >= _TITLE_UNCLASSIFIED
    status = _STATUSES[status_draw >> 4]
    reachable = status != _UNAVAILABLE
    work, home, mobile, other, stage, linkedin, created, updated = draws[13:]
    return (
        first.shown,
        last.shown,
        title.name,
        *company.names,
        _email(first, last, middle, company) if reachable else "",
        status,
        company.catch_all if reachable else "",
        title.seniority if classified else "",
        title.departments if classified else "",
        _phone(place, work, _WORK_PHONE),
        _phone(place, home, _HOME_PHONE),
        _phone(place, mobile, _MOBILE_PHONE),
        company.phone,
        _phone(place, other, _OTHER_PHONE),
        _STAGES[stage >> 4],
        *company.profile,
        _linkedin(first, last, draws[1]) if linkedin >= _LINKEDIN_UNKNOWN else "",
        *company.web,
        *_whereabouts(place, place_known),
        *company.record,
        *_dates(draws[2], draws[3], created, updated),
    )


def _company_index(index: int, draw: int) -> int:
    """Draw a company for a row: Zipf's law over the numbers in use by then, one more for every few rows."""
    return int((1 + index * _NUMBERS_PER_ROW) * (draw / 2**64) ** _COMPANY_SKEW)


def _email(first: _Name, last: _Name, draw: int, company: _Company) -> str:
    """Return first.last@domain, with a number or a middle initial where namesakes are likely."""
    if company.employees >= _NAMESAKES:
        return f"{first.ascii}.{last.ascii}{draw % 999 + 1}@{company.domain}"
    if draw < _MIDDLE_INITIAL:
        return f"{first.ascii}.{chr(97 + draw % 26)}.{last.ascii}@{company.domain}"
    return f"{first.ascii}.{last.ascii}@{company.domain}"


def _linkedin(first: _Name, last: _Name, draw: int) -> str:
    return f"http://www.linkedin.com/in/{first.ascii}-{last.ascii}-{draw:08x}"


def _whereabouts(place: _Place, known: int) -> tuple[str, str, str]:
    """Return city, state and country as far as they are known."""
    if known >= _CITY_UNKNOWN:
        return place.cells
    return place.no_city if known >= _PLACE_UNKNOWN else _NOWHERE


def _dates(created_draw: int, updated_draw: int, created: int, updated: int) -> tuple[str, str]:
    """Return when the contact came and last changed, mostly in recent years; an import stamps all its rows alike."""
    came = int(_PERIOD * (created_draw / 2**32) ** 0.7)
    if created < _IMPORTED:
        came -= came % _IMPORTS_EVERY
    changed = came
    if updated >= _NEVER_UPDATED:
        changed += int((_PERIOD - came) * (updated_draw / 2**32) ** 2)
    return (
        _moment(came) if not _IMPORTED <= created < _CREATED_UNKNOWN else "",
        _moment(changed) if not _NEVER_UPDATED <= updated < _UPDATED_UNKNOWN else "",
    )


def _moment(seconds: int) -> str:
    """Return the ISO form of that many seconds after the first day began; lookups are faster than `datetime`."""
    minutes, second = divmod(seconds, 60)
    days, minute = divmod(minutes, 24 * 60)
    return _DAYS[days] + _MINUTES[minute] + _SECONDS[second]
