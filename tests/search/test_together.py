"""Several things at once: one result each, or the error of the first that fails."""

import asyncio

import pytest

from mappings.errors import EngineUnavailable
from search.together import together


async def later(seconds: float, result: int) -> int:
    await asyncio.sleep(seconds)
    return result


def test_results_are_in_order() -> None:
    async def run() -> list[int]:
        assert await together([]) == []
        return await together([later(0.02, 1), later(0, 2)])

    assert asyncio.run(run()) == [1, 2]


def test_an_error_is_raised_as_it_is_and_ends_the_others() -> None:
    ended: list[str] = []

    async def endless() -> int:
        try:
            return await later(60, 1)
        finally:
            ended.append("cancelled")

    async def failing() -> int:
        await asyncio.sleep(0)
        raise EngineUnavailable("gone")

    with pytest.raises(EngineUnavailable):
        asyncio.run(together([endless(), failing(), endless()]))
    assert ended == ["cancelled", "cancelled"]
