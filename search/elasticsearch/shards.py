"""Answers in which every shard must have had its say: less than all of them would be a wrong answer in silence.

Searches say so in their path (`allow_partial_search_results=false`), and so does a count, which is a search without
hits. Refreshes and look-ups by id have no such word, and are answered well where a shard is out of reach.
"""

import msgspec

from mappings.errors import EngineUnavailable
from search.elasticsearch.trouble import PART_MISSING

COUNT = "/_search?allow_partial_search_results=false&size=0&track_total_hits=true&filter_path=hits.total.value"
"""The path of a count, below that of an index. `_count` is answered well where a shard is missing, and says nothing of
one that ended before its time (`search.default_search_timeout` of the cluster)."""


class _Shards(msgspec.Struct):
    failed: int = 0


class _Total(msgspec.Struct):
    value: int


class _Hits(msgspec.Struct):
    total: _Total


class _Count(msgspec.Struct):
    hits: _Hits


class _Refreshed(msgspec.Struct):
    shards: _Shards = msgspec.field(name="_shards")


class _Version(msgspec.Struct):
    id: str = msgspec.field(name="_id")
    version: int | None = msgspec.field(name="_version", default=None)
    error: msgspec.Raw = msgspec.Raw()


class _Versions(msgspec.Struct):
    docs: list[_Version]


_count = msgspec.json.Decoder(_Count).decode
_refreshed = msgspec.json.Decoder(_Refreshed).decode
_versions = msgspec.json.Decoder(_Versions).decode


def count_of(answer: bytes) -> int:
    """The number in the answer to a count."""
    return _count(answer).hits.total.value


def check_refreshed(answer: bytes) -> None:
    """Raises `EngineUnavailable` if a copy that is there could not be refreshed."""
    if _refreshed(answer).shards.failed:
        raise EngineUnavailable(PART_MISSING)


def versions_of(answer: bytes) -> dict[str, int]:
    """Id → version of the documents that were found by their ids. Raises `EngineUnavailable` if one can't be told."""
    docs = _versions(answer).docs
    if any(bytes(each.error) for each in docs):
        raise EngineUnavailable(PART_MISSING)
    return {each.id: each.version for each in docs if each.version is not None}
