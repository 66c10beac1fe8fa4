"""Files and sockets the process may have: here with a system of the tests."""

import resource

import pytest

from api.edge import descriptors
from api.edge.descriptors import raise_descriptors, room_for


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch):
    """The two limits, as they are set."""
    limits = [1024, 4096]

    def set_limits(_: int, wanted: tuple[int, int]) -> None:
        if resource.RLIM_INFINITY in wanted:
            raise ValueError("not here")
        limits[:] = wanted

    monkeypatch.setattr(descriptors.resource, "getrlimit", lambda _: tuple(limits))
    monkeypatch.setattr(descriptors.resource, "setrlimit", set_limits)
    return limits


def test_the_soft_limit_becomes_the_hard_one(system):
    assert raise_descriptors() == 4096
    assert system == [4096, 4096]
    assert raise_descriptors() == 4096


def test_what_the_system_refuses_stays(system):
    system[1] = resource.RLIM_INFINITY
    assert raise_descriptors() == 1024


def test_without_a_limit_there_is_none(system):
    system[:] = [resource.RLIM_INFINITY] * 2
    assert raise_descriptors() is None


def test_the_room_they_leave(caplog):
    assert room_for(1000, None) == room_for(1000, 1256) == 1000
    assert caplog.text == ""
    assert room_for(1000, 1255) == 999
    assert "enough for 999 connections and not for the 1000 promised: raise that limit to 1256" in caplog.text
    assert room_for(1000, 10) == 1
