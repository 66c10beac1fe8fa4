"""What a header means: the names that people, programs and vendors have for the fields of a contact.

`data/headers.json` has a row for each, with the field, how good a name it is, and who calls it so. A field's own name,
and what its row in `search.fields` adds, are known without. `data/vendors.json` says whose exports those are, where
that is documented, and by which headers such a file shows itself.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

import msgspec

from indexing.data import read_data
from mappings.text import normalise
from search.fields import CONTACT_FIELDS, LIST_FIELDS

FULL_NAME, NAME, LOCATION, COMPANY_LOCATION = "full_name", "name", "location", "company_location"
LINK = "link"
TARGETS = (FULL_NAME, LOCATION, COMPANY_LOCATION, LINK)
"""What a column can mean beside the fields: it is taken apart into several, and a `LINK` tells by itself whose it is.
`NAME` is one of a person's or company's names, which only the columns beside it tell."""

NO_VENDOR = "file"
"""The source of an id in a file that does not show whose it is."""

OWN_RANK, ADDED_RANK = 1, 2
"""How good a name of a field its own is, and one that its row adds."""

_MONEY = frozenset({"annual_revenue", "total_funding", "latest_funding_amount"})
_JOINED = LIST_FIELDS | {"industry"}
"""Fields that can be spread over columns with an index: `departments/0`, `departments/1`."""

_ELEMENT = re.compile(r"(.+?)(?:[/.](\d+)|\[(\d+)\])(?:[/.](name|value))?")
_UNIT = re.compile(r"[(\[]([^)\]]*)[)\]]|\bin\s+(\S+)\s*$", re.IGNORECASE)
_ASIDE = re.compile(r"\s[-–—:]\s|:\s+|[()\[\]]")
"""What stands between a name and what kind of it is meant: `Phone (Work)`, `Phone - Mobile`."""
_THOUSANDS = re.compile(
    r"\b(?:thousands?|thsd|000'?s?|k|keur|kusd|teur|tsd|tausend|milliers|miles|mil)\b|'000|[$€£]\s?k\b|k\s?[$€£]|t€",
    re.IGNORECASE,
)
_MILLIONS = re.compile(r"\b(?:millions?|mm|mn|mio|meur|musd|millionen|millones)\b|[$€£]\s?m\b|m\s?[$€£]", re.IGNORECASE)
_OF_UNITS = re.compile(
    r"(?:in|of|usd|eur|gbp|chf|us|dollars?|euros?|currency|local|optional|required|linkedin|total|range|primary|verified|approx\w*|est\w*|[\s$€£.,'’*])*",
    re.IGNORECASE,
)

_COMPANY_TOO = frozenset({"facebook_url", "twitter_url"})
"""Fields that are a company's as well, although contacts of one company need not have the same."""


class _Prefixes(msgspec.Struct, frozen=True):
    """What stands before names of fields, as `header_key` gives it.

    Attributes:
        person: `Person City`, `Lead Email`.
        company: `Organization Name`, `employer_website`.
        containers: objects that hold a person's fields: `data.email`.
    """

    person: tuple[str, ...]
    company: tuple[str, ...]
    containers: frozenset[str]


class Header(msgspec.Struct, frozen=True):
    """One name of a field.

    Attributes:
        header: as it is written; case, spaces, punctuation and camel humps don't matter.
        field: the field or one of `TARGETS` and `NAME`; "" is a column that means nothing.
        rank: of several columns for one field the lowest wins, and the next fill its gaps.
        vendors: whose name it is, by their keys.
        source: of an id, whose it is; "" is that of the file.
        only: it is what it says in files of these vendors alone.
    """

    header: str
    field: str
    rank: int
    vendors: tuple[str, ...] = ()
    source: str = ""
    only: bool = False


class Vendor(msgspec.Struct, frozen=True):
    """Whose exports there are.

    Attributes:
        key: how `Header.vendors` calls it.
        ids: the source of foreign ids in its files.
        urls: where the headers are documented; a language has none.
        signs: headers that only its files have.
    """

    key: str
    name: str
    ids: str
    urls: tuple[str, ...]
    signs: tuple[str, ...]


class Meaning(msgspec.Struct, frozen=True):
    """What a header means.

    Attributes:
        scale: what numbers in the column are to be multiplied by.
        element: the column has one value of a list.
    """

    field: str
    rank: int
    source: str = ""
    scale: int = 1
    element: bool = False


def header_key(header: str) -> str:
    """What headers are compared by: their letters and digits, without case and accents.

    Nothing where there is a NUL, which is no blank between letters but a sign of another encoding.
    """
    return "" if "\0" in header else normalise(header.replace("#", " ")).replace(" ", "")


def vendors() -> tuple[Vendor, ...]:
    """All whose headers are known."""
    return _table().vendors


def known_names() -> tuple[Header, ...]:
    """All names of fields that are in the data file."""
    return _table().headers


def vendor_of(headers: Iterable[str]) -> Vendor | None:
    """Whose file has these headers: that with the most signs among them; a language only if no program shows."""
    signs = _table().signs
    shown = Counter(vendor for header in headers for vendor in signs.get(header_key(header), ()))
    candidates = [(_table().vendors[_table().order[key]], count) for key, count in shown.items()]
    best = max(candidates, key=lambda each: (bool(each[0].urls), each[1], -_table().order[each[0].key]), default=None)
    return best and best[0]


def meaning_of(header: str, vendor: str = "") -> Meaning | None:
    """What `header` means in a file of `vendor`; `None` for one that means nothing here.

    A name is tried as it stands, then without what is often around it: the index of a list (`departments/0`), a unit
    (`(in 000s USD)`), the object that holds it (`person.`, `organization/`), and with what kind it is in front (`Phone
    (Work)`). What stands in a file of Salesforce behind fields that its owner has added, `__c`, is no part of a name.
    """
    header = header.removesuffix("__c")
    if found := _named(header_key(header), vendor):
        return found if found.field else None
    if element := _ELEMENT.fullmatch(header):
        whole = meaning_of(element[1], vendor)
        return msgspec.structs.replace(whole, element=True) if whole and whole.field in _JOINED else None
    unit = _UNIT.search(header)
    found = _in_unit(header, unit, vendor) if unit else _within(header, vendor)
    return found or _turned(header, vendor)


def scale_of(header: str, field: str) -> int:
    """What numbers of `field` are multiplied by under `header`: 1000 for amounts of money `(in 000s USD)`."""
    unit = _UNIT.search(header)
    return _scale(_unit_of(unit)) if unit and field in _MONEY else 1


def _unit_of(match: "re.Match[str]") -> str:
    return match[1] or match[2] or ""


def _scale(unit: str) -> int:
    return 1000 if _THOUSANDS.search(unit) else 10**6 if _MILLIONS.search(unit) else 1


def _in_unit(header: str, unit: "re.Match[str]", vendor: str) -> Meaning | None:
    """The meaning without the unit at the end, if it is one; amounts of money are multiplied by it."""
    if not _OF_UNITS.fullmatch(_MILLIONS.sub("", _THOUSANDS.sub("", _unit_of(unit)))):
        return _within(header, vendor)
    found = meaning_of(f"{header[: unit.start()]} {header[unit.end() :]}", vendor)
    return msgspec.structs.replace(found, scale=scale_of(header, found.field)) if found else None


def _turned(header: str, vendor: str) -> Meaning | None:
    """The meaning of `Phone (Work)` and `Phone - Mobile` in the order of speech: `Work Phone`."""
    name, *kinds = [part for part in map(str.strip, _ASIDE.split(header)) if part] or [""]
    if kinds and header_key(name) in _table().prefixes.containers:
        return meaning_of(" - ".join(kinds), vendor)
    return _named(header_key(" ".join((*kinds, name))), vendor) if kinds else None


def _within(header: str, vendor: str) -> Meaning | None:
    """The meaning of a name within an object, or behind the name of one."""
    container, dot, rest = header.replace("/", ".").partition(".")
    if dot and header_key(container) in _table().prefixes.containers and (found := meaning_of(rest, vendor)):
        return found
    key = header_key(header)
    for prefix in _table().prefixes.person:
        found = _named(key.removeprefix(prefix), vendor) if key.startswith(prefix) else None
        if found and found.field and (found.field == "company" or not _is_of_company(found.field)):
            return found
    for prefix in _table().prefixes.company:
        if key.startswith(prefix):
            rest = key.removeprefix(prefix)
            found = _named(f"company{rest}", vendor) or _named(rest, vendor)
            if found and (_is_of_company(found.field) or found.field in _COMPANY_TOO):
                return found
    return None


def _is_of_company(field: str) -> bool:
    row = CONTACT_FIELDS.get(field)
    return field in ("company", "account_owner", COMPANY_LOCATION) or (row is not None and row.company)


def _named(key: str, vendor: str) -> Meaning | None:
    table = _table()
    return table.only.get((vendor, key)) or table.general.get(key)


class _Table(msgspec.Struct, frozen=True):
    """The data files, and what is looked up in them: key → vendors, (vendor, key) → meaning, key → meaning."""

    headers: tuple[Header, ...]
    vendors: tuple[Vendor, ...]
    prefixes: _Prefixes
    order: dict[str, int]
    signs: Mapping[str, tuple[str, ...]]
    only: Mapping[tuple[str, str], Meaning]
    general: Mapping[str, Meaning]


@cache
def _table() -> _Table:
    headers, of = read_data("headers", tuple[Header, ...]), read_data("vendors", tuple[Vendor, ...])
    signs: dict[str, tuple[str, ...]] = {}
    for vendor in of:
        for sign in vendor.signs:
            signs[header_key(sign)] = (*signs.get(header_key(sign), ()), vendor.key)
    meanings = [(row, header_key(row.header), Meaning(row.field, row.rank, row.source)) for row in headers]
    general = {key: found for row, key, found in meanings if not row.only}
    for field, row in CONTACT_FIELDS.items():
        # A row of the field table has the last word on what is a field's name; how good a name, the data file.
        ranked = {**dict.fromkeys(map(header_key, row.headers), ADDED_RANK), header_key(field): OWN_RANK}
        for key, rank in ranked.items():
            if key not in general or general[key].field != field:
                general[key] = Meaning(field, rank)
    return _Table(
        headers=headers,
        vendors=of,
        prefixes=read_data("prefixes", _Prefixes),
        order={vendor.key: at for at, vendor in enumerate(of)},
        signs=signs,
        only={(vendor, key): found for row, key, found in meanings if row.only for vendor in row.vendors},
        general=general,
    )
