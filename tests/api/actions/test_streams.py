"""Streams hold what finished answers hold, whatever is asked, and cost one batch at a time."""

import asyncio
import json
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect

from api.actions.requests import SearchRequest, UuidsRequest
from api.actions.service import ContactService
from api.actions.streams import CHUNK, PART_BYTES, SORTED_UUIDS, parts_of
from mappings.errors import EngineUnavailable, InvalidCursor
from tests.harness.clients import UNREAD, URL, ask, eventually, receive, request
from tests.harness.memory_engine import MemoryEngine

pytestmark = pytest.mark.anyio


async def streamed(contacts: ContactService, **data: Any) -> tuple[list[Any], dict[str, Any]]:
    """The items of all parts, and the message after them."""
    stream = await contacts.stream_search(SearchRequest.read({"url": URL, **data}))
    parts = [json.loads(b"[%b]" % part) async for part in stream.parts()]
    return [item for part in parts for item in part], json.loads(stream.end(len(parts)))


async def finished(contacts: ContactService, **data: Any) -> dict[str, Any]:
    return json.loads(await contacts.search(SearchRequest.read({"url": URL, **data})))


@pytest.mark.parametrize("size", [0, 1, 10, 2 * CHUNK + 3])
async def test_a_stream_holds_what_the_answer_holds(settings, size):
    contacts = ContactService(MemoryEngine(size), settings)
    asked: list[dict[str, Any]] = [
        {}, {"offset": 3}, {"limit": 1}, {"limit": 4, "view": "simple"}, {"limit": CHUNK + 1, "offset": 1},
        {"limit": 10**30}, {"offset": 10**30},
    ]  # fmt: skip
    middle = (await finished(contacts, limit=1, offset=size // 2)) if size else {}
    asked += [{"cursor": middle[end], **more} for end in ("next", "previous") if middle.get(end) for more in (
        {}, {"limit": 2}, {"limit": CHUNK}, {"limit": 2 * CHUNK}
    )]  # fmt: skip
    for data in asked:
        items, end = await streamed(contacts, **data)
        expected = await finished(contacts, **data)
        assert items == expected.pop("results"), data
        assert (end.pop("count"), end.pop("parts") > 0) == (len(items), bool(items))
        assert end == expected, data


async def test_uuids_are_the_same_with_and_without_a_limit(settings):
    engine = MemoryEngine(SORTED_UUIDS + 500)
    contacts = ContactService(engine, settings)
    for limit in (None, 1, 7, SORTED_UUIDS, SORTED_UUIDS + 7, 10**30):
        asked = UuidsRequest.read({"url": URL, "limit": limit})
        stream = await contacts.stream_uuids(asked)
        found = [uuid async for part in stream.parts() for uuid in json.loads(b"[%b]" % part)]
        assert found == json.loads(await contacts.uuids(asked))["uuids"]
        assert json.loads(stream.end(3)) == {"count": len(found), "parts": 3}


async def test_a_stream_backwards_from_the_first_contact_is_empty(settings, engine):
    contacts = ContactService(engine, settings)
    second = await finished(contacts, limit=1, offset=1)
    del engine.hits[0]
    for data in ({}, {"limit": 5}):
        items, end = await streamed(contacts, cursor=second["previous"], **data)
        assert (items, end["count"], end["next"], end["previous"]) == ([], 0, None, None)


async def test_a_stream_has_no_largest_size(settings):
    contacts = ContactService(MemoryEngine(10), msgspec.structs.replace(settings, max_response_bytes=1024))
    assert len((await streamed(contacts))[0]) == 10


def test_parts_have_a_size():
    items = [b"x" * 1000] * 3000
    parts = list(parts_of(items))
    assert b",".join(parts) == b",".join(items)
    assert max(map(len, parts)) <= PART_BYTES
    assert list(parts_of([b"x" * PART_BYTES * 2, b"y"])) == [b"x" * PART_BYTES * 2, b"y"]
    assert list(parts_of([])) == []


async def test_mistakes_are_found_before_the_first_part(settings, engine):
    contacts = ContactService(engine, settings)
    with pytest.raises(InvalidCursor):
        await contacts.stream_search(SearchRequest.read({"url": URL, "cursor": "x"}))
    assert engine.started == 0


async def all_messages(socket: ClientConnection) -> list[dict[str, Any]]:
    messages = [await receive(socket)]
    while messages[-1]["status"] == "partial":
        messages.append(await receive(socket))
    return messages


async def test_partial_messages_are_numbered_and_end_with_a_success(serve, engine):
    engine.hits = MemoryEngine(4000).hits
    service = serve()
    async with connect(service.url, max_size=2**20) as socket:
        whole = (await ask(socket, "search_contacts", view="simple"))["data"]
        await socket.send(request("search_contacts", "s", stream=True))
        *parts, end = await all_messages(socket)
        assert len(parts) > 1
        for number, part in enumerate(parts, 1):
            assert list(part) == ["request_id", "action", "status", "data"]
            assert list(part["data"]) == ["sequence", "results"]
            assert (part["request_id"], part["data"]["sequence"]) == ("s", number)
        assert end["data"].pop("count") == 4000
        assert end["data"].pop("parts") == len(parts)
        found = [item["uuid"] for part in parts for item in part["data"]["results"]]
        assert found == [item["uuid"] for item in whole.pop("results")]
        assert end["data"] == whole

        await socket.send(request("get_uuids", "u", stream=True))
        *parts, end = await all_messages(socket)
        assert [uuid for part in parts for uuid in part["data"]["uuids"]] == found
        assert end["data"] == {"count": 4000, "parts": len(parts)}


async def test_stream_is_true_or_false_and_means_nothing_elsewhere(service):
    async with connect(service.url) as socket:
        answer = await ask(socket, "search_contacts", stream="yes")
        assert answer["error"] == {"message": "stream must be true or false, not 'yes'", "code": "validation_error"}
        for value in (False, None):
            assert "results" in (await ask(socket, "search_contacts", stream=value))["data"]
        assert (await ask(socket, "count_contacts", stream=True))["data"] == {"count": 10}


async def test_a_failure_in_the_middle_is_the_actions_error(service, engine, monkeypatch):
    scan = engine.scan

    async def breaking(*arguments: Any, **named: Any) -> Any:
        async for batch in scan(*arguments, **named):
            yield batch
            raise EngineUnavailable("The contacts engine can't be reached.")

    monkeypatch.setattr(engine, "scan", breaking)
    async with connect(service.url) as socket:
        await socket.send(request("search_contacts", stream=True))
        part, end = await all_messages(socket)
        assert len(part["data"]["results"]) == 3
        assert end["error"] == {"message": "The contacts engine can't be reached.", "code": "search_error"}
    assert engine.scans_closed == 1


async def test_the_engine_waits_for_a_slow_reader_who_holds_up_nobody(serve, engine, monkeypatch):
    engine.hits = MemoryEngine(6000).hits
    taken = 0
    scan = engine.scan

    async def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal taken
        async for batch in scan(*arguments, **named):
            taken += 1
            # About a megabyte each.
            yield batch * 700

    monkeypatch.setattr(engine, "scan", counted)
    service = serve(max_running=1, stall_seconds=30)
    async with connect(service.url, **UNREAD) as slow, connect(service.url) as other:
        await slow.send(request("search_contacts", stream=True))
        await eventually(lambda: taken > 4)
        before = -1
        while taken != before:
            before = taken
            await asyncio.sleep(0.5)
        assert taken < 60
        # The reader's slot is free while it takes its time.
        assert (await ask(other, "count_contacts"))["data"] == {"count": 6000}
        assert (await receive(slow))["status"] == "partial"
    await eventually(lambda: engine.scans_closed == 1)


async def test_a_reader_who_stalls_is_closed(serve, engine, monkeypatch):
    scan = engine.scan

    async def endless(*arguments: Any, **named: Any) -> Any:
        async for batch in scan(*arguments, **named):
            while True:
                yield batch * 2000

    monkeypatch.setattr(engine, "scan", endless)
    service = serve(stall_seconds=1.0)
    async with connect(service.url, **UNREAD) as socket:
        await socket.send(request("search_contacts", stream=True))
        await eventually(lambda: engine.scans_closed, 10)


async def test_strict_refuses_unknown_fields_and_unmapped_parameters(service):
    async with connect(service.url) as socket:
        for action in ("analyze", "count_by_filter", "search_contacts", "count_contacts", "get_uuids"):
            assert (await ask(socket, action, strict=True))["status"] == "success"
            answer = await ask(socket, action, strict=True, colour="red")
            assert answer["error"] == {
                "message": "strict: colour is not a field of this action", "code": "validation_error"
            }  # fmt: skip
            answer = await ask(socket, action, strict=True, url=f"{URL}&finderViewId=x")
            assert answer["error"]["code"] == "validation_error"
            assert "finderViewId" in answer["error"]["message"]
            assert (await ask(socket, action, colour="red", url=f"{URL}&finderViewId=x"))["status"] == "success"
        assert "limit" in (await ask(socket, "count_contacts", strict=True, limit=5))["error"]["message"]
        assert "strict must be true" in (await ask(socket, "count_contacts", strict=1))["error"]["message"]
