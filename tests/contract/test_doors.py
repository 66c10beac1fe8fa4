"""What REST, streams and counts by filter add, on both engines: the same contacts, whichever way they leave."""

import asyncio
import csv
import gzip
import io
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from api.actions.requests import least_of
from api.actions.table import ACTIONS
from api.settings import load_settings
from mappings.contact_filter import map_url
from mappings.counting import countable
from mappings.predicates import ContactFilter, MatchAll, Not, Terms, any_of
from mappings.titles import title_key
from mappings.url import parse
from search.cursor import Position, encode, fingerprint
from search.fields import ALL_FIELDS, ITEM_FIELDS, LIST_FIELDS, LONG_MAX, LONG_MIN, SORT_KEYS, SORT_NAMES
from tests.contract.conftest import URLS, refusal
from tests.contract.doors import APOLLO, Door, RestDoor
from tests.harness.service import ANSWER_SECONDS, Service
from tests.harness.stores import engine_of

PEOPLE = "https://app.apollo.io/#/people"
CEOS = f"{PEOPLE}?personTitles[]=CEO&personTitles[]=Founder"
# An answer to `save_search` has the time in it.
OF_A_URL = [name for name, row in ACTIONS.items() if "url" in row.request.__struct_fields__ and name != "save_search"]
LEDGER_IF_ASKED = [
    name
    for name in OF_A_URL
    if any(field.name == "ledger" and not field.required for field in msgspec.structs.fields(ACTIONS[name].shape))
]
BY_NAME = f"{PEOPLE}?sortByField=person_name.raw&sortAscending=true"


def beside_url(action: str) -> dict[str, Any]:
    """The least that the action is asked beside a URL, and a limit if it has one."""
    request = ACTIONS[action].request
    least = {name: value for name, value in least_of(request).items() if name != "url"}
    return least | ({"limit": 3} if "limit" in request.__struct_fields__ else {})


def streamed(service: Service, action: str, **data: Any) -> tuple[list[Any], dict[str, Any]]:
    """The items of all partial messages, and the `data` of the last message."""
    key, items = "uuids" if action == "get_uuids" else "results", []
    with service.connect() as connection:
        message = {"action": action, "request_id": 1, "data": {"stream": True, **data}}
        connection.send(json.dumps(message))
        number = 1
        while (answer := json.loads(connection.recv(ANSWER_SECONDS)))["status"] == "partial":
            assert answer["data"]["sequence"] == number
            items += answer["data"][key]
            number += 1
    assert answer["status"] == "success", answer
    assert (answer["data"].pop("count"), answer["data"].pop("parts")) == (len(items), number - 1)
    return items, answer["data"]


@pytest.mark.parametrize("action", LEDGER_IF_ASKED)
def test_a_ledger_is_added_to_the_end_of_any_answer(door: Door, action: str) -> None:
    url = f"{CEOS}&personLocations[]=EMEA&tour=1"
    more = beside_url(action)
    without = door.data(action, url=url, **more)
    answer = door.data(action, url=url, **more, ledger="true" if isinstance(door, RestDoor) else True)
    assert list(answer) == [*without, "ledger"]
    told = answer.pop("ledger")
    assert answer == without
    assert [(entry["name"], entry["value"], entry["status"]) for entry in told] == [
        ("personTitles[]", "CEO", "applied"),
        ("personTitles[]", "Founder", "applied"),
        ("personLocations[]", "EMEA", "approximated"),
        ("tour", "1", "ignored"),
    ]
    assert all(list(entry) == ["name", "value", "status", "reason", "read_as"] for entry in told)


def test_streams_end_with_the_ledger_and_exports_have_none(service: Service) -> None:
    whole = service.data("search_contacts", url=CEOS, ledger=True)
    for action in ("search_contacts", "get_uuids"):
        assert streamed(service, action, url=CEOS, ledger=True)[1]["ledger"] == whole["ledger"]
        assert "ledger" not in streamed(service, action, url=CEOS, ledger=False)[1]
    path = f"{APOLLO}/contacts?ledger=true"
    assert service.post(path, {"url": CEOS})[1] == whole
    for form in ("application/x-ndjson", "text/csv"):
        told, plain = (service.post(at, {"url": CEOS}, accept=form)[1] for at in (path, f"{APOLLO}/contacts"))
        assert told == plain
    _, first, _ = service.post(f"{path}&limit=1", {"url": CEOS})
    assert "ledger=true" in first["next"]
    status, second, _ = service.post(first["next"].removeprefix(service.base), {"url": CEOS})
    assert (status, second["ledger"]) == (200, whole["ledger"])


@pytest.mark.parametrize("url", [PEOPLE, BY_NAME, CEOS], ids=["all", "by name", "some"])
def test_streams_and_exports_hold_what_the_unlimited_answer_holds(service: Service, url: str) -> None:
    whole = service.data("search_contacts", url=url)
    results = whole["results"]
    items, end = streamed(service, "search_contacts", url=url)
    assert items == results
    assert end == {name: value for name, value in whole.items() if name != "results"}

    status, answer, _ = service.post(f"{APOLLO}/contacts", {"url": url})
    assert (status, answer == whole) == (200, True)
    _, packed, headers = service.post(
        f"{APOLLO}/contacts", {"url": url}, accept="application/x-ndjson", accept_encoding="gzip"
    )
    assert headers["content-encoding"] == "gzip"
    assert [json.loads(line) for line in gzip.decompress(packed).splitlines()] == results
    _, rows, _ = service.post(f"{APOLLO}/contacts", {"url": url}, accept="text/csv")
    found = list(csv.DictReader(io.StringIO(rows.decode(), newline="")))
    assert tuple(found[0]) == ITEM_FIELDS
    assert found == [{name: cell(name, value) for name, value in item.items()} for item in results]

    uuids, end = streamed(service, "get_uuids", url=url)
    assert end == {}
    assert sorted(uuids) == sorted(item["uuid"] for item in results)


def cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(value) if name in LIST_FIELDS else str(value)


@pytest.mark.parametrize("url", [CEOS, BY_NAME], ids=["newest first", "by name"])
def test_streams_from_any_place_in_both_directions(service: Service, url: str) -> None:
    page = service.data("search_contacts", url=url, limit=10, offset=300)
    for data in (
        {"cursor": page["next"]}, {"cursor": page["previous"]}, {"cursor": page["previous"], "limit": 250},
        {"cursor": page["next"], "limit": 2500, "view": "simple"}, {"limit": 2500}, {"offset": 290}, {"limit": 7},
    ):  # fmt: skip
        whole = service.data("search_contacts", url=url, **data)
        items, end = streamed(service, "search_contacts", url=url, **data)
        assert items == whole.pop("results")
        assert end == whole
    limited = service.data("get_uuids", url=url, limit=2500)["uuids"]
    assert streamed(service, "get_uuids", url=url, limit=2500)[0] == limited


def test_links_lead_through_all_pages_and_back(service: Service) -> None:
    expected = [item["uuid"] for item in service.data("search_contacts", url=CEOS)["results"]]
    link = f"{APOLLO}/contacts?limit=400&view=simple&exclude_company_name=no%20such%20%26%20company"
    pages = [service.post(link, {"url": CEOS})[1]]
    while pages[-1]["next"]:
        pages.append(service.post(pages[-1]["next"], {"url": CEOS})[1])
    assert [item["uuid"] for page in pages for item in page["results"]] == expected
    assert service.post(pages[1]["previous"], {"url": CEOS})[1]["results"] == pages[0]["results"]
    status, answer, _ = service.post(pages[0]["next"], {"url": PEOPLE})
    assert (status, "cursor" in answer["detail"]) == (400, True)


def test_a_limit_over_the_page_size_is_cut(service: Service) -> None:
    status, answer, _ = service.post(f"{APOLLO}/contacts?limit=5000", {"url": PEOPLE})
    assert (status, len(answer["results"])) == (200, 1000)


def test_mistakes_in_the_same_words(door: Door) -> None:
    for action in ("search_contacts", "count_contacts", "get_uuids"):
        assert door.refusal(action, url="https://example.com") == "URL must be from apollo.io domain"
        words = door.refusal(action, url=f"{PEOPLE}?revenueRange[min]=lots").removeprefix("Invalid filter parameters: ")
        assert words.startswith("revenueRange[min]: 'lots' is not")
        assert "nodot" in door.refusal(action, url=PEOPLE, include_domain_list=["nodot"])
    assert "cursor" in door.refusal("search_contacts", url=PEOPLE, cursor="x", limit=5)


def test_an_empty_cursor_is_none_and_a_whole_link_is_the_cursor_in_it(door: Door) -> None:
    first = door.data("search_contacts", url=CEOS, limit=3)
    assert door.data("search_contacts", url=CEOS, limit=3, cursor="") == first
    second = door.data("search_contacts", url=CEOS, limit=3, cursor=first["next"])
    link = f"https://contacts.example{APOLLO}/contacts?limit=25&view=simple&cursor={first['next']}"
    assert door.data("search_contacts", url=CEOS, limit=3, cursor=link) == second
    assert "cursor" in door.refusal("search_contacts", url=CEOS, limit=3, cursor=link.partition("&cursor")[0])
    assert "cursor" in door.refusal("search_contacts", url=CEOS, limit=3, cursor=link + "&cursor=other")
    assert "cursor" in door.refusal("search_contacts", url=CEOS, limit=3, cursor=link, offset=1)


@pytest.mark.parametrize("key", SORT_KEYS)
def test_a_forged_cursor_is_refused_or_answered(door: Door, key: str) -> None:
    """Whoever knows how cursors are made can make one; an engine never finds what it can't compare."""
    for ascending in ("true", "false"):
        url = f"{CEOS}&sortByField={SORT_NAMES[key][-1]}&sortAscending={ascending}"
        contact_filter = map_url(parse(url), datetime.now(UTC).date()).filter
        assert contact_filter.order.field == key
        of = fingerprint(contact_filter)
        fitting = (LONG_MAX, LONG_MIN, 0) if SORT_KEYS[key] else ("", "x" * 5000, "\0", "\uffff\U0010ffff")
        foreign = ("a text", LONG_MAX + 1, 2**64 - 1, LONG_MIN - 1) if SORT_KEYS[key] else (7, 2**63)
        for backward, uuid in ((False, "u"), (True, ""), (False, "\0" * 600)):
            for value in (None, *fitting):
                cursor = encode(Position(value, uuid, backward), of)
                assert "results" in door.data("search_contacts", url=url, limit=2, cursor=cursor)
            for value in foreign:
                cursor = encode(Position(value, uuid, backward), of)
                words = door.refusal("search_contacts", url=url, limit=2, cursor=cursor)
                assert words.startswith("cursor is not one of ours")


@pytest.mark.parametrize("action", OF_A_URL)
def test_strict_refuses_the_same_through_both_doors(door: Door, action: str) -> None:
    strict = "true" if isinstance(door, RestDoor) else True
    more = beside_url(action)
    answer = door.data(action, url=CEOS, **more)
    assert door.data(action, url=CEOS, **more, strict=strict) == answer
    assert door.data(action, url=CEOS, **more, colour="red") == answer
    assert door.refusal(action, url=CEOS, **more, colour="red", strict=strict).startswith(
        "strict: colour is not a field of "
    )
    assert door.refusal(action, url=f"{CEOS}&foo=1", **more, strict=strict).startswith(
        "strict: foo can't be mapped ('1'): "
    )


# Counts by filter


def test_counts_of_a_url_are_those_of_its_parts(door: Door) -> None:
    query = (
        "page=2&personTitles[]=CEO&personTitles[]=Founder&personNotTitles[]=CTO&organizationNumEmployeesRanges[]=1,50"
        "&organizationNumEmployeesRanges[]=51,200&contactEmailStatusV2[]=verified&existFields[]=email"
        "&existFields[]=person_linkedin_url&finderViewId=x&sortByField=employees"
    )

    def count(part: str) -> int:
        return int(door.data("count_contacts", url=f"{PEOPLE}?{part}")["count"])

    answer = door.data("count_by_filter", url=f"{PEOPLE}?{query}")
    assert list(answer) == ["url", "url_structure", "categories", "statistics", "raw_parameters"]
    parameters = {each["name"]: each for category in answer["categories"] for each in category["parameters"]}
    for name in ("page", "finderViewId", "sortByField"):
        assert parameters[name]["count"] == 0
    everyone = count("")
    assert parameters["personNotTitles[]"]["count"] == everyone - count("personNotTitles[]=CTO") > 0
    for name in ("personTitles[]", "organizationNumEmployeesRanges[]", "contactEmailStatusV2[]", "existFields[]"):
        values = [value["value"] for value in parameters[name]["values"]]
        assert parameters[name]["count"] == count("&".join(f"{name}={value}" for value in values))
        for value in parameters[name]["values"]:
            assert list(value) == ["value", "count"]
            assert value["count"] == count(f"{name}={value['value']}") > 0
    for category in answer["categories"]:
        assert category["count"] == max(each["count"] for each in category["parameters"])
    plain = door.data("analyze", url=f"{PEOPLE}?{query}")
    assert (answer["statistics"], answer["raw_parameters"]) == (plain["statistics"], plain["raw_parameters"])


def test_many_counts_of_every_real_url_are_the_separate_ones(service: Service) -> None:
    async def compare() -> int:
        settings = load_settings(service.environment).engine
        compared = 0
        async with engine_of(settings) as engine:
            for url in URLS:
                if refusal(url) is None:
                    found = countable(parse(url), datetime.now(UTC).date()).predicates
                    compiled = [engine.compile(ContactFilter(predicate)) for predicate in found]
                    separate = [await engine.count(each) for each in compiled]
                    assert await engine.count_many(compiled) == separate, url
                    compared += len(compiled)
        return compared

    assert asyncio.run(compare()) > 300


def test_every_real_url_is_counted_by_its_parts(door: Door) -> None:
    for url in URLS:
        if refusal(url) is not None:
            continue
        for category in door.data("count_by_filter", url=url)["categories"]:
            for parameter in category["parameters"]:
                counts = [value["count"] for value in parameter["values"]]
                if parameter["name"].startswith(("qAnded", "currentlyUsingAll", "existFields")):
                    assert parameter["count"] <= min(counts)
                else:
                    assert max(counts) <= parameter["count"] <= sum(counts)


def test_ten_thousand_predicates_are_counted_in_one_go(service: Service) -> None:
    titles = [Terms("title_key", (f"title {number}",)) for number in range(10_000)]
    ceo = Terms("title_key", (title_key("CEO"),))
    predicates = [ceo, *titles, any_of([ceo, *titles]), MatchAll(), Not(ceo)]

    async def count() -> list[int]:
        async with engine_of(load_settings(service.environment).engine) as engine:
            return await engine.count_many([engine.compile(ContactFilter(predicate)) for predicate in predicates])

    first, *others, whole, everyone, rest = asyncio.run(count())
    assert set(others) == {0}
    assert first == whole == everyone - rest > 0


def test_the_longest_url_is_counted(door: Door) -> None:
    values = "&".join(f"qKeywords=w{number}" for number in range(4000))
    answer = door.data("count_by_filter", url=f"{PEOPLE}?personTitles[]=CEO&{values}")
    titles, keywords = (category["parameters"][0] for category in answer["categories"])
    assert titles["count"] > 0
    assert len(keywords["values"]) == 4000


def test_the_complete_view_is_the_full_one_and_more_in_every_form(service: Service) -> None:
    full = service.data("search_contacts", url=CEOS)["results"]
    complete = service.data("search_contacts", url=CEOS, view="complete")["results"]
    assert [tuple(contact) for contact in complete] == [ALL_FIELDS] * len(full)
    assert [{name: contact[name] for name in ITEM_FIELDS} for contact in complete] == full
    items, _ = streamed(service, "search_contacts", url=CEOS, view="complete")
    assert items == complete
    assert service.data("search_contacts", url=CEOS, view="complete", limit=7)["results"] == complete[:7]
    path = f"{APOLLO}/contacts?view=complete"
    assert service.post(path, {"url": CEOS})[1]["results"] == complete
    _, lines, _ = service.post(path, {"url": CEOS}, accept="application/x-ndjson")
    assert [json.loads(line) for line in lines.splitlines()] == complete
    _, rows, _ = service.post(path, {"url": CEOS}, accept="text/csv")
    header, *found = csv.reader(io.StringIO(rows.decode(), newline=""))
    assert tuple(header) == ALL_FIELDS
    assert [row[0] for row in found] == [contact["uuid"] for contact in complete]
