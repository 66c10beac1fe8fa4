"""Job titles, with the seniority and the departments that follow from them."""

from typing import Final, NamedTuple

import msgspec

from indexing.sample.tables import ranked, table
from indexing.sample.words import read_words


class Title(NamedTuple):
    """All four as an export spells them."""

    name: str
    seniority: str
    departments: str
    sub_departments: str


class _TitleWords(msgspec.Struct, frozen=True):
    """Titles by rank; functions with their departments and sub-departments, and forms with their seniority: each
    function is put through each form, which gives the long tail."""

    titles: list[Title]
    functions: list[tuple[str, str, str]]
    forms: list[tuple[str, str]]


def _titles() -> list[tuple[Title, float]]:
    words = read_words("titles", _TitleWords)
    titles = list(words.titles)
    known = {title.name for title in titles}
    for form, seniority in words.forms:
        for function, *departments in words.functions:
            name = form.format(function)
            if name not in known:
                titles.append(Title(name, seniority, *departments))
    return ranked(titles, 0.9)


def _favouring(favour: dict[str, float]) -> list[Title]:
    """The table of titles, those of a seniority in `favour` so many times as likely."""
    return table([(title, weight * favour.get(title.seniority, 1)) for title, weight in _TITLES])


_TITLES: Final = _titles()

# Small companies have mostly those who own them in such a database, large ones mostly staff.
_OF_SMALL: Final = _favouring({"Owner": 2.5, "Founder": 2.5, "C suite": 1.6, "Entry": 0.6})
_OF_LARGE: Final = _favouring({"Owner": 0.25, "Founder": 0.25, "C suite": 0.6, "Partner": 0.5, "Entry": 1.3})
_SMALL_COMPANY: Final = 50

NO_TITLE: Final = Title("", "", "", "")


def titles_of(employees: int) -> list[Title]:
    """The table of the titles that people have in a company of that size."""
    return _OF_SMALL if employees < _SMALL_COMPANY else _OF_LARGE
