"""`python -m benchmarks.indexing`: `contacts index csv` beside `elasticsearch.helpers.parallel_bulk`.

Both load the same contacts into fresh indices of the same mapping on the same server, in turn. Ours starts a process,
reads the CSV file, derives what is searched, checks and swaps; the peer gets the finished documents as dictionaries
in memory and only sends them. A third runner is the ceiling: our own loader with every document encoded beforehand,
which is what ours would be if reading, checking and deriving took no time. Then DuckDB, which has no peer: seconds and
bytes. Of both engines, the resident memory of the job's largest process at its highest, at a tenth of the contacts and
at all of them.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from elasticsearch import Elasticsearch
from elasticsearch.helpers import parallel_bulk

from benchmarks.measure import at_least, at_most, median_ratio, rotated, show
from benchmarks.stores import ENGINES, INDEX, emptied_elasticsearch
from indexing.cli.server_process import CONTACTS
from indexing.sample.contacts import write_sample
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

TARGET_RATIO = 1.3
TARGET_MEBIBYTES = 400
_CHUNK = 500
_THREADS = 2


class Load(msgspec.Struct, frozen=True):
    """One run of the command.

    Attributes:
        seconds: of the whole process.
        cpu: seconds that all its processes were at work.
        mebibytes: of its largest process.
        live: contacts that readers see then.
    """

    seconds: float
    cpu: float
    mebibytes: int
    live: int


def sample(path: Path, number: int) -> Path:
    """A CSV of so many made-up contacts."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        write_sample(number, stream)
    return path


def ours(
    environment: dict[str, str],
    path: Path,
    directory: Path,
    code: Path | None = None,
    flags: Sequence[str] = (),
) -> Load:
    """`contacts index csv` from start to swap, of this checkout or of the one at `code`, with more `flags`."""
    command = [*CONTACTS, "index", "csv", str(path), "--json", "--keep", "0", "--allow-shrink", *flags]
    command += ["--rejects", str(directory / "rejects.ndjson")]
    # In between stands a process of its own: what it reports is of its children only, the job and its workers.
    runner = "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); "
    runner += "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
    runner += "print(used.ru_maxrss // 1024, used.ru_utime + used.ru_stime); sys.exit(code)"
    # As where it is installed: else each process compiles all its modules, a tenth of a second or two of its time.
    environment = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if code is not None:
        environment = environment | {"PYTHONPATH": str(code)}
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", runner, *command],
        env=environment,
        cwd=code,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - started
    summary, used = done.stdout.splitlines()[-2:]
    mebibytes, cpu = used.split()
    return Load(seconds, float(cpu), int(mebibytes), json.loads(summary)["live"])


def documents(path: Path) -> list[Document]:
    """The finished documents of a CSV."""
    items = items_of(CsvSource(path=str(path)))
    return [ElasticsearchEncoder.encode(number, item) for number, item in enumerate(items, 1)]


def action(document: Document) -> dict[str, object]:
    """The same for the peer."""
    head, source = map(json.loads, document.body.splitlines())
    return {"_id": head["index"]["_id"], "_source": source}


def peer(url: str, actions: list[dict[str, object]]) -> float:
    """Seconds of `parallel_bulk` into a fresh index, up to the refresh and the count."""
    client = Elasticsearch(url, request_timeout=120)
    try:
        started = time.perf_counter()
        client.perform_request("PUT", "/benchmark-peer", headers=_JSON, body=index_body())
        loading = parallel_bulk(client, actions, thread_count=_THREADS, chunk_size=_CHUNK, index="benchmark-peer")
        deque(loading, maxlen=0)
        client.perform_request("POST", "/benchmark-peer/_refresh", headers=_JSON)
        client.perform_request("GET", "/benchmark-peer/_count", headers=_JSON)
        return time.perf_counter() - started
    finally:
        client.perform_request("DELETE", "/benchmark-peer", headers=_JSON)
        client.close()


async def ceiling(url: str, finished: Sequence[Document]) -> float:
    """Seconds of our loader on finished documents, up to the refresh and the count."""
    loader = ElasticsearchLoader(EngineSettings(own=ElasticsearchSettings(nodes=(url,)), index="benchmark-ceiling"))
    batches = iter([finished[at : at + BATCH_ROWS] for at in range(0, len(finished), BATCH_ROWS)])

    async def write() -> None:
        for batch in batches:
            await loader.write(batch)

    try:
        started = time.perf_counter()
        await loader.start()
        await asyncio.gather(*[write() for _ in range(loader.in_flight)])
        await loader.finish()
        return time.perf_counter() - started
    finally:
        await loader.abort()
        await loader.close()


_JSON = {"content-type": "application/json", "accept": "application/json"}


def compare(directory: Path, url: str, number: int, rounds: int) -> dict[str, object]:
    """Ours, the peer and the ceiling in turn; which goes first changes with every round."""
    path = sample(directory / "sample.csv", number)
    small = sample(directory / "small.csv", max(1, number // 10))
    finished = documents(path)
    actions = [action(document) for document in finished]
    settings = {"CONTACTS_ENGINE": "elasticsearch", "CONTACTS_ELASTICSEARCH_URL": url}
    environment = environment_of(directory, CONTACTS_INDEX=INDEX, **settings)
    few = ours(environment, small, directory)
    loads: list[Load] = []

    def timed() -> float:
        loads.append(ours(environment, path, directory))
        return loads[-1].seconds

    runners: dict[str, Callable[[], float]] = {
        "ours": timed,
        "peer": lambda: peer(url, actions),
        "ceiling": lambda: asyncio.run(ceiling(url, finished)),
    }
    times: dict[str, list[float]] = {name: [] for name in runners}
    for turn in range(rounds):
        for name in rotated(list(runners), turn):
            times[name].append(runners[name]())
    # Of rows a second, so the other way round than that of seconds.
    ratio, ceiling_ratio = median_ratio(times["peer"], times["ours"]), median_ratio(times["peer"], times["ceiling"])
    rates = {name: len(finished) / statistics.median(seconds) for name, seconds in times.items()}
    return {
        "figure": f"contacts index csv / parallel_bulk, rows per second, {number:,} contacts",
        **{name: round(rate) for name, rate in rates.items()},
        "ratio": round(ratio, 2),
        **at_least(ratio, TARGET_RATIO),
        "ceiling / peer": round(ceiling_ratio, 2),
        "MiB at a tenth": few.mebibytes,
        "MiB": max(load.mebibytes for load in loads),
    }


def embedded(directory: Path, number: int) -> dict[str, object]:
    """DuckDB: seconds from the start of the process to the swap, and the size of the file."""
    data = directory / "duckdb"
    path = sample(directory / "sample.csv", number)
    small = sample(directory / "small.csv", max(1, number // 10))
    environment = environment_of(data, CONTACTS_INDEX="benchmark")
    few = ours(environment, small, directory)
    load = ours(environment, path, directory)
    (file,) = data.glob("*.duckdb")
    return {
        "figure": f"contacts index csv into DuckDB, {number:,} contacts",
        "seconds": round(load.seconds, 1),
        "MB": round(file.stat().st_size / 1e6),
        "MiB at a tenth": few.mebibytes,
        "MiB": load.mebibytes,
        **at_most(load.mebibytes, TARGET_MEBIBYTES, " MiB a process"),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it; the exit code is 0 whether or not a target is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.indexing", description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000, help="sample contacts (default 100000)")
    parser.add_argument("--rounds", type=int, default=5, help="loads of each side (default 5)")
    parser.add_argument("--engine", choices=ENGINES, help="only this one")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        directory = Path(name)
        if options.engine != "duckdb":
            with emptied_elasticsearch() as url:
                show(compare(directory, url, options.contacts, options.rounds))
        if options.engine != "elasticsearch":
            show(embedded(directory, options.contacts))


if __name__ == "__main__":
    main()
