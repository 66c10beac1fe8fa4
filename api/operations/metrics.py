"""What Prometheus reads at `/metrics`. Labels come from fixed lists only, so their number has a bound.

Counting happens on the hot path, and only on the event loop: plain numbers, without the locks and label look-ups of
the client library. That one is asked only when somebody looks.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from typing import TypeVar

import msgspec
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from search.stores import Store, began_at

CONTENT_TYPE = CONTENT_TYPE_LATEST

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper ends of the histograms' buckets."""

Labels = TypeVar("Labels", bound=tuple[str, ...])

_ENDS = (*map(str, SECONDS), "+Inf")


class _Read(msgspec.Struct, frozen=True):
    """A figure that somebody else keeps."""

    family: type[GaugeMetricFamily] | type[CounterMetricFamily]
    words: str
    read: Callable[[], float]


class Durations:
    """A histogram: how many took how long, and all together."""

    __slots__ = ("buckets", "total")

    def __init__(self) -> None:
        self.buckets = [0] * len(_ENDS)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.buckets[bisect_left(SECONDS, seconds)] += 1
        self.total += seconds


class Metrics(Collector):
    """The figures of one application, in a registry of their own.

    Attributes:
        in_flight: requests being carried out.
        connections: WebSockets that are open.
        refused: handshakes that were refused.
        store: the live contacts, when they were looked at last; `None` if there are none, or nobody looked yet.
        engine_lost: the engine did not answer then.
        build: what runs, as the labels of one figure.
    """

    def __init__(self) -> None:
        self.in_flight = self.connections = self.refused = 0
        self.store: Store | None = None
        self.engine_lost = False
        self.build: Mapping[str, str] = {}
        self._read: dict[str, _Read] = {}
        self._requests: Counter[tuple[str, str, str]] = Counter()
        self._seconds: dict[tuple[str, str], Durations] = {}
        self._engine: dict[str, Durations] = {}
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._registry.register(self)

    def answered(self, door: str, action: str, outcome: str, seconds: float | None = None) -> None:
        """Count an answer; `outcome` is `success` or the code of the error."""
        self._requests[door, action, outcome] += 1
        if seconds is not None:
            durations = self._seconds.get((door, action))
            if durations is None:
                durations = self._seconds[door, action] = Durations()
            durations.add(seconds)

    def engine_seconds(self, operation: str) -> Callable[[float], None]:
        """What to tell the seconds that a use of the engine took."""
        return self._engine.setdefault(operation, Durations()).add

    def gauge(self, name: str, words: str, read: Callable[[], float]) -> None:
        """Show a figure that somebody else keeps, and `read` gives."""
        self._read[name] = _Read(GaugeMetricFamily, words, read)

    def counter(self, name: str, words: str, read: Callable[[], float]) -> None:
        """Show one that only grows."""
        self._read[name] = _Read(CounterMetricFamily, words, read)

    def text(self) -> bytes:
        """All figures, in Prometheus' own format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Our figures as the client library wants them."""
        requests = CounterMetricFamily("contacts_requests", "Requests answered", labels=("door", "action", "outcome"))
        for labels, number in self._requests.items():
            requests.add_metric(labels, number)
        yield requests
        yield _histogram("contacts_request_seconds", "Seconds that requests ran", ("door", "action"), self._seconds)
        engine = {(operation,): durations for operation, durations in self._engine.items()}
        yield _histogram("contacts_engine_seconds", "Seconds that uses of the engine took", ("operation",), engine)
        yield GaugeMetricFamily("contacts_requests_in_flight", "Requests being carried out", self.in_flight)
        yield GaugeMetricFamily("contacts_connections", "WebSockets that are open", self.connections)
        yield CounterMetricFamily("contacts_handshakes_refused", "Handshakes refused", self.refused)
        yield GaugeMetricFamily("contacts_engine_lost", "1 while the engine does not answer", self.engine_lost)
        yield from self._of_store()
        for name, figure in self._read.items():
            yield figure.family(name, figure.words, figure.read())
        if self.build:
            build = GaugeMetricFamily("contacts_build_info", "What runs, in its labels", labels=tuple(self.build))
            build.add_metric(tuple(self.build.values()), 1)
            yield build

    def _of_store(self) -> Iterator[Metric]:
        """What is served. Without contacts there is no time of a load either."""
        store = self.store
        contacts, outdated = (store.contacts, store.outdated) if store else (0, False)
        yield GaugeMetricFamily("contacts_live", "Contacts that are searched", contacts)
        words = "1 if they were loaded by another version of this software"
        yield GaugeMetricFamily("contacts_live_outdated", words, outdated)
        if store and (began := began_at(store.name)):
            words = "When the load of them began, in seconds since 1970"
            yield GaugeMetricFamily("contacts_live_load_timestamp_seconds", words, began.timestamp())


def _histogram(
    name: str, words: str, labels: tuple[str, ...], by_labels: Mapping[Labels, Durations]
) -> HistogramMetricFamily:
    family = HistogramMetricFamily(name, words, labels=labels)
    for values, durations in by_labels.items():
        buckets = list(zip(_ENDS, accumulate(durations.buckets), strict=True))
        family.add_metric(values, buckets=buckets, sum_value=durations.total)
    return family
