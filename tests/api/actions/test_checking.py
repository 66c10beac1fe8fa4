"""`explain_contact`: which contacts are meant, and which parameter keeps each out."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from api.actions.checking import MOST_CONTACTS, CheckRequest, explain_contact
from api.actions.requests import CountRequest
from api.actions.service import ContactService
from api.settings import Settings
from mappings.errors import InvalidField, InvalidInput
from search.fields import ContactCompleteItem, item_json
from tests.harness.naive_engine import hits_of
from tests.harness.oracle_engine import OracleEngine
from tests.harness.strategies import items, urls

PEOPLE = "https://app.apollo.io/#/people"
JANE = ContactCompleteItem(
    uuid="6F1E-jane",
    first_name="Jane",
    title="CEO",
    email="jane.doe@acme.example",
    secondary_email="jane@home.example",
    person_linkedin_url="http://www.linkedin.com/in/Jane-Doe/",
    employees=0,
    keywords=("saas", "cloud"),
    city="",
    country="Germany",
    do_not_call=True,
    foreign_ids={"hubspot": "7"},
    company_description="We make clouds",
)


async def checked(contacts: list[ContactCompleteItem], url: str, **fields: Any) -> list[dict[str, Any]]:
    service = ContactService(OracleEngine(contacts), Settings())
    answer = json.loads(await explain_contact(service, CheckRequest.read({"url": url} | fields)))
    return list(answer["contacts"])


@pytest.mark.anyio
@pytest.mark.parametrize(
    "fields",
    [
        {"uuid": "6F1E-jane"},
        {"uuid": " 6F1E-jane "},
        {"email": "Jane.Doe@ACME.example"},
        {"email": "jane@home.example"},
        {"linkedin": "https://de.linkedin.com/in/jane-doe?x=1"},
        {"linkedin": "linkedin.com/in/jane-doe", "uuid": None},
    ],
)
async def test_a_contact_is_meant_by_any_of_its_names(fields: dict[str, Any]) -> None:
    [found] = await checked([JANE, ContactCompleteItem(uuid="other")], PEOPLE, **fields)
    assert found == {"contact": json.loads(item_json(JANE)), "matches": True, "parameters": []}


@pytest.mark.anyio
async def test_a_uuid_in_capitals_is_the_same_and_nobody_is_nobody() -> None:
    other = ContactCompleteItem(uuid="aa-bb")
    [found] = await checked([JANE, other], PEOPLE, uuid="AA-BB")
    assert found["contact"]["uuid"] == "aa-bb"
    for fields in ({"uuid": "nobody"}, {"email": ""}, {"linkedin": " "}):
        assert await checked([JANE], PEOPLE, **fields) == []


@pytest.mark.anyio
async def test_who_shares_the_place_of_a_uuid_is_not_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.derivation.sha256", lambda _text: hashlib.sha256(b"the same of all"))
    others = [ContactCompleteItem(uuid=f"other {number}") for number in range(3)]
    [found] = await checked([*others, JANE], PEOPLE, uuid=JANE.uuid)
    assert found["contact"]["uuid"] == JANE.uuid
    assert await checked(others, PEOPLE, uuid=JANE.uuid) == []


@pytest.mark.anyio
async def test_what_a_contact_has_is_of_all_fields_that_a_parameter_looks_at() -> None:
    fields = ("do_not_call", "foreign_ids", "employees", "company_description")
    query = "&".join([
        "personTitles[]=CTO&personTitles[]=CFO&personLocations[]=Berlin&qOrganizationKeywordTags[]=saas",
        "includedOrganizationKeywordFields[]=tags&personNotTitles[]=CEO&personSeniorities[]=vp",
        *(f"existFields[]={name}" for name in fields),
    ])  # fmt: skip
    [found] = await checked([JANE], f"{PEOPLE}?{query}", uuid=JANE.uuid, exclude_domain_list=["acme.example"])
    told = {each.pop("name"): each for each in found["parameters"]}
    assert found["matches"] is False
    assert told == {
        "personTitles[]": {"matches": False, "wanted": ["CTO", "CFO"], "has": ["CEO"]},
        "personNotTitles[]": {"matches": False, "wanted": ["CEO"], "has": ["CEO"]},
        "personSeniorities[]": {"matches": False, "wanted": ["vp"], "has": []},
        "personLocations[]": {"matches": False, "wanted": ["Berlin"], "has": ["Germany"]},
        "qOrganizationKeywordTags[]": {"matches": True, "wanted": ["saas"], "has": ["saas", "cloud"]},
        "existFields[]": {"matches": True, "wanted": list(fields), "has": [0, "We make clouds", True, "7"]},
        "exclude_domain_list": {"matches": True, "wanted": ["acme.example"], "has": []},
    }


@pytest.mark.anyio
async def test_of_an_address_that_many_have_the_first_are_checked() -> None:
    office = [
        ContactCompleteItem(uuid=f"{number:02}", email="office@acme.example", title="CEO" if number % 2 else "CTO")
        for number in range(12)
    ]
    found = await checked(office, f"{PEOPLE}?personTitles[]=CEO", email="office@acme.example")
    assert [each["contact"]["uuid"] for each in found] == [f"{number:02}" for number in range(MOST_CONTACTS)]
    assert [each["matches"] for each in found] == [False, True] * 5


@pytest.mark.anyio
@pytest.mark.parametrize("fields", [{}, {"uuid": None}, {"uuid": "a", "email": "b"}])
async def test_exactly_one_name_is_needed(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidField, match=r"exactly one of uuid, email, linkedin is needed, not (none|2)"):
        await checked([JANE], PEOPLE, **fields)


@pytest.mark.anyio
async def test_the_ledger_comes_if_it_is_asked_for() -> None:
    service = ContactService(OracleEngine([]), Settings())
    request = CheckRequest.read({"url": f"{PEOPLE}?page=2", "uuid": "a", "ledger": True})
    answer = json.loads(await explain_contact(service, request))
    assert [entry["name"] for entry in answer["ledger"]] == ["page"]


@pytest.mark.anyio
@examples(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(items, min_size=1, max_size=8, unique_by=lambda item: item.uuid), urls)
async def test_a_contact_matches_if_the_search_finds_it(contacts: list[ContactCompleteItem], url: str) -> None:
    engine = OracleEngine(contacts)
    service = ContactService(engine, Settings())
    plan = await service.plan(CountRequest.read({"url": url}))
    assert plan.compiled is engine.compiled[-1]
    found = {hit.uuid for hit in hits_of(engine.contacts, engine.compiled[-1])}
    for contact in contacts:
        [told] = await checked(contacts, url, uuid=contact.uuid)
        assert told["matches"] is (contact.uuid in found) is all(each["matches"] for each in told["parameters"])


@pytest.mark.anyio
async def test_what_can_not_be_mapped_is_refused_if_that_is_asked_for() -> None:
    with pytest.raises(InvalidInput, match="foo"):
        await checked([JANE], f"{PEOPLE}?foo=1", uuid="a", strict=True)
