"""Saved searches, of an engine in memory and users who are kept nowhere else."""

import json
from typing import Any

import msgspec
import pytest

from api.actions.audit import Deed
from api.actions.kept_searches import KeptSearch
from api.actions.plans import MOST_PREDICATES
from api.actions.searches import MOST_BYTES, MOST_SEARCHES, _within
from api.actions.service import ContactService
from api.actions.table import ACTIONS
from mappings.errors import EngineTimeout, InvalidField, InvalidInput, MissingField, Unauthorized
from search.fields import ContactCompleteItem
from tests.harness.clients import URL
from tests.harness.memory_engine import MemoryEngine
from tests.harness.oracle_engine import OracleEngine

pytestmark = pytest.mark.anyio


class Kept:
    """What is kept of one user, in memory."""

    def __init__(self) -> None:
        self.searches: dict[str, KeptSearch] = {}
        self.asked: list[tuple[str, int, int]] = []

    async def of(self, user: str) -> list[KeptSearch]:
        assert user == "ada"
        return sorted(self.searches.values(), key=lambda one: -one.saved_at)

    async def keep(self, user: str, search: KeptSearch, most: int, most_bytes: int) -> None:
        self.asked.append((user, most, most_bytes))
        self.searches[search.name] = search

    async def remove(self, user: str, name: str) -> None:
        assert user == "ada"
        self.searches.pop(name, None)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def deed() -> Deed:
    return Deed(door="", action="", user="ada", audited=False)


@pytest.fixture
def service(engine: MemoryEngine, settings: Any, kept: Kept, deed: Deed) -> ContactService:
    return ContactService(engine, settings, kept).doing(deed)


async def asked(service: ContactService, action: str, **data: object) -> dict[str, Any]:
    return msgspec.json.decode(await ACTIONS[action].answer(service, data))


async def test_a_search_is_saved_counted_replaced_and_deleted(service, engine, kept, deed):
    engine.hits = engine.hits[:7]
    saved = (await asked(service, "save_search", name=" mine ", url=URL, exclude_domain_list=["a.com"]))["searches"]
    assert [(one["name"], one["url"], one["count_then"], one["count_now"]) for one in saved] == [("mine", URL, 7, 7)]
    assert saved[0]["exclude_domain_list"] == ["a.com"]
    assert set(saved[0]) == {
        "name", "url", "fingerprint", "saved_at", "count_then", "count_now", "exclude_domain_list"
    }  # fmt: skip
    assert (deed.search, deed.contacts) == (saved[0]["fingerprint"], 7)
    assert kept.asked == [("ada", MOST_SEARCHES, MOST_BYTES)]
    assert json.loads(kept.searches["mine"].request) == {"url": URL, "exclude_domain_list": ["a.com"]}

    engine.hits = engine.hits[:6]
    [listed] = (await asked(service, "saved_searches"))["searches"]
    assert listed == saved[0] | {"count_now": 6}
    answer = await asked(service, "save_search", name="mine", url=URL, ledger=True, strict=True)
    [replaced] = answer["searches"]
    assert (replaced["count_then"], "exclude_domain_list" in replaced) == (6, False)
    assert answer["ledger"][0]["name"] == "personTitles[]"
    assert json.loads(kept.searches["mine"].request) == {"url": URL}
    assert await asked(service, "delete_search", name="other") == {"searches": [replaced]}
    assert await asked(service, "delete_search", name="mine") == {"searches": []}


@pytest.mark.parametrize(
    ("name", "error"),
    [(None, MissingField), ("", MissingField), ("  ", InvalidField), (5, InvalidField), ("x" * 201, InvalidField),
     ("a\0b", InvalidField)],
)  # fmt: skip
async def test_names_that_cannot_be_kept(service, kept, name, error):
    for action in ("save_search", "delete_search"):
        with pytest.raises(error, match="name"):
            await asked(service, action, name=name, url=URL)
    assert kept.asked == []


async def test_what_can_not_be_counted_is_not_saved(service, kept):
    for url, error in (("https://example.com", "apollo"), (f"{URL}&foo[]=1", "strict")):
        with pytest.raises(Exception, match=error):
            await asked(service, "save_search", name="x", url=url, strict=True)
    assert kept.asked == []


@pytest.mark.parametrize(
    "request_", [{"url": "https://example.com/"}, {"url": f"{URL}&organizationNumEmployeesRanges[]=1,2,3"},
                 {"url": URL, "include_domain_list": ["nodot"]}]
)  # fmt: skip
async def test_one_that_can_not_be_read_any_longer_stays_without_a_count(service, kept, request_):
    request = msgspec.json.encode(request_)
    kept.searches["old"] = KeptSearch(name="old", request=request, fingerprint="then", saved_at=5_000, count_then=3)
    await asked(service, "save_search", name="new", url=URL)
    new, old = (await asked(service, "saved_searches"))["searches"]
    told = {"fingerprint": "then", "saved_at": "1970-01-01T00:00:05Z", "count_then": 3, "count_now": None}
    assert old == {"name": "old"} | request_ | told
    assert new["count_now"] == new["count_then"]


async def test_all_are_counted_in_one_round_trip(service, engine, kept):
    for number in range(5):
        await asked(service, "save_search", name=str(number), url=f"{URL}&personTitles[]={number}")
    engine.started = 0
    assert len((await asked(service, "saved_searches"))["searches"]) == 5
    assert engine.started == 1


PEOPLE = "https://app.apollo.io/#/people"
SEVERAL = {"any": [URL, f"{PEOPLE}?personTitles[]=CTO"], "all": [], "not": [f"{PEOPLE}?personLocations[]=Rome"]}


@pytest.fixture
def oracle(settings: Any, kept: Kept, deed: Deed) -> ContactService:
    """Of eight contacts: six CEOs in Paris, three of one company and one of each of three others, and two in Rome."""
    contacts = [
        ContactCompleteItem(uuid=f"{at}", title="CEO", city="Paris" if at < 6 else "Rome", company=f"c{max(at, 2)}")
        for at in range(8)
    ]
    return ContactService(OracleEngine(contacts), settings, kept).doing(deed)


@pytest.mark.parametrize(
    ("search", "count"),
    [
        ({"combine": SEVERAL}, 6),
        ({"combine": SEVERAL, "exclude_company_name": ["c5"], "per_company": 1}, 3),
        ({"url": URL, "sample": {"size": 5, "seed": -(10**20)}}, 5),
        ({"url": URL, "sample": {"size": 500, "seed": 7}}, 8),
        ({"url": URL, "per_company": 2}, 7),
    ],
)
async def test_a_search_is_saved_with_its_options(oracle, kept, search, count):
    [saved] = (await asked(oracle, "save_search", name="x", **search))["searches"]
    told = ("name", "fingerprint", "saved_at", "count_then", "count_now")
    assert (saved["count_then"], saved["count_now"]) == (count, count)
    assert {name: value for name, value in saved.items() if name not in told} == {"url": None} | search
    assert json.loads(kept.searches["x"].request) == search
    assert (await asked(oracle, "saved_searches"))["searches"] == [saved]
    assert (await asked(oracle, "count_contacts", **search)) == {"count": count}
    parts = [await asked(oracle, "save_search", name="x", **search, split={"part": at, "of": 2}) for at in (1, 2)]
    fingerprints = {saved["fingerprint"], *(part["searches"][0]["fingerprint"] for part in parts)}
    assert len(fingerprints) == 3


async def test_what_was_counted_to_save_it_is_not_counted_again(oracle):
    for name, options in (("a", {}), ("b", {"per_company": 1}), ("c", {"sample": {"size": 1, "seed": 1}})):
        await asked(oracle, "save_search", name=name, url=URL, **options)
    engine = oracle.engine
    engine.counted.clear()
    saved = (await asked(oracle, "save_search", name="d", url=URL))["searches"]
    assert {one["name"]: one["count_now"] for one in saved} == {"a": 8, "b": 6, "c": 1, "d": 8}
    # The new one, the two that are counted together, and the one of companies.
    assert engine.counted == [1, 2, 1]
    engine.counted.clear()
    await asked(oracle, "save_search", name="b", url=URL, per_company=2)
    assert engine.counted == [1, 3]


async def test_companies_that_can_not_be_counted_in_time_have_no_number(oracle, monkeypatch):
    await asked(oracle, "save_search", name="all", url=URL)
    await asked(oracle, "save_search", name="few", url=URL, per_company=1)

    async def late(_: object) -> int:
        raise EngineTimeout("late")

    monkeypatch.setattr(oracle.engine, "count", late)
    saved = {one["name"]: one for one in (await asked(oracle, "saved_searches"))["searches"]}
    assert (saved["few"]["count_then"], saved["few"]["count_now"], saved["all"]["count_now"]) == (6, None, 8)
    with pytest.raises(EngineTimeout, match="with stream"):
        await asked(oracle, "save_search", name="few", url=URL, per_company=2)
    kept = {one["name"]: one for one in (await asked(oracle, "saved_searches"))["searches"]}
    assert kept["few"]["per_company"] == 1


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ({"url": URL, "combine": SEVERAL}, "url and combine exclude each other"),
        ({"url": URL, "sample": {"size": 1, "seed": 1}, "per_company": 1}, "sample and per_company exclude each other"),
        ({"combine": {"not": [URL]}}, "combine must have a URL in any or all"),
        ({"url": URL, "split": {"part": 4, "of": 3}}, r"split\.part must be an integer from 1 to split\.of, 3, not 4"),
        ({}, "Missing required field: url"),
    ],
)
async def test_options_that_can_not_be_are_not_saved(service, kept, search, words):
    with pytest.raises(InvalidInput, match=words):
        await asked(service, "save_search", name="x", **search)
    assert kept.asked == []


async def test_only_so_many_are_counted_as_one_request_may_ask_for(service):
    class Sized(msgspec.Struct):
        predicates: int

    sizes = [Sized(60), None, Sized(40), Sized(1), Sized(0)]
    assert list(_within(sizes, 100)) == [0, 2]  # type: ignore[arg-type]
    assert list(_within(sizes, 101)) == [0, 2, 3, 4]  # type: ignore[arg-type]
    plan = await service.plan_of(ACTIONS["count_contacts"].request.read({"url": URL}))
    assert 0 < plan.predicates < MOST_PREDICATES


async def test_nobody_in_particular_has_none(engine, settings, kept):
    for action in ("saved_searches", "save_search", "delete_search"):
        with pytest.raises(Unauthorized):
            await asked(ContactService(engine, settings, kept), action, name="x", url=URL)
