"""Phone numbers, as written. What a spreadsheet has ruined is none: of `4.4E+11` most digits are gone."""

import re

from indexing.values.unreadable import Unreadable

_RUINED = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+?\d+", re.ASCII)
_ROUNDED = re.compile(r"(\+?\d{5,})\.0+", re.ASCII)
_HASHES_REASON = "is what a spreadsheet shows where a column is too narrow"
_RUINED_REASON = "is a number in exponent form, most digits of which are gone"


def phone(text: str) -> str:
    """The number in `text`: without the `'` that keeps spreadsheets from reading it, and without `tel:`.

    Raises:
        Unreadable: it is in exponent form, or `####`.
    """
    text = text.removeprefix("'")
    if text.startswith("##"):
        raise Unreadable(_HASHES_REASON)
    if text[:4].lower() == "tel:":
        text = text[4:].strip()
    if "E" in text or "e" in text:
        if is_ruined(text):
            raise Unreadable(_RUINED_REASON)
    elif "." in text and (rounded := _ROUNDED.fullmatch(text)):
        text = rounded[1]
    return text


def is_ruined(text: str) -> bool:
    """A spreadsheet has rounded a long number, so that it tells nothing any more."""
    return _RUINED.fullmatch(text) is not None
