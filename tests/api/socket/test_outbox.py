from collections.abc import Iterator

from api.socket.outbox import Outbox


def leaving(outbox: Outbox) -> Iterator[bytes]:
    while (message := outbox.first()) is not None:
        outbox.sent()
        yield message


def test_messages_leave_in_order():
    outbox = Outbox(10, 10)
    assert outbox.empty
    assert outbox.put(1, b"a")
    assert outbox.offer(b"b")
    assert outbox.put(2, b"c")
    assert list(leaving(outbox)) == [b"a", b"b", b"c"]
    assert outbox.empty


def test_answers_wait_for_room_in_their_order_and_offers_do_not():
    outbox = Outbox(10, 10)
    assert outbox.put(1, b"x" * 8)
    assert not outbox.put(2, b"y" * 3)
    assert not outbox.put(3, b"z"), "it would have fitted, but comes after the other"
    assert outbox.offer(b"b")
    assert outbox.first() == b"x" * 8
    assert outbox.sent() == [2, 3]
    assert list(leaving(outbox)) == [b"b", b"yyy", b"z"]


def test_an_answer_counts_until_it_has_left():
    outbox = Outbox(10, 10)
    outbox.put(1, b"x" * 10)
    assert outbox.full
    outbox.first()
    assert not outbox.put(2, b"y")
    outbox.sent()
    assert not outbox.full


def test_an_answer_over_the_bound_goes_alone():
    outbox = Outbox(10, 10)
    assert outbox.put(1, b"x" * 100)
    assert not outbox.put(2, b"y" * 100)
    assert not outbox.put(3, b"z")
    assert outbox.sent() == [2]
    assert outbox.full
    assert outbox.sent() == [3]


def test_what_waits_counts_as_well_and_can_be_dropped():
    outbox = Outbox(10, 10)
    outbox.put(1, b"x" * 6)
    outbox.put(2, b"y" * 6)
    assert outbox.full
    outbox.drop(2)
    outbox.drop(2)
    assert not outbox.full
    assert outbox.sent() == []
    assert outbox.empty


def test_offers_have_a_bound_of_their_own_that_is_given_back():
    outbox = Outbox(1, 10)
    assert outbox.offer(b"x" * 6)
    assert not outbox.offer(b"x" * 6)
    assert not outbox.full
    outbox.sent()
    assert outbox.offer(b"x" * 10)
