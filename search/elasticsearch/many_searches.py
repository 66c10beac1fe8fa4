"""Several searches in one request (`_msearch`): what is sent, and what was answered.

Of what a search finds only numbers are wanted here: how many there are, and aggregations. Whoever wants one of a query
that is sent already has it go with that.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import msgspec

from search.elasticsearch.client import Client

_EVERY_SHARD = b'{"allow_partial_search_results":false}'

EVERYBODY = b'{"match_all":{}}'

DISTINCT = "distinct"
"""The aggregation that counts different values, of which none is wanted."""

_SENT = (
    "responses.status,responses.error,responses._shards.total,responses.hits.total.value,responses.aggregations,"
    f"-responses.aggregations.{DISTINCT}.listed.buckets"
)
"""What of the answer is needed (`filter_path`)."""


class Part(msgspec.Struct, frozen=True):
    """The answer to one of them; `error` is what went wrong with it, if anything."""

    status: int = 200
    error: object = None


class _Total(msgspec.Struct, frozen=True):
    value: int


class _Hits(msgspec.Struct, frozen=True):
    total: _Total = _Total(0)


class _Shards(msgspec.Struct, frozen=True):
    total: int


class Answer(Part, frozen=True):
    """The answer to one of them: how many contacts it finds, and its aggregations by their names."""

    asked: _Shards = msgspec.field(name="_shards", default=_Shards(0))
    hits: _Hits = _Hits()
    aggregations: dict[str, msgspec.Raw] = {}

    @property
    def count(self) -> int:
        """How many contacts it finds."""
        return self.hits.total.value

    @property
    def of_one_shard(self) -> bool:
        """Whether one shard has all contacts that were looked at."""
        return self.asked.total == 1


class _Answers(msgspec.Struct):
    responses: list[Answer]


_answers = msgspec.json.Decoder(_Answers).decode
_encode = msgspec.json.Encoder().encode


class Searches:
    """Searches that go together: query → its aggregations by their names."""

    def __init__(self) -> None:
        self.asked: dict[bytes, dict[str, Any]] = {}

    def add(self, query: bytes, aggregations: Mapping[str, Any] | None = None) -> None:
        """Ask how many contacts a query finds, and for some aggregations of these."""
        self.asked.setdefault(query, {}).update(aggregations or {})

    def body(self) -> bytes:
        """What is sent, a search after the other."""
        return body_of(
            b'{"size":0,"track_total_hits":true,"query":%b%b}'
            % (query, b',"aggs":%b' % _encode(aggregations) if aggregations else b"")
            for query, aggregations in self.asked.items()
        )

    def answers(self, body: bytes) -> dict[bytes, Answer]:
        """Query → its answer."""
        return dict(zip(self.asked, _answers(body).responses, strict=True))

    async def ask(self, client: Client, path: str) -> dict[bytes, Answer]:
        """The same, of the contacts at `path`. Raises `EngineError` for the first that went wrong."""
        url = f"{path}/_msearch?filter_path={_SENT}"
        answers = self.answers(await client.request("POST", url, self.body(), ndjson=True))
        check(client, answers.values())
        return answers


class Question(Protocol):
    """What is asked in one round trip or in several, and what has been answered of it."""

    def ask(self, searches: Searches) -> None:
        """Put what is still to be asked among the searches, if anything is."""

    def read(self, answers: Mapping[bytes, Answer]) -> None:
        """Take what was answered to that; nothing, if nothing was asked."""


def body_of(searches: Iterable[bytes]) -> bytes:
    """What is sent, the body of a search after the other."""
    return b"".join([b"%b\n%b\n" % (_EVERY_SHARD, search) for search in searches])


def check(client: Client, parts: Iterable[Part]) -> None:
    """Raise the `EngineError` for the first of them that went wrong."""
    for part in parts:
        if part.error is not None:
            raise client.refused(part.status, msgspec.json.encode({"error": part.error}))
