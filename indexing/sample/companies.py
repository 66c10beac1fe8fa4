"""Companies: a function of their number, so that all their contacts agree about them."""

from collections.abc import Sequence
from hashlib import blake2b
from struct import Struct
from typing import Final, NamedTuple

import msgspec

from indexing.sample.names import Name
from indexing.sample.places import PLACES, Place, phone
from indexing.sample.tables import HAND, SLOTS, deck, log_normal, ranked, rounded, share, table
from indexing.sample.titles import Title, titles_of
from indexing.sample.trades import TRADES, Trade
from indexing.sample.words import read_words


class _FundingStage(msgspec.Struct, frozen=True):
    """A stage of funding: its weight, the median amount in dollars and how many times that came in total."""

    name: str
    weight: float
    median: int
    total: float


class _CompanyWords(msgspec.Struct, frozen=True):
    """What companies are made of beside their trades.

    Attributes:
        syllables: of made-up names, each with how katakana would write it. All begin with a consonant and none ends
            in one that another's onset cluster begins with, so different sequences never spell the same word.
        technologies: by rank.
        catch_all_statuses: with their weights.
        websites: forms of addresses, `{}` being the domain, with their weights.
    """

    syllables: list[tuple[str, str]]
    technologies: list[str]
    streets: list[str]
    catch_all_statuses: list[tuple[str, float]]
    websites: list[tuple[str, float]]
    funding_stages: list[_FundingStage]


def _rounds(stages: list[_FundingStage]) -> list[tuple[str, str, str]]:
    """Tabulate rounds of funding: total, stage, amount; one amount in sixteen is not known."""
    rounds, factors = [], log_normal(0.8)
    for slot, stage in enumerate(table([(stage, stage.weight) for stage in stages])):
        amount = stage.median * factors[slot * 1021 % SLOTS]
        rounds.append((rounded(amount * stage.total), stage.name, rounded(amount) if slot % 16 else ""))
    return rounds


_WORDS: Final = read_words("companies", _CompanyWords)
_TECHNOLOGIES: Final = deck(ranked(_WORDS.technologies, 0.8))
_STREETS: Final = _WORDS.streets
_ROUNDS: Final = _rounds(_WORDS.funding_stages)
_CATCH_ALL: Final = table(_WORDS.catch_all_statuses)
_RAISED: Final = [f"{year}-{month:02}-01" for year in range(2012, 2026) for month in range(1, 13)]
_SYLLABLES: Final = [Name(kana, latin) for latin, kana in _WORDS.syllables]
_BEGINNINGS: Final = [
    Name(first.shown + second.shown, (first.ascii + second.ascii).title())
    for first in _SYLLABLES
    for second in _SYLLABLES
]
_STEMS: Final = 64**3
_STEM_STEP: Final = 100_003  # odd, so that every stem of a block is met once
_STEM_START: Final = 54_321
_SIZES: Final = log_normal(1.7)
_REVENUES: Final = log_normal(0.7)
_WEBSITES: Final = table(_WORDS.websites)

_COMPANY_DRAWS: Final = Struct("<26H")
_MIN_KEYWORDS: Final = 5
_MAX_EMPLOYEES: Final = 200_000

_EMPLOYEES_UNKNOWN: Final = share(3)
_REVENUE_UNKNOWN: Final = 5  # in 16
_CODES_KNOWN: Final = 3  # in 16
_NEVER_FUNDED: Final = share(40)
_TWO_INDUSTRIES: Final = share(12)
_COMPANY_PHONE: Final = share(70)
_NO_TECHNOLOGIES: Final = share(10)
_INDUSTRY_KNOWN: Final = share(96)
_NO_KEYWORDS: Final = share(6)
_HYPHENATED: Final = share(15)


class Company(NamedTuple):
    """What contacts take from their company, in the groups in which the cells of a row stand together."""

    names: tuple[str, str]
    domain: str
    employees: int
    catch_all: str
    titles: list[Title]
    place: Place
    phone: str
    profile: tuple[str, str, str]  # employees, industry, keywords
    web: tuple[str, str, str, str]  # website, LinkedIn, Facebook, Twitter
    record: tuple[str, ...]  # address, city, state, country, phone, technologies, revenue, funding
    codes: tuple[str, str]  # SIC, NAICS


def company_of(number: int) -> Company:
    """The company of that number; low numbers are those with many contacts, and so with many employees."""
    draws = _COMPANY_DRAWS.unpack(blake2b(b"%d" % number, digest_size=_COMPANY_DRAWS.size).digest())
    place_draw, ending_draw, hyphen_draw, trade_draw, noun_draw, style_draw, size_draw, catch_all_draw = draws[:8]
    place, trade = PLACES[place_draw >> 4], TRADES[trade_draw >> 4]
    stem, kana = _stem(number)
    noun = trade.nouns[noun_draw >> 4]
    slug = f"{stem}-{noun}".lower() if hyphen_draw < _HYPHENATED else f"{stem}{noun}".lower()
    domain = f"{slug}.{place.endings[ending_draw >> 4]}"
    full, short = place.styles[style_draw >> 4]
    employees = _employees(number, size_draw)
    number_of_phone = phone(place, draws[8], _COMPANY_PHONE)
    return Company(
        names=(_fill(full, stem, kana, noun), _fill(short, stem, kana, noun)),
        domain=domain,
        employees=employees,
        catch_all=_CATCH_ALL[catch_all_draw >> 4],
        titles=titles_of(employees),
        place=place,
        phone=number_of_phone,
        profile=(
            "" if draws[9] < _EMPLOYEES_UNKNOWN else str(employees),
            _industry(trade, draws[10:14]),
            _keywords(trade, draws[14:16]),
        ),
        web=_web(slug, domain, draws[16:18]),
        record=(
            _address(place, draws[18:20]),
            *place.cells,
            number_of_phone,
            _technologies(draws[20:22]),
            _revenue(employees, draws[22]),
            *_funding(draws[23:26]),
        ),
        codes=_codes(trade, ending_draw & 15, trade_draw & 15),
    )


def _stem(index: int) -> tuple[str, str]:
    """the made-up word of a company, in Latin letters and katakana; no two companies have the same."""
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


def _industry(trade: Trade, draws: Sequence[int]) -> str:
    """the company's industry, or two, which `;` alone separates: names contain commas."""
    first, two, second_trade, second = draws
    industry = trade.industries[first >> 4]
    if two >= _TWO_INDUSTRIES:
        return industry if two < _INDUSTRY_KNOWN else ""
    other = TRADES[second_trade >> 4].industries[second >> 4]
    return industry if other == industry else f"{industry}; {other}"


def _keywords(trade: Trade, draws: Sequence[int]) -> str:
    start, count = draws
    if count < _NO_KEYWORDS:
        return ""
    start >>= 4
    return ", ".join(trade.keywords[start : start + _MIN_KEYWORDS + count % (HAND - _MIN_KEYWORDS + 1)])


def _technologies(draws: Sequence[int]) -> str:
    start, count = draws
    if count < _NO_TECHNOLOGIES:
        return ""
    start >>= 4
    return ", ".join(_TECHNOLOGIES[start : start + 1 + count % HAND])


def _codes(trade: Trade, known: int, both: int) -> tuple[str, str]:
    """one or two of the trade's codes by either classification; draws of four bits, which no table has used."""
    if known >= _CODES_KNOWN:
        return ("", "")
    return ", ".join(trade.sic_codes[: 1 + both % 2]), ", ".join(trade.naics_codes[: 1 + both // 2 % 2])


def _web(slug: str, domain: str, draws: Sequence[int]) -> tuple[str, str, str, str]:
    website, social = draws
    return (
        _WEBSITES[website >> 4].replace("{}", domain),
        f"http://www.linkedin.com/company/{slug}" if social % 16 else "",
        f"https://www.facebook.com/{slug}" if social & 16 else "",
        f"https://twitter.com/{slug[:15]}" if social & 96 == 96 else "",
    )


def _address(place: Place, draws: Sequence[int]) -> str:
    """street, city, state, country and postal code in one, or nothing for one company in eight."""
    street, code = draws
    if not street & 7:
        return ""
    lines = (f"{1 + (street >> 8)} {_STREETS[street % len(_STREETS)]}", *place.cells, f"{code:05}")
    return ", ".join(lines)


def _revenue(employees: int, draw: int) -> str:
    return rounded(employees * 120_000 * _REVENUES[draw >> 4]) if draw & 15 >= _REVENUE_UNKNOWN else ""


def _funding(draws: Sequence[int]) -> tuple[str, str, str, str]:
    """total, latest stage, latest amount and its date; all empty where nothing is known."""
    funded, round_draw, raised = draws
    if funded < _NEVER_FUNDED:
        return ("", "", "", "")
    return (*_ROUNDS[round_draw >> 4], _RAISED[raised % len(_RAISED)])
