"""The actions that a message can ask for: one row each. Adding an action is one row here."""

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from api.actions.requests import Data, analyze_request, count_request, search_request, uuids_request
from api.actions.service import ContactService
from api.actions.streams import SearchStream, UuidStream

OpenStream = Callable[[ContactService, Data], Awaitable[SearchStream | UuidStream]]


class Action(msgspec.Struct, frozen=True):
    """One action.

    Attributes:
        error_code: the code of its error when the engine or something unforeseen fails.
        answer: makes the answer's `data`, as JSON, of the message's `data`.
        uses_engine: it may wait for the engine, so it needs one of the connection's slots.
        stream: the answer in parts, for actions that have `stream` in their `data`.
    """

    error_code: str
    answer: Callable[[ContactService, Data], Awaitable[bytes]]
    uses_engine: bool = True
    stream: OpenStream | None = None


async def _analyze(service: ContactService, data: Data) -> bytes:
    return await service.analyze(analyze_request(data))


async def _search(service: ContactService, data: Data) -> bytes:
    return (await service.search(search_request(data))).encode()


async def _count(service: ContactService, data: Data) -> bytes:
    return await service.count(count_request(data))


async def _count_by_filter(service: ContactService, data: Data) -> bytes:
    return await service.count_by_filter(analyze_request(data))


async def _uuids(service: ContactService, data: Data) -> bytes:
    return await service.uuids(uuids_request(data))


async def _stream_search(service: ContactService, data: Data) -> SearchStream:
    return await service.stream_search(search_request(data))


async def _stream_uuids(service: ContactService, data: Data) -> UuidStream:
    return await service.stream_uuids(uuids_request(data))


ACTIONS: Mapping[str, Action] = {
    "analyze": Action("analysis_error", _analyze, uses_engine=False),
    "search_contacts": Action("search_error", _search, stream=_stream_search),
    "count_contacts": Action("count_error", _count),
    "count_by_filter": Action("count_error", _count_by_filter),
    "get_uuids": Action("uuids_error", _uuids, stream=_stream_uuids),
}
