"""What is noted beside the loads of an alias: a document beside the lock, which outlives them all.

All writes are compare-and-set, as those of the lock, so that of two hosts which note something none loses it.
"""

from collections.abc import Callable
from contextlib import suppress

import msgspec

from mappings.errors import EngineRejected, NothingIndexed
from search.elasticsearch.client import Client
from search.elasticsearch.indices import lock_name, path_of
from search.elasticsearch.lock import BODY

_ID = "note"
_TRIES = 5
"""How often somebody else may be faster."""


class _Note(msgspec.Struct, frozen=True):
    note: str = ""


class _Found(msgspec.Struct, frozen=True):
    source: _Note = msgspec.field(name="_source", default=_Note())
    seq_no: int = msgspec.field(name="_seq_no", default=-1)
    primary_term: int = msgspec.field(name="_primary_term", default=0)


_found = msgspec.json.Decoder(_Found).decode


class Notes:
    """The note of the alias `alias`."""

    def __init__(self, client: Client, alias: str) -> None:
        self._client, self._path = client, path_of(lock_name(alias))

    async def read(self) -> bytes:
        """What is noted; empty where nothing is."""
        return (await self._look()).source.note.encode()

    async def change(self, change: Callable[[bytes], bytes]) -> None:
        """Have it be what `change` makes of it, which is called again where somebody else was faster."""
        for tries in range(_TRIES):
            found = await self._look()
            body = msgspec.json.encode(_Note(change(found.source.note.encode()).decode()))
            try:
                await self._write(found, body)
            except EngineRejected:
                if tries == _TRIES - 1:
                    raise
            else:
                return

    async def _look(self) -> _Found:
        try:
            return _found(await self._client.request("GET", f"{self._path}/_doc/{_ID}"))
        except NothingIndexed:
            return _Found()

    async def _write(self, found: _Found, body: bytes) -> None:
        """Write it, if it still is as it was `found`. Raises `EngineRejected` if not."""
        if found.seq_no >= 0:
            expected = f"if_seq_no={found.seq_no}&if_primary_term={found.primary_term}"
            await self._client.request("PUT", f"{self._path}/_doc/{_ID}?{expected}", body)
            return
        with suppress(EngineRejected):
            # Refused where the index is there already.
            await self._client.json("PUT", self._path, BODY)
        await self._client.request("PUT", f"{self._path}/_create/{_ID}", body)
