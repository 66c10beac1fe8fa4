"""An action over one WebSocket beside one count, and beside a bare client: what `benchmarks.explaining` and
`benchmarks.faceting` have in common.

Every request has a filter of its own: no engine has seen what another one asked. On Elasticsearch the bare client keeps
one HTTP connection alive and sends the very searches that the service sends (`benchmarks.replaying`). Which comes first
changes with every round.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Generic

import aiohttp
import msgspec
from websockets.asyncio.client import connect

from api.actions.service import ContactService
from benchmarks.asking import ask
from benchmarks.bench import Bench
from benchmarks.figures import Figure, Measured, at_most
from benchmarks.measure import Call, in_turn, median_ratio, medians
from benchmarks.replaying import Asked, replay, searches_for
from benchmarks.stores import Loaded
from tests.harness.service import Service, running

_ROUNDS, _WARMUP = 60, 10


class Subject(msgspec.Struct, Generic[Asked], frozen=True, kw_only=True):
    """What is measured.

    Attributes:
        title: what the figures call it.
        most: engine → how many counts it may take.
        action: its name.
        answer: what carries it out.
        request: what that takes.
        url: number of a filter → URL.
        options: what is asked beside the URL.
    """

    title: str
    most: Mapping[str, float]
    action: str
    answer: Callable[[ContactService, Asked], Awaitable[object]]
    request: type[Asked]
    url: Callable[[int], str]
    options: Mapping[str, object] = {}

    def figures(self) -> tuple[Figure, ...]:
        """All that is measured."""
        return (*map(self.counts, self.most), self.bare())

    def counts(self, engine: str) -> Figure:
        """How many counts it takes."""
        return Figure(name=f"{self.title} ÷ one count", engine=engine, target=at_most(self.most[engine]))

    def bare(self) -> Figure:
        """How much longer it takes than what is sent for it."""
        name = f"{self.title} ÷ the same searches by a bare client"
        return Figure(name=name, engine="elasticsearch", target=at_most(1.10))

    def run(self, bench: Bench) -> Iterator[Measured]:
        """On each engine."""
        rounds, warmup = bench.sizes.rounds(_ROUNDS), bench.sizes.rounds(_WARMUP)
        for engine, store in bench.on_each_engine():
            with running(store.environment) as service:
                times = asyncio.run(self._measure(service, store, bench.fresh(3 * (warmup + rounds)), warmup))
            asked, beside = times["asked, ms"], medians(times)
            ratio = median_ratio(asked, times["one count, ms"])
            yield self.counts(engine).measured(ratio, store.contacts, beside=beside)
            if "bare, ms" in times:
                yield self.bare().measured(median_ratio(asked, times["bare, ms"]), store.contacts, beside=beside)

    async def _measure(self, service: Service, store: Loaded, numbers: range, warmup: int) -> dict[str, list[float]]:
        """Milliseconds of each round, by what was asked."""
        counted, asked_of, replayed = ([*map(self.url, numbers[at::3])] for at in range(3))
        requests = [msgspec.convert({"url": url, **self.options}, self.request) for url in replayed if store.url]
        sent = await searches_for(store, self.answer, requests) if requests else []
        async with connect(service.socket_url(), max_size=None) as socket, aiohttp.ClientSession() as session:

            async def one(number: int) -> None:
                await ask(socket, "count_contacts", url=counted[number])

            async def asked(number: int) -> None:
                await ask(socket, self.action, url=asked_of[number], **self.options)

            async def bare(number: int) -> None:
                await replay(session, store, sent[number])

            sides: dict[str, Call] = {"one count, ms": one, "asked, ms": asked}
            sides |= {"bare, ms": bare} if store.url else {}
            return await in_turn(sides, len(counted) - warmup, warmup)
