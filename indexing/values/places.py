"""A place in one cell, `Austin, Texas, United States`, → city, state and country, as written."""

from functools import lru_cache

from mappings.locations import is_country, is_us_state

Place = tuple[str | None, str | None, str | None]
"""City, state and country."""

_CITIES_TOO = frozenset({"new york", "washington"})
"""States whose name, alone, is the city's more often."""


@lru_cache(maxsize=4096)
def split_place(text: str) -> Place:
    """The parts of `Montreal, Canada`, `Austin, TX`, `Germany` or `Greater Boston Area`; none of them is changed.

    The last part is the country if it is one, beside which the one before is the state if there is a third. Of two
    parts without a country the last is the state.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        return None, None, None
    country = parts.pop() if is_country(parts[-1]) and not (len(parts) == 2 and is_us_state(parts[-1])) else None
    state = None
    if len(parts) > 1 or (parts and is_us_state(parts[0]) and (country or parts[0].lower() not in _CITIES_TOO)):
        state = parts.pop()
    return ", ".join(parts) or None, state, country
