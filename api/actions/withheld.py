"""What a counter is not told of numbers that add up to one that is known: the few, and what would give them away.

Numbers under `FEWEST` are not shown as they are. Of several numbers whose sum is shown the others would tell the only
one that is not: then one more is withheld, and as many as it takes until there is more than one answer.
"""

from collections.abc import Sequence

from mappings.counts import FEWEST, Count, guarded


def withheld(parts: Sequence[int]) -> list[Count | None]:
    """The numbers as they are shown to whoever knows their sum; `None` are those that would tell another."""
    shown: list[Count | None] = [guarded(part) for part in parts]
    few = [part for part in parts if part < FEWEST]
    if not few:
        return shown
    others = sorted((part, place) for place, part in enumerate(parts) if part >= FEWEST)
    unsaid: list[int] = []
    while _tells(few, unsaid) and len(unsaid) < len(others):
        part, place = others[len(unsaid)]
        unsaid.append(part)
        shown[place] = None
    return shown


def _tells(few: Sequence[int], unsaid: Sequence[int]) -> bool:
    """Whether the sum of all that is not shown tells what each of the few is.

    There is one answer only for one number alone, and where all are the least or all the most that they can be; there
    is no most of what is withheld.
    """
    if len(few) + len(unsaid) < 2 or sum(few) + sum(unsaid) == FEWEST * len(unsaid):
        return True
    return not unsaid and sum(few) == (FEWEST - 1) * len(few)
