"""Job titles: the one form in which contacts and filters compare them, whatever is abbreviated in them.

An abbreviation and what it stands for are one: `CEO` and `Chief Executive Officer`, `Sr. VP` and `Senior Vice
President`. Only those are in `data/title_abbreviations.json` that mean one thing in titles, each with its source
(O*NET is https://www.onetcenter.org/dictionary/28.0/text/alternate_titles.html): of `MD` and `PM` nobody can tell.
"""

import sys
from collections.abc import Iterator, Sequence
from functools import cache

import msgspec

from mappings.data_files import read_data
from mappings.predicates import Predicate, Terms, all_of, any_of
from mappings.text import LONGEST_TERM, words

LEFT_OUT = frozenset({"and", "of", "the", "for", "in", "at", "to"})
"""Words that tell no title from another. `&` is no word."""


class Abbreviation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is abbreviated, as people write it, and where that is said."""

    short: str
    long: str
    source: str
    also: tuple[str, ...] = ()
    """Other long forms, which are the same office."""


class _Name(msgspec.Struct, frozen=True):
    """Words that are one: an abbreviation with all its forms, or a single word.

    Attributes:
        long: the words in full.
        forms: the words of each form, `long` the last.
    """

    long: tuple[str, ...]
    forms: tuple[tuple[str, ...], ...]


def title_key(text: str) -> str:
    """The telling words, abbreviations in full, sorted and joined: equal for `VP of Sales` and `Sales, Vice President`.

    Of a title that has only words like `of` all count.
    """
    title = words(text)
    telling = _telling(title) or list(title)
    if not _abbreviated().begin.isdisjoint(telling):
        telling = [word for name in _names(telling) for word in name.long]
    telling.sort()
    return " ".join(telling)[:LONGEST_TERM]


def similar_title(field: str, text: str) -> Predicate | None:
    """Contacts with any one of the telling words in `field`; `None` if there are no words at all.

    What can be abbreviated is one word here: asked for `VP Sales` are those with `sales`, with `vp`, or with both
    `vice` and `president`. Of only words like `of` nothing is left, and nothing finds nothing.
    """
    title = words(text)
    return any_of(_having(field, name) for name in _names(_telling(title))) if title else None


def abbreviations() -> tuple[Abbreviation, ...]:
    """What can be abbreviated, as it stands in the data."""
    return read_data("title_abbreviations", tuple[Abbreviation, ...])


def _telling(title: Sequence[str]) -> list[str]:
    return [word for word in title if word not in LEFT_OUT]


def _having(field: str, name: _Name) -> Predicate:
    """Contacts with any form of `name`."""
    return _abbreviable(field, name) if len(name.forms) > 1 else Terms(field, name.long)


@cache
def _abbreviable(field: str, name: _Name) -> Predicate:
    """The same of a name with several forms. Parts of the long one may be abbreviated themselves: `Sr` in `Sr. VP`."""
    *short, long = name.forms
    in_short = [all_of(Terms(field, (word,)) for word in form) for form in short]
    return any_of([*in_short, all_of(_having(field, part) for part in _names(long, len(long) - 1))])


def _names(title: Sequence[str], longest: int = sys.maxsize) -> Iterator[_Name]:
    """The names that a title is made of, each the longest that begins where the one before ended.

    Args:
        title: the words.
        longest: how many words a name may have that can be abbreviated.
    """
    known = _abbreviated()
    at = 0
    while at < len(title):
        for length in range(min(longest, known.longest, len(title) - at), 0, -1):
            if (name := known.names.get(tuple(title[at : at + length]))) is not None:
                break
        else:
            word = (title[at],)
            name, length = _Name(word, (word,)), 1
        yield name
        at += length


class _Abbreviations(msgspec.Struct, frozen=True):
    """Everything that can be abbreviated.

    Attributes:
        names: every form → its name.
        longest: how many words the longest form has.
        begin: the first words of the forms that are not in full.
    """

    names: dict[tuple[str, ...], _Name]
    longest: int
    begin: frozenset[str]


@cache
def _abbreviated() -> _Abbreviations:
    forms: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for row in abbreviations():
        short, long = words(row.short), tuple(_telling(words(row.long)))
        of_long = forms.setdefault(long, [])
        of_long.append(short)
        if short == ("".join(word[0] for word in long),):
            of_long.append(tuple(short[0]))  # As in `C.E.O.`.
        of_long += [tuple(_telling(words(other))) for other in row.also]
    names = {form: _Name(long, (*short, long)) for long, short in forms.items() for form in (*short, long)}
    begin = frozenset(form[0] for short in forms.values() for form in short)
    return _Abbreviations(names, max(map(len, names)), begin)
