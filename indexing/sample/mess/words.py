"""The forms of mess, as `data/mess.json` lists them."""

from collections.abc import Sequence
from typing import Final, TypeVar

import msgspec

from indexing.sample.words import read_words

Form = TypeVar("Form")


class MessWords(msgspec.Struct, frozen=True):
    """What stands in cells and lines.

    Attributes:
        locked_emails: addresses that stand for one that is not known.
        separators: between groups of three digits.
        amounts: of money as written, with what it is.
        bands: of company sizes as written, with the lower end.
        unreadable: header, text and field of values of which nothing can be made.
        profiles: forms of a LinkedIn address, `{}` being the person's part.
        colleagues: first and last names for whoever shares a mailbox.
    """

    locked_emails: list[str]
    placeholders: list[str]
    placeholder_columns: list[str]
    separators: list[str]
    amounts: list[tuple[str, str]]
    bands: list[tuple[str, str]]
    unreadable: list[tuple[str, str, str]]
    ruined_phones: list[str]
    profiles: list[str]
    roles: list[str]
    colleagues: list[tuple[str, str]]
    notes_above: list[str]
    words_below: str


WORDS: Final = read_words("mess", MessWords)


def turn(forms: Sequence[Form], number: int) -> Form:
    """One of `forms`, each in its turn."""
    return forms[number % len(forms)]
