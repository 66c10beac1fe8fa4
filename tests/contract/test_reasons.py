"""Why a search finds so many of 10,000 contacts: on both engines, as somebody counts who has no engine."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from mappings.company_lists import CompanyLists
from search.fields import ITEM_FIELDS, ContactCompleteItem
from tests.contract.conftest import URLS, refusal
from tests.contract.doors import Door
from tests.harness.reasons import Reasons
from tests.harness.service import Service

PEOPLE = "https://app.apollo.io/#/people"
CEOS = f"{PEOPLE}?personTitles[]=CEO"
NOBODY = f"{CEOS}&personNotTitles[]=Chief Executive Officer&personNotTitles[]=CTO&personLocations[]=Germany"
LISTS: dict[str, Any] = {
    "include_company_name": ["a", "e"],
    "exclude_company_name": ["inc"],
    "exclude_domain_list": ["a.example", "example.com"],
}
KEYS = ["count", "total", "companies", "parameters", "lists", "rescue", "instead", "canonical_url", "fingerprint",
        "ledger"]  # fmt: skip


@pytest.fixture(scope="session")
def reasons(people: list[ContactCompleteItem]) -> Reasons:
    return Reasons(people)


def counted(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in KEYS[:5]}


def test_every_real_url_is_explained_as_it_is(service: Service, reasons: Reasons) -> None:
    today = datetime.now(UTC).date()
    rescued = 0
    for url in filter(lambda each: refusal(each) is None, URLS):
        answer = service.data("explain_count", url=url)
        assert list(answer) == KEYS, url
        assert counted(answer) == reasons.explained(url, CompanyLists(), today), url
        assert bool(answer["rescue"]) <= (answer["count"] < 10)
        for rescue in answer["rescue"]:
            assert service.data("count_contacts", url=rescue["url"])["count"] == rescue["count"] > answer["count"]
        rescued += bool(answer["rescue"])
    assert rescued > 2


def test_lists_are_explained_too(door: Door, reasons: Reasons) -> None:
    today = datetime.now(UTC).date()
    answer = door.data("explain_count", url=CEOS, **LISTS)
    assert counted(answer) == reasons.explained(CEOS, CompanyLists(**LISTS), today)
    assert [each["name"] for each in answer["lists"]] == list(LISTS)
    assert [list(each) for each in answer["lists"]] == [["name", "count", "without", "values"]] * 3


def test_a_parameter_has_what_the_document_says(door: Door) -> None:
    answer = door.data("explain_count", url=f"{CEOS}&page=2&sortByField=[none]&includeSimilarTitles=false")
    [parameter] = answer["parameters"]
    assert list(parameter) == ["name", "category", "combine", "count", "without", "known", "values"]
    assert (parameter["name"], parameter["category"], parameter["combine"]) == (
        "personTitles[]", "Person Filters", "any"
    )  # fmt: skip
    assert parameter["values"] == [{"value": "CEO", "count": answer["count"], "within": answer["count"]}]
    assert parameter["without"] == answer["total"] == 10_000
    assert answer["canonical_url"] == CEOS
    assert [entry["name"] for entry in answer["ledger"]] == [
        "personTitles[]", "page", "sortByField", "includeSimilarTitles"
    ]  # fmt: skip


def test_who_finds_nobody_is_told_what_to_drop(door: Door) -> None:
    answer = door.data("explain_count", url=NOBODY)
    assert answer["count"] == 0
    drops = [rescue["drop"] for rescue in answer["rescue"]]
    assert [{"name": "personTitles[]", "value": None}] in drops
    assert [{"name": "personNotTitles[]", "value": "Chief Executive Officer"}] in drops
    assert [{"name": "personLocations[]", "value": None}] not in drops
    numbers = [rescue["count"] for rescue in answer["rescue"]]
    assert numbers == sorted(numbers, reverse=True)
    for rescue in answer["rescue"]:
        assert door.data("count_contacts", url=rescue["url"])["count"] == rescue["count"] > 0
    assert door.data("explain_count", url=NOBODY, size=1)["rescue"] == answer["rescue"][:1]


def test_two_are_dropped_at_once_where_one_does_not_help(door: Door) -> None:
    url = f"{CEOS}&personLocations[]=Atlantis&personSeniorities[]=c_sute&qKeywords=nosuchword"
    answer = door.data("explain_count", url=url)
    assert answer["rescue"] == []
    assert [each["nearest"][0]["value"] for each in answer["instead"]] == ["c_suite"]
    two = door.data("explain_count", url=url.removesuffix("&qKeywords=nosuchword"))
    [rescue] = two["rescue"]
    assert rescue["drop"] == [{"name": name, "value": None} for name in ("personLocations[]", "personSeniorities[]")]
    assert door.data("count_contacts", url=rescue["url"])["count"] == rescue["count"] > 0


def test_a_part_of_a_title_is_told_the_titles_that_have_it(door: Door) -> None:
    url = f"{PEOPLE}?personTitles[]=marketing&personLocations[]=Germany"
    answer = door.data("explain_count", url=url)
    [instead] = answer["instead"]
    assert (answer["count"], instead["name"], instead["value"]) == (0, "personTitles[]", "marketing")
    assert len(instead["nearest"]) > 3
    for near in instead["nearest"][:2]:
        other = url.replace("=marketing", f"={quote(near['value'])}")
        assert door.data("count_contacts", url=other)["count"] == near["within"] > 0
    [place] = door.data("explain_count", url=f"{PEOPLE}?personLocations[]=Germny")["instead"]
    assert place["nearest"][0]["value"] == "Germany"


def test_a_list_may_be_what_keeps_contacts_out(door: Door) -> None:
    answer = door.data("explain_count", url=CEOS, include_domain_list=["nobody.example"])
    [rescue] = answer["rescue"]
    assert rescue == {
        "drop": [{"name": "include_domain_list", "value": None}],
        "count": door.data("count_contacts", url=CEOS)["count"],
        "url": CEOS,
    }


def test_no_more_is_counted_than_may_be(door: Door) -> None:
    url = CEOS + "".join(f"&personLocations[]=place {number}" for number in range(300))
    answer = door.data("explain_count", url=url)
    assert answer["truncated"] is True
    titles, places = answer["parameters"]
    assert len(titles["values"]) == 1
    assert 50 < len(places["values"]) < 128
    assert list(answer) == [*KEYS, "truncated"]


def test_what_is_wrong_is_said(door: Door) -> None:
    assert "organizationNumEmployeesRanges[]" in door.refusal(
        "explain_count", url=f"{PEOPLE}?organizationNumEmployeesRanges[]=1,2,3"
    )
    assert "size" in door.refusal("explain_count", url=CEOS, size=0)
    assert "from 1 to 100" in door.refusal("explain_count", url=CEOS, size=101)
    assert "no domain" in door.refusal("explain_count", url=CEOS, include_domain_list=["no domain"])
    words = "exactly one of uuid, email, linkedin is needed, not "
    assert door.refusal("explain_contact", url=CEOS) == f"{words}none"
    assert door.refusal("explain_contact", url=CEOS, uuid="a", email="b@c.example") == f"{words}2"


def test_of_a_contact_each_parameter_is_checked(door: Door) -> None:
    [found] = door.data("search_contacts", url=f"{CEOS}&existFields[]=person_linkedin_url", limit=1)["results"]
    url = f"{CEOS}&personNotTitles[]=CTO&personLocations[]=Atlantis&organizationNumEmployeesRanges[]=0,"
    names = {"uuid": found["uuid"].upper(), "email": f" {found['email'].upper()}"}
    if found["person_linkedin_url"]:
        names["linkedin"] = found["person_linkedin_url"]
    for name, value in names.items():
        [checked] = door.data("explain_contact", url=url, exclude_company_name=["x y z"], **{name: value})["contacts"]
        assert list(checked) == ["contact", "matches", "parameters"]
        assert (checked["contact"], tuple(checked["contact"])) == (found, ITEM_FIELDS)
        assert checked["matches"] is False
        by_name = {each["name"]: each for each in checked["parameters"]}
        assert [name for name, each in by_name.items() if not each["matches"]] == ["personLocations[]"]
        place = [found[part] for part in ("city", "state", "country") if found[part]]
        assert by_name["personLocations[]"] == {
            "name": "personLocations[]", "matches": False, "wanted": ["Atlantis"], "has": list(dict.fromkeys(place)),
        }  # fmt: skip
        assert by_name["personNotTitles[]"]["has"] == [found["title"]]
        assert by_name["organizationNumEmployeesRanges[]"]["has"] == [found["employees"]]
        assert by_name["exclude_company_name"]["has"] == [found["company"]]


def test_a_contact_that_is_found_matches_and_nobody_is_nobody(door: Door) -> None:
    [found] = door.data("search_contacts", url=CEOS, limit=1)["results"]
    [checked] = door.data("explain_contact", url=CEOS, uuid=found["uuid"])["contacts"]
    assert (checked["matches"], [each["matches"] for each in checked["parameters"]]) == (True, [True])
    [everybody] = door.data("explain_contact", url=PEOPLE, uuid=found["uuid"])["contacts"]
    assert (everybody["matches"], everybody["parameters"]) == (True, [])
    assert door.data("explain_contact", url=CEOS, email="nobody@nowhere.example") == {"contacts": []}
    assert door.data("explain_contact", url=CEOS, uuid="")["contacts"] == []
