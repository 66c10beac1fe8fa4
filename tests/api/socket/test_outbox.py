import asyncio

import pytest

from api.socket.outbox import Outbox, OutboxFull

pytestmark = pytest.mark.anyio


async def test_messages_leave_in_order():
    outbox = Outbox(most_put=2, most_offered=10)
    await outbox.put(b"a")
    outbox.offer(b"b")
    await outbox.put(b"c")
    assert [await outbox.get() for _ in range(3)] == [b"a", b"b", b"c"]


async def test_put_waits_for_room_and_offer_does_not():
    outbox = Outbox(most_put=1, most_offered=10)
    await outbox.put(b"a")
    waiting = asyncio.create_task(outbox.put(b"c"))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    outbox.offer(b"b")
    assert await outbox.get() == b"a"
    await asyncio.wait_for(waiting, 1)
    assert [await outbox.get() for _ in range(2)] == [b"b", b"c"]


async def test_offers_have_a_bound_in_bytes_that_is_given_back():
    outbox = Outbox(most_put=1, most_offered=10)
    outbox.offer(b"x" * 6)
    with pytest.raises(OutboxFull):
        outbox.offer(b"x" * 6)
    await outbox.get()
    outbox.offer(b"x" * 10)
