"""Which of several URLs find each contact of an answer: written at its end, where nothing of it is decoded for that."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from api.actions.plans import AnyEngine, Plan
from api.actions.views import MATCHED, View


class Identified(msgspec.Struct, frozen=True):
    """All that is read of an item."""

    uuid: str


uuid_of = msgspec.json.Decoder(Identified).decode
"""Reads who an item is."""


async def shown(engine: AnyEngine, plan: Plan, view: View, items: list[bytes]) -> list[bytes]:
    """What is sent of `items`, which are as the engine gave them."""
    return view.pick(await tagged(engine, plan, view.of(items)))


async def tagged(engine: AnyEngine, plan: Plan, items: list[bytes]) -> list[bytes]:
    """`items`, in any view, each with the numbers of the URLs in `plan.tags` that find it; as they are without tags.

    It takes the engine one round trip. A contact that is no longer there is found by none.
    """
    if not plan.tags or not items:
        return items
    uuids = [uuid_of(item).uuid for item in items]
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, found in enumerate(await engine.matching(plan.tags, uuids)):
        for uuid in found:
            numbers[uuid].append(number)
    return [_tagged(item, numbers[uuid]) for item, uuid in zip(items, uuids, strict=True)]


def _tagged(item: bytes, numbers: Sequence[int]) -> bytes:
    return b'%b,"%b":%b}' % (item[:-1], MATCHED.encode(), msgspec.json.encode(numbers))
