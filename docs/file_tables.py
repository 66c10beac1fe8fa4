"""The tables of `files.md`: the headers that are known, by field and by whose they are. Made of the data files."""

import re
from collections.abc import Iterable

from indexing.sources.headers import NO_VENDOR, TARGETS, known_names, vendors
from search.fields import ALL_FIELDS, CONTACT_FIELDS

_TABLE = re.compile(r"(<!-- (headers|vendors) -->\n).*?(<!-- end -->\n)", re.DOTALL)


def filled(page: str) -> str:
    """`page` with its tables as the data files have them."""
    tables = {"headers": _headers, "vendors": _vendors}
    return _TABLE.sub(lambda match: f"{match[1]}{tables[match[2]]()}{match[3]}", page)


def _headers() -> str:
    lines = ["| field | headers, the best first |", "| --- | --- |"]
    for field in (*ALL_FIELDS, *TARGETS):
        rows = sorted((row for row in known_names() if row.field == field and not row.only), key=lambda row: row.rank)
        added = CONTACT_FIELDS[field].headers if field in CONTACT_FIELDS else ()
        names = dict.fromkeys([*(row.header for row in rows), *added])
        lines.append(f"| `{field}` | {_listed(names)} |")
    return "".join(f"{line}\n" for line in lines)


def _vendors() -> str:
    lines = ["| exports of | a file shows it by one of | its ids | documented at |", "| --- | --- | --- | --- |"]
    for vendor in vendors():
        ids = "" if vendor.ids == NO_VENDOR else f"`{vendor.ids}`"
        lines.append(
            f"| {vendor.name} | {_listed(vendor.signs)} | {ids} | {' '.join(f'<{url}>' for url in vendor.urls)} |"
        )
    return "".join(f"{line}\n" for line in lines)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
