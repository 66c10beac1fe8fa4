"""How many rows have a number within some bounds, among all rows: a count that most analyses of a URL ask for.

Numbers are halved bit by bit from the highest, as in `search.duckdb.slices`, but only towards a bound. The halves that
many rows are in are the same for most bounds, and are remembered; the others take little.
"""

from collections.abc import Sequence

from pyroaring import BitMap

from search.duckdb.slices import Pause
from search.memo import Kept

KEPT_BYTES = 8 * 2**20
"""Of halves that are remembered: at a million contacts some hundred of the largest."""

_HALF_BYTES = 256
"""About what one takes beside its rows."""

_FEW = 1024
"""Halves of less than this part of all rows are made anew each time."""


class Halves:
    """The rows of one file by the first bits of their numbers. Threads share it.

    Args:
        rows: contacts in the file.
    """

    def __init__(self, rows: int) -> None:
        self._least = rows // _FEW
        # Field, how many bits are left, and the bits before these.
        self._kept: Kept[tuple[str, int, int], BitMap] = Kept(
            lambda _, rows: _HALF_BYTES + rows.__sizeof__(), KEPT_BYTES
        )

    def below(self, field: str, slices: Sequence[BitMap], bound: int, held: BitMap, pause: Pause) -> int:
        """How many of `held`, which are all rows that have a number in that field, have one below `bound`. The lowest
        bit is the first of `slices`."""
        if bound <= 0 or bound >> len(slices) > 0:
            return len(held) if bound > 0 else 0
        found, rows = 0, held
        for bit in reversed(range(len(slices))):
            if not rows:
                break
            one, key = bound >> bit & 1, (field, bit, bound >> bit)
            half = self._kept.get(key)
            if half is None:
                half = rows & slices[bit] if one else rows - slices[bit]
                if len(half) > self._least:
                    self._kept.keep(key, half)
                pause()
            if one:
                found += len(rows) - len(half)
            rows = half
        return found
