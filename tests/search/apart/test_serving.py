"""The other side, without a process: what it answers to what it is sent."""

import asyncio
import pickle
from typing import Any

from mappings.errors import StoreUnreadable
from search.apart.messages import framed, receive
from search.apart.serving import serve


class Target:
    """Is asked."""

    async def twice(self, number: int) -> int:
        return 2 * number

    async def unreadable(self) -> None:
        raise StoreUnreadable("a.duckdb is damaged", "load anew")

    async def failed(self) -> None:
        raise ValueError("not foreseen")

    async def for_ever(self) -> None:
        await asyncio.Event().wait()


async def answers(*messages: object) -> dict[int, tuple[bool, Any]]:
    """Number → whether it was done, and what came of it."""
    reader, written, come = asyncio.StreamReader(), [], asyncio.StreamReader()
    serving = asyncio.create_task(serve(reader, written.append))
    for message in messages:
        reader.feed_data(framed(message))
        for _ in range(5):
            await asyncio.sleep(0)
    reader.feed_eof()
    await serving
    come.feed_data(b"".join(written))
    received = [pickle.loads(await receive(come)) for _ in written]
    return {number: (done, value) for number, done, value in received}


def test_everything_is_answered_but_what_is_cancelled() -> None:
    found = asyncio.run(
        answers(
            Target,
            (1, Target.for_ever, (), {}),
            (2, Target.twice, (4,), {}),
            (3, Target.unreadable, (), {}),
            (4, Target.failed, (), {}),
            (1, None, (), {}),
            (2, None, (), {}),
            (5, Target.twice, (), {"number": 5}),
        )
    )
    assert found.keys() == {2, 3, 4, 5}
    assert found[2] == (True, 8)
    assert found[5] == (True, 10)
    done, error = found[3]
    assert (done, type(error), str(error)) == (False, StoreUnreadable, str(StoreUnreadable("", "")))
    assert (error.detail, error.trouble) == ("a.duckdb is damaged; load anew", "a.duckdb is damaged")
    done, error = found[4]
    assert (done, type(error)) == (False, RuntimeError)
    assert "in failed" in str(error)
    assert "ValueError: not foreseen" in str(error)


def test_it_ends_when_nobody_is_there_any_more() -> None:
    assert asyncio.run(answers()) == {}
