"""`python -m benchmarks.indexing`: `contacts index csv` beside `elasticsearch.helpers.parallel_bulk`.

Both load the same contacts into fresh indices of the same mapping on the same server, in turn. Ours starts a process,
reads the CSV file, derives what is searched, checks and swaps; the peer gets the finished documents as dictionaries
in memory and only sends them. Then DuckDB, which has no peer: seconds and bytes. Of both, the resident memory of each
process of the job at its highest, at a tenth of the contacts and at all of them.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from elasticsearch import Elasticsearch
from elasticsearch.helpers import parallel_bulk

from benchmarks.measure import show
from benchmarks.stores import ENGINES
from indexing.csv_source import CsvSource
from indexing.items import item_reader
from indexing.row import Start
from indexing.sample import write_sample
from search.elasticsearch.loader import ElasticsearchLoader
from search.elasticsearch.schema import index_body
from tests.servers import elasticsearch_server
from tests.service import CONTACTS, environment_of

TARGET_RATIO = 1.3
TARGET_MEBIBYTES = 400
_CHUNK = 500
_THREADS = 2


class Load(msgspec.Struct, frozen=True):
    """One run of the command: seconds of the whole process, and the mebibytes of its largest process."""

    seconds: float
    rows: int
    mebibytes: int


def sample(path: Path, number: int) -> Path:
    """A CSV of so many made-up contacts."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        write_sample(number, stream)
    return path


def ours(environment: dict[str, str], path: Path, directory: Path) -> Load:
    """`contacts index csv` from start to swap."""
    command = [*CONTACTS, "index", "csv", str(path), "--json", "--keep", "0", "--allow-shrink"]
    command += ["--rejects", str(directory / "rejects.ndjson")]
    # In between stands a process of its own: what it reports is of its children only, the job and its workers.
    runner = "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); "
    runner += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024); sys.exit(code)"
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", runner, *command], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    seconds = time.perf_counter() - started
    summary, mebibytes = done.stdout.splitlines()
    return Load(seconds, json.loads(summary)["rows"], int(mebibytes))


def documents(path: Path) -> list[dict[str, Any]]:
    """The finished documents of a CSV, as actions for the peer."""
    with CsvSource(path=str(path)).open(Start()) as reader:
        assert reader.columns is not None
        read = item_reader(reader.columns.fields)
        actions = []
        for number, row in enumerate(reader, 1):
            head, source = ElasticsearchLoader.encode(number, read(row.cells)).body.splitlines()
            actions.append({"_id": json.loads(head)["index"]["_id"], "_source": json.loads(source)})
    return actions


def peer(url: str, actions: list[dict[str, Any]]) -> float:
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


_JSON = {"content-type": "application/json", "accept": "application/json"}


def compare(directory: Path, url: str, number: int, rounds: int) -> dict[str, object]:
    """Ours and the peer in turn; which goes first changes with every round."""
    path = sample(directory / "sample.csv", number)
    small = sample(directory / "small.csv", max(1, number // 10))
    actions = documents(path)
    settings = {"CONTACTS_ENGINE": "elasticsearch", "CONTACTS_ELASTICSEARCH_URL": url}
    environment = environment_of(directory, CONTACTS_INDEX="benchmark-indexing", **settings)
    few = ours(environment, small, directory)
    loads, times = [], []
    for turn in range(rounds):
        for side in (0, 1) if turn % 2 else (1, 0):
            if side:
                loads.append(ours(environment, path, directory))
            else:
                times.append(peer(url, actions))
    mine = statistics.median(load.rows / load.seconds for load in loads)
    others = statistics.median(len(actions) / seconds for seconds in times)
    return {
        "figure": f"contacts index csv / parallel_bulk, rows per second, {number:,} contacts",
        "ours": round(mine),
        "peer": round(others),
        "ratio": round(mine / others, 2),
        "target": f">= {TARGET_RATIO}",
        "met": mine >= TARGET_RATIO * others,
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
        "target": f"<= {TARGET_MEBIBYTES} MiB a process",
        "met": load.mebibytes <= TARGET_MEBIBYTES,
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
            with elasticsearch_server(heap="2g") as url:
                show(compare(directory, url, options.contacts, options.rounds))
        if options.engine != "elasticsearch":
            show(embedded(directory, options.contacts))


if __name__ == "__main__":
    main()
