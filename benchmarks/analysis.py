"""How long `analyze` takes in process, over every real URL."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from benchmarks.measure import median_microseconds
from mappings.analysis import analyze
from mappings.contact_filter import map_url
from mappings.errors import ForeignUrl
from mappings.url import parse

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
