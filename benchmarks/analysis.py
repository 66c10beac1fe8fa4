"""What is made of a URL in process, over every real URL: its analysis, its filter, and its plan when it comes again."""

import asyncio
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from api.actions.aside import Aside
from api.actions.options import Asked
from api.actions.plans import Plans
from benchmarks.bench import Bench, Benchmark
from benchmarks.figures import Figure, Measured, at_most
from benchmarks.measure import median_microseconds
from mappings.analysis import analyze
from mappings.contact_filter import map_url
from mappings.errors import ForeignUrl
from mappings.url import parse
from search.engine import EngineSettings
from search.engines import open_engine

URLS = Path(__file__).parents[1] / "tests" / "data" / "urls.txt"
_REPEAT = 50

ANALYSIS = Figure(name="analysis of the median real URL", unit="µs", target=at_most(40))
FILTER = Figure(name="filter of the median real URL", unit="µs")
AGAIN = Figure(name="compiled filter of a URL that was seen before", unit="µs", target=at_most(3))


def run(bench: Bench) -> Iterator[Measured]:
    """All three."""
    repeat = bench.sizes.rounds(_REPEAT)
    today = datetime.now(UTC).date()
    urls = [url for url in URLS.read_text().splitlines() if _ours(url)]
    analyses: list[Callable[[], object]] = [partial(_analyze, url) for url in urls]
    mappings: list[Callable[[], object]] = [partial(_map, url, today) for url in urls]
    yield ANALYSIS.measured(median_microseconds(analyses, repeat))
    yield FILTER.measured(median_microseconds(mappings, repeat))
    yield AGAIN.measured(asyncio.run(_again(urls, repeat)))


async def _again(urls: list[str], repeat: int) -> float:
    """Microseconds to the plan of a URL of which there is one, at the median."""
    engine, aside = open_engine(EngineSettings()), Aside()
    plans = Plans(engine, aside)
    medians = []
    try:
        for url in urls:
            await plans.get(Asked(url))
            times = []
            for _ in range(repeat):
                asked = Asked(url)
                started = time.perf_counter_ns()
                await plans.get(asked)
                times.append((time.perf_counter_ns() - started) / 1000)
            medians.append(statistics.median(times))
    finally:
        await aside.close()
        await engine.close()
    return statistics.median(medians)


def _analyze(url: str) -> object:
    return analyze(parse(url))


def _map(url: str, today: date) -> object:
    return map_url(parse(url), today)


def _ours(url: str) -> bool:
    try:
        parse(url)
    except ForeignUrl:
        return False
    return True


BENCHMARK = Benchmark(
    words="What is made of every real URL, in process",
    figures=(ANALYSIS, FILTER, AGAIN),
    run=run,
    seconds=30,
    fixed=30,
)
