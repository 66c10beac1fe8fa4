"""A search in words, for whoever finds a file of contacts and asks who they are."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial

import msgspec

from api.actions.options import Asked
from api.actions.requests import SearchRequest
from api.actions.service import ContactService
from mappings.company_lists import CompanyLists
from mappings.errors import shorten
from mappings.ledger import ledger
from mappings.parameters import parameter_of
from mappings.url import parse

MOST_VALUES = 20
"""Of one parameter or list that are named; of further ones the number is told."""

LONGEST_VALUE = 80
LONGEST_NAME = 60
"""Characters."""

_UNTOLD = frozenset(("Pagination", "Sorting"))
"""Categories of parameters that select nobody."""

_LISTS: Mapping[str, str] = {
    "include_company_name": "Company names to include",
    "exclude_company_name": "Company names to exclude",
    "include_domain_list": "Company domains to include",
    "exclude_domain_list": "Company domains to exclude",
}
"""The lists beside a URL, in words."""

_BETWEEN = re.compile(r"[\W_]+")


class Phrase(msgspec.Struct, frozen=True):
    """What one thing of a search is, and the values that it has."""

    meaning: str
    values: Sequence[str]

    def __str__(self) -> str:
        shown = [_line(shorten(value, LONGEST_VALUE)) for value in self.values[:MOST_VALUES]]
        more = len(self.values) - len(shown)
        return f"{self.meaning}: {', '.join(shown)}{f' and {more:,} more' if more else ''}"


class InWords(msgspec.Struct, frozen=True):
    """A search in words: one line of text, and the middle of a file's name, which may be empty."""

    text: str
    name: str


def in_words(asked: Asked, today: date) -> InWords:
    """What `asked` selects contacts by, as it was read on that day; what does not count is left out.

    Raises:
        ForeignUrl, InvalidField: as reading a URL does.
    """
    each = [_phrases(url, today) for url in asked.urls]
    beside = [*_of_lists(asked.lists), *_of_options(asked)]
    if asked.combine is None:
        words = "; ".join(map(str, [*each[0], *beside])) or "all contacts"
    else:
        groups = zip(("any of", "all of", "none of"), asked.combine.groups(each), strict=True)
        parts = [f"{name} {' '.join(map(_bracketed, searches))}" for name, searches in groups if searches]
        words = "; ".join([*parts, *map(str, beside)])
    return InWords(words, _name([*(phrase for search in each for phrase in search), *beside]))


async def words_of(service: ContactService, request: SearchRequest) -> InWords | None:
    """The search of `request` in words, if it asks for them. Made aside: URLs may be long."""
    if not request.comment:
        return None
    return await service.aside.run(partial(in_words, request.asked, datetime.now(UTC).date()))


def _phrases(url: str, today: date) -> list[Phrase]:
    values: dict[str, list[str]] = {}
    for entry in ledger(parse(url), today):
        if entry.status != "ignored" and entry.name != "url" and parameter_of(entry.name).category not in _UNTOLD:
            values.setdefault(entry.name, []).append(entry.read_as or entry.value)
    return [Phrase(parameter_of(name).description, read) for name, read in values.items()]


def _of_lists(lists: CompanyLists) -> list[Phrase]:
    return [Phrase(meaning, values) for name, meaning in _LISTS.items() if (values := getattr(lists, name))]


def _of_options(asked: Asked) -> list[Phrase]:
    phrases = []
    if asked.split is not None:
        phrases.append(Phrase("Part", [f"{asked.split.part} of {asked.split.of}"]))
    if asked.sample is not None:
        phrases.append(Phrase("Sample", [f"{asked.sample.size:,} at random, seed {asked.sample.seed}"]))
    if asked.per_company is not None:
        phrases.append(Phrase("Of one company at most", [str(asked.per_company)]))
    return phrases


def _bracketed(search: Iterable[Phrase]) -> str:
    return f"({'; '.join(map(str, search)) or 'all contacts'})"


def _line(text: str) -> str:
    """`text` without what ends a line, or can't be seen."""
    return " ".join("".join([char if char.isprintable() else " " for char in text]).split())


def _name(phrases: Iterable[Phrase]) -> str:
    """The first values, as letters and digits between dashes."""
    values = [value for phrase in phrases for value in phrase.values[:MOST_VALUES]]
    parts = [part for value in values if (part := _BETWEEN.sub("-", value[:LONGEST_NAME].lower()).strip("-"))]
    return "-".join(parts)[:LONGEST_NAME].strip("-")
