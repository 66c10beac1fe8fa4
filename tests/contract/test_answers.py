"""What a client sees of the actions on 10,000 contacts: over WebSocket and REST, on both engines."""

import re
from typing import Any

import pytest

from search.fields import ITEM_FIELDS, ContactSimpleItem
from tests.contract.conftest import SAMPLE
from tests.contract.doors import Door, RestDoor

PEOPLE = "https://app.apollo.io/#/people"
CEOS = f"{PEOPLE}?personTitles[]=CEO&personTitles[]=Founder"
DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def uuids(answer: dict[str, Any]) -> list[str]:
    return [contact["uuid"] for contact in answer["results"]]


def test_analyze_answers_the_documented_example(door: Door) -> None:
    url = (
        f"{PEOPLE}?contactEmailStatusV2[]=verified&personLocations[]=california&personTitles[]=CEO"
        "&organizationNumEmployeesRanges[]=11,50&page=1&sortByField=recommendations_score&sortAscending=false"
    )
    answer = door.data("analyze", url=url)
    assert list(answer) == ["url", "url_structure", "categories", "statistics", "raw_parameters"]
    assert answer["url"] == url
    assert answer["url_structure"] == {
        "base_url": "https://app.apollo.io",
        "hash_path": "/people",
        "query_string": url.partition("?")[2],
        "has_query_params": True,
    }
    assert answer["statistics"] == {
        "total_parameters": 7,
        "total_parameter_values": 7,
        "categories_used": 5,
        "categories": ["Pagination", "Sorting", "Person Filters", "Email Filters", "Organization Filters"],
    }
    assert answer["categories"][2]["parameters"][0] == {
        "name": "personTitles[]",
        "values": ["CEO"],
        "description": "Job titles to include",
        "category": "Person Filters",
    }
    assert answer["raw_parameters"] == {
        "contactEmailStatusV2[]": ["verified"],
        "personLocations[]": ["california"],
        "personTitles[]": ["CEO"],
        "organizationNumEmployeesRanges[]": ["11,50"],
        "page": ["1"],
        "sortByField": ["recommendations_score"],
        "sortAscending": ["false"],
    }


def test_industry_tags_are_shown_as_names(door: Door) -> None:
    answer = door.data("analyze", url=f"{PEOPLE}?organizationIndustryTagIds[]=5567cd4773696439dd350000")
    assert answer["categories"][0]["parameters"][0]["values"] == ["construction"]


def test_search_answers_whole_contacts_and_how_the_url_was_mapped(door: Door) -> None:
    url = f"{CEOS}&sortByField=recommendations_score&sortAscending=false"
    answer = door.data("search_contacts", url=url, limit=5)
    assert list(answer) == ["next", "previous", "results", "apollo_url", "mapping_summary", "unmapped_categories"]
    assert answer["apollo_url"] == url
    assert answer["mapping_summary"] == {
        "total_apollo_parameters": 3,
        "mapped_parameters": 1,
        "unmapped_parameters": 2,
        "mapped_parameter_names": ["personTitles[]"],
        "unmapped_parameter_names": ["sortByField", "sortAscending"],
    }
    [category] = answer["unmapped_categories"]
    assert (category["name"], category["total_parameters"]) == ("Sorting", 2)
    assert category["parameters"][0] == {
        "name": "sortByField",
        "values": ["recommendations_score"],
        "category": "Sorting",
        "reason": "Unknown parameter (no mapping defined)",
    }
    assert len(answer["results"]) == 5
    for contact in answer["results"]:
        assert tuple(contact) == ITEM_FIELDS
        assert sorted(contact["title"].lower().replace("&", " ").split()) in (["ceo"], ["founder"])
        assert contact["created_at"] is None or DATETIME.fullmatch(contact["created_at"])


def test_the_simple_view_has_the_nine_fields_in_order(door: Door) -> None:
    simple = door.data("search_contacts", url=CEOS, limit=5, view="simple")["results"]
    full = door.data("search_contacts", url=CEOS, limit=5, view="anything")["results"]
    names = ContactSimpleItem.__struct_fields__
    assert [list(contact) for contact in simple] == [list(names)] * 5
    assert simple == [{name: contact[name] for name in names} for contact in full]


@pytest.mark.parametrize("order", ["", "&sortByField=person_name.raw&sortAscending=true", "&sortByField=employees"])
def test_pages_follow_each_other_in_both_directions(door: Door, order: str) -> None:
    url = f"{CEOS}{order}"
    everything = door.data("search_contacts", url=url)
    assert (everything["next"], everything["previous"]) == (None, None)
    expected = uuids(everything)
    assert len(expected) == len(set(expected)) == door.data("count_contacts", url=url)["count"]

    page = door.data("search_contacts", url=url, limit=100)
    assert page["previous"] is None
    forward = [uuids(page)]
    while page["next"]:
        page = door.data("search_contacts", url=url, limit=100, cursor=page["next"])
        forward.append(uuids(page))
    assert [uuid for part in forward for uuid in part] == expected

    backward = [uuids(page)]
    while page["previous"]:
        page = door.data("search_contacts", url=url, limit=100, cursor=page["previous"])
        backward.insert(0, uuids(page))
    assert backward == forward


def test_a_cursor_without_a_limit_gives_all_the_rest(door: Door) -> None:
    expected = uuids(door.data("search_contacts", url=CEOS))
    first = door.data("search_contacts", url=CEOS, limit=30)
    rest = door.data("search_contacts", url=CEOS, cursor=first["next"])
    assert uuids(first) + uuids(rest) == expected
    second = door.data("search_contacts", url=CEOS, limit=30, cursor=first["next"])
    assert uuids(door.data("search_contacts", url=CEOS, cursor=second["previous"])) == uuids(first)


def test_page_offset_and_limit(door: Door) -> None:
    expected = uuids(door.data("search_contacts", url=CEOS))

    def ask(url: str = CEOS, **data: Any) -> list[str]:
        return uuids(door.data("search_contacts", url=url, **data))

    assert ask(limit=10) == expected[:10]
    assert ask(limit=10, offset=15) == expected[15:25]
    assert ask(offset=15) == expected[15:]
    assert ask(f"{CEOS}&page=3", limit=10) == expected[20:30]
    assert ask(f"{CEOS}&page=3", limit=10, offset=5) == expected[5:15]
    assert ask(f"{CEOS}&page=3") == expected
    for first_page in ("0", "abc", ""):
        assert ask(f"{CEOS}&page={first_page}", limit=10) == expected[:10]
    beyond = door.data("search_contacts", url=CEOS, limit=10, offset=10**6)
    assert (beyond["results"], beyond["next"], beyond["previous"]) == ([], None, None)
    assert len(ask(PEOPLE, limit=100, offset=9_950)) == door.data("count_contacts", url=PEOPLE)["count"] - 9_950


def test_no_filter_finds_every_contact_and_unlimited_uuids_are_all_of_them(door: Door) -> None:
    count = door.data("count_contacts", url=PEOPLE)["count"]
    assert SAMPLE * 0.99 < count <= SAMPLE
    everyone = door.data("get_uuids", url=PEOPLE)
    assert list(everyone) == ["count", "uuids"]
    assert everyone["count"] == len(set(everyone["uuids"])) == count


def test_limited_uuids_come_in_result_order_and_are_counted_as_returned(door: Door) -> None:
    expected = uuids(door.data("search_contacts", url=CEOS))
    assert door.data("get_uuids", url=CEOS, limit=20) == {"count": 20, "uuids": expected[:20]}
    assert door.data("get_uuids", url=CEOS, limit=10**6) == {"count": len(expected), "uuids": expected}


def test_company_lists_include_and_exclude(door: Door) -> None:
    contact = door.data("search_contacts", url=CEOS, limit=1)["results"][0]
    company, domain = contact["company"], contact["website"].partition("://")[2].removeprefix("www.").partition("/")[0]
    everyone = door.data("count_contacts", url=PEOPLE)["count"]

    def count(**lists: Any) -> int:
        return door.data("count_contacts", url=PEOPLE, **lists)["count"]

    by_name = count(include_company_name=company[1:].upper())
    assert 0 < by_name < everyone
    assert count(exclude_company_name=[company[1:].upper()]) == everyone - by_name
    assert count(include_company_name=[company, "no such company"]) == count(include_company_name=company)
    by_domain = count(include_domain_list=[f"https://www.{domain}/about"])
    assert 0 < by_domain < everyone
    assert count(exclude_domain_list=[domain]) == everyone - by_domain
    assert count(include_domain_list=[f"x{domain}"]) == 0
    assert count(include_company_name="!!!", exclude_company_name=[], include_domain_list=[]) == everyone


def test_two_urls_are_compared(door: Door) -> None:
    german, verified = f"{CEOS}&personLocations[]=Germany", f"{CEOS}&contactEmailStatusV2[]=verified&page=2"
    both = f"{german}&contactEmailStatusV2[]=verified"
    count = {url: door.data("count_contacts", url=url)["count"] for url in (CEOS, german, verified, both)}
    answer = door.data("compare_urls", urls=[german, verified])
    assert list(answer) == ["counts", "regions", "union", "parameters"]
    assert answer["counts"] == [count[german], count[verified]]
    assert answer["regions"] == [
        {"in": [0], "not": [1], "count": count[german] - count[both]},
        {"in": [1], "not": [0], "count": count[verified] - count[both]},
        {"in": [0, 1], "not": [], "count": count[both]},
    ]
    assert answer["union"] == count[german] + count[verified] - count[both]
    assert answer["parameters"] == [
        {
            "name": "personLocations[]",
            "values": [["Germany"], []],
            "change": [None, count[CEOS] - count[german]],
        },
        {
            "name": "contactEmailStatusV2[]",
            "values": [[], ["verified"]],
            "change": [None, count[both] - count[german]],
        },
    ]
    for urls in ([CEOS], [CEOS] * 7, CEOS, {"any": [CEOS, CEOS]}):
        assert door.refusal("compare_urls", urls=urls).startswith("urls must be a list of 2 to 6 strings, not ")
    assert door.refusal("compare_urls", urls=[CEOS, "https://evil.example"]).startswith("urls[1]: ")
    strict = "true" if isinstance(door, RestDoor) else True
    assert door.refusal("compare_urls", urls=[CEOS] * 2, strict=strict, colour="red").startswith("strict: colour ")


def test_a_url_is_built(door: Door) -> None:
    parameters = {"person_titles": ["Founder", "CEO"], "country": ["USA"], "page": ["2"], "tour": ["1"]}
    answer = door.data("build_url", parameters=parameters)
    assert list(answer) == ["url", "fingerprint", "ledger"]
    assert answer["url"] == f"{PEOPLE}?personTitles[]=CEO&personTitles[]=Founder&personLocations[]=United%20States"
    assert re.fullmatch("[0-9a-f]{16}", answer["fingerprint"])
    assert [entry["status"] for entry in answer["ledger"]] == ["repaired", "repaired", "repaired", "ignored", "ignored"]
    for wrong in (["personTitles[]=CEO"], {"personTitles[]": "CEO"}, {"personTitles[]": [1]}):
        assert door.refusal("build_url", parameters=wrong).startswith("parameters")
    assert "'lots' is not a whole number" in door.refusal("build_url", parameters={"revenueRange[min]": ["lots"]})
