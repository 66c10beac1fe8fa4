"""A load into Elasticsearch: `contacts index csv` beside the version before, the client library and a plain script.

All load the same contacts into fresh indices of one server, in turn:

- `contacts index csv`, from the file to the swap. As the others leave their indices as they are, what is compared by
  time is the command with `--no-merge`; room and the server's work are compared by that with the merge, as by default;
- the same command of each version before, as that does by default;
- the script that a user would write (`benchmarks.plain_script`), from the file;
- `helpers.parallel_bulk`, which gets finished documents as dictionaries in memory and only sends them;
- the ceiling: our own loader with every document encoded beforehand, which is what ours would be if reading, checking
  and deriving took no time.

Of each: seconds, processor time of the client and of the server's process up to when that has nothing left to do, and
bytes on its disk.
"""

import asyncio
import gc
import json
import sys
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from elasticsearch import Elasticsearch
from elasticsearch.helpers import parallel_bulk

from benchmarks.bench import Bench, Benchmark, Checkout
from benchmarks.figures import MILLION, Figure, Measured, at_least, at_most
from benchmarks.loads import load
from benchmarks.measure import median_ratio, medians, rotated
from benchmarks.plain_script import JSON
from benchmarks.processes import run as run_command
from benchmarks.processes import worked
from benchmarks.stores import INDEX
from indexing.sources.base import BATCH_ROWS
from indexing.sources.csv import CsvSource
from search.elasticsearch.encoder import ElasticsearchEncoder
from search.elasticsearch.loader import ElasticsearchLoader
from search.elasticsearch.schema import index_body
from search.elasticsearch.settings import ElasticsearchSettings
from search.engine import EngineSettings
from search.loader import Document
from tests.harness.loads import items_of
from tests.harness.service import environment_of
from tests.harness.stores import delete_loads

_ROUNDS, _WARMUP = 3, 2
"""A server's first loads don't count: until its compiler is done with what a load needs, after some 200,000 contacts,
they cost it up to four times as much CPU as later ones."""
_CHUNK, _THREADS = 500, 2
_ENGINE = "elasticsearch"

SCRIPT = Figure(
    name="contacts index csv ÷ the script a user would write, rows a second", engine=_ENGINE, target=at_least(2.0)
)
PARALLEL = Figure(
    name="contacts index csv ÷ parallel_bulk of finished documents, rows a second", engine=_ENGINE, target=at_least(1.0)
)
CEILING = Figure(
    name="contacts index csv ÷ its ceiling, every document encoded beforehand, rows a second",
    engine=_ENGINE,
    target=at_least(0.85),
)
SECONDS = Figure(name="a million contacts, elapsed", engine=_ENGINE, unit="s")
CLIENT = Figure(name="a million contacts, CPU of the client", engine=_ENGINE, unit="s")
SERVER = Figure(name="a million contacts, CPU of the server", engine=_ENGINE, unit="s")
ROOM = Figure(name="a million contacts, on the server's disk", engine=_ENGINE, unit="MB")
CLIENT_BEFORE = Figure(
    name="CPU of the client a row ÷ the commit before", engine=_ENGINE, target=at_most(0.5), beside_before=True
)
SERVER_BEFORE = Figure(
    name="CPU of the server a contact ÷ the commit before", engine=_ENGINE, target=at_most(1.0), beside_before=True
)
ROOM_BEFORE = Figure(
    name="bytes a contact after the load's merge ÷ the commit before",
    engine=_ENGINE,
    target=at_most(0.6),
    beside_before=True,
)


class Spent(msgspec.Struct):
    """What the loads of one side came to, each in its turn: `Load` and more, for a million contacts."""

    seconds: list[float] = []
    client: list[float] = []
    server: list[float] = []
    megabytes: list[float] = []


Side = Callable[[str], tuple[float, float]]
"""Loads into an alias or index of this name; seconds, and seconds of the processor."""

OURS, MERGED = "contacts index csv --no-merge", "contacts index csv"
PLAIN, PEER, TOP = "plain script", "parallel_bulk", "ceiling"


def run(bench: Bench) -> Iterator[Measured]:
    """All sides in turn; which goes first changes with every round."""
    if _ENGINE not in bench.sizes.engines:
        return
    contacts = bench.sizes.few
    sides = _sides(bench, bench.stores.sample(contacts))
    for turn in range(bench.sizes.rounds(_WARMUP)):
        bench.say(f"the server gets warm, {turn + 1}")
        _one_load(bench, sides[TOP], Spent(), contacts)
    spent = {name: Spent() for name in sides}
    for turn in range(bench.sizes.rounds(_ROUNDS)):
        for place, name in enumerate(rotated(list(sides), turn)):
            bench.say(f"round {turn + 1}, {place + 1} of {len(sides)}: {name}")
            _one_load(bench, sides[name], spent[name], contacts)
    yield from _figures(spent, bench.befores, contacts)


def _figures(spent: dict[str, Spent], befores: Sequence[Checkout], contacts: int) -> Iterator[Measured]:
    """What the loads came to."""
    seconds = {name: side.seconds for name, side in spent.items()}
    for figure, other in ((SCRIPT, PLAIN), (PARALLEL, PEER), (CEILING, TOP)):
        # Of rows a second, so the other way round than that of seconds.
        yield figure.measured(median_ratio(seconds[other], seconds[OURS]), contacts)
    measures: tuple[tuple[Figure, str], ...] = (
        (SECONDS, "seconds"), (CLIENT, "client"), (SERVER, "server"), (ROOM, "megabytes"),
    )  # fmt: skip
    for figure, measure in measures:
        each = medians({name: getattr(side, measure) for name, side in spent.items()})
        yield figure.measured(each.pop(MERGED), contacts, beside=each)
    for before in befores:
        now, then = spent[MERGED], spent[before.commit]
        for figure, ours, theirs in (
            (CLIENT_BEFORE, spent[OURS].client, then.client),
            (SERVER_BEFORE, now.server, then.server),
            (ROOM_BEFORE, now.megabytes, then.megabytes),
        ):
            yield figure.measured(median_ratio(ours, theirs), contacts, before.commit)


def _sides(bench: Bench, path: Path) -> dict[str, Side]:
    """Who loads, by name."""
    url, directory = bench.stores.url, bench.stores.directory / "loading"
    directory.mkdir(exist_ok=True)

    def command(code: Path | None = None, *flags: str) -> Side:
        def side(index: str) -> tuple[float, float]:
            environment = environment_of(directory, **bench.stores.settings(_ENGINE, index))
            took = load(environment, path, directory, code, flags)
            return took.seconds, took.cpu

        return side

    def plain(index: str) -> tuple[float, float]:
        script = [sys.executable, "-m", "benchmarks.plain_script", str(path), url, f"{index}-1"]
        took = run_command(script, environment_of(directory))
        return took.seconds, took.cpu

    finished = documents(path)
    actions = [action(document) for document in finished]
    # A million dictionaries are not to be looked through again and again, by whatever side makes garbage.
    gc.collect()
    gc.freeze()
    earlier = {before.commit: command(before.path) for before in bench.befores}
    return {
        OURS: command(None, "--no-merge"),
        MERGED: command(),
        **earlier,
        PLAIN: plain,
        PEER: lambda index: _timed(lambda: _parallel(url, f"{index}-1", actions)),
        TOP: lambda index: _timed(lambda: asyncio.run(_ceiling(url, index, finished))),
    }


def _one_load(bench: Bench, side: Side, spent: Spent, contacts: int) -> None:
    """One load into an index that is gone afterwards, up to when the server has nothing left to do for it."""
    url, index = bench.stores.url, f"{INDEX}-loading"
    delete_loads(url, index)
    [node] = _asked(f"{url}/_nodes/_local/process")["nodes"].values()
    process = int(node["process"]["id"])
    try:
        begun = worked(process)
        seconds, client = side(index)
        _asked(f"{url}/{index}-*/_flush?force=true&expand_wildcards=all", "POST")
        while (stats := _stats(url, index))["merges"]["current"]:
            time.sleep(0.5)
        server = worked(process) - begun
    finally:
        delete_loads(url, index)
    scale = MILLION / contacts
    spent.seconds.append(seconds * scale)
    spent.client.append(client * scale)
    spent.server.append(server * scale)
    spent.megabytes.append(stats["store"]["size_in_bytes"] / 1e6 * scale)


def _stats(url: str, index: str) -> Any:
    return _asked(f"{url}/{index}-*/_stats/merge,store?expand_wildcards=all")["_all"]["primaries"]


def _asked(url: str, method: str = "GET") -> Any:
    request = urllib.request.Request(url, method=method)
    with urllib.request.urlopen(request, timeout=600) as answer:
        return json.load(answer)


def documents(path: Path) -> list[Document]:
    """The finished documents of a CSV."""
    items = items_of(CsvSource(path=str(path)))
    return [ElasticsearchEncoder.encode(number, item) for number, item in enumerate(items, 1)]


def action(document: Document) -> dict[str, object]:
    """The same for the client library."""
    head, source = map(json.loads, document.body.splitlines())
    return {"_id": head["index"]["_id"], "_source": source}


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    started, begun = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - begun


def _parallel(url: str, index: str, actions: list[dict[str, object]]) -> None:
    """`parallel_bulk` into a fresh index, up to the refresh and the count."""
    with Elasticsearch(url, request_timeout=120) as client:
        client.perform_request("PUT", f"/{index}", headers=JSON, body=index_body())
        deque(parallel_bulk(client, actions, thread_count=_THREADS, chunk_size=_CHUNK, index=index), maxlen=0)
        client.perform_request("POST", f"/{index}/_refresh", headers=JSON)
        client.perform_request("GET", f"/{index}/_count", headers=JSON)


async def _ceiling(url: str, index: str, finished: Sequence[Document]) -> None:
    """Our loader on finished documents, up to the refresh and the count."""
    loader = ElasticsearchLoader(EngineSettings(own=ElasticsearchSettings(nodes=(url,)), index=index))
    batches = iter([finished[at : at + BATCH_ROWS] for at in range(0, len(finished), BATCH_ROWS)])

    async def write() -> None:
        for batch in batches:
            await loader.write(batch)

    try:
        await loader.start()
        await asyncio.gather(*[write() for _ in range(loader.in_flight)])
        await loader.finish()
    finally:
        await loader.close()


BENCHMARK = Benchmark(
    words="A load into Elasticsearch, beside the commit before, the client library's own ways and the ceiling",
    figures=(
        SCRIPT,
        PARALLEL,
        CEILING,
        SECONDS,
        CLIENT,
        SERVER,
        ROOM,
        CLIENT_BEFORE,
        SERVER_BEFORE,
        ROOM_BEFORE,
    ),
    run=run,
    seconds=400,
)
