import asyncio
from collections import Counter

import pytest

from api.actions.budget import Hold
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


def fill(some: Traffic) -> None:
    """Take all slots of an engine that works on one request, and the one that is kept for others."""
    assert some.slots.take("cy")
    assert not some.slots.take("cy")
    assert some.slots.take("dee")


def test_what_a_role_may_not_costs_nothing_of_the_limit():
    some = traffic(rate_limit=1)
    for _ in range(2):
        with pytest.raises(Forbidden, match=r"^Your role is counter; this needs user\."):
            some.let_in("ada", Role.COUNTER, Role.USER)
    some.let_in("ada", Role.COUNTER, Role.COUNTER)


async def test_company_is_whom_requests_are_carried_out_for_and_no_figure():
    some = traffic()
    some.recorder.in_flight = 5
    assert not some.pace.has_company("bob")
    async with some.admitted("ada"):
        assert some.pace.has_company("bob")
        assert not some.pace.has_company("ada")


async def test_so_many_use_the_engine_as_the_settings_say_or_as_it_works_on_well_and_one_more_user():
    for some in (traffic(width=2), traffic(max_running=2, width=7)):
        async with some.admitted("ada"), some.admitted("ada"):
            assert not some.slots.take("ada")
            async with some.admitted("bob"):
                assert not some.slots.take("cy")
        assert some.slots.take("cy")


async def test_the_wait_for_a_slot_and_the_work_have_one_deadline():
    some = traffic(timeout=1.0)
    loop = asyncio.get_running_loop()
    fill(some)
    loop.call_later(0.5, some.slots.release, "dee")
    started = loop.time()

    async def work() -> None:
        async with some.admitted("ada"):
            await asyncio.sleep(60)

    with pytest.raises(EngineTimeout, match=SILENT):
        await work()
    assert 0.9 < loop.time() - started < 1.45, "the wait has counted"
    assert some.slots.take("dee")


async def test_a_deadline_that_began_before_is_not_begun_anew():
    some = traffic(timeout=60)
    with pytest.raises(EngineTimeout, match=SILENT):
        async with some.admitted("ada", by=asyncio.get_running_loop().time() + 0.05):
            await asyncio.sleep(60)


async def test_what_needs_no_engine_has_a_deadline_and_no_slot():
    some = traffic(timeout=0.05)
    fill(some)
    with pytest.raises(EngineTimeout, match=BUSY):
        async with some.admitted("ada", uses_engine=False):
            await asyncio.sleep(60)


async def test_no_slot_in_time():
    some = traffic(timeout=0.05)
    fill(some)
    with pytest.raises(EngineTimeout, match=BUSY):
        async with some.admitted("ada"):
            raise AssertionError("it has no slot")


async def test_what_outgrew_its_room_waits_for_its_turn_until_the_deadline():
    some = traffic(timeout=0.05)
    assert some.budget.turns.take("bob")
    hold = Hold(some.budget.account("ada"))
    with pytest.raises(EngineTimeout, match=BUSY):
        async with some.admitted("ada", outgrown=hold):
            raise AssertionError("it is not its turn")
    some.budget.turns.release("bob")
    async with some.admitted("ada", outgrown=hold):
        assert hold.has_turn
    hold.end()
    assert some.budget.turns.take("bob")


async def test_urls_are_explained_one_at_a_time_and_one_more_for_another_user():
    some, running, most = traffic(), Counter[str](), Counter[str]()

    async def explain(user: str) -> None:
        async with some.explaining(user):
            running[user] += 1
            running["all"] += 1
            for name in (user, "all"):
                most[name] = max(most[name], running[name])
            await asyncio.sleep(0.005)
            running.subtract((user, "all"))

    await asyncio.gather(*(explain("ada") for _ in range(4)), *(explain("bob") for _ in range(2)), explain("cy"))
    assert most == {"ada": 1, "bob": 1, "cy": 1, "all": 2}


async def test_who_took_much_time_has_nothing_explained_until_it_is_due():
    some = traffic()
    async with some.admitted("bob"):
        some.pace.spent("ada", 0.02)
        started = asyncio.get_running_loop().time()
        async with some.explaining("ada"):
            assert asyncio.get_running_loop().time() - started >= 0.05


@pytest.mark.parametrize("error", [TimeoutError("of the work itself"), EngineUnavailable("away")])
async def test_errors_of_the_work_are_left_as_they_are(error):
    some = traffic()
    with pytest.raises(type(error), match=str(error)):
        async with some.admitted("ada"):
            raise error
    assert some.slots.take("cy")
    assert not some.pace.has_company("ada")
