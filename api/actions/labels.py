"""How the values of search fields are spelled, remembered as long as the contacts are the same."""

from collections.abc import Hashable, Sequence

from mappings.predicates import ContactFilter, Terms
from search.engine import Engine
from search.fields import contact_of
from search.labels import label
from search.memo import Kept

KEPT_BYTES = 8 * 2**20
"""Of spellings that are remembered."""

_ENTRY_BYTES = 300
"""About what one takes beside its texts."""

_AT_ONCE = 500
"""Spellings that are looked up together."""

Named = tuple[str, str]
"""A search field, and a value of it."""


class Labels:
    """The spellings of the contacts of one engine."""

    def __init__(self, engine: Engine[object]) -> None:
        self._engine = engine
        self._content: Hashable = None
        self._kept = _memory()

    async def renew(self) -> None:
        """Forget what is remembered unless the contacts are the same. It may go beside what is asked of the engine, and
        has to come before `of`."""
        content = await self._engine.content()
        if content is None or content != self._content:
            self._content, self._kept = content, _memory()

    async def of(self, wanted: Sequence[Named]) -> dict[Named, str]:
        """The spelling of each, on the first contact in default order that has the value; the value, if nobody has."""
        kept = self._kept
        found = {named: kept[named] for named in wanted if named in kept}
        unknown = [named for named in dict.fromkeys(wanted) if named not in found]
        for at in range(0, len(unknown), _AT_ONCE):
            some = unknown[at : at + _AT_ONCE]
            filters = [ContactFilter(Terms(field, (value,))) for field, value in some]
            firsts = await self._engine.first_of([self._engine.compile(each) for each in filters])
            for (field, value), first in zip(some, firsts, strict=True):
                spelled = value if first is None else label(contact_of(first), field, value)
                found[field, value] = kept.keep((field, value), spelled)
        return found


def _memory() -> Kept[Named, str]:
    return Kept(lambda named, spelled: _ENTRY_BYTES + len(named[1]) + len(spelled), KEPT_BYTES)
