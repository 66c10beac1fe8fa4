"""Made-up contacts in the form of an Apollo.io export, for trying the product out and for measuring it.

`contacts sample N` and the benchmarks call this module. Its rows are the raw text cells of an export, so they go
through the same CSV source as a user's own file and nothing after that knows that they were made up. No person,
company or domain here is meant to exist; the words come from the files in `data/`.

Row `i` of seed `s` is a function of `(s, i)` alone: the two are hashed, and each cell is looked up with its own bits
of that hash. So a sample is a prefix of every larger one of its seed, and nothing is kept between rows but a bounded
cache of companies. A company is a function of its number, whatever the seed, so all its contacts agree about it.
Row `i` takes its company from the first `i / 3` numbers or so, low ones far more often than high ones: the number of
companies grows with the sample, to about a fifth of it, and their sizes stay skewed at every size.
"""

import csv
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
from struct import Struct
from typing import Final, TextIO

import msgspec

from indexing.sample.companies import Company, company_of
from indexing.sample.names import Name
from indexing.sample.places import PLACES, Place, phone
from indexing.sample.tables import share, table
from indexing.sample.titles import NO_TITLE
from indexing.sample.words import read_words


class _Headers(msgspec.Struct, frozen=True):
    """Apollo's own columns in Apollo's order, where they were seen, and ours after them."""

    source: str
    apollo: list[str]
    own: list[str]


_COLUMNS: Final = read_words("headers", _Headers)

HEADERS: Final[tuple[str, ...]] = (*_COLUMNS.apollo, *_COLUMNS.own)
"""The columns of an Apollo.io people export of July 2026, in its order, as in the public file that `data/headers.json`
names; then when a contact came and changed, which that export does not tell.

Those that an account fills by being used are empty throughout: where an e-mail was found and checked, owners, lists,
ids, what came of messages. A sample is nobody's account, and of its rows only names, e-mails and profiles tell people
apart.
"""


def sample_rows(count: int, seed: int = 0) -> Iterator[tuple[str, ...]]:
    """Yield `count` contacts one by one, each a tuple of text cells in the order of `HEADERS`."""
    company = lru_cache(maxsize=_COMPANIES_KEPT)(company_of)
    for index in range(count):
        yield _contact(seed, index, company)


def write_sample(count: int, out: TextIO, seed: int = 0) -> None:
    """Write `count` contacts to `out` as CSV, headers first."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADERS)
    writer.writerows(sample_rows(count, seed))


class _ContactWords(msgspec.Struct, frozen=True):
    """With their weights."""

    email_statuses: list[tuple[str, float]]
    stages: list[tuple[str, float]]


_WORDS: Final = read_words("contacts", _ContactWords)
_CONTACT_DRAWS: Final = Struct("<QIII17H")
_STATUSES: Final = table(_WORDS.email_statuses)
_STAGES: Final = table(_WORDS.stages)
_UNAVAILABLE: Final = "Unavailable"
_NOWHERE: Final = ("", "", "")

# Columns of the export that the sample has nothing for, by where they stand.
_NO_SOURCE: Final = ("", "", "")  # of the e-mail, of its verification, and how sure it is
_NO_TIME: Final = ("",)  # of the verification
_NO_OWNER: Final = ("",)
_NO_CALL_FLAG: Final = ("",)
_NO_ACCOUNT: Final = ("", "", "")  # lists, last contacted, owner of the account
_NO_ACTIVITY: Final = ("",) * 8  # parents, messages and what came of them, shops
_NO_IDS: Final = ("", "", "")
_NO_MORE_EMAILS: Final = ("",) * 8  # about the second, all of the third, and the last column
_COMPANIES_KEPT: Final = 4096  # in the cache of one sample
_NUMBERS_PER_ROW: Final = 0.36
_COMPANY_SKEW: Final = 2.5
_NAMESAKES: Final = 300  # employees

_FIRST_DAY: Final = date(2021, 1, 1)
_LAST_DAY: Final = date(2026, 6, 30)
_DAYS: Final = [str(_FIRST_DAY + timedelta(days)) for days in range((_LAST_DAY - _FIRST_DAY).days + 1)]
_MINUTES: Final = [f"T{minute // 60:02}:{minute % 60:02}:" for minute in range(24 * 60)]
_SECONDS: Final = [f"{second:02}" for second in range(60)]
_PERIOD: Final = len(_DAYS) * 86_400
_IMPORTS_EVERY: Final = 6 * 3600

# A draw below the bound means yes.
_TITLE_MISSING: Final = share(5)
_TITLE_UNCLASSIFIED: Final = share(15)  # of these, those with a title lack seniority and departments
_AT_COMPANY: Final = share(78)
_PLACE_UNKNOWN: Final = share(3)
_CITY_UNKNOWN: Final = share(11)
_LINKEDIN_UNKNOWN: Final = share(6)
_MIDDLE_INITIAL: Final = share(40)
_WORK_PHONE: Final = share(25)
_HOME_PHONE: Final = share(4)
_MOBILE_PHONE: Final = share(35)
_OTHER_PHONE: Final = share(6)
_IMPORTED: Final = share(20)
_CREATED_UNKNOWN: Final = share(21)  # right after those imported
_NEVER_UPDATED: Final = share(30)
_UPDATED_UNKNOWN: Final = share(31)


def _contact(seed: int, index: int, company_of: Callable[[int], Company]) -> tuple[str, ...]:
    """row `index` of the sample of that seed."""
    draws = _CONTACT_DRAWS.unpack(blake2b(b"%d/%d" % (seed, index), digest_size=_CONTACT_DRAWS.size).digest())
    company = company_of(_company_index(index, draws[0]))
    title_draw, title_known, first_draw, last_draw, near, place_draw, place_known, status_draw, middle = draws[4:13]
    place = company.place if near < _AT_COMPANY else PLACES[place_draw >> 4]
    first, last = place.first_names[first_draw >> 4], place.last_names[last_draw >> 4]
    title = company.titles[title_draw >> 4] if title_known >= _TITLE_MISSING else NO_TITLE
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
        *_NO_SOURCE,
        company.catch_all if reachable else "",
        *_NO_TIME,
        title.seniority if classified else "",
        title.departments if classified else "",
        title.sub_departments if classified else "",
        *_NO_OWNER,
        phone(place, work, _WORK_PHONE),
        phone(place, home, _HOME_PHONE),
        phone(place, mobile, _MOBILE_PHONE),
        company.phone,
        phone(place, other, _OTHER_PHONE),
        *_NO_CALL_FLAG,
        _STAGES[stage >> 4],
        *_NO_ACCOUNT,
        *company.profile,
        _linkedin(first, last, draws[1]) if linkedin >= _LINKEDIN_UNKNOWN else "",
        *company.web,
        *_whereabouts(place, place_known),
        *company.record,
        *_NO_ACTIVITY,
        *company.codes,
        *_NO_IDS,
        _second_email(first, last, company) if reachable and not title_draw & 15 else "",
        *_NO_MORE_EMAILS,
        *_dates(draws[2], draws[3], created, updated),
    )


def _company_index(index: int, draw: int) -> int:
    """Draw a company for a row: Zipf's law over the numbers in use by then, one more for every few rows."""
    return int((1 + index * _NUMBERS_PER_ROW) * (draw / 2**64) ** _COMPANY_SKEW)


def _email(first: Name, last: Name, draw: int, company: Company) -> str:
    """first.last@domain, with a number or a middle initial where namesakes are likely."""
    if company.employees >= _NAMESAKES:
        return f"{first.ascii}.{last.ascii}{draw % 999 + 1}@{company.domain}"
    if draw < _MIDDLE_INITIAL:
        return f"{first.ascii}.{chr(97 + draw % 26)}.{last.ascii}@{company.domain}"
    return f"{first.ascii}.{last.ascii}@{company.domain}"


def _second_email(first: Name, last: Name, company: Company) -> str:
    return f"{first.ascii[:1]}{last.ascii}@{company.domain}"


def _linkedin(first: Name, last: Name, draw: int) -> str:
    return f"http://www.linkedin.com/in/{first.ascii}-{last.ascii}-{draw:08x}"


def _whereabouts(place: Place, known: int) -> tuple[str, str, str]:
    """city, state and country as far as they are known."""
    if known >= _CITY_UNKNOWN:
        return place.cells
    return place.no_city if known >= _PLACE_UNKNOWN else _NOWHERE


def _dates(created_draw: int, updated_draw: int, created: int, updated: int) -> tuple[str, str]:
    """when the contact came and last changed, mostly in recent years; an import stamps all its rows alike."""
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
    """the ISO form of that many seconds after the first day began; lookups are faster than `datetime`."""
    minutes, second = divmod(seconds, 60)
    days, minute = divmod(minutes, 24 * 60)
    return _DAYS[days] + _MINUTES[minute] + _SECONDS[second]
