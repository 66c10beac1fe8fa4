"""Names of parameters by rule: whatever a name looks like in a URL, what it is known by.

Apollo has one parameter under many spellings: its app writes `personTitles[]`, its API `person_titles[]`, libraries
number the items of lists (`personTitles[0]`), and programs between them and us add backslashes and encode twice. All of
these have one key. Which key is which parameter, and which other words stand for one, is data (`mappings.catalogue`).
"""

import re
from urllib.parse import unquote

_MOST_ENCODINGS = 3
_ESCAPED_AMPERSAND = re.compile("(?:amp;)+")
_INDEX = re.compile(r"\[[0-9]+\]|(?<=[\]\w])\.[0-9]+(?![\w.])")
_INSIDE = re.compile(r"(?<=\w)[-.](?=\w)")
_DROPPED = str.maketrans("", "", "_[]\u200b\u2060\ufeff\u00ad")


def key_of(name: str) -> str:
    """What names that differ only in their spelling have in common: their letters and digits, without case.

    Humps, `_`, `-`, blanks, brackets, indices and backslashes make no difference, nor does a second or third
    percent-encoding. The ends of ranges do: `revenueRange[min]`, `revenue_range_min` and `revenueRangeMin` are one
    name, and not `revenueRange`. What could turn a name round (`!`, a leading `-`) stays, so that it is not known.

    Args:
        name: as it is in the URL, percent-decoded once.
    """
    for _ in range(_MOST_ENCODINGS):
        if "%" not in name:
            break
        name = unquote(name, errors="replace")
    name = "".join(name.replace("\\", "").split())
    if escaped := _ESCAPED_AMPERSAND.match(name):
        name = name[escaped.end() :]
    name = _INDEX.sub("", name)
    return _INSIDE.sub("", name).translate(_DROPPED).casefold()
