"""`explain_count` of generated contacts, held against what each of its numbers means."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from api.actions.explaining import ExplainData, ExplainRequest, explain_count
from api.actions.requests import CountRequest
from api.actions.roles import Role
from api.actions.service import ContactService
from api.settings import Settings
from mappings.company_lists import CompanyLists
from mappings.counts import guarded
from mappings.errors import InvalidField, InvalidInput
from mappings.existing import MOST_LOOKED_UP
from mappings.explanation import MOST_COUNTS
from search.fields import ContactCompleteItem
from tests.harness.oracle_engine import OracleEngine
from tests.harness.reasons import Reasons
from tests.harness.strategies import items, urls

PEOPLE = "https://app.apollo.io/#/people"
KEYS = ("count", "total", "companies", "parameters", "lists")

contacts_ = st.lists(items, max_size=15, unique_by=lambda item: item.uuid)
companies = st.sampled_from(((), ("acme",), ("a", "zz")))
domains = st.sampled_from(((), ("acme.com",), ("x.co.uk", "notacme.com")))
lists_ = st.builds(CompanyLists, companies, companies, domains, domains)


async def explained(engine: OracleEngine, url: str, role: Role = Role.USER, **fields: Any) -> dict[str, Any]:
    service = ContactService(engine, Settings()).for_role(role)
    return dict(json.loads(await explain_count(service, ExplainRequest.read({"url": url} | fields))))


async def count(engine: OracleEngine, url: str, lists: dict[str, Any]) -> int:
    service = ContactService(engine, Settings())
    plan = await service.plan(CountRequest.read({"url": url} | lists))
    [found] = await engine.count_many([plan.compiled])
    return found


@pytest.mark.anyio
@examples(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(contacts_, urls, lists_)
async def test_all_counts_mean_what_they_say(
    contacts: list[ContactCompleteItem], url: str, lists: CompanyLists
) -> None:
    engine = OracleEngine(contacts)
    beside = {name: list(values) for name, values in zip(lists.__struct_fields__, _values(lists), strict=True)}
    answer = await explained(engine, url, **beside)
    assert {name: answer[name] for name in KEYS} == Reasons(contacts).explained(url, lists, datetime.now(UTC).date())
    assert max(engine.counted) <= MOST_COUNTS
    assert len(engine.counted) <= 2
    for rescue in answer["rescue"]:
        # A list is dropped beside the URL.
        dropped = {part["name"] for part in rescue["drop"] if part["value"] is None}
        single = {(part["name"], part["value"]) for part in rescue["drop"]}
        kept = {
            name: [each for each in values if (name, each) not in single]
            for name, values in beside.items()
            if name not in dropped
        }
        assert await count(engine, rescue["url"], kept) == rescue["count"] > answer["count"]
    if answer["count"] >= 10 or not (answer["parameters"] or answer["lists"]):
        assert answer["rescue"] == []


def _values(lists: CompanyLists) -> list[tuple[str, ...]]:
    return [getattr(lists, name) for name in lists.__struct_fields__]


def contact(number: int, **fields: Any) -> ContactCompleteItem:
    return ContactCompleteItem(uuid=str(number), **fields)


@pytest.mark.anyio
async def test_one_round_trip_is_enough_where_nothing_is_missing():
    engine = OracleEngine([contact(number, title="CEO", seniority="vp") for number in range(12)])
    answer = await explained(engine, f"{PEOPLE}?personTitles[]=CEO&personSeniorities[]=vp")
    assert (answer["count"], answer["rescue"], answer["instead"]) == (12, [], [])
    assert len(engine.counted) == 1
    assert "truncated" not in answer


@pytest.mark.anyio
async def test_few_want_more_and_many_do_not():
    url = f"{PEOPLE}?personTitles[]=CEO&personSeniorities[]=vp"
    others = [contact(number, title="CEO") for number in range(100, 120)]
    few = OracleEngine([*(contact(number, title="CEO", seniority="vp") for number in range(9)), *others])
    [rescue] = (await explained(few, url))["rescue"]
    assert rescue == {
        "drop": [{"name": "personSeniorities[]", "value": None}],
        "count": 29,
        "url": f"{PEOPLE}?personTitles[]=CEO",
    }
    assert len(few.counted) == 1
    enough = OracleEngine([*(contact(number, title="CEO", seniority="vp") for number in range(10)), *others])
    assert (await explained(enough, url))["rescue"] == []


@pytest.mark.anyio
async def test_pairs_and_what_exists_instead_share_the_second_round_trip():
    engine = OracleEngine([contact(number, title="CEO", seniority="director") for number in range(7)])
    url = f"{PEOPLE}?personTitles[]=CEO&personSeniorities[]=directr&personLocations[]=Atlantis"
    answer = await explained(engine, url)
    assert [each["drop"] for each in answer["rescue"]] == [
        [{"name": "personLocations[]", "value": None}, {"name": "personSeniorities[]", "value": None}]
    ]
    assert answer["instead"] == [
        {"name": "personSeniorities[]", "value": "directr", "nearest": [{"value": "director", "count": 7, "within": 0}]}
    ]
    assert len(engine.counted) == 2


@pytest.mark.anyio
async def test_a_counter_learns_nothing_from_what_brings_few():
    """With nobody there and with four, the answers are the same."""
    url = f"{PEOPLE}?personTitles[]=CEO&personLocations[]=Atlantis&personSeniorities[]=directr"
    answers = []
    for number in (0, 4):
        few = [contact(each, title="CEO", seniority="director") for each in range(number)]
        others = [contact(each, title="CTO") for each in range(100, 120)]
        answers.append(await explained(OracleEngine(few + others), url, Role.COUNTER))
        answers[-1].pop("total")
        answers[-1]["parameters"] = [each | {"known": None} for each in answers[-1]["parameters"]]
    assert answers[0] == answers[1]
    assert answers[0]["rescue"] == []
    five = OracleEngine([contact(each, title="CEO", seniority="director") for each in range(5)])
    answer = await explained(five, url, Role.COUNTER)
    assert [each["count"] for each in answer["rescue"]] == [5]
    assert answer["instead"][0]["nearest"] == [{"value": "director", "count": 5, "within": guarded(0)}]
    assert answer["count"] == guarded(0)


def marketers() -> OracleEngine:
    titles = ("Marketing Manager", "VP Marketing", "Marketing Manager", "CEO", None)
    return OracleEngine(
        [contact(at, title=titles[at % 5], city=("Berlin", "Köln")[at % 2], country="Germany") for at in range(40)]
    )


async def offered(url: str, role: Role = Role.USER, **fields: Any) -> dict[tuple[str, str], list[tuple[str, int, int]]]:
    """Parameter and value that nobody has → what there is instead, who has it, and how many are found with it."""
    answer = await explained(marketers(), url, role, **fields)
    return {
        (each["name"], each["value"]): [(near["value"], near["count"], near["within"]) for near in each["nearest"]]
        for each in answer["instead"]
    }


@pytest.mark.anyio
async def test_a_part_of_a_title_is_offered_as_the_titles_that_have_it() -> None:
    url = f"{PEOPLE}?personTitles[]=marketing&personTitles[]=CEO&personLocations[]=Berlin"
    assert await offered(url) == {
        ("personTitles[]", "marketing"): [("Marketing Manager", 16, 8), ("VP Marketing", 8, 4)]
    }
    # Where nobody of the search has one, whoever else has.
    assert await offered(f"{PEOPLE}?personTitles[]=marketing&personLocations[]=Atlantis") == {
        ("personTitles[]", "marketing"): [("Marketing Manager", 16, 0), ("VP Marketing", 8, 0)]
    }
    assert await offered(f"{PEOPLE}?personNotTitles[]=vp") == {("personNotTitles[]", "vp"): [("VP Marketing", 8, 32)]}
    # Titles tell who people are.
    assert await offered(url, Role.COUNTER) == {}


@pytest.mark.anyio
async def test_what_is_spelled_nearly_like_a_value_is_offered_where_nothing_has_it_in_it() -> None:
    url = f"{PEOPLE}?personTitles[]=Marketing Mangager&personLocations[]=Berln&personLocations[]=xyzzy"
    assert await offered(url) == {
        ("personTitles[]", "Marketing Mangager"): [("Marketing Manager", 16, 0)],
        ("personLocations[]", "Berln"): [("Berlin", 20, 0)],
    }
    slips = "".join(f"&personLocations[]=Berln {number}" for number in range(10))
    assert len(await offered(f"{PEOPLE}?{slips}")) <= MOST_LOOKED_UP


@pytest.mark.anyio
async def test_of_a_search_that_is_very_long_less_is_looked_up() -> None:
    names = [f"nobody {number}" for number in range(30_000)]
    assert await offered(f"{PEOPLE}?personTitles[]=marketing", exclude_company_name=names) == {
        ("personTitles[]", "marketing"): [("Marketing Manager", 16, 16)]
    }


def test_more_rescues_than_there_can_be_are_refused():
    with pytest.raises(InvalidField, match="size must be an integer from 1 to 100, not 101"):
        ExplainRequest.read({"url": PEOPLE, "size": 101})


@pytest.mark.anyio
async def test_the_answer_is_of_its_shape():
    answer = await explained(OracleEngine([]), f"{PEOPLE}?" + "&".join(f"personTitles[]=t{n}" for n in range(300)))
    assert list(answer) == list(ExplainData.__struct_fields__)
    assert answer["truncated"] is True


@pytest.mark.anyio
async def test_what_can_not_be_mapped_is_refused_if_that_is_asked_for() -> None:
    with pytest.raises(InvalidInput, match="foo"):
        await explained(OracleEngine([]), f"{PEOPLE}?foo=1", strict=True)
