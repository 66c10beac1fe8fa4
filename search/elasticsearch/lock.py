"""The lock of the loads into an alias: one small document beside its indices, which only one load at a time owns.

All writes to it are compare-and-set on the sequence number that was read last, so two hosts never both succeed. Who
owns it writes it anew every few seconds. That the owner is gone is judged by that alone: whoever wants the lock looks
at it for as long as `GONE_SECONDS`, by a clock of its own, and no clock is compared with another.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from functools import partial
from uuid import uuid4

import msgspec

from mappings.errors import (
    EngineError,
    EngineRejected,
    EngineUnavailable,
    LoadRunning,
    NothingIndexed,
    Superseded,
)
from search.elasticsearch.client import Client
from search.elasticsearch.indices import lock_name, path_of
from search.elasticsearch.patience import BUSY, patiently
from search.elasticsearch.trouble import SECURITY, BulkError
from search.engine import EngineSettings
from search.loader import Holder

BEAT_SECONDS = 5.0
"""How often the owner writes the lock."""

GONE_SECONDS = 60.0
"""How long a lock stays as it was before its owner is taken for gone."""

ANSWER_SECONDS = 10.0
"""How long the cluster may take for one beat, so that a slow answer alone costs nobody the lock."""

RELEASE_SECONDS = 2.0

_LOOK_SECONDS = 1.0
_ID = "load"
_CONFLICT = 409
_BULK = (
    "/_bulk?filter_path=items.*.status,items.*.error.type,items.*.error.reason,items.*._seq_no,items.*._primary_term"
)

_log = logging.getLogger(__name__)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What the lock says.

    Attributes:
        holder: who owns it; `None` while nobody loads.
        run: tells one load of a holder from another.
        beat: counted up while the owner is alive.
        generation: that of the latest update in place. It stays when the lock is given back.
        shared: the store that many hosts are filling, without the lock; "" if none is. It stays, too, and keeps all
            other loads out.
    """

    holder: Holder | None = None
    run: str = ""
    beat: int = 0
    generation: int = 0
    shared: str = ""


class _Place(msgspec.Struct, frozen=True):
    """The state of the document that the next write expects."""

    seq_no: int = msgspec.field(name="_seq_no", default=-1)
    primary_term: int = msgspec.field(name="_primary_term", default=0)
    status: int = 0
    error: BulkError | None = None


class _Found(_Place, frozen=True):
    source: Entry = msgspec.field(name="_source", default=Entry())


class _Outcomes(msgspec.Struct):
    items: list[dict[str, _Place]]


_encode = msgspec.json.Encoder().encode
_found = msgspec.json.Decoder(_Found).decode
_outcomes = msgspec.json.Decoder(_Outcomes).decode

_EVERYWHERE = {"auto_expand_replicas": "0-all"}
"""A copy on every node that may have one: so the lock outlives all nodes but one, and its copies count data nodes."""

BODY = {
    "settings": {"index": {"number_of_shards": 1, **_EVERYWHERE, "hidden": True}},
    "mappings": {"dynamic": False},
}
"""The index of the lock and of what is noted beside the loads, whose documents are only ever asked for by their id.
Hidden, `contacts-*` does not find it."""


class LoadLock:
    """The lock of the loads into the alias of `settings`, for one load.

    Attributes:
        part_of: the store that many hosts are filling, for who is to finish or to abandon that; else "".
    """

    def __init__(self, settings: EngineSettings) -> None:
        self.part_of = ""
        self._client = Client(settings, timeout=ANSWER_SECONDS)
        self._alias, self._path = settings.index, path_of(lock_name(settings.index))
        self._run = uuid4().hex
        self._entry, self._place = Entry(), _Place()
        self._held = False
        self._writing = asyncio.Lock()

    @asynccontextmanager
    async def held(self, holder: Holder) -> AsyncGenerator[None]:
        """Own the lock for as long as the block runs; that is cancelled should somebody else take over.

        Raises:
            LoadRunning: somebody else owns it, and is alive; or many hosts fill a store.
            Superseded: somebody else took it over, because this load gave no sign of life; or the store that many hosts
                filled was finished or abandoned.
        """
        await self._take(holder)
        self._held = True
        try:
            async with asyncio.timeout(None) as lease:
                beating = asyncio.create_task(self._beat(lease))
                try:
                    yield
                finally:
                    beating.cancel()
                    await asyncio.wait([beating])
        except TimeoutError:
            if not lease.expired():
                raise
            raise Superseded(self._lost()) from None
        finally:
            self._held = False
            with suppress(EngineError, TimeoutError):
                async with asyncio.timeout(RELEASE_SECONDS):
                    await self._replace(Entry(generation=self._entry.generation, shared=self._entry.shared))

    async def confirm(self) -> None:
        """Return if the lock is ours now, or if this load never asked for it. Raises `Superseded`."""
        if self._held and not await patiently(self._renew):
            raise Superseded(self._lost())

    async def next_generation(self, used: int) -> int:
        """A number for an update in place that no other one has, above `used` and all that were ever given.

        Raises:
            Superseded: somebody else took the lock over.
        """
        generation = max(self._entry.generation, used) + 1
        if self._held and not await patiently(partial(self._renew, generation)):
            raise Superseded(self._lost())
        return generation

    async def shared(self) -> str:
        """The store that many hosts are filling; "" if none is."""
        try:
            return _found(await self._client.request("GET", f"{self._path}/_doc/{_ID}")).source.shared
        except NothingIndexed:
            return ""

    async def share(self, store: str) -> None:
        """From now on many hosts fill `store`; with "" they do no longer. To be called within `held`.

        Raises:
            Superseded: somebody else took the lock over.
        """
        if not await patiently(partial(self._renew, shared=store)):
            raise Superseded(self._lost())
        self.part_of = store

    async def nodes(self) -> int:
        """How many nodes an index can be on. The copies of the lock's own say so to who may not ask the cluster."""
        path = f"{self._path}/_settings"
        try:
            # One of an earlier version has two copies at most.
            await self._client.json("PUT", path, {"index": _EVERYWHERE})
        except NothingIndexed:
            await self._look()
        (found,) = (await self._client.json("GET", f"{path}?flat_settings=true")).values()
        return 1 + int(found["settings"]["index.number_of_replicas"])

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def _take(self, holder: Holder) -> None:
        while True:
            found = await self._look()
            owner = found.source.holder
            if owner is not None and found.source.run != self._run and owner.place != holder.place:
                await self._watch(found)
                found = await self._look()
            self._check_shared(found.source.shared)
            self._entry, self._place = found.source, found
            wanted = Entry(holder=holder, run=self._run, generation=found.source.generation, shared=self.part_of)
            if await patiently(partial(self._write, wanted)):
                return

    def _check_shared(self, store: str) -> None:
        """Many hosts are filling what this load is part of, and nothing else."""
        if store == self.part_of:
            return
        if self.part_of:
            raise Superseded(f"the load over many hosts into {self.part_of} has been finished or abandoned meanwhile")
        raise LoadRunning(
            f"many hosts are loading into {self._alias} ({store}): `contacts index finish` ends that load, and "
            "`contacts index abandon` removes it"
        )

    async def _watch(self, found: _Found) -> None:
        """Return when the lock is free or its owner gone. Raises `LoadRunning` as soon as that gives a sign of life."""
        now = asyncio.get_running_loop().time
        started, told = now(), False
        while now() - started < GONE_SECONDS:
            await asyncio.sleep(_LOOK_SECONDS)
            latest = await self._look()
            if latest.source.holder is None:
                return
            if latest.seq_no != found.seq_no:
                raise LoadRunning(self._refusal(latest.source.holder))
            if not told and now() - started > 2 * BEAT_SECONDS:
                told = True
                _log.warning("A load that gives no sign of life has the lock; in %.0f s it is taken over", GONE_SECONDS)

    async def _look(self) -> _Found:
        """The lock as it is; its index is made where there is none."""
        path = f"{self._path}/_doc/{_ID}"
        try:
            return _found(await self._client.request("GET", path))
        except NothingIndexed:
            with suppress(EngineRejected):
                # Refused where it is there already, and only the document is not.
                await self._client.json("PUT", self._path, BODY)
            return _Found()

    async def _beat(self, lease: asyncio.Timeout) -> None:
        """Renew the lock again and again; end the block when it is somebody else's."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            # A cluster that can't be asked can't be asked by others either. The next beat tells more.
            with suppress(EngineError):
                if not await self._renew():
                    lease.reschedule(asyncio.get_running_loop().time())
                    return

    async def _renew(self, generation: int = 0, shared: str | None = None) -> bool:
        """Give a sign of life, and say what is new; whether the lock is still ours."""
        async with self._writing:
            before = self._entry
            entry = msgspec.structs.replace(
                before,
                beat=before.beat + 1,
                generation=max(generation, before.generation),
                shared=before.shared if shared is None else shared,
            )
            return await self._replace(entry)

    async def _replace(self, entry: Entry) -> bool:
        """Write `entry` in place of what we wrote last; whether the lock was still ours."""
        if await self._write(entry):
            return True
        found = await self._look()
        if found.source.run != self._run:
            self._entry = found.source
            return False
        # An earlier write of ours, whose answer was lost.
        self._place = found
        return await self._write(entry)

    async def _write(self, entry: Entry) -> bool:
        """Write what the lock says, if it still is as it was read last; whether it was."""
        if self._place.seq_no < 0:
            action: dict[str, object] = {"create": {"_id": _ID}}
        else:
            expected = {"if_seq_no": self._place.seq_no, "if_primary_term": self._place.primary_term}
            action = {"index": {"_id": _ID} | expected}
        body = b"%b\n%b\n" % (_encode(action), _encode(entry))
        answer = await self._client.request("POST", self._path + _BULK, body, ndjson=True)
        ((outcome,),) = (item.values() for item in _outcomes(answer).items)
        if outcome.status == _CONFLICT:
            return False
        if outcome.error is not None and outcome.error.type == SECURITY:
            raise self._client.denied(outcome.error.reason)
        if outcome.status in BUSY:
            raise EngineUnavailable("The contacts engine is too busy to write the lock of loads.")
        if outcome.status >= 400:
            raise EngineRejected(f"The contacts engine refused to write the lock of loads ({outcome.status}).")
        self._entry, self._place = entry, outcome
        return True

    def _refusal(self, holder: Holder) -> str:
        return (
            f"another load into {self._alias} is running: {holder}; wait for it or stop it there. "
            f"One whose host is gone is taken over after {GONE_SECONDS:.0f} s without a sign of life"
        )

    def _lost(self) -> str:
        return (
            f"this load into {self._alias} gave no sign of life for {GONE_SECONDS:.0f} s, and its lock was taken over: "
            f"{self._entry.holder or 'nobody has it now'}; load anew without --resume when that is done"
        )
