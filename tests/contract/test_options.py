"""Options of a search on 10,000 contacts: over WebSocket and REST, on both engines, held against sets of uuids."""

import csv
import io
import json
from hashlib import sha256
from typing import Any

import msgspec
import pytest

from mappings.predicates import ContactFilter, MatchAll, PerCompany
from search.fields import ContactCompleteItem
from tests.contract.doors import APOLLO, Door
from tests.contract.test_doors import streamed
from tests.harness.naive_engine import hits_of, searchable
from tests.harness.service import Service

PEOPLE = "https://app.apollo.io/#/people"
CEOS = f"{PEOPLE}?personTitles[]=CEO&page=3"
FOUNDERS = f"{PEOPLE}?personSeniorities[]=founder&sortByField=last_name"
GERMANS = f"{PEOPLE}?personLocations[]=germany&unheardOf=1"
VERIFIED = f"{PEOPLE}?contactEmailStatusV2[]=verified&unheardOf=2"


def found(door: Door, **asked: Any) -> set[str]:
    return set(door.data("get_uuids", **asked)["uuids"])


def walked(door: Door, limit: int, **asked: Any) -> list[dict[str, Any]]:
    """The contacts of all pages, one after the other; and back again they are the same."""
    page = door.data("search_contacts", limit=limit, **asked)
    assert page["previous"] is None
    contacts, pages = list(page["results"]), 1
    while page["next"] is not None:
        page = door.data("search_contacts", limit=limit, cursor=page["next"], **asked)
        contacts += page["results"]
        pages += 1
    back: list[dict[str, Any]] = list(page["results"])
    while page["previous"] is not None:
        page = door.data("search_contacts", limit=limit, cursor=page["previous"], **asked)
        back[:0] = page["results"]
    assert back == contacts
    assert pages == max(1, -(-len(contacts) // limit))
    return contacts


@pytest.fixture
def sets(door: Door) -> dict[str, set[str]]:
    return {url: found(door, url=url) for url in (CEOS, FOUNDERS, GERMANS, VERIFIED)}


@pytest.mark.parametrize("lists", [{}, {"exclude_company_name": ["an", "er"]}], ids=["alone", "with lists"])
def test_urls_are_combined_as_sets(door: Door, sets: dict[str, set[str]], lists: dict[str, Any]) -> None:
    combine = {"any": [CEOS, FOUNDERS], "all": [GERMANS], "not": [VERIFIED]}
    expected = (sets[CEOS] | sets[FOUNDERS]) & sets[GERMANS] - sets[VERIFIED]
    if lists:
        expected &= found(door, url=PEOPLE, **lists)
    assert len(expected) > 5
    asked = {"combine": combine, **lists}
    assert found(door, **asked) == expected
    assert door.data("count_contacts", **asked) == {"count": len(expected)}
    everything = door.data("search_contacts", **asked)["results"]
    created = [contact["created_at"] for contact in everything]
    assert created == sorted(created, reverse=True)
    assert {contact["uuid"] for contact in everything} == expected
    assert walked(door, 7, **asked) == everything
    first = door.data("get_uuids", limit=5, **asked)["uuids"]
    assert first == [contact["uuid"] for contact in everything[:5]]
    assert door.data("count_contacts", combine={"all": [CEOS, GERMANS]}) == {"count": len(sets[CEOS] & sets[GERMANS])}
    assert door.data("count_contacts", combine={"any": [CEOS], "not": [CEOS]}) == {"count": 0}


def test_the_account_of_combined_urls_is_of_them_all(door: Door) -> None:
    answer = door.data("search_contacts", combine={"any": [CEOS, FOUNDERS], "not": [GERMANS, VERIFIED]}, limit=1)
    assert answer["apollo_url"] is None
    assert answer["mapping_summary"] == {
        "total_apollo_parameters": 8,
        "mapped_parameters": 6,
        "unmapped_parameters": 2,
        "mapped_parameter_names": [
            "personTitles[]", "page", "personSeniorities[]", "sortByField", "personLocations[]",
            "contactEmailStatusV2[]",
        ],
        "unmapped_parameter_names": ["unheardOf", "unheardOf"],
    }  # fmt: skip
    [category] = answer["unmapped_categories"]
    assert [(each["name"], each["values"]) for each in category["parameters"]] == [
        ("unheardOf", ["1"]),
        ("unheardOf", ["2"]),
    ]
    assert category["total_parameters"] == 2


def test_the_ledger_says_that_pages_and_orders_of_combined_urls_do_not_count(door: Door) -> None:
    answer = door.data("count_contacts", combine={"any": [CEOS], "all": [FOUNDERS]}, ledger=True)
    told = {entry["name"]: (entry["status"], entry["reason"]) for entry in answer["ledger"]}
    assert told["page"] == ("ignored", "`combine` has pages of its own")
    assert told["sortByField"] == ("ignored", "`combine` has an order of its own")
    assert told["personTitles[]"][0] == "applied"


@pytest.mark.parametrize("view", ["full", "simple", "complete"])
def test_each_contact_says_which_urls_find_it(door: Door, sets: dict[str, set[str]], view: str) -> None:
    asked = {"combine": {"any": [CEOS, FOUNDERS, GERMANS], "all": [VERIFIED]}, "view": view}
    tagged = walked(door, 400, tag=True, **asked)
    for contact in tagged:
        assert list(contact)[-1] == "matched"
        assert contact["matched"] == [
            number for number, url in enumerate((CEOS, FOUNDERS, GERMANS, VERIFIED)) if contact["uuid"] in sets[url]
        ]
    assert {tuple(contact["matched"]) for contact in tagged} >= {(0, 3), (1, 3), (2, 3), (0, 2, 3)}
    assert door.data("search_contacts", tag=True, **asked)["results"] == tagged
    plain = [{name: value for name, value in contact.items() if name != "matched"} for contact in tagged]
    assert door.data("search_contacts", tag=False, **asked)["results"] == plain


def test_the_parts_of_a_split_are_everything_and_have_nobody_in_common(door: Door, sets: dict[str, set[str]]) -> None:
    parts = [found(door, url=CEOS, split={"part": part, "of": 3}) for part in (1, 2, 3)]
    assert set().union(*parts) == sets[CEOS]
    assert sum(map(len, parts)) == len(sets[CEOS])
    assert min(map(len, parts)) > len(sets[CEOS]) / 6
    second = walked(door, 50, url=FOUNDERS, split={"part": 2, "of": 3})
    assert {contact["uuid"] for contact in second} < sets[FOUNDERS]
    assert door.data("count_contacts", url=FOUNDERS, split={"part": 2, "of": 3}) == {"count": len(second)}
    both = {"combine": {"any": [CEOS, FOUNDERS]}, "split": {"part": 1, "of": 3}}
    assert parts[0] <= found(door, **both)


def seen(door: Door, url: str) -> list[dict[str, Any]]:
    """All contacts that a URL finds, with all that is stored of them."""
    contacts: list[dict[str, Any]] = door.data("search_contacts", url=url, view="complete")["results"]
    return contacts


def shuffled(contacts: list[dict[str, Any]], seed: int) -> list[str]:
    """The uuids of contacts in the order of a sample, by a way of its own."""

    def key(text: str) -> int:
        return int.from_bytes(sha256(text.encode()).digest(), "big") >> 256 - 63

    start = key(str(seed))
    return sorted([contact["uuid"] for contact in contacts], key=lambda uuid: (key(uuid) < start, key(uuid)))


def test_a_sample_is_in_the_order_of_the_seed_and_pages(door: Door) -> None:
    everybody = seen(door, FOUNDERS)
    for seed in (7, -(10**20)):
        expected = shuffled(everybody, seed)
        asked = {"url": FOUNDERS, "sample": {"size": 90, "seed": seed}}
        assert [contact["uuid"] for contact in walked(door, 25, **asked)] == expected[:90]
        assert door.data("get_uuids", **asked, limit=7)["uuids"] == expected[:7]
        assert found(door, **asked) == set(expected[:90])
        assert door.data("count_contacts", **asked) == {"count": 90}
        second = door.data("search_contacts", **asked, limit=80, offset=20)
        assert [contact["uuid"] for contact in second["results"]] == expected[20:90]
        assert second["next"] is None
    all_of_them = {"url": FOUNDERS, "sample": {"size": 1_000_000, "seed": 1}, "split": {"part": 1, "of": 2}}
    part = found(door, url=FOUNDERS, split={"part": 1, "of": 2})
    assert door.data("count_contacts", **all_of_them) == {"count": len(part)}
    assert [contact["uuid"] for contact in door.data("search_contacts", **all_of_them)["results"]] == [
        uuid for uuid in shuffled(everybody, 1) if uuid in part
    ]


def test_so_many_of_a_company_are_the_most_senior_then_the_newest(door: Door) -> None:
    everybody = searchable(msgspec.convert(seen(door, VERIFIED), list[ContactCompleteItem]))
    for most, limit in ((1, 1500), (3, 2500)):
        asked = {"url": VERIFIED, "per_company": most}
        selection = PerCompany(most)
        expected = [hit.uuid for hit in hits_of(everybody, ContactFilter(MatchAll(), selection.order, selection))]
        assert len(expected) < len(everybody)
        assert [contact["uuid"] for contact in walked(door, min(limit, 1000), **asked)] == expected
        assert [contact["uuid"] for contact in door.data("search_contacts", **asked)["results"]] == expected
        assert door.data("count_contacts", **asked) == {"count": len(expected)}
        assert found(door, **asked) == set(expected)
        assert door.data("get_uuids", limit=30, **asked)["uuids"] == expected[:30]


SELECTIONS: dict[str, dict[str, Any]] = {
    "several URLs": {"combine": {"any": [CEOS, FOUNDERS], "not": [VERIFIED]}, "tag": True},
    "a part of several": {"combine": {"all": [GERMANS, VERIFIED]}, "split": {"part": 2, "of": 3}},
    "a sample": {"url": FOUNDERS, "sample": {"size": 120, "seed": 3}, "exclude_company_name": ["an"]},
    "so many of a company": {"url": VERIFIED, "per_company": 1, "split": {"part": 1, "of": 4}},
}


@pytest.mark.parametrize("asked", SELECTIONS.values(), ids=SELECTIONS)
@pytest.mark.parametrize("limit", [{}, {"limit": 50}], ids=["all", "limited"])
def test_streams_have_what_the_answer_has(service: Service, asked: dict[str, Any], limit: dict[str, Any]) -> None:
    whole = service.data("search_contacts", **asked, **limit)
    contacts, end = streamed(service, "search_contacts", **asked, **limit)
    assert contacts == whole.pop("results")
    assert len(contacts) > 40
    assert end == whole
    options = {name: value for name, value in asked.items() if name != "tag"}
    uuids, _ = streamed(service, "get_uuids", **options, **limit)
    order = list if limit else sorted
    assert order(uuids) == order(contact["uuid"] for contact in contacts)
    whole_count = service.data("count_contacts", **options)["count"]
    assert len(contacts) == min(whole_count, limit.get("limit", whole_count))


@pytest.mark.parametrize("asked", SELECTIONS.values(), ids=SELECTIONS)
def test_exports_have_what_the_answer_has(service: Service, asked: dict[str, Any]) -> None:
    contacts = service.data("search_contacts", **asked)["results"]
    path = f"{APOLLO}/contacts"
    status, lines, _ = service.post(path, asked, accept="application/x-ndjson")
    assert (status, [json.loads(line) for line in lines.splitlines()]) == (200, contacts)
    _, table, _ = service.post(path, asked, accept="text/csv")
    rows = list(csv.DictReader(io.StringIO(table.decode(), newline="")))
    assert [row["uuid"] for row in rows] == [contact["uuid"] for contact in contacts]
    for row, contact in zip(rows, contacts, strict=True):
        assert list(row) == list(contact)
        assert row.get("matched", "") == ", ".join(map(str, contact.get("matched", ())))
    _, answer, _ = service.post(path, asked)
    assert answer["results"] == contacts


def test_the_ledger_says_what_has_an_order_of_its_own(door: Door) -> None:
    url = f"{PEOPLE}?sortByField=last_name&page=2"
    told = {}
    for option in ({"sample": {"size": 3, "seed": 1}}, {"per_company": 1}):
        answer = door.data("search_contacts", url=url, limit=1, ledger=True, **option)
        told[str(*option)] = [(entry["name"], entry["status"], entry["reason"]) for entry in answer["ledger"]]
    assert told["sample"][0] == ("sortByField", "ignored", "`sample` has an order of its own")
    assert told["sample"][1][:2] == ("page", "applied")
    assert told["per_company"] == [
        ("sortByField", "ignored", "`per_company` has an order of its own"),
        ("page", "ignored", "`per_company` has pages of its own"),
    ]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"url": CEOS, "combine": {"any": [CEOS]}}, "url and combine exclude each other; send one of them"),
        ({"combine": {}}, "combine must have a URL in any or all"),
        ({"combine": {"not": [CEOS]}}, "combine must have a URL in any or all"),
        ({"combine": {"any": []}}, "combine must have a URL in any or all"),
        (
            {"combine": {"any": [CEOS] * 11, "not": [CEOS] * 10}},
            "combine must have at most 20 URLs in any, all and not together, not 21",
        ),
        ({"combine": {"any": [CEOS] * 21}}, "combine.any must be a list of at most 20 strings, not 21"),
        ({"combine": {"any": CEOS}}, f"combine.any must be a list of at most 20 strings, not '{CEOS}'"),
        ({"combine": {"none": [CEOS]}}, "combine has no 'none'; it is an object of any, all and not"),
        ({"combine": [CEOS]}, "combine must be an object of any, all and not, not a list"),
        (
            {"combine": {"any": [CEOS, "https://apollo.io.evil.com/#/people"]}},
            "combine.any[1]: URL must be from apollo.io domain",
        ),
        (
            {"combine": {"any": [CEOS], "not": [f"{PEOPLE}?revenueRange[min]=x"]}},
            "combine.not[0]: revenueRange[min]: 'x' is not ",
        ),
        ({"url": CEOS, "split": {"part": 4, "of": 3}}, "split.part must be an integer from 1 to split.of, 3, not 4"),
        ({"url": CEOS, "split": {"part": 0, "of": 3}}, "split.part must be an integer from 1 to 100, not 0"),
        ({"url": CEOS, "split": {"part": 1, "of": 101}}, "split.of must be an integer from 2 to 100, not 101"),
        ({"url": CEOS, "split": {"part": 1}}, "split.of is missing; split is an object of part and of"),
        ({"url": CEOS, "split": "1/3"}, "split must be an object of part and of, not '1/3'"),
    ],
)
def test_what_options_can_not_be_is_refused(door: Door, asked: dict[str, Any], words: str) -> None:
    assert door.refusal("count_contacts", **asked).startswith(words)


def test_one_url_finds_all_that_it_finds(door: Door) -> None:
    answer = door.data("search_contacts", url=CEOS, tag=True, limit=3)
    assert [contact["matched"] for contact in answer["results"]] == [[0]] * 3


def test_a_cursor_belongs_to_its_options(door: Door) -> None:
    cursor = door.data("search_contacts", url=CEOS, limit=1, split={"part": 1, "of": 2})["next"]
    refused = "cursor belongs to another filter or order"
    for other in ({"url": CEOS}, {"url": CEOS, "split": {"part": 2, "of": 2}}, {"combine": {"any": [CEOS]}}):
        assert door.refusal("search_contacts", limit=1, cursor=cursor, **other).startswith(refused)


def test_neither_a_url_nor_several_is_a_missing_url(door: Door) -> None:
    answer = door.service.ask({"action": "count_contacts", "request_id": "r", "data": {"combine": None}})
    assert answer["error"] == {"message": "Missing required field: url", "code": "missing_field"}
    status, body, _ = door.service.post("/api/v2/apollo/contacts/count", {"split": {"part": 1, "of": 2}})
    assert (status, body) == (400, {"detail": "URL is required and must be a string"})
