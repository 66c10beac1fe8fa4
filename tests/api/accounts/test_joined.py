"""Who asks the same at once has one answer, which is never older than the question."""

import asyncio

import pytest

from api.accounts.joined import Joined

pytestmark = pytest.mark.anyio


class Slow:
    """Answers with the number of the question, when it is let to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go_on = asyncio.Semaphore(0)

    async def __call__(self, key: str) -> int:
        self.asked.append(key)
        number = len(self.asked)
        await self.go_on.acquire()
        if key == "wrong":
            raise ValueError(key)
        return number


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
async def slow() -> Slow:
    return Slow()


async def test_those_that_come_while_one_is_asked_share_the_next(slow):
    joined = Joined(slow)
    first = asyncio.create_task(joined.answer("a"))
    await settled()
    later = [asyncio.create_task(joined.answer("a")) for _ in range(100)]
    other = asyncio.create_task(joined.answer("b"))
    await settled()
    assert slow.asked == ["a", "b"]
    for _ in range(3):
        slow.go_on.release()
        await settled()
    assert await first == 1
    assert await other == 2
    assert await asyncio.gather(*later) == [3] * 100
    slow.go_on.release()
    assert await joined.answer("a") == 4


async def test_who_does_not_wait_any_longer_spoils_it_for_nobody(slow):
    joined = Joined(slow)
    leaving, staying = (asyncio.create_task(joined.answer("a")) for _ in range(2))
    await settled()
    leaving.cancel()
    await settled()
    slow.go_on.release()
    assert await staying == 1
    assert leaving.cancelled()


async def test_an_error_is_told_to_all_and_to_nobody_who_left(slow):
    joined = Joined(slow)
    asking = [asyncio.create_task(joined.answer("wrong")) for _ in range(3)]
    await settled()
    asking[0].cancel()
    slow.go_on.release()
    for each in asking[1:]:
        with pytest.raises(ValueError, match="wrong"):
            await each
    alone = asyncio.create_task(joined.answer("wrong"))
    await settled()
    alone.cancel()
    slow.go_on.release()
    await settled()
    assert slow.asked == ["wrong", "wrong"]
