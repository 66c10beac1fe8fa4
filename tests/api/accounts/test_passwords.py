import asyncio
import threading

import pytest

from api.accounts.passwords import AT_ONCE, WAITING, Passwords
from mappings.errors import InvalidField, TooManyRequests

pytestmark = pytest.mark.anyio


async def test_a_hash_holds_for_its_password_only():
    passwords = Passwords()
    stored = await passwords.hash("analytical")
    assert stored.startswith("$argon2id$v=19$m=7168,t=5,p=1$")
    assert await passwords.hash("analytical") != stored
    assert await passwords.check("analytical", stored)
    assert not await passwords.check("analytical!", stored)
    assert not await passwords.check("analytical", None)
    assert not await passwords.check("analytical", "not a hash")


@pytest.mark.parametrize("password", ["short12", "x" * 1025])
async def test_the_length_of_a_password(password):
    with pytest.raises(InvalidField, match="8 to 1024 characters"):
        await Passwords().hash(password)


async def test_hashes_are_made_a_few_at_a_time_and_only_so_many_wait(monkeypatch):
    passwords, free = Passwords(), threading.Event()
    running = most = 0

    def slow(_password: str) -> str:
        nonlocal running, most
        running += 1
        most = max(most, running)
        assert free.wait(10)
        running -= 1
        return "hash"

    monkeypatch.setattr("argon2.PasswordHasher.hash", lambda _hasher, password: slow(password))
    waiting = [asyncio.create_task(passwords.hash("analytical")) for _ in range(WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyRequests, match="Too many logins at once"):
        await passwords.hash("analytical")
    free.set()
    assert await asyncio.gather(*waiting) == ["hash"] * WAITING
    assert most <= AT_ONCE
    assert await passwords.hash("analytical") == "hash"


async def test_clients_are_served_in_turn_however_much_the_others_ask(monkeypatch):
    monkeypatch.setattr("argon2.PasswordHasher.verify", lambda _hasher, _stored, _password: True)
    passwords = Passwords()
    await passwords.prepare()
    stored = await passwords.hash("analytical")
    served: list[str] = []

    async def check(client: str) -> None:
        assert await passwords.check("analytical", stored, client)
        served.append(client)

    others = [f"192.0.2.{number}" for number in range(5)]
    flood = [asyncio.create_task(check(client)) for _ in range(WAITING) for client in others]
    await asyncio.sleep(0)
    with pytest.raises(TooManyRequests, match="Too many logins at once"):
        await passwords.check("analytical", stored, others[0])
    await check("198.51.100.7")
    assert len(served) <= 2 * (len(others) + AT_ONCE)
    await asyncio.gather(*flood)


async def test_nobody_waits_for_ever(monkeypatch):
    monkeypatch.setattr("api.accounts.passwords.WAIT_SECONDS", 0.01)
    free = threading.Event()
    monkeypatch.setattr("argon2.PasswordHasher.hash", lambda _hasher, _password: str(free.wait(10)))
    passwords = Passwords()
    found = await asyncio.gather(*(passwords.hash("analytical") for _ in range(5)), return_exceptions=True)
    assert {type(one) for one in found} == {TooManyRequests}
    free.set()
