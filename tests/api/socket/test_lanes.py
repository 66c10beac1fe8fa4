from api.actions.budget import Account, Budget
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
