import asyncio

import pytest

from api.actions.slots import MOST_WAITING, Slots
from mappings.errors import TooManyRequests

pytestmark = pytest.mark.anyio


async def test_users_take_turns_however_many_requests_one_sends():
    slots, order = Slots(1), []
    assert slots.take("first")

    async def work(user: str) -> None:
        async with slots.turn(user):
            order.append(user)

    tasks = [asyncio.create_task(work("greedy")) for _ in range(5)]
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(work("modest")))
    await asyncio.sleep(0)
    slots.release("first")
    await asyncio.gather(*tasks)
    assert order == ["greedy", "modest", *["greedy"] * 4]


async def test_no_more_than_the_cap_run_and_all_do():
    slots, running, most = Slots(3), 0, 0

    async def work(user: str) -> None:
        nonlocal running, most
        async with slots.turn(user):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.001)
            running -= 1

    await asyncio.gather(*(work(str(number % 7)) for number in range(100)))
    assert most == 3
    async with slots.turn("a"), slots.turn("a"), slots.turn("a"):
        pass


async def test_whoever_is_cancelled_loses_no_slot():
    slots = Slots(1)
    for release_first in (False, True):
        await slots.acquire("a")
        waiting = asyncio.create_task(slots.acquire("b"))
        await asyncio.sleep(0)
        if release_first:
            slots.release("a")
            waiting.cancel()
        else:
            waiting.cancel()
            slots.release("a")
        await asyncio.wait([waiting])
        await asyncio.wait_for(slots.acquire("c"), 1)
        slots.release("c")


async def test_whoever_stops_waiting_leaves_the_queue():
    slots = Slots(1)
    await slots.acquire("a")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await slots.acquire("b")
    slots.release("a")
    assert slots.take("b")


async def test_the_queue_has_a_bound_and_no_user_fills_it():
    slots = Slots(1)
    await slots.acquire("a")
    tasks = [asyncio.create_task(slots.acquire("a")) for _ in range(MOST_WAITING // 2)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyRequests):
        await slots.acquire("a")
    tasks += [asyncio.create_task(slots.acquire(user)) for user in ("b", "b", "c")]
    await asyncio.sleep(0)
    assert slots.waiting == MOST_WAITING // 2 + 3
    tasks += [asyncio.create_task(slots.acquire(str(user))) for user in range(MOST_WAITING // 2 - 3)]
    await asyncio.sleep(0)
    assert slots.waiting == MOST_WAITING
    with pytest.raises(TooManyRequests):
        await slots.acquire("d")
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def test_a_free_slot_goes_to_the_user_who_holds_fewest():
    slots, order = Slots(3), []
    assert slots.take("greedy")
    assert slots.take("greedy")
    assert slots.take("modest")

    async def work(user: str) -> None:
        await slots.acquire(user)
        order.append(user)

    tasks = [asyncio.create_task(work(user)) for user in ("greedy", "modest", "new", "greedy")]
    await asyncio.sleep(0)
    for user in ("greedy", "modest", "greedy", "new"):
        slots.release(user)
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert order == ["new", "modest", "greedy", "greedy"]


async def test_a_kept_slot_is_for_users_who_hold_none():
    slots = Slots(2, kept=1)
    assert [slots.take("greedy") for _ in range(3)] == [True, True, False]
    more = asyncio.create_task(slots.acquire("greedy"))
    await asyncio.sleep(0)
    assert slots.take("modest"), "though another waits"
    assert not slots.take("third")
    third = asyncio.create_task(slots.acquire("third"))
    await asyncio.sleep(0)
    slots.release("modest")
    await asyncio.wait_for(third, 1)
    assert not more.done()
    slots.release("greedy")
    await asyncio.wait([more], timeout=0.05)
    assert not more.done(), "one is left to those who hold none"
    slots.release("third")
    await asyncio.wait_for(more, 1)
