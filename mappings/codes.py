"""Codes of industry classifications, SIC and NAICS, as contacts have them and filters ask for them."""

import re
from itertools import chain

from mappings.text import LONGEST_TERM

_CODE = re.compile(r"[0-9]+")
_SECTOR = re.compile(r"\s*([0-9]{2})\s*[-–—]\s*([0-9]{2})\s*")

BROADEST = 2
"""Digits of the broadest classes."""


def codes_in(text: str) -> tuple[str, ...]:
    """The code in a text, `7372` in `7372 Prepackaged Software`; each of a sector that has several, such as `31-33`."""
    if sector := _SECTOR.fullmatch(text):
        return tuple(map(str, range(int(sector[1]), int(sector[2]) + 1)))
    code = _CODE.search(text)
    return (code[0][:LONGEST_TERM],) if code else ()


def classes_of(text: str) -> tuple[str, ...]:
    """The codes in a text, each after those of the broader classes that it is in: all that it begins with."""
    return tuple(chain.from_iterable(map(_classes, codes_in(text))))


def _classes(code: str) -> list[str]:
    return [code[:end] for end in range(min(BROADEST, len(code)), len(code) + 1)]
