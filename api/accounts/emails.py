"""What is taken for the e-mail address of a new user: what looks like an address and does not look like another one.

Whether it exists, only a letter would tell. Addresses that are users' already are not asked about: they log in as ever.
"""

import re
from unicodedata import normalize

import regex

from mappings.errors import InvalidField

LONGEST_EMAIL = 320
"""Characters: RFC 5321's 64 + 1 + 255."""

FORMAT = "idn-email"
"""What JSON Schema calls such an address."""

_BLANKS = " \t\r\n"
"""What copying leaves around an address."""

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")

# Control characters, marks of direction and of zero width, surrogates, characters of private use and of no use, blanks;
# and whatever else Unicode says is drawn as nothing, of which some are letters.
_UNSEEN = regex.compile(r"[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]")

_LETTERS = regex.compile(r"\p{L}+")
_ALPHABETS = tuple([regex.compile(rf"\p{{{name}}}") for name in ("Latin", "Greek", "Cyrillic")])
"""Alphabets that share shapes of letters: an address in one of them is what it seems, a word of two is not."""


def new_email(text: str) -> str:
    """The address in `text`, for a user who is to be made.

    Raises:
        InvalidField: it is none, or one that could be taken for another: with a character that can't be seen, with one
            that Unicode has for another (NFKC), or with a word of several alphabets.
    """
    email = text.strip(_BLANKS)
    if (unseen := _UNSEEN.search(email)) is not None:
        raise InvalidField(f"email must not hold U+{ord(unseen[0]):04X}, which can't be seen")
    if len(email) > LONGEST_EMAIL or not _ADDRESS.fullmatch(email):
        raise InvalidField("email must be an e-mail address such as ada@example.com")
    if (other := _first_replaced(email)) is not None:
        raise InvalidField(f"email must be written in the usual characters (NFKC), without U+{ord(other):04X}")
    if any(sum(bool(one.search(word)) for one in _ALPHABETS) > 1 for word in _LETTERS.findall(email)):
        raise InvalidField("email must not mix letters of several alphabets in one word")
    return email


def folded(email: str) -> str:
    """What two spellings of one user's address have in common."""
    return email.strip().casefold()


def _first_replaced(email: str) -> str | None:
    """The first character for which Unicode has another, or which belongs to the one before it."""
    normal = normalize("NFKC", email)
    if normal == email:
        return None
    return next((mine for mine, theirs in zip(email, normal, strict=False) if mine != theirs), email[-1])
