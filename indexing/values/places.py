"""A place in one cell, `Austin, Texas, United States`, → city, state and country, as written."""

import re
from functools import lru_cache

from mappings.locations import is_country, is_us_state

_BETWEEN = re.compile(r"[,;|•·]")
_WITH_POST_CODE = re.compile(r"([A-Za-z. ]{2,20}) \d{5}(?:-\d{4})?", re.ASCII)

Place = tuple[str | None, str | None, str | None]
"""City, state and country."""

_CITIES_TOO = frozenset({"new york", "washington"})
"""States whose name, alone, is the city's more often."""


@lru_cache(maxsize=4096)
def split_place(text: str) -> Place:
    """The parts of `Montreal, Canada`, `Austin, TX 78701`, `Germany` or `Greater Boston Area`, as written.

    The last part is the country if it is one, beside which the one before is the state if there is a third. Of two
    parts without a country the last is the state. Only the post code of a state of the US is left out.
    """
    parts = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
    if not parts:
        return None, None, None
    country = _country_of(parts)
    if parts and (coded := _WITH_POST_CODE.fullmatch(parts[-1])) and is_us_state(coded[1].strip()):
        parts[-1] = coded[1].strip()
    state = None
    if len(parts) > 1 or (parts and is_us_state(parts[0]) and (country or parts[0].lower() not in _CITIES_TOO)):
        state = parts.pop()
    return ", ".join(parts) or None, state, country


def _country_of(parts: list[str]) -> str | None:
    """The country that ends `parts`, taken from them: also `Korea, Republic of`, of two."""
    if len(parts) > 1 and is_country(both := ", ".join(parts[-2:])):
        del parts[-2:]
        return both
    return parts.pop() if is_country(parts[-1]) and not (len(parts) == 2 and is_us_state(parts[-1])) else None
