"""MessagePack in and out: the same messages in another notation."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect

from api.socket.msgpack import AT_ONCE, json_of, packed
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


def test_what_is_no_messagepack_or_has_no_json_is_wrong_json():
    assert json_of(b"\xc1") == b""
    assert json_of(b"") == b""
    assert json_of(b"\x91" * 100_000) == b""
    assert json_of(msgspec.msgpack.encode({"a": b"xy", "b": datetime(2026, 1, 1, tzinfo=UTC)})) != b""


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
            ({1: 2}, "missing_field"),
            ({"request_id": b"x", "action": "fly"}, "unknown_action"),
            ({"request_id": 1, "action": "analyze", "data": {"url": 5}}, "validation_error"),
        ]:
            await say(socket, message)
            answer = await hear(socket)
            assert (answer["status"], answer["error"]["code"]) == ("error", code)


async def test_the_token_may_come_among_the_subprotocols_too(service):
    async with connect(service.bare_url, subprotocols=["bearer", service.token, "msgpack"]) as socket:
        assert socket.subprotocol == "msgpack"
