"""`python -m benchmarks.analysis`: how long `analyze` takes in process, over every real URL."""

import argparse
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from benchmarks.measure import at_most, median_microseconds, show
from mappings.analysis import analyze
from mappings.contact_filter import map_url
from mappings.errors import ForeignUrl
from mappings.url import parse

TARGET_MICROSECONDS = 40.0
URLS = Path(__file__).parents[1] / "tests" / "data" / "urls.txt"


def run() -> dict[str, float]:
    """Microseconds at the median real URL: the analysis, and the mapping to a filter."""
    today = datetime.now(UTC).date()
    urls = [url for url in URLS.read_text().splitlines() if _ours(url)]
    analyses: list[Callable[[], object]] = [partial(_analyze, url) for url in urls]
    mappings: list[Callable[[], object]] = [partial(_map, url, today) for url in urls]
    return {"analyze": median_microseconds(analyses), "map": median_microseconds(mappings)}


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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it; the exit code is 0 whether or not the target is met."""
    argparse.ArgumentParser(prog="python -m benchmarks.analysis", description=__doc__).parse_args(arguments)
    for name, microseconds in run().items():
        line: dict[str, object] = {"figure": f"{name}, median real URL, us", "ours": round(microseconds, 1)}
        if name == "analyze":
            line |= at_most(microseconds, TARGET_MICROSECONDS)
        show(line)


if __name__ == "__main__":
    main()
