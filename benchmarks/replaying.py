"""What a service sends to Elasticsearch for a request, for a client to send that has nothing else to do.

The request is answered in this process first, in which every search that goes out is noted, also one that follows from
an answer. What the server then remembers of these is dropped before anything is measured. Only searches are noted: of
what else a service looks for, such as whether the contacts are still the same, a client that asks once knows nothing.
"""

import os
import urllib.request
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import aiohttp

from api.actions.requests import CountRequest
from api.actions.service import ContactService
from api.settings import load_settings
from benchmarks.stores import Loaded
from search.elasticsearch.engine import ElasticsearchEngine

Sent = list[tuple[str, bytes]]
"""Paths and bodies, one after the other."""

Asked = TypeVar("Asked", bound=CountRequest)


async def searches_for(
    store: Loaded, action: Callable[[ContactService, Asked], Awaitable[object]], requests: Sequence[Asked]
) -> list[Sent]:
    """What is sent for each of the requests by a service that has answered another one before."""
    settings = load_settings(os.environ | store.environment, need_secret=False)
    engine = ElasticsearchEngine(settings.engine)
    service, sent = ContactService(engine, settings), []
    noted: Sent = []
    ask = engine._client.request

    async def note(method: str, path: str, body: bytes | None = None, *, ndjson: bool = False) -> bytes:
        if body is not None:
            noted.append((path, body))
        return await ask(method, path, body, ndjson=ndjson)

    setattr(engine._client, "request", note)  # noqa: B010 - of this engine alone
    try:
        for request in (requests[0], *requests):
            noted.clear()
            await action(service, request)
            sent.append([*noted])
    finally:
        await service.aside.close()
        await engine.close()
    _forget(f"{store.url}/{store.index}")
    return sent[1:]


async def replay(session: aiohttp.ClientSession, store: Loaded, sent: Sent) -> None:
    """Send it again, each when the one before is answered."""
    for path, body in sent:
        kind = "x-ndjson" if "/_msearch" in path else "json"
        headers = {"content-type": f"application/{kind}", "accept": "application/json"}
        async with session.post(f"{store.url}{path}", data=body, headers=headers) as answer:
            await answer.read()
            assert answer.status == 200


def _forget(index: str) -> None:
    request = urllib.request.Request(f"{index}/_cache/clear", method="POST")
    urllib.request.urlopen(request, timeout=60).close()
