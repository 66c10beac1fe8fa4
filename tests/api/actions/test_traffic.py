import asyncio

import pytest

from api.actions.roles import Role
from api.actions.traffic import BUSY, SILENT, Traffic
from api.settings import Settings
from mappings.errors import EngineTimeout, EngineUnavailable, Forbidden, TooManyRequests
from search.engine import EngineSettings

pytestmark = pytest.mark.anyio


class Figures:
    """A recorder that nobody looks at."""

    in_flight = 0

    def answered(self, door: str, action: str, outcome: str, seconds: float | None = None) -> None:
        raise AssertionError("the doors tell it, not the traffic")


def traffic(timeout: float = 30.0, width: int = 1, **settings: int) -> Traffic:
    return Traffic(Settings(engine=EngineSettings(timeout=timeout), **settings), Figures(), width)


def test_the_limit_is_each_users_own():
    some = traffic(rate_limit=1)
    some.let_in("ada", Role.USER, Role.USER)
    some.let_in("bob", Role.USER, Role.USER)
    with pytest.raises(TooManyRequests, match=r"the next is possible in 60 s") as caught:
        some.let_in("ada", Role.USER, Role.USER)
    assert caught.value.retry_after == pytest.approx(60, abs=1)


def test_what_a_role_may_not_costs_nothing_of_the_limit():
    some = traffic(rate_limit=1)
    for _ in range(2):
        with pytest.raises(Forbidden, match=r"^Your role is counter; this needs user\."):
            some.let_in("ada", Role.COUNTER, Role.USER)
    some.let_in("ada", Role.COUNTER, Role.COUNTER)


async def test_busy_is_what_the_core_carries_out_and_no_figure():
    some = traffic()
    some.recorder.in_flight = 5
    assert not some.busy
    async with some.admitted("ada"):
        assert some.busy
    assert not some.busy


async def test_so_many_use_the_engine_as_the_settings_say_or_as_it_works_on_well():
    for some in (traffic(width=2), traffic(max_running=2, width=7)):
        async with some.admitted("ada"), some.admitted("bob"):
            assert not some.slots.take()
        assert some.slots.take()


async def test_the_wait_for_a_slot_and_the_work_have_one_deadline():
    some = traffic(timeout=1.0)
    loop = asyncio.get_running_loop()
    assert some.slots.take()
    loop.call_later(0.5, some.slots.release)
    started = loop.time()

    async def work() -> None:
        async with some.admitted("ada"):
            await asyncio.sleep(60)

    with pytest.raises(EngineTimeout, match=SILENT):
        await work()
    assert 0.9 < loop.time() - started < 1.45, "the wait has counted"
    assert not some.busy
    assert some.slots.take()


async def test_what_needs_no_engine_has_a_deadline_and_no_slot():
    some = traffic(timeout=0.05)
    assert some.slots.take()

    async def work() -> None:
        async with some.admitted("ada", uses_engine=False):
            assert some.busy
            await asyncio.sleep(60)

    with pytest.raises(EngineTimeout, match=BUSY):
        await work()
    assert not some.busy


async def test_no_slot_in_time():
    some = traffic(timeout=0.05)
    assert some.slots.take()
    with pytest.raises(EngineTimeout, match=BUSY):
        async with some.admitted("ada"):
            raise AssertionError("it has no slot")
    assert not some.busy


@pytest.mark.parametrize("error", [TimeoutError("of the work itself"), EngineUnavailable("away")])
async def test_errors_of_the_work_are_left_as_they_are(error):
    some = traffic()
    with pytest.raises(type(error), match=str(error)):
        async with some.admitted("ada"):
            raise error
    assert some.slots.take()
