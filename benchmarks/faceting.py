"""Eight facets beside one count, and beside a bare client.

Of each facet all parameters hold but its own, so that there are several filters. How values are spelled is known
before, as it is for all that is asked of a service twice.
"""

from api.actions.facets import FacetRequest, facet_contacts
from benchmarks.bench import Benchmark
from benchmarks.beside_counts import Subject
from benchmarks.filters import url

_FACETS = ("seniority", "departments", "email_status", "industries", "employees", "annual_revenue", "funding_stage",
           "company_country")  # fmt: skip

_FACETED = Subject(
    title="eight facets",
    most={"duckdb": 8.0, "elasticsearch": 5.0},
    action="facet_contacts",
    answer=facet_contacts,
    request=FacetRequest,
    url=url,
    options={"facets": _FACETS, "size": 10},
)

BENCHMARK = Benchmark(
    words="Eight facets, beside one count and a bare client",
    figures=_FACETED.figures(),
    run=_FACETED.run,
    seconds=30,
)
