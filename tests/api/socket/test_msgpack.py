"""MessagePack in and out: the same messages in another notation."""

import asyncio
import json
import math
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.msgpack import Ext
from websockets.asyncio.client import ClientConnection, connect

from api.errors import code_of
from api.socket import envelope
from api.socket.msgpack import AT_ONCE, packed, read
from tests.harness.clients import URL, request
from tests.harness.memory_engine import MemoryEngine

pytestmark = pytest.mark.anyio


async def say(socket: ClientConnection, message: object) -> None:
    await socket.send(message if isinstance(message, bytes) else msgspec.msgpack.encode(message))


async def hear(socket: ClientConnection) -> Any:
    message = await asyncio.wait_for(socket.recv(), 10)
    assert isinstance(message, bytes)
    return msgspec.msgpack.decode(message)


@pytest.mark.parametrize("items", [1, 10, 2000])
async def test_any_answer_is_the_same_in_both_notations(items):
    found = b",".join([hit.item for hit in MemoryEngine(items).hits])
    answers = [
        b'{"request_id":7,"action":"search_contacts","status":"success","data":{"next":null,"results":[%b],"n":{}}}',
        b'{"request_id":"r","action":"search_contacts","status":"partial","data":{"sequence":1,"results":[%b]}}',
    ]
    for answer in answers:
        message = answer % found
        decoded = msgspec.msgpack.decode(await packed(message))
        assert decoded == json.loads(message)
        assert list(decoded) == list(json.loads(message))
    assert (len(found) > AT_ONCE) is (items == 2000)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda values: st.lists(values) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), values),
    max_leaves=20,
)  # fmt: skip
KNOWN = {"analyze", "count_contacts"}


def refused(frame: bytes) -> tuple[Any, Any, str, str]:
    """What the answer to a frame that is refused echoes, its code and its message."""
    asked = read(frame, KNOWN)
    assert asked.error is not None
    head = json.loads(asked.head + b"null}")
    return head["request_id"], head["action"], code_of(asked.error, "its own"), str(asked.error)


@given(JSON_VALUES, st.sampled_from(["r", 7, "", 1.5, None]), st.sampled_from(["analyze", "fly", 5, None]))
def test_what_json_can_say_is_the_same_request_in_both_notations(data, request_id, action):
    message = {"request_id": request_id, "action": action, "data": data}
    packed_frame = read(msgspec.msgpack.encode(message), KNOWN)
    plain = envelope.read(msgspec.json.encode(message), KNOWN)
    assert (packed_frame.head, packed_frame.request_id, packed_frame.action, packed_frame.data) == (
        plain.head, plain.request_id, plain.action, plain.data
    )  # fmt: skip
    assert (type(packed_frame.error), str(packed_frame.error)) == (type(plain.error), str(plain.error))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (math.nan, "is NaN, which JSON can't say; send a number or leave it out"),
        (math.inf, "is Infinity, which JSON can't say; send a number or leave it out"),
        (-math.inf, "is -Infinity, which JSON can't say; send a number or leave it out"),
        (b"xy", "is binary data, which JSON can't say; send a text or leave it out"),
        (datetime(2026, 1, 1, tzinfo=UTC), "is a timestamp, which JSON can't say; send a text or leave it out"),
        (Ext(5, b"x"), "is an extension of type 5, which JSON can't say; send a text or leave it out"),
    ],
)
def test_what_json_cannot_say_is_refused_by_name_wherever_it_stands(value, words):
    for data, place in [
        ({"limit": value}, "data.limit"),
        ({"names": ["a", value]}, "data.names[1]"),
        ({"unknown": [{"deep": {"er": value}}, 1.5]}, "data.unknown[0].deep.er"),
        (value, "data"),
    ]:
        frame = msgspec.msgpack.encode({"request_id": "r", "action": "count_contacts", "data": data})
        assert refused(frame) == ("r", "count_contacts", "validation_error", f"MessagePack: {place} {words}")
    for message, echoed in [
        ({"request_id": value, "action": "analyze"}, (None, "analyze")),
        ({"request_id": 7, "action": value}, (7, None)),
    ]:
        assert refused(msgspec.msgpack.encode(message))[:3] == (*echoed, "validation_error")


@pytest.mark.parametrize(
    ("key", "words"),
    [(1, "1"), (None, "null"), (True, "true"), (1.5, "1.5"), (math.nan, "NaN"), (b"x", "binary data"),
     ((1, 2), "a list")],
)  # fmt: skip
def test_keys_are_texts(key, words):
    for message, place in [({"data": {key: 1}}, "data"), ({key: 1}, "the message"), ({"a": [{key: 1}]}, "a[0]")]:
        frame = msgspec.msgpack.encode({"request_id": "r", "action": "analyze", **message})
        expected = f"MessagePack: {place} has a key that is {words}; send keys as texts"
        assert refused(frame) == ("r", "analyze", "validation_error", expected)


@pytest.mark.parametrize(
    "value",
    [b"\xa1\xff", b"\xd4\xff\x01", b"\xc7\x0c\xff\0\0\0\0\x7f" + b"\xff" * 7, b"\x81\x80\x01", b"\x81\xd4\x05x\1"],
)
def test_what_not_even_python_can_say_is_refused_by_field(value):
    frame = b"\x83\xaarequest_id\x07\xa6action\xa7analyze\xa4data" + value
    request_id, action, code, words = refused(frame)
    assert (request_id, action, code) == (7, "analyze", "validation_error")
    assert words.startswith("MessagePack: data has something in it that JSON can't say: ")
    assert refused(b"\x82\xaarequest_id" + value + b"\xa6action\xa7analyze")[:3] == (
        None,
        "analyze",
        "validation_error",
    )


@pytest.mark.parametrize(
    "frame", [b"", b"\xc1", b"\x91" * 100_000, b"\x81\xa1a", b"\x80\x80", b"\x81\xa1\xff\x01", b"{}"]
)
def test_what_is_no_messagepack_is_called_so(frame):
    assert refused(frame) == (None, None, "invalid_json", "Message is not valid MessagePack")


@pytest.mark.parametrize("message", [[1], 5, None, "text", b"x", math.nan])
def test_what_is_no_map_is_called_so(message):
    expected = (None, None, "invalid_json", "Message is not a MessagePack map")
    assert refused(msgspec.msgpack.encode(message)) == expected


@given(st.binary())
def test_any_bytes_are_read_or_refused(frame):
    read(frame, KNOWN)


async def test_a_conversation_in_messagepack(service, engine):
    engine.hits = MemoryEngine(3000).hits
    async with connect(service.url, subprotocols=["msgpack"], max_size=None) as socket:
        assert socket.subprotocol == "msgpack"
        for request_id in ("r", 7, -1, 2**63):
            await say(socket, {"action": "count_contacts", "request_id": request_id, "data": {"url": URL}})
            assert await hear(socket) == {
                "request_id": request_id, "action": "count_contacts", "status": "success", "data": {"count": 3000}
            }  # fmt: skip
        await say(socket, {"action": "search_contacts", "request_id": "r", "data": {"url": URL}})
        answer = await hear(socket)
        assert answer["data"]["results"] == [json.loads(hit.item) for hit in engine.hits]
        await say(socket, {"action": "search_contacts", "request_id": "r", "data": {"url": URL, "stream": True}})
        found = []
        while (answer := await hear(socket))["status"] == "partial":
            found += answer["data"]["results"]
        assert len(found) == answer["data"]["count"] == 3000
        # A text frame is JSON here too; what is binary is MessagePack.
        await socket.send(request("count_contacts"))
        assert (await hear(socket))["data"] == {"count": 3000}


async def test_mistakes_in_messagepack(service):
    async with connect(service.url, subprotocols=["msgpack"]) as socket:
        for message, code in [
            (b"\xc1", "invalid_json"),
            ([1], "invalid_json"),
            ({1: 2}, "validation_error"),
            ({"request_id": b"x", "action": "fly"}, "validation_error"),
            (
                {"request_id": 1, "action": "search_contacts", "data": {"url": URL, "limit": math.nan}},
                "validation_error",
            ),
            ({"request_id": 1}, "missing_field"),
            ({"request_id": 1, "action": "analyze", "data": {"url": 5}}, "validation_error"),
        ]:
            await say(socket, message)
            answer = await hear(socket)
            assert (answer["status"], answer["error"]["code"]) == ("error", code)


@pytest.mark.parametrize("request_id", [2**64, 2**70, -(2**63) - 1, 10**400])
async def test_an_integer_that_messagepack_lacks_ends_nothing(service, engine, request_id):
    engine.seconds = 0.3
    async with connect(service.url, subprotocols=["msgpack"]) as socket:
        await say(socket, {"action": "count_contacts", "request_id": "in flight", "data": {"url": URL}})
        for action in ("count_contacts", "fly", "cancel"):
            await socket.send(request(action, request_id))
            answer = await hear(socket)
            assert (answer["request_id"], answer["error"]["code"]) == (None, "validation_error")
            assert answer["error"]["message"].startswith("request_id must be an integer of 64 bits")
        # Where nothing repeats them they are as good as any.
        for data in ({"limit": 2**70}, {"offset": 2**70}, {"unknown": [2**70]}):
            await socket.send(request("search_contacts", 7, **data))
        await socket.send(json.dumps({"action": "cancel", "request_id": "c", "data": {"request_id": 2**70}}))
        answers = [await hear(socket) for _ in range(5)]
        assert {answer["status"] for answer in answers} == {"success"}
        assert {answer["request_id"] for answer in answers} == {"in flight", 7, "c"}


async def test_a_large_error_is_an_answer_too(service):
    async with connect(service.url, subprotocols=["msgpack"], max_size=None) as socket:
        action = "x" * 2 * AT_ONCE
        await say(socket, {"action": action, "request_id": 1, "data": {}})
        answer = await hear(socket)
        assert (answer["request_id"], answer["action"], answer["error"]["code"]) == (1, action, "unknown_action")


@pytest.mark.parametrize("binary", [True, False])
async def test_of_a_key_that_is_there_twice_the_last_counts(service, binary):
    text = f'{{"request_id":1,"request_id":2,"action":"fly","action":"analyze","data":{{"url":"x","url":"{URL}"}}}}'
    frame = (
        b"\x85\xaarequest_id\x01\xaarequest_id\x02\xa6action\xa3fly\xa6action\xa7analyze\xa4data\x82\xa3url\xa1x"
        b"\xa3url" + msgspec.msgpack.encode(URL)
    )
    async with connect(service.url, subprotocols=["msgpack"]) as socket:
        await socket.send(frame if binary else text)
        answer = await hear(socket)
        assert (answer["request_id"], answer["action"], answer["status"]) == (2, "analyze", "success")


async def test_the_token_may_come_among_the_subprotocols_too(service):
    async with connect(service.bare_url, subprotocols=["bearer", service.token, "msgpack"]) as socket:
        assert socket.subprotocol == "msgpack"
