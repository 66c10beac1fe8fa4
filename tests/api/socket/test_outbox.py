from collections.abc import Iterator

from api.actions.budget import SMALL, Account, Budget, Hold
from api.socket.outbox import Outbox


class Sending:
    """An outbox, what is held for it, and as much as `most` in all."""

    def __init__(self, most_bytes: int, most_offered: int, most: int = 10**9) -> None:
        self.budget, self._most = Budget(most), most
        self.account: Account = self.budget.account("ada", most_bytes)
        self._outbox = Outbox(most_bytes, most_offered, self.account)

    def __getattr__(self, name: str) -> object:
        return getattr(self._outbox, name)

    def put(self, number: int, message: bytes) -> bool:
        return self._outbox.put(number, message, Hold(self.account))

    @property
    def held(self) -> int:
        return self._most - self.budget.left


def leaving(outbox: Sending) -> Iterator[bytes]:
    while (message := outbox.first()) is not None:
        outbox.sent()
        yield message


def test_messages_leave_in_order():
    outbox = Sending(10, 10)
    assert outbox.empty
    assert outbox.put(1, b"a")
    assert outbox.offer(b"b")
    assert outbox.put(2, b"c")
    assert list(leaving(outbox)) == [b"a", b"b", b"c"]
    assert outbox.empty


def test_answers_wait_for_room_in_their_order_and_offers_do_not():
    outbox = Sending(10, 10)
    assert outbox.put(1, b"x" * 8)
    assert not outbox.put(2, b"y" * 3)
    assert not outbox.put(3, b"z"), "it would have fitted, but comes after the other"
    assert outbox.offer(b"b")
    assert outbox.first() == b"x" * 8
    assert outbox.sent() == [2, 3]
    assert list(leaving(outbox)) == [b"b", b"yyy", b"z"]


def test_an_answer_counts_until_it_has_left():
    outbox = Sending(10, 10)
    outbox.put(1, b"x" * 10)
    assert not outbox.account.has_room
    outbox.first()
    assert not outbox.put(2, b"y")
    outbox.sent()
    assert outbox.account.has_room


def test_an_answer_over_the_bound_goes_alone():
    outbox = Sending(10, 10)
    assert outbox.put(1, b"x" * 100)
    assert not outbox.put(2, b"y" * 100)
    assert not outbox.put(3, b"z")
    assert outbox.sent() == [2]
    assert not outbox.account.has_room
    assert outbox.sent() == [3]


def test_what_waits_counts_as_well_and_can_be_dropped():
    outbox = Sending(10, 10)
    outbox.put(1, b"x" * 6)
    outbox.put(2, b"y" * 6)
    assert not outbox.account.has_room
    outbox.drop(2)
    outbox.drop(2)
    assert outbox.account.has_room
    assert outbox.sent() == []
    assert outbox.empty


def test_offers_have_a_bound_of_their_own_that_is_given_back():
    outbox = Sending(1, 10)
    assert outbox.offer(b"x" * 6)
    assert not outbox.offer(b"x" * 6)
    assert outbox.account.has_room
    outbox.sent()
    assert outbox.offer(b"x" * 10)


def test_everything_is_held_until_it_has_left():
    outbox = Sending(10, 100)
    outbox.put(1, b"x" * 6)
    outbox.put(2, b"y" * 7)
    outbox.put(3, b"z" * 8)
    outbox.offer(b"b" * 9)
    assert outbox.held == 30
    outbox.drop(3)
    assert outbox.held == 22
    list(leaving(outbox))
    assert outbox.held == 0


def test_offers_are_small_where_others_hold_much():
    outbox = Sending(10, 10 * SMALL, most=SMALL)
    assert outbox.offer(b"x" * SMALL)
    assert not outbox.offer(b"x")
    outbox.sent()
    assert outbox.offer(b"x")
