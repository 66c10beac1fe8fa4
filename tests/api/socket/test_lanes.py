from api.actions.budget import SMALL, Account, Budget
from api.socket.lanes import Lane


def lane(width: int = 2, depth: int = 3, most_bytes: int = 100, account: Account | None = None) -> Lane:
    account = account or Budget(10**6).account("ada")
    return Lane(width=width, depth=depth, most_bytes=most_bytes, account=account)


def test_so_many_run_at_once_and_the_others_wait_in_order():
    some = lane()
    assert [some.enter(number, 1) for number in range(1, 6)] == [True, True, False, False, False]
    assert [some.leave(number) for number in (2, 1, 3, 4, 5)] == [3, 4, 5, None, None]
    assert [some.enter(number, 1) for number in (6, 7, 8)] == [True, True, False]


def test_what_waits_has_a_bound_in_number():
    some = lane(width=1, depth=2)
    for number in range(3):
        assert some.has_room(1)
        some.enter(number, 1)
    assert not some.has_room(1)
    assert some.leave(0) == 1
    assert some.has_room(1)


def test_what_runs_is_held_too_and_a_little_of_it_always_may():
    budget = Budget(4 * SMALL)
    accounts = [budget.account(user) for user in ("ada", "ada", "bob")]
    lanes = [lane(width=9, account=account) for account in accounts]
    assert lanes[0].has_room(2 * SMALL)
    assert not lanes[0].has_room(4 * SMALL + 1), "as much as there is"
    lanes[0].enter(1, 2 * SMALL)
    assert budget.left == 2 * SMALL
    assert not lanes[0].has_room(1), "what is left is no more than the user holds already"
    assert [some.has_room(SMALL) for some in lanes[1:]] == [True, True], "a connection may always ask for something"
    assert [some.has_room(SMALL + 1) for some in lanes[1:]] == [False, True]
    lanes[0].leave(1)
    assert budget.left == 4 * SMALL
    lanes[0].enter(2, SMALL)
    accounts[0].close()
    lanes[0].leave(2)
    assert budget.left == 4 * SMALL


def test_one_that_waited_is_held_until_it_has_run():
    budget = Budget(1000)
    some = lane(width=1, account=budget.account("ada"))
    for number in (1, 2):
        some.enter(number, 100)
    assert budget.left == 800
    assert some.leave(1) == 2
    assert budget.left == 900
    assert some.leave(2) is None
    assert budget.left == 1000


def test_what_waits_has_a_bound_in_bytes_that_is_given_back():
    some = lane(width=1)
    assert some.has_room(1000), "what runs at once is not counted"
    some.enter(1, 1000)
    assert (some.has_room(100), some.has_room(101)) == (True, False)
    some.enter(2, 60)
    assert (some.has_room(40), some.has_room(41)) == (True, False)
    some.enter(3, 40)
    assert some.leave(2) is None, "it only waited"
    assert some.has_room(60)
    assert some.leave(1) == 3
    assert some.has_room(100)


def test_without_depth_nothing_waits():
    some = lane(width=1, depth=0)
    some.enter(1, 1)
    assert not some.has_room(0)
    assert some.leave(1) is None
    assert some.has_room(1)
