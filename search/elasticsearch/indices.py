"""The indices of an alias: which there are, which is live, and the one call that switches between them.

A complete index says so in its mapping (`_meta`): one that a crashed load left behind is never taken for an earlier
load, neither by a rollback nor by the cleaning up after a swap. Beside that stands the version it was made with.
"""

from collections.abc import Sequence
from contextlib import nullcontext, suppress
from typing import Any
from urllib.parse import quote

import msgspec

from mappings.errors import EngineRejected, NothingIndexed
from search.elasticsearch.client import Client
from search.elasticsearch.schema import META
from search.elasticsearch.shards import COUNT, check_refreshed, count_of, versions_of
from search.elasticsearch.spread import MASTER_SECONDS, spread_of
from search.shared_loader import Stretch
from search.stores import LoadFigures, Store, by_age, destination, new_stamp


class Meta(msgspec.Struct, frozen=True):
    """What an index says of itself.

    Attributes:
        complete: it holds a whole load.
        mapping: the `MAPPING_VERSION` it was made with; 0 if it does not say.
        updates: updates in place that have begun, counted.
        updating: one of them has not come to its end, and may be writing.
        figures: what the last load into it came to.
        parts: what each part of it reads, while many hosts fill it.
    """

    complete: bool = False
    mapping: int = 0
    updates: int = 0
    updating: bool = False
    figures: LoadFigures | None = None
    parts: tuple[Stretch, ...] = ()


Content = dict[str, Meta]
"""Index → what it says of itself. As long as that is the same of all behind the alias, and none of them is `updating`,
the contacts are the same."""


def new_name(alias: str) -> str:
    """The name of a new index for `alias`. Capitals are not for names of indices."""
    return f"{alias}-{new_stamp().lower()}"


def lock_name(alias: str) -> str:
    """The name of the index that the lock of the loads into `alias` is in."""
    return f"{alias}-lock"


def door_name(store: str) -> str:
    """The alias by which many hosts write into `store`: where it is not, none of them can."""
    return f"{store}-door"


def plan_name(store: str) -> str:
    """The name of the index that all else is in that those who fill `store` have to know of each other."""
    return f"{store}-plan"


def path_of(*names: str) -> str:
    """The path of an index or alias, or of several."""
    return "/" + ",".join([quote(name, safe="") for name in names])


class Indices:
    """The indices behind `alias`."""

    def __init__(self, client: Client, alias: str) -> None:
        self._client, self._alias = client, alias

    async def live(self) -> list[str]:
        """The indices behind the alias: one, or none before the first load."""
        aliases = await self._client.json("GET", "/_alias")
        if self._alias in aliases:
            raise EngineRejected(f"An index is named {self._alias}, as the alias should be; rename or delete it.")
        return [name for name, entry in aliases.items() if self._alias in entry["aliases"]]

    async def live_store(self) -> Store | None:
        """The live contacts, whatever index they are in."""
        names = await self.live()
        if not names:
            return None
        return Store(",".join(names), await self.count(self._alias), live=True, mapping=await self.mapping())

    async def serving(self) -> Store:
        """The live contacts as a reader sees them, who may ask about the alias only. Raises where there is none."""
        content = await self.content()
        mapping = min(meta.mapping for meta in content.values())
        contacts, spread = await self.count(self._alias), await spread_of(self._client, path_of(self._alias))
        return Store(",".join(sorted(content)), contacts, live=True, mapping=mapping, spread=spread)

    async def mapping(self) -> int:
        """The lowest `MAPPING_VERSION` behind the alias; 0 where an index does not say."""
        return min(meta.mapping for meta in (await self.content()).values())

    async def content(self) -> Content:
        """What is behind the alias. Raises where there is nothing."""
        path = f"{path_of(self._alias)}/_mapping?master_timeout={MASTER_SECONDS}s"
        return {name: _meta(entry) for name, entry in (await self._client.json("GET", path)).items()}

    async def count(self, name: str) -> int:
        """The contacts in an index or behind an alias, of all its shards."""
        return count_of(await self._client.request("GET", path_of(name) + COUNT))

    async def refresh(self, name: str) -> None:
        """Make what was written findable, in every copy that is there."""
        check_refreshed(await self._client.request("POST", f"{path_of(name)}/_refresh"))

    async def exists(self, name: str) -> bool:
        """Whether there is such an index."""
        return name in await self._client.json("GET", "/_alias")

    async def mark_complete(self, name: str, figures: LoadFigures | None) -> None:
        """Note that `name` holds a whole load, which came to `figures`."""
        await self._note(name, Meta(complete=True, mapping=META["mapping"], figures=figures))

    async def mark_shared(self, name: str, parts: Sequence[Stretch]) -> None:
        """Note that many hosts fill `name`, in these parts, and that it is not complete."""
        await self._note(name, Meta(mapping=META["mapping"], parts=tuple(parts)))

    async def meta(self, name: str) -> Meta | None:
        """What `name` says of itself; `None` if it is not there."""
        try:
            return _meta((await self._client.json("GET", f"{path_of(name)}/_mapping"))[name])
        except NothingIndexed:
            return None

    async def door(self, name: str, opened: bool) -> None:
        """Open or shut the way by which many hosts write into `name`; it may be so already."""
        change = {"add" if opened else "remove": {"index": name, "alias": door_name(name)}}
        with nullcontext() if opened else suppress(NothingIndexed):
            # Refused where it is shut already.
            await self._client.json("POST", "/_aliases", {"actions": [change]})

    async def planned(self) -> list[str]:
        """The stores beside which there is a plan, the oldest first."""
        ending = plan_name("")
        names = by_age(await self._client.json("GET", "/_alias?expand_wildcards=all"), self._alias, ending)
        return [name.removesuffix(ending) for name in names]

    async def mark_updating(self) -> None:
        """Note that an update in place begins."""
        for name, meta in (await self.content()).items():
            await self._note(name, msgspec.structs.replace(meta, updates=meta.updates + 1, updating=True))

    async def mark_updated(self, figures: LoadFigures | None) -> None:
        """Note that it has come to its end, and to `figures`; to those before where there are none."""
        for name, meta in (await self.content()).items():
            told = figures or meta.figures
            await self._note(name, msgspec.structs.replace(meta, updating=False, figures=told))

    async def _note(self, name: str, meta: Meta) -> None:
        await self._client.json("PUT", f"{path_of(name)}/_mapping", {"_meta": msgspec.to_builtins(meta)})

    async def complete(self) -> Content:
        """All complete indices, the oldest first, and what each says of itself."""
        return {name: meta for name, meta in (await self._metas()).items() if meta.complete}

    async def incomplete(self) -> list[str]:
        """The indices that a load was to fill and did not complete, the oldest first; the live ones aside."""
        live = await self.live()
        return [name for name, meta in (await self._metas()).items() if not meta.complete and name not in live]

    async def highest_version(self) -> int:
        """The highest version of a document behind the alias that can be searched; 0 where there is none."""
        body = {"size": 1, "sort": [{"_version": "desc"}], "_source": False, "track_total_hits": False}
        path = f"{path_of(self._alias)}/_search?allow_partial_search_results=false"
        hits = (await self._client.json("POST", path, body))["hits"]["hits"]
        return int(hits[0]["sort"][0]) if hits else 0

    async def versions(self, name: str, uuids: list[str]) -> dict[str, int]:
        """uuid → the version of its document in an index or behind an alias, whether it can be searched or not."""
        body = msgspec.json.encode({"ids": uuids})
        return versions_of(await self._client.request("POST", f"{path_of(name)}/_mget?_source=false", body))

    async def stores(self) -> list[Store]:
        """All complete indices with their contacts, the oldest first."""
        live = await self.live()
        complete = await self.complete()
        return [
            Store(name, await self.count(name), name in live, meta.mapping, figures=meta.figures)
            for name, meta in complete.items()
        ]

    async def switch(self, name: str) -> None:
        """Make `name` what the alias stands for, in one call."""
        live = [other for other in await self.live() if other != name]
        actions: list[dict[str, Any]] = [{"remove": {"index": other, "alias": self._alias}} for other in live]
        actions.append({"add": {"index": name, "alias": self._alias}})
        await self._client.json("POST", "/_aliases", {"actions": actions})

    async def remove(self, name: str) -> None:
        """Delete `name`, if it is there."""
        await self._client.request("DELETE", f"{path_of(name)}?ignore_unavailable=true")

    async def rollback(self, name: str | None = None) -> Store:
        """Make the newest complete index that is older than the live one live, or the one with this name."""
        live = await self.live()
        complete = await self.complete()
        name = destination(list(complete), live, name)
        await self.switch(name)
        return Store(name, await self.count(name), live=True, mapping=complete[name].mapping)

    async def _metas(self) -> dict[str, Meta]:
        mappings = await self._client.json("GET", f"{path_of(self._alias)}-*/_mapping")
        return {name: _meta(mappings[name]) for name in by_age(mappings, self._alias)}


def _meta(entry: dict[str, Any]) -> Meta:
    """What an index says of itself, from the answer about its mapping."""
    return msgspec.convert(entry["mappings"].get("_meta", {}), Meta)
