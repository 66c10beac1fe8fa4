"""`facet_contacts` of generated contacts, held against what each of its numbers means."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from api.actions import facets as module
from api.actions.facets import FacetRequest, facet_contacts
from api.actions.requests import CountRequest
from api.actions.roles import Role
from api.actions.service import ContactService
from api.settings import Settings
from mappings.canonical import canonical
from mappings.counts import FEWEST
from mappings.errors import Forbidden, InvalidField, InvalidInput
from mappings.facets import bounds_of, facet_rows
from mappings.predicates import ContactFilter, Range, Terms
from mappings.url import parse
from search.facets import TIMED_OUT, Facet, FacetQuery
from search.fields import SEARCH_FIELDS, ContactCompleteItem, contact_of
from search.labels import label
from tests.harness.naive_engine import hits_of, matches
from tests.harness.oracle_engine import OracleEngine
from tests.harness.strategies import items, urls

PEOPLE = "https://app.apollo.io/#/people"
ROWS = facet_rows()
OPEN = tuple(name for name, row in ROWS.items() if not row.closed)

pytestmark = pytest.mark.anyio
contacts_ = st.lists(items, max_size=15, unique_by=lambda item: item.uuid)


async def faceted(engine: OracleEngine, url: str, role: Role = Role.USER, **fields: Any) -> dict[str, Any]:
    service = ContactService(engine, Settings()).for_role(role)
    return dict(json.loads(await facet_contacts(service, FacetRequest.read({"url": url} | fields))))


async def found(engine: OracleEngine, url: str, **lists: Any) -> list[dict[str, Any]]:
    """The derived fields of the contacts that a URL finds."""
    plan = await ContactService(engine, Settings()).plan(CountRequest.read({"url": url} | lists))
    assert isinstance(plan.compiled, ContactFilter)
    return [dict(fields) for *_, fields in engine.contacts if matches(plan.compiled.predicate, fields)]


def has(name: str, value: str) -> Range | Terms:
    row = ROWS[name]
    return Range(row.field, *bounds_of(value)) if row.ranges else Terms(row.field, (value,))


@examples(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(contacts_, urls, st.integers(1, 12), st.booleans())
async def test_all_numbers_mean_what_they_say(
    contacts: list[ContactCompleteItem], url: str, size: int, special: bool
) -> None:
    engine = OracleEngine(contacts)
    lists = {"exclude_company_name": ["a"]}
    answer = await faceted(engine, url, facets=[*ROWS], size=size, special=special, **lists)
    whole = await found(engine, url, **lists)
    assert (answer["count"], answer["total"]) == (len(whole), len(contacts))
    assert [facet["name"] for facet in answer["facets"]] == list(ROWS)
    for facet in answer["facets"]:
        name, row = facet["name"], ROWS[facet["name"]]
        rest = canonical(parse(url)).without(row.parameter or "").url
        among = await found(engine, rest, **lists)
        assert (facet["parameter"], facet["count"], facet["exact"]) == (row.parameter, len(among), True)
        assert facet["missing"] == sum(row.field not in fields for fields in among)
        buckets, shown = facet["buckets"], [has(name, bucket["value"]) for bucket in facet["buckets"]]
        for bucket, predicate in zip(buckets, shown, strict=True):
            assert bucket["count"] == sum(matches(predicate, fields) for fields in among)
            await check_url(engine, url, name, bucket)
            if not row.ranges and (first := hits_of(engine.contacts, ContactFilter(predicate))):
                assert bucket["label"] == label(contact_of(first[0].item), row.field, bucket["value"])
        none_shown = sum(not any(matches(each, fields) for each in shown) for fields in among)
        assert facet["other"] == none_shown - facet["missing"]
        own = not row.ranges or {each["value"] for each in buckets} <= {*row.ranges}
        if own and not SEARCH_FIELDS[row.field].many:
            assert sum(each["count"] for each in buckets) + facet["other"] + facet["missing"] == facet["count"]
        if not special:
            numbers = [bucket["count"] for bucket in buckets]
            assert numbers == sorted(numbers, reverse=True)
            assert all(bucket["lift"] is None for bucket in buckets)


async def check_url(engine: OracleEngine, url: str, name: str, bucket: dict[str, Any]) -> None:
    """What the URL of a bucket finds has the value, where it says so, and is a search that has it switched."""
    row = ROWS[name]
    if bucket["url"] is None:
        assert not bucket["chosen"]
        return
    before, after = canonical(parse(url)), canonical(parse(bucket["url"]))
    assert after.url == bucket["url"]
    assert row.parameter is not None
    assert before.without(row.parameter) == after.without(row.parameter)
    there, then = set(before.values(row.parameter)), set(after.values(row.parameter))
    assert then < there if bucket["chosen"] else there < then
    if not there and not bucket["chosen"]:
        matching = await found(engine, bucket["url"])
        having = [fields for fields in await found(engine, url) if matches(has(name, bucket["value"]), fields)]
        assert all(fields in matching for fields in having)
        assert not bucket["url_exact"] or len(matching) == len(having)


def contact(number: int, **fields: Any) -> ContactCompleteItem:
    return ContactCompleteItem(uuid=str(number), **fields)


def people() -> OracleEngine:
    titles, states = ("CEO", "VP Sales", "CFO"), ("Bavaria", "Georgia", "California")
    return OracleEngine(
        [
            contact(at, title=titles[at % 3], seniority=("C suite", "VP")[at % 3 == 1], state=states[at % 3],
                    country=("Germany", "Georgia", "USA")[at % 3], employees=at, created_at="2024-01-15T10:30:00")
            for at in range(30)
        ]
    )  # fmt: skip


async def values(engine: OracleEngine, url: str, name: str, **fields: Any) -> list[tuple[str, Any, bool]]:
    [facet] = (await faceted(engine, url, facets=[name], **fields))["facets"]
    return [(bucket["value"], bucket["count"], bucket["chosen"]) for bucket in facet["buckets"]]


async def test_what_is_chosen_always_comes() -> None:
    engine = people()
    assert await values(engine, f"{PEOPLE}?personTitles[]=Cook", "title", size=1) == [
        ("chief executive officer", 10, False), ("cook", 0, True)
    ]  # fmt: skip
    assert await values(engine, f"{PEOPLE}?personLocations[]=USA", "person_country", size=1) == [
        ("georgia", 10, False), ("united states", 10, True)
    ]  # fmt: skip
    assert await values(engine, f"{PEOPLE}?personLocations[]=Bavaria", "person_country", size=1) == [
        ("georgia", 10, False)
    ]  # fmt: skip
    assert await values(engine, f"{PEOPLE}?organizationNumEmployeesRanges[]=5,14", "employees", size=1) == [
        ("1,10", 10, False), ("11,20", 10, False), ("5,14", 10, True), ("21,50", 9, False)
    ]  # fmt: skip
    assert await values(engine, f"{PEOPLE}?organizationNumEmployeesRanges[]=10001", "employees", size=1) == [
        ("1,10", 10, False), ("10001", 0, True)
    ]  # fmt: skip


async def test_values_are_found_by_a_part_of_them_and_by_what_is_abbreviated() -> None:
    engine = people()
    for contains, expected in (
        ("sal", ["president sales vice"]),
        ("vp", ["president sales vice"]),
        ("Officer chief  FIN", ["chief financial officer"]),
        ("ceo", ["chief executive officer"]),
        ("zz", []),
        ("!", ["chief executive officer", "chief financial officer", "president sales vice"]),
    ):
        assert [each[0] for each in await values(engine, PEOPLE, "title", contains=contains)] == expected, contains
    [facet] = (await faceted(engine, PEOPLE, facets=["title"], contains="sal"))["facets"]
    assert (facet["count"], facet["other"], facet["missing"]) == (30, 20, 0)
    assert await values(engine, f"{PEOPLE}?personTitles[]=CFO", "title", contains="sales") == [
        ("chief financial officer", 10, True), ("president sales vice", 10, False)
    ]  # fmt: skip
    # Ranges by what people call them.
    url = f"{PEOPLE}?organizationNumEmployeesRanges[]=5,14"
    assert await values(engine, url, "employees", contains="20") == [("11,20", 10, False), ("5,14", 10, True)]
    assert await values(engine, PEOPLE, "employees", contains="nothing") == []
    assert await values(engine, PEOPLE, "title", contains="officer", special=True) == []


async def test_what_sets_contacts_apart_comes_first() -> None:
    engine = people()
    [facet] = (await faceted(engine, f"{PEOPLE}?personTitles[]=CEO", facets=["seniority"], special=True))["facets"]
    assert [(each["value"], each["lift"]) for each in facet["buckets"]] == [("c_suite", 1.5)]
    assert (facet["other"], facet["missing"]) == (0, 0)


async def test_a_facet_that_took_too_long_is_left_out_and_the_others_come(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = people()
    counted = engine.facets

    async def slow(queries: list[FacetQuery[ContactFilter]]) -> list[Facet]:
        return [TIMED_OUT, *(await counted(queries))[1:]]

    monkeypatch.setattr(engine, "facets", slow)
    for special in (False, True):
        answer = await faceted(engine, PEOPLE, facets=["seniority", "employees"], special=special)
        late, other = answer["facets"]
        assert late == {
            "name": "seniority", "parameter": "personSeniorities[]", "count": None, "missing": None, "other": None,
            "exact": False, "buckets": [], "timed_out": True,
        }  # fmt: skip
        assert other["count"] == 30
        assert "timed_out" not in other


async def test_counters_are_told_the_closed_facets_and_no_few() -> None:
    engine = people()
    answer = await faceted(engine, PEOPLE, Role.COUNTER)
    assert [facet["name"] for facet in answer["facets"]] == [name for name, row in ROWS.items() if row.closed]
    [employees] = [facet for facet in answer["facets"] if facet["name"] == "employees"]
    # One of 30 is in none of them, but nobody can tell whether its number is not known or in no range.
    assert [bucket["count"] for bucket in employees["buckets"]] == [10, 10, 9]
    assert (employees["count"], employees["other"], employees["missing"]) == (30, "<5", "<5")
    for name in OPEN:
        with pytest.raises(Forbidden, match=f"{name} needs the role user; the role counter has seniority, "):
            await faceted(engine, PEOPLE, Role.COUNTER, facets=["seniority", name])
    narrow = await faceted(engine, f"{PEOPLE}?organizationNumEmployeesRanges[]=1,3", Role.COUNTER, special=True)
    assert (narrow["count"], narrow["companies"]["count"]) == ("<5", "<5")
    for facet in narrow["facets"]:
        if facet["name"] != "employees":
            assert facet["count"] == "<5"
            assert all(bucket["count"] == "<5" and bucket["lift"] is None for bucket in facet["buckets"])
    assert FEWEST == 5


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"facets": ["seniority", "shoe_size"]}, "facets: 'shoe_size' is no facet; there are seniority, departments, "),
        ({"size": 101}, "size must be an integer from 1 to 100, not 101"),
        ({"size": 0}, "size"),
        ({"facets": [""]}, "facets: '' is no facet; there are seniority, departments, "),
        ({"facets": 7}, "facets"),
        ({"special": "perhaps"}, "special"),
    ],
)
async def test_what_is_wrong_is_said(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidField, match=words):
        await faceted(people(), PEOPLE, **fields)


async def test_urls_of_many_values_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    titles = "&".join(f"personTitles[]=title+{number}" for number in range(600))
    words = "facets: 600 values, with a URL of some [0-9]+ characters each, are more than one answer has room for"
    with pytest.raises(InvalidField, match=words):
        await faceted(people(), f"{PEOPLE}?{titles}", facets=["title"])
    # Where its values are not chosen there are few.
    [seniority] = (await faceted(people(), f"{PEOPLE}?{titles}", facets=["seniority"]))["facets"]
    assert seniority["count"] == 0
    monkeypatch.setattr(module, "MOST_CHARACTERS", 4 * len(PEOPLE))
    assert (await faceted(people(), PEOPLE, facets=["employees"]))["count"] == 30
    with pytest.raises(InvalidField, match="facets: 11 values, with a URL of some 30 characters"):
        await faceted(people(), PEOPLE, facets=["employees", "seniority", "person_country", "title"])


async def test_the_ledger_comes_last_where_it_was_asked_for() -> None:
    answer = await faceted(people(), f"{PEOPLE}?personTitles[]=CEO&foo=1", ledger=True)
    assert list(answer) == ["count", "total", "companies", "facets", "ledger"]
    assert [entry["name"] for entry in answer["ledger"]] == ["personTitles[]", "foo"]


async def test_spellings_are_looked_up_once_while_the_contacts_are_the_same() -> None:
    engine = people()
    asked: list[int] = []
    looked_up = engine.first_of

    async def counting(compiled: list[ContactFilter]) -> list[bytes | None]:
        asked.append(len(compiled))
        return await looked_up(compiled)

    engine.first_of = counting  # type: ignore[method-assign, assignment]
    service = ContactService(engine, Settings())
    assert await service.labels.of([]) == {}
    wanted = [("seniority", "c_suite"), ("seniority", "vp"), ("seniority", "nobody")]
    spelled = {wanted[0]: "C suite", wanted[1]: "VP", wanted[2]: "nobody"}
    for _ in range(2):
        await service.labels.renew()
        assert await service.labels.of(wanted) == spelled
    assert asked == [3]

    async def changing() -> None:
        return None

    engine.content = changing  # type: ignore[method-assign, assignment]
    for _ in range(2):
        await service.labels.renew()
        assert await service.labels.of(wanted[:1]) == {wanted[0]: "C suite"}
    assert asked == [3, 1, 1]


async def test_what_can_not_be_mapped_is_refused_if_that_is_asked_for() -> None:
    with pytest.raises(InvalidInput, match="foo"):
        await faceted(people(), f"{PEOPLE}?foo=1", strict=True)
