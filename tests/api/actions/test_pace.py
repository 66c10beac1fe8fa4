import asyncio

import pytest

from api.actions import pace as module
from api.actions.pace import COMPANY_SECONDS, SHORTEST_WAIT, WAITS, Pace

pytestmark = pytest.mark.anyio


class Clock:
    """A clock that is set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_who_is_alone_never_waits():
    some = Pace(Clock())
    assert some.spent("ada", 10.0) == 0.0
    some.begin("ada")
    assert some.spent("ada", 10.0) == 0.0
    some.end("ada")
    assert some.due("ada") == 0.0
    some.begin("bob")
    assert some.due("ada") == 0.0, "nothing was counted before"


def test_who_has_company_waits_thrice_as_long_as_it_took():
    clock = Clock()
    some = Pace(clock)
    some.begin("bob")
    assert some.spent("ada", 0.1) == pytest.approx(0.1 * WAITS)
    assert some.spent("ada", 0.1) == pytest.approx(0.2 * WAITS), "also what others of its connections took"
    assert some.spent("bob", 0.1) == 0.0, "nobody else asks for anything"
    clock.now += 0.2 * WAITS + 0.001
    assert some.due("ada") == 0.0
    assert some.spent("ada", 0.1) == pytest.approx(0.1 * WAITS)


def test_short_waits_are_put_together():
    some = Pace(Clock())
    some.begin("bob")
    step = SHORTEST_WAIT / WAITS / 2.5
    assert [some.spent("ada", step) > 0 for _ in range(4)] == [False, False, True, True]


def test_company_lasts_a_moment_longer_than_its_requests():
    clock = Clock()
    some = Pace(clock)
    for user in ("bob", "ada"):
        some.begin(user)
        some.begin(user)
        some.end(user)
        some.end(user)
    assert some.has_company("ada")
    assert some.has_company("bob")
    assert some.has_company("cy")
    clock.now += COMPANY_SECONDS
    assert not some.has_company("ada")
    some.begin("ada")
    some.end("ada")
    assert some.has_company("bob")
    assert not some.has_company("ada")


def test_the_users_that_owe_have_a_bound(monkeypatch):
    monkeypatch.setattr(module, "KEPT_USERS", 2)
    some = Pace(Clock())
    some.begin("bob")
    for user in ("a", "b", "c"):
        some.spent(user, 1.0)
    assert [some.due(user) > 0 for user in ("a", "b", "c")] == [False, True, True]


async def test_several_that_wait_look_one_after_the_other(monkeypatch):
    clock, waits, sleep = Clock(), [], asyncio.sleep
    some = Pace(clock)

    async def passed(seconds):
        waits.append(seconds)
        await sleep(0)
        clock.now = max(clock.now, 1000.0 + seconds)

    monkeypatch.setattr(module.asyncio, "sleep", passed)
    some.begin("bob")
    some.spent("ada", 1.0)
    await asyncio.gather(*(some.wait("ada") for _ in range(3)))
    assert waits == sorted(waits)
    assert waits[2] - waits[0] > SHORTEST_WAIT


async def test_how_many_of_another_user_wait_is_no_matter(monkeypatch):
    waits, sleep = [], asyncio.sleep
    clock = Clock()
    some = Pace(clock)

    async def passed(seconds):
        waits.append(seconds)
        await sleep(0)
        clock.now += 10.0

    monkeypatch.setattr(module.asyncio, "sleep", passed)
    some.begin("bob")
    some.begin("ada")
    some.spent("ada", 1.0)
    some.spent("bob", 0.1)
    await asyncio.gather(*(some.wait("ada") for _ in range(50)), some.wait("bob"))
    assert waits[50] == pytest.approx(0.1 * WAITS + SHORTEST_WAIT)
