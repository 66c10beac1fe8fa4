"""Plans are remembered by the bytes they take, and what a request may make of a short text has a bound."""

import gc
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest

from api.actions import plans
from api.actions.aside import Aside
from api.actions.options import Asked
from api.actions.plans import LARGE_BYTES, MOST_PREDICATES, Plan, Plans
from mappings.company_lists import CompanyLists
from mappings.errors import InvalidField, TooManyRequests
from mappings.locations import asked_place
from mappings.regions import region_of, region_rows
from mappings.text import normalise
from mappings.web import host_of
from search.duckdb.compiled import Packed
from search.duckdb.compiled import compile_filter as compile_sets
from search.elasticsearch.compile import compile_filter as compile_query
from tests.harness.memory_engine import MemoryEngine

BASE = "https://app.apollo.io/#/people?"
URL = BASE + "personTitles[]=CEO"
REAL = [url for url in (Path(__file__).parents[2] / "data" / "urls.txt").read_text().splitlines() if "apollo" in url]
NONE = CompanyLists()

pytestmark = pytest.mark.anyio


class Compiling(MemoryEngine):
    """The same with a compiler of another engine."""

    def __init__(self, compile_filter) -> None:
        super().__init__()
        self.compile = compile_filter


@pytest.fixture
def made(engine: MemoryEngine) -> Plans:
    return Plans(engine, Aside())


def costly(kind: str, number: int) -> str:
    """URLs that differ, of one kind."""
    each = range(number * 10_000, number * 10_000 + 10_000)
    texts = {
        "free text": "q=" + "+".join(f"w{at}" for at in each[:100]),
        "negated": "qOrganizationName=" + "+OR+".join(f"-a{at}" for at in each[:300]),
        "names": "qPersonName=" + "+OR+".join(f"a{at}+b{at}" for at in each[:300]),
        "places": "&".join(f"personLocations[]=city{at},state{at // 3}" for at in each[:300]),
        "titles": "&".join(f"personTitles[]=title{at}" for at in each[:500]),
        "similar titles": "includeSimilarTitles=1&" + "&".join(f"personTitles[]=a{at}+b{at}" for at in each[:500]),
        "ids": "&".join(f"organizationIds[]={at:024}" for at in each[:300]),
        "unknown names": "&".join(f"x{at}=y" for at in each[:300]),
        "keywords": "&".join(f"qOrganizationKeywordTags[]=key{at}" for at in each[:200]),
    }
    return BASE + texts[kind]


KINDS = ("free text", "negated", "names", "places", "titles", "similar titles", "ids", "unknown names", "keywords")


@pytest.mark.parametrize("compile_filter", [compile_sets, compile_query], ids=["duckdb", "elasticsearch"])
@pytest.mark.parametrize("kind", ["real", *KINDS])
async def test_a_plan_takes_no_more_than_it_says_and_not_much_less(kind: str, compile_filter) -> None:
    urls = REAL if kind == "real" else [costly(kind, number) for number in range(20)]
    made = Plans(Compiling(compile_filter), Aside())
    # What the first use of anything makes is no part of a plan, nor are memories of texts, which are full here. Texts
    # of the URLs that come to be in those count all the same: so a plan may seem to take more than it says.
    for at in range(10_000):
        normalise(f"filling {at}")
        asked_place(f"filling {at}")
        host_of(f"filling{at}.example")
    await _all(made, urls[:1])
    made._kept.clear()
    gc.collect()
    tracemalloc.start()
    try:
        await _all(made, [url + f"&page={at}" for at, url in enumerate(urls)])
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    said = sum(plans._weight(key, plan) for key, plan in made._kept.items())
    # What an engine packs takes less than the predicates that it is said to be.
    most = 10 if any(isinstance(plan.compiled, Packed) for plan in made._kept.values()) else 4
    assert taken / 1.75 <= said <= most * taken, said / taken


async def _all(made: Plans, urls: Sequence[str]) -> list[Plan]:
    return [await made.get(Asked(url, NONE)) for url in urls]


async def test_a_plan_is_made_once_while_there_is_room(made, engine):
    for _ in range(3):
        await made.get(Asked(URL, NONE))
    assert len(engine.compiled) == 1
    listed = CompanyLists(include_company_name=("Acme",))
    for _ in range(2):
        await made.get(Asked(URL, listed))
    assert len(engine.compiled) == 2


async def test_a_plan_made_aside_is_remembered_too(made, engine):
    for _ in range(2):
        await made.get(Asked(costly("places", 1), NONE))
    assert len(engine.compiled) == 1


async def test_what_is_remembered_has_a_bound_in_bytes(engine, monkeypatch):
    monkeypatch.setattr(plans, "KEPT_BYTES", 2 * LARGE_BYTES)
    made, most = Plans(engine, Aside()), 0
    for number in range(20):
        for kind in KINDS:
            await made.get(Asked(costly(kind, number), NONE))
            held = sum(plans._weight(key, plan) for key, plan in made._kept.items())
            assert held <= plans.KEPT_BYTES
            most = max(most, held)
    assert most > 0.8 * plans.KEPT_BYTES


async def test_a_large_plan_is_not_remembered_nor_are_long_lists(made, engine):
    large = BASE + "&".join(f"personLocations[]=city{at},state{at}" for at in range(1700))
    listed = CompanyLists(exclude_company_name=tuple(f"company {at}" for at in range(1001)))
    for _ in range(2):
        assert (await made.get(Asked(large, NONE))).held > LARGE_BYTES
        await made.get(Asked(URL, listed))
    assert len(engine.compiled) == 4
    assert not made._kept


async def test_large_plans_in_use_have_a_bound(made, monkeypatch):
    monkeypatch.setattr(plans, "LARGE_BYTES_IN_USE", 3 * LARGE_BYTES)
    large = BASE + "&".join(f"personLocations[]=city{at},state{at}" for at in range(1700))
    used = [await made.get(Asked(large, NONE), with_ledger=with_ledger) for with_ledger in (False, True)]
    assert all(plan.held > LARGE_BYTES for plan in used)
    with pytest.raises(TooManyRequests, match="Too many large filters are in use"):
        await made.get(Asked(large, NONE))
    # Others are nobody's matter, and once it is used no more there is room again.
    await made.get(Asked(URL, NONE))
    used.clear()
    await made.get(Asked(large, NONE))


async def test_real_lists_are_never_too_long(made):
    """Ten thousand values, which is all that a URL may have, and as many domains as a message can hold."""
    for url in (
        BASE + "&".join(f"q={at:03}" for at in range(5000)),
        BASE + "&".join(f"personTitles[]={at}" for at in range(2500)),
        BASE + "&".join(f"personLocations[]=city{at},state{at}" for at in range(1700)),
    ):
        await made.get(Asked(url, NONE))
    await made.get(Asked(URL, CompanyLists(exclude_domain_list=tuple(f"a{at}.io" for at in range(100_000)))))
    await made.get(Asked(URL, CompanyLists(exclude_company_name=tuple(f"company {at}" for at in range(60_000)))))


async def test_what_a_short_text_makes_has_a_bound(made, engine):
    names = [row.name for row in region_rows()]
    regions = [name for name in names if (of := region_of(normalise(name))) and len(of.countries) > 80]
    url = BASE + "&".join(f"personLocations[]={regions[at % len(regions)]},c{at}" for at in range(1700))
    with pytest.raises(InvalidField, match=f"^url: .* comparisons, more than {MOST_PREDICATES}; ask for fewer"):
        await made.get(Asked(url, NONE))
    assert not engine.compiled
