"""Frames as no client should send them: noise, real messages with something wrong, and rarely a good one.

All that is random about them comes from a seed: the same frames can be sent again.
"""

import asyncio
import copy
import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

URL = "https://app.apollo.io/#/people?personTitles[]=chief%20fuzz%20officer"
CODES = frozenset(
    (
        "missing_field", "invalid_json", "validation_error", "unknown_action", "analysis_error", "search_error",
        "count_error", "uuids_error", "too_many_requests", "authentication_error",
    )
)  # fmt: skip
"""All codes that an error may have."""

ENDS = frozenset((1007, 1009, 1013))
"""The codes that a connection may be closed with: not UTF-8, too large, answers not read."""

OUTSTANDING = 256
"""Frames that are sent ahead of their answers."""

ANSWER_SECONDS = 60.0

_MESSAGES: tuple[dict[str, Any], ...] = (
    {"action": "analyze", "request_id": "a", "data": {"url": URL}},
    {"action": "analyze", "request_id": "b", "data": {"url": f"{URL}&page=2&sortByField=x&revenueRange[min]=5"}},
    {"action": "count_contacts", "request_id": 7, "data": {"url": URL, "exclude_domain_list": ["acme.com"]}},
    {"action": "search_contacts", "request_id": "s", "data": {"url": URL, "limit": 1, "view": "simple"}},
    {"action": "search_contacts", "request_id": "c", "data": {"url": URL, "limit": 2, "cursor": "AAAA"}},
    {"action": "get_uuids", "request_id": "u", "data": {"url": URL, "limit": 3, "include_company_name": "Acme, Inc"}},
    {"action": "cancel", "request_id": "x", "data": {"request_id": 7}},
    {"action": "authenticate", "request_id": "t", "data": {"token": "a.b.c"}},
)
_VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 2**63, -(2**70), 1.5, 1e308, "", " ", "x" * 2000, "\x00", "\U0001f600", [], {}, [[]], [None],
    {"a": {"b": []}}, ["x"] * 200, URL, "https://apollo.io.evil.com/", "limit", "null", "üöä", "' OR 1=1 --", "../..",
)  # fmt: skip
_FIELDS = ("limit", "offset", "cursor", "url", "stream", "strict", "include_company_name", "extra")
_BYTES = b'{}[]":,\\0123456789eE+-.ntf\x00\xff\xc3\xed\xa0\x80 '


def frame(chance: random.Random) -> bytes | str:
    """The next frame: sometimes noise, mostly a message with something wrong, sometimes a good one."""
    return chance.choices((_noise, _broken, _odd, _good), (20, 40, 37, 3))[0](chance)


def _noise(chance: random.Random) -> bytes | str:
    if chance.random() < 0.5:
        return chance.randbytes(chance.randrange(200))
    letters = (0, 34, 91, 92, 123, 125, 0x7F, 0xE9, 0x20AC, 0x1F600)
    return "".join(map(chr, chance.choices(letters, k=chance.randrange(80))))


def _broken(chance: random.Random) -> bytes | str:
    """A message with its bytes changed: mostly no JSON any longer."""
    data = bytearray(json.dumps(_message(chance)).encode())
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(data) + 1), chance.randint(1, 12)
        change: Callable[[], Any] = chance.choice(
            (
                lambda at=at, length=length: data.__delitem__(slice(at, at + length)),
                lambda at=at, length=length: data.__setitem__(slice(at, at), bytes(chance.choices(_BYTES, k=length))),
                lambda at=at, length=length: data.__setitem__(slice(at, at), data[at : at + length] * 20),
                lambda at=at: data.__setitem__(slice(at, None), b""),
                lambda at=at: data.__setitem__(slice(at, at), chance.choice((b"[", b'{"a":')) * 2000),
            )
        )
        change()
    return bytes(data)


def _odd(chance: random.Random) -> bytes | str:
    """JSON with fields that are absent, of another kind, or one too many."""
    message = copy.deepcopy(_message(chance))
    for _ in range(chance.randint(1, 3)):
        part = message["data"] if chance.random() < 0.6 and isinstance(message.get("data"), dict) else message
        name = chance.choice([*part, *_FIELDS])
        # An unlimited search that finds everything would test the patience, not the parser.
        if chance.random() < 0.3 and name != "limit":
            part.pop(name, None)
        else:
            part[name] = copy.deepcopy(chance.choice(_VALUES))
    return json.dumps(message, ensure_ascii=chance.random() < 0.5)


def _good(chance: random.Random) -> bytes | str:
    return json.dumps(_message(chance) | {"request_id": chance.randrange(10**9)})


def _message(chance: random.Random) -> dict[str, Any]:
    """Rarely one for the engine: it is the gateway that is tried here."""
    return chance.choices(_MESSAGES, (6, 6, 1, 1, 1, 1, 4, 4))[0]


async def flood(uri: str, number: int, seed: int) -> Counter[str]:
    """Send `number` frames over one connection, again and again opened if it is closed as documented.

    How often each status and error code was answered; under `closed …` the frames lost to a close.

    Raises:
        AssertionError: a frame was not answered, or an answer is not what the protocol knows.
    """
    chance, seen, sent = random.Random(seed), Counter[str](), 0
    while sent < number:
        async with connect(uri, max_size=None, open_timeout=ANSWER_SECONDS, ping_interval=None) as socket:
            sent += await _fill(socket, number - sent, chance, seen)
    return seen


async def _fill(socket: ClientConnection, number: int, chance: random.Random, seen: Counter[str]) -> int:
    """The frames sent before the connection was closed, or all of them."""
    room, sent, answered = asyncio.Semaphore(OUTSTANDING), 0, 0

    async def send() -> None:
        nonlocal sent
        for _ in range(number):
            await room.acquire()
            await socket.send(frame(chance))
            sent += 1

    sender = asyncio.create_task(send())
    try:
        while answered < number:
            answer = json.loads(await asyncio.wait_for(socket.recv(), ANSWER_SECONDS))
            if (status := check(answer)) != "partial":
                answered += 1
                seen[status] += 1
                room.release()
    except ConnectionClosed as closed:
        code = closed.rcvd.code if closed.rcvd else None
        assert code in ENDS, f"closed with {code}"
        seen[f"closed {code}"] += sent - answered
    finally:
        sender.cancel()
        await asyncio.wait([sender])
    if not sender.cancelled() and (error := sender.exception()) and not isinstance(error, ConnectionClosed):
        raise error
    return sent


def check(answer: dict[str, Any]) -> str:
    """`success`, `partial`, or the code of the error; asserts that the envelope is as it must be."""
    status = answer["status"]
    if status == "error":
        assert list(answer) == ["request_id", "action", "status", "data", "error"], answer
        assert answer["data"] is None
        assert answer["error"]["code"] in CODES, answer
        assert answer["error"]["message"]
        return str(answer["error"]["code"])
    assert status in ("success", "partial"), answer
    assert list(answer) == ["request_id", "action", "status", "data"], answer
    return str(status)
