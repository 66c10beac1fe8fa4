"""How a number of contacts is shown: as it is or, to those who may not learn who they are, not if they are few."""

from typing import Annotated

from msgspec import Meta

FEWEST = 5
"""The least number that is shown as it is to everybody."""

Few = Annotated[str, Meta(pattern="^<5$")]
"""What stands for any smaller one, 0 too: that there is nobody also says who somebody is not."""

Count = int | Few
"""A number of contacts as it is shown."""

FEW: Few = "<5"


def exact(count: int) -> Count:
    """The number as it is."""
    return count


def guarded(count: int) -> Count:
    """The number, unless it is less than `FEWEST`."""
    return count if count >= FEWEST else FEW
