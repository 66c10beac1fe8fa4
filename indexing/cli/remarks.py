"""What an answer does not use of a URL, or reads otherwise than it is written: a line each on standard error.

They are made of the ledger (`mappings.ledger`), for every command that answers about a URL, whatever it prints. Another
line is about the contacts, where these are outdated.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from indexing.cli.terminal import note
from mappings.company_lists import CompanyLists
from mappings.contact_filter import map_url
from mappings.errors import EngineError, shorten
from mappings.ledger import LedgerEntry, Status, ledger
from mappings.predicates import MatchAll, all_of
from mappings.url import parse
from search.engine import Engine

_SHOWN_VALUES = 5
"""Values that a line names; of more it says how many."""

_SAID: Mapping[Status, str] = {"ignored": "not used", "repaired": "repaired", "approximated": "approximated"}
"""What a line begins with. Of what is applied as it stands there is nothing to say."""

_USED: Mapping[Status, str] = {
    "applied": "yes",
    "repaired": "repaired",
    "approximated": "approximately",
    "ignored": "no",
}

_Alike = tuple[str, Status, str]
"""What entries have in common that are told together: parameter, status, reason."""


def ledger_of(url: str) -> tuple[LedgerEntry, ...]:
    """What became of each value of `url` today. Raises `ForeignUrl`."""
    return ledger(parse(url), datetime.now(UTC).date())


def note_remarks(entries: Iterable[LedgerEntry]) -> None:
    """Say what was not used and what was repaired, and why: a line for each parameter and reason."""
    for (name, status, reason), alike in _grouped(entries).items():
        if said := _SAID.get(status):
            note(f"{said}: {name}={_values(alike)}: {reason}")


def note_everybody(url: str, lists: CompanyLists) -> None:
    """Say so, if neither `url` nor `lists` narrow the search. Raises what `map_url` does."""
    mapped = map_url(parse(url), datetime.now(UTC).date())
    if all_of((mapped.filter.predicate, lists.predicate())) == MatchAll():
        note("no filter: nothing in the URL narrows the search, so it finds all contacts")


async def note_outdated(engine: Engine[Any]) -> None:
    """Say so, if the contacts that were searched are of another version. An engine that is lost by now has answered."""
    with suppress(EngineError):
        if (await engine.store()).outdated:
            note(
                "the contacts were loaded by another version of this software: searches may miss what is new until "
                "`contacts index rebuild`"
            )


def used(entries: Iterable[LedgerEntry]) -> dict[str, str]:
    """Parameter → whether it is used and, unless it is as it stands, why or how."""
    groups: dict[str, list[tuple[Status, str, list[LedgerEntry]]]] = {}
    for (name, status, reason), alike in _grouped(entries).items():
        groups.setdefault(name, []).append((status, "" if status == "applied" else f": {reason}", alike))
    return {
        name: "; ".join(
            f"{_USED[status]}{f' ({_values(alike)})' if len(members) > 1 or _read(alike) else ''}{reason}"
            for status, reason, alike in members
        )
        for name, members in groups.items()
    }


def _grouped(entries: Iterable[LedgerEntry]) -> dict[_Alike, list[LedgerEntry]]:
    groups: dict[_Alike, list[LedgerEntry]] = {}
    for entry in entries:
        reason = "" if entry.status == "applied" else entry.reason
        groups.setdefault((entry.name, entry.status, reason), []).append(entry)
    return groups


def _values(entries: Sequence[LedgerEntry]) -> str:
    shown = [_value(entry) for entry in entries[:_SHOWN_VALUES]]
    more = len(entries) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def _value(entry: LedgerEntry) -> str:
    read_as = f", read as {shorten(entry.read_as)}" if _is_read_otherwise(entry) and entry.read_as else ""
    return shorten(entry.value) + read_as


def _read(entries: Iterable[LedgerEntry]) -> bool:
    return any(_is_read_otherwise(entry) and entry.read_as for entry in entries)


def _is_read_otherwise(entry: LedgerEntry) -> bool:
    return entry.status in ("repaired", "approximated")
