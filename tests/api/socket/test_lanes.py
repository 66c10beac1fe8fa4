import asyncio

import pytest

from api.socket.envelope import Request
from api.socket.lanes import Lane
from mappings.errors import Stopped

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("again", ["cancel", "close"])
async def test_a_request_that_is_being_cancelled_is_not_disturbed(again):
    """Else an engine could be left while its query runs on."""
    disturbed, cleaned, answered = [], [], []

    async def work(request: Request) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            try:
                await asyncio.sleep(0.1)
                cleaned.append(request.request_id)
            except asyncio.CancelledError:
                disturbed.append(request.request_id)
                raise

    lane = Lane(work, lambda request, reason: answered.append(str(reason)), width=2, depth=2, most_bytes=100)
    assert lane.submit(Request(b"", 1, request_id=7))
    await asyncio.sleep(0)
    assert lane.cancel(Stopped("first"), 7)
    await asyncio.sleep(0.01)
    if again == "cancel":
        assert lane.cancel(Stopped("second"), 7)
        await lane.settle()
        await asyncio.sleep(0)
        assert answered == ["first"]
    else:
        await lane.close()
        assert answered == []
    assert (disturbed, cleaned) == ([], [7])
    assert not lane.cancel(Stopped("third"), 7)
