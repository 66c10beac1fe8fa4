"""What is held for clients, and who may hold more."""

import asyncio
import gc

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from api.actions.budget import BEYOND_GRACE_SECONDS, BEYOND_PACE, SMALL, STREAMS_BEYOND, Account, Budget, Hold, Outgrown

MOST = 100 * SMALL

pytestmark = pytest.mark.anyio


def filled(account: Account, size: int) -> Hold:
    hold = Hold(account)
    hold.set(size)
    return hold


def test_a_user_alone_may_hold_half_and_two_a_third_each():
    budget = Budget(MOST)
    ada, bob = budget.account("ada"), budget.account("bob")
    first = Hold(ada)
    first.grow(MOST // 2)
    assert not ada.fits(SMALL)
    assert bob.fits(MOST // 2)
    assert not bob.fits(MOST // 2 + 1)
    first.set(MOST // 3)
    filled(bob, MOST // 3)
    assert not ada.fits(SMALL)
    assert not bob.fits(SMALL)
    assert budget.account("cy").fits(MOST // 3)


def test_it_is_the_users_share_that_counts_however_many_accounts():
    budget = Budget(MOST)
    hold = filled(budget.account("ada"), MOST // 2)
    other = budget.account("ada")
    assert other.fits(SMALL), "a little is always possible"
    filled(other, 1)
    assert not other.fits(SMALL)
    assert not other.has_room
    assert budget.account("bob").fits(SMALL * 10)
    hold.end()
    assert other.has_room


def test_an_answer_may_always_be_begun_where_there_is_none():
    budget = Budget(MOST)
    full = budget.account("ada")
    filled(full, 3 * MOST)
    assert budget.left < 0
    waits = budget.account("ada")
    waits.keep(10)
    assert waits.has_room, "messages that wait are no answers"
    filled(waits, 1)
    assert not waits.has_room


def test_one_answer_at_a_time_may_outgrow_its_room():
    budget = Budget(MOST)
    first, second = Hold(budget.account("ada")), Hold(budget.account("bob"))
    first.grow(MOST)
    assert not first.has_turn
    first.grow(3 * MOST)
    assert first.has_turn
    assert budget.left == MOST, "others have as much room as ever"
    second.grow(MOST)
    with pytest.raises(Outgrown):
        second.grow(MOST + 1)
    first.grow(4 * MOST)
    first.made(4 * MOST)
    with pytest.raises(Outgrown):
        second.grow(MOST + 1)
    first.end()
    assert not first.has_turn
    second.grow(2 * MOST)
    assert second.has_turn
    second.end()
    assert budget.left == MOST


async def test_what_has_outgrown_its_room_waits_for_its_turn_with_nothing_held():
    budget = Budget(MOST)
    first, second = Hold(budget.account("ada")), filled(budget.account("bob"), SMALL)
    first.grow(MOST)
    waiting = asyncio.create_task(second.turn())
    await asyncio.sleep(0)
    assert budget.left == MOST
    assert not waiting.done()
    first.end()
    await asyncio.wait_for(waiting, 1)
    assert second.has_turn


@pytest.mark.parametrize("user", ["bob", "ada"])
async def test_who_reads_what_others_wait_for_has_a_time(user):
    now = 0.0
    budget = Budget(MOST, clock=lambda: now)
    reader, other = budget.account("ada"), Hold(budget.account(user))
    hold = Hold(reader)
    hold.grow(2 * MOST)
    hold.made(2 * MOST)
    enough = BEYOND_GRACE_SECONDS + 2 * MOST / BEYOND_PACE
    now = enough
    assert not reader.overdue, "nobody waits"
    waiting = asyncio.create_task(other.turn())
    await asyncio.sleep(0)
    assert reader.overdue == (user == "bob"), "but the user itself"
    now = enough - 1
    assert not reader.overdue
    hold.end()
    now = enough
    await asyncio.wait_for(waiting, 1)
    assert not reader.overdue


async def test_the_time_of_the_next_in_turn_is_its_own():
    now = 0.0
    budget = Budget(MOST, clock=lambda: now)
    first, second, third = (Hold(budget.account(user)) for user in ("ada", "bob", "cy"))
    first.grow(2 * MOST)
    first.made(2 * MOST)
    waiting = [asyncio.create_task(hold.turn()) for hold in (second, third)]
    await asyncio.sleep(0)
    now = 1000.0
    first.end()
    await asyncio.wait_for(waiting[0], 1)
    second.made(2 * MOST)
    account = budget.in_turn
    assert not account.overdue
    now = 2000.0
    assert account.overdue, "the third has waited for longer than it has its turn"
    waiting[1].cancel()


async def test_the_turn_of_an_account_that_is_closed_goes_on():
    budget = Budget(MOST)
    first, gone, third = (budget.account(user) for user in ("ada", "bob", "cy"))
    Hold(first).grow(2 * MOST)
    waiting = asyncio.create_task(Hold(gone).turn())
    await asyncio.sleep(0)
    gone.close()
    first.close()
    await asyncio.wait_for(waiting, 1)
    assert budget.left == MOST
    Hold(third).grow(2 * MOST)


def test_who_waits_for_room_is_told_when_there_is_some():
    budget, told = Budget(MOST), []
    full, waits = filled(budget.account("ada"), MOST), budget.account("ada")
    filled(waits, 1)
    waits.told = lambda: told.append("ada")
    waits.want()
    full.set(MOST // 2)
    assert told == [], "there is as little left as the user holds"
    full.set(MOST // 4)
    full.set(0)
    assert told == ["ada"], "once"


def test_who_waits_for_its_own_client_is_told_when_that_has_read():
    account, told = Budget(MOST).account("ada", most_unread=10), []
    account.told = lambda: told.append("read")
    holds = [Hold(account) for _ in range(3)]
    for hold in holds:
        hold.made(6)
    assert not account.has_room
    account.want()
    holds[0].end()
    assert told == []
    holds[1].end()
    assert told == ["read"]
    assert account.has_room


def test_who_has_nothing_left_is_told_whatever_others_of_the_user_hold():
    budget, told = Budget(MOST), []
    full, account = budget.account("ada"), budget.account("ada")
    filled(full, MOST)
    holds = [filled(account, 1), filled(account, 1)]
    account.told = lambda: told.append("get on")
    account.want()
    holds[0].end()
    assert told == []
    holds[1].end()
    assert told == ["get on"]
    assert account.has_room


def test_a_closed_account_holds_nothing_and_nobody_is_told_of_it():
    budget, told = Budget(MOST), []
    account = budget.account("ada")
    hold = filled(account, MOST)
    account.told = lambda: told.append("ada")
    account.want()
    account.close()
    account.close()
    assert budget.left == MOST
    hold.made(5)
    hold.end()
    account.keep(3)
    assert budget.left == MOST
    assert told == []


def test_an_account_that_nobody_closed_holds_nothing_either():
    budget = Budget(MOST)
    filled(budget.account("ada"), 10).set(20)
    gc.collect()
    assert budget.left == MOST


class Sums(RuleBasedStateMachine):
    """However accounts come and go: what is left and what is held are all there is."""

    def __init__(self) -> None:
        super().__init__()
        self.budget = Budget(MOST)
        self.held: list[tuple[Account, list[Hold]]] = []

    @rule(user=st.sampled_from("abc"))
    def come(self, user: str) -> None:
        self.held.append((self.budget.account(user, 10 * SMALL), []))

    @rule(pick=st.integers(0, 9), size=st.integers(0, 30 * SMALL))
    def grow(self, pick: int, size: int) -> None:
        if self.held:
            account, holds = self.held[pick % len(self.held)]
            hold = Hold(account)
            try:
                hold.grow(size)
            except Outgrown:
                assert not account.fits(size)
            else:
                holds.append(hold)
                if size % 2:
                    hold.made(size)

    @rule(pick=st.integers(0, 9))
    def leave(self, pick: int) -> None:
        if self.held and self.held[pick % len(self.held)][1]:
            self.held[pick % len(self.held)][1].pop().end()

    @rule(pick=st.integers(0, 9))
    def close(self, pick: int) -> None:
        if self.held:
            self.held.pop(pick % len(self.held))[0].close()

    @invariant()
    def no_more_is_held_than_the_budget_one_answer_and_a_little_each(self) -> None:
        assert self.budget.left >= -SMALL * len(self.held)

    def teardown(self) -> None:
        for account, _ in self.held:
            account.close()
        assert self.budget.left == MOST
        assert self.budget.turns.take("z")


TestSums = Sums.TestCase
TestSums.settings = settings(max_examples=50, stateful_step_count=20, deadline=None)


def test_streams_begin_where_there_is_room_and_a_few_beyond():
    budget, told = Budget(10 * SMALL), []
    accounts = [budget.account("ada") for _ in range(STREAMS_BEYOND + 3)]
    begun = []
    for account in accounts:
        account.told = lambda: told.append(True)
        if account.has_room_to_stream:
            begun.append(filled(account, 3 * SMALL))
    # Two fill what a user may have; the others are beyond it, and the two count among them.
    assert len(begun) == STREAMS_BEYOND
    assert budget.account("bob").has_room_to_stream
    last = accounts[-1]
    assert last.has_room, "an answer in one piece may still be made: it is dropped where it outgrows its room"
    last.want()
    assert not told
    begun[0].set(SMALL)
    assert told == [True]
    assert last.has_room_to_stream
    filled(last, 3 * SMALL)
    assert not accounts[-2].has_room_to_stream
    accounts[-2].want()
    accounts[1].close()
    assert told == [True, True]
    assert accounts[-2].has_room_to_stream


def test_a_stream_goes_on_once_what_it_sent_is_read():
    budget, told = Budget(4 * SMALL), []
    account = budget.account("ada")
    account.told = lambda: told.append(True)
    batch, part = filled(account, 3 * SMALL), Hold(account)
    part.made(SMALL)
    assert not account.has_room_to_go_on
    account.want()
    part.end()
    assert told == [True]
    assert account.has_room_to_go_on
    assert not account.has_room_to_stream
    batch.end()
    assert account.has_room_to_stream
