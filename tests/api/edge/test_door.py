"""Who goes when too many come."""

from api.edge.door import Door


class Guest:
    def __init__(self) -> None:
        self.out = False

    def turn_out(self) -> None:
        self.out = True


def test_the_one_that_has_been_silent_for_longest_goes(caplog):
    door, guests = Door(2), [Guest() for _ in range(5)]
    for guest in guests[:2]:
        door.silent(guest)
        door.make_room(2, guest)
    door.asks(guests[0])
    door.silent(guests[0])
    for guest in guests[2:]:
        door.silent(guest)
        door.make_room(3, guest)
    assert [guest.out for guest in guests] == [True, True, True, False, False]
    assert caplog.text.count("more than 2 connections") == 1


def test_who_comes_is_not_turned_out_for_those_who_are_busy():
    door, busy, comer = Door(1), Guest(), Guest()
    door.silent(busy)
    door.asks(busy)
    door.silent(comer)
    door.make_room(2, comer)
    assert not busy.out
    assert not comer.out
    assert door.full(2)
    assert not door.full(1)
