"""Several searches in one request (`_msearch`): what is sent, and whether all of them were answered."""

from collections.abc import Iterable

import msgspec

from search.elasticsearch.client import Client

_EVERY_SHARD = b'{"allow_partial_search_results":false}'


class Part(msgspec.Struct, frozen=True):
    """The answer to one of them; `error` is what went wrong with it, if anything."""

    status: int = 200
    error: object = None


def body_of(searches: Iterable[bytes]) -> bytes:
    """What is sent, the body of a search after the other."""
    return b"".join([b"%b\n%b\n" % (_EVERY_SHARD, search) for search in searches])


def check(client: Client, parts: Iterable[Part]) -> None:
    """Raise the `EngineError` for the first of them that went wrong."""
    for part in parts:
        if part.error is not None:
            raise client.refused(part.status, msgspec.json.encode({"error": part.error}))
