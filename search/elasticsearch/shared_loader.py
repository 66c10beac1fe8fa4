"""One Elasticsearch index that many hosts fill, each through the same door: an alias that only such a load has.

While they do nobody owns the lock of loads, but it says which index they fill, and lets nobody else in. All writes go
by the alias (`require_alias`): once it is gone, because the load was finished or abandoned, a host that was asleep can
neither write nor, as a bulk request otherwise does, make the index anew. What the hosts have to know of each other are
documents of a second, hidden index, which goes with the load.
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

from mappings.errors import EngineRejected, NoSuchLoad, NothingIndexed, Superseded
from search.elasticsearch.indices import door_name, path_of, plan_name
from search.elasticsearch.loader import ElasticsearchLoader
from search.elasticsearch.patience import patiently
from search.elasticsearch.trouble import BulkError
from search.shared_loader import Shared, Stretch

_NO_INDEX = "index_not_found_exception"


class _Kept(msgspec.Struct):
    data: str


class _Found(msgspec.Struct):
    source: _Kept = msgspec.field(name="_source")


class SharedElasticsearchLoader(ElasticsearchLoader):
    """See `search.shared_loader.SharedLoader` for the methods."""

    _bulk: ClassVar[str] = f"{ElasticsearchLoader._bulk}&require_alias=true"

    @property
    def _written(self) -> str:
        return path_of(door_name(self.name))

    def _beside(self) -> dict[str, Any]:
        return {"aliases": {door_name(self.name): {}}}

    def _check_error(self, error: BulkError) -> None:
        super()._check_error(error)
        if error.type == _NO_INDEX:
            raise self._gone()

    async def start(self, contacts: int = 0) -> None:
        await patiently(self._make_plan)
        await super().start(contacts)

    async def _make_plan(self) -> None:
        body = {
            "settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1", "hidden": True}},
            "mappings": {"dynamic": False},
            "aliases": {self._plan_door: {"is_hidden": True}},
        }
        try:
            await self._client.json("PUT", path_of(plan_name(self.name)), body)
        except EngineRejected:
            # As with the index itself: an answer was lost.
            if not await self._indices.exists(plan_name(self.name)):
                raise

    @property
    def _plan_door(self) -> str:
        return door_name(plan_name(self.name))

    async def under_way(self) -> str:
        return await self._lock.shared()

    async def join(self) -> None:
        name = await self.under_way()
        if not name:
            raise NoSuchLoad("no load over many hosts is under way; `contacts index plan` begins one")
        self.name = self._lock.part_of = name
        self._path = path_of(name)

    async def shared(self) -> Shared:
        meta = await patiently(lambda: self._indices.meta(self.name))
        if meta is None:
            raise self._gone()
        return Shared(meta.mapping, meta.parts)

    async def share(self, parts: Sequence[Stretch]) -> None:
        await patiently(lambda: self._indices.mark_shared(self.name, parts))
        await self._lock.share(self.name)

    async def shut(self) -> None:
        await patiently(lambda: self._indices.door(self.name, opened=False))

    async def reopen(self, parts: Sequence[Stretch]) -> None:
        await patiently(lambda: self._indices.mark_shared(self.name, parts))
        await patiently(lambda: self._indices.door(self.name, opened=True))

    async def unshare(self) -> None:
        await self._lock.share("")
        await patiently(lambda: self._indices.remove(plan_name(self.name)))

    async def keep(self, name: str, data: bytes) -> None:
        path, body = path_of(self._plan_door), msgspec.json.encode(_Kept(b64encode(data).decode()))

        async def put() -> bool:
            try:
                await self._client.request("PUT", f"{path}/_doc/{name}?require_alias=true", body)
            except NothingIndexed:
                return False
            return True

        if not await patiently(put):
            raise self._gone()

    async def kept(self, name: str) -> bytes | None:
        path = f"{path_of(plan_name(self.name))}/_doc/{name}"

        async def look() -> bytes | None:
            try:
                answer = await self._client.request("GET", path)
            except NothingIndexed:
                return None
            return b64decode(msgspec.json.decode(answer, type=_Found).source.data)

        return await patiently(look)

    async def versions(self, uuids: Sequence[str]) -> dict[str, int]:
        return await patiently(lambda: self._indices.versions(self.name, list(uuids)))

    async def abort(self) -> None:
        await super().abort()
        await self._indices.remove(plan_name(self.name))

    async def withdraw(self) -> list[str]:
        live = await self._indices.live()
        planned = await self._indices.planned()
        names = sorted({*planned, *filter(None, [self._lock.part_of])}.difference(live))
        for name in names:
            await self._indices.remove(name)
        await self._lock.share("")
        for name in planned:
            await self._indices.remove(plan_name(name))
        return names

    def _gone(self) -> Superseded:
        return Superseded(
            f"the load over many hosts into {self.name} has been finished or abandoned meanwhile; nothing that this "
            "part wrote since is anywhere"
        )
