"""`explain_count` of a URL with 15 values beside one count, and beside a bare client, which also sends the searches for
pairs where few contacts are found."""

from api.actions.explaining import ExplainRequest, explain_count
from benchmarks.bench import Benchmark
from benchmarks.beside_counts import Subject
from benchmarks.filters import fifteen_values, url_of

_EXPLAINED = Subject(
    title="explain_count of 15 values",
    most={"duckdb": 8.0, "elasticsearch": 6.0},
    action="explain_count",
    answer=explain_count,
    request=ExplainRequest,
    url=lambda number: url_of(fifteen_values(number)),
)

BENCHMARK = Benchmark(
    words="Why a URL with 15 values finds what it finds, beside one count and a bare client",
    figures=_EXPLAINED.figures(),
    run=_EXPLAINED.run,
    seconds=40,
)
