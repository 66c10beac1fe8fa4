"""Several searches in one request: what is sent, and what is taken of the answer."""

import asyncio

import pytest

from mappings.errors import EngineUnavailable
from search.elasticsearch.client import Client
from search.elasticsearch.many_searches import Searches, body_of
from search.engine import EngineSettings

HEADER = b'{"allow_partial_search_results":false}'


def test_each_search_has_a_line_of_its_own_and_asks_every_shard() -> None:
    assert body_of([b"{}", b'{"size":0}']).split(b"\n") == [HEADER, b"{}", HEADER, b'{"size":0}', b""]
    assert body_of([]) == b""


def test_a_query_is_sent_once_with_all_that_is_wanted_of_it() -> None:
    searches = Searches()
    searches.add(b'{"a":1}', {"x": {"y": 2}})
    searches.add(b'{"b":1}')
    searches.add(b'{"a":1}', {"z": {}})
    assert searches.body().splitlines()[1::2] == [
        b'{"size":0,"track_total_hits":true,"query":{"a":1},"aggs":{"x":{"y":2},"z":{}}}',
        b'{"size":0,"track_total_hits":true,"query":{"b":1}}',
    ]
    answers = searches.answers(
        b'{"responses":[{"hits":{"total":{"value":3}},"aggregations":{"x":{"n":4},"z":{}}},{"status":200}]}'
    )
    first, second = answers.values()
    assert (first.count, {name: bytes(of) for name, of in first.aggregations.items()}) == (
        3,
        {"x": b'{"n":4}', "z": b"{}"},
    )
    assert (second.count, second.aggregations) == (0, {})
    assert list(answers) == [b'{"a":1}', b'{"b":1}']


class _Server(Client):
    """Says that the second of two searches went wrong."""

    async def request(self, method: str, path: str, body: bytes | None = None, *, ndjson: bool = False) -> bytes:
        assert (method, path.partition("?")[0], ndjson) == ("POST", "/contacts/_msearch", True)
        return b'{"responses":[{"status":200},{"status":503,"error":{"type":"x"}}]}'


def test_what_goes_wrong_with_one_goes_wrong_with_all() -> None:
    async def run() -> None:
        client, searches = _Server(EngineSettings()), Searches()
        searches.add(b"{}")
        searches.add(b'{"a":1}')
        try:
            await searches.ask(client, "/contacts")
        finally:
            await client.close()

    with pytest.raises(EngineUnavailable):
        asyncio.run(run())
