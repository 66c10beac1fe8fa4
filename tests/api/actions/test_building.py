"""URLs made by parameters, and what is refused."""

import json
from typing import Any

import pytest

from api.actions.building import build_url
from api.actions.requests import BuildRequest
from api.actions.service import ContactService
from api.settings import Settings
from mappings.canonical import canonical
from mappings.errors import InvalidField, InvalidParameter, MissingField
from mappings.fingerprint import fingerprint_of
from mappings.url import LONGEST_URL, MOST_VALUES, parse
from tests.harness.memory_engine import MemoryEngine

PEOPLE = "https://app.apollo.io/#/people"

pytestmark = pytest.mark.anyio


@pytest.fixture
def contacts(engine: MemoryEngine, settings: Settings) -> ContactService:
    return ContactService(engine, settings)


async def built(contacts: ContactService, parameters: object, **fields: object) -> dict[str, Any]:
    return json.loads(await build_url(contacts, BuildRequest.read({"parameters": parameters, **fields})))


async def test_a_url_is_made_of_parameters_in_any_spelling(contacts, engine):
    answer = await built(contacts, {"person_titles": ["CFO", " CEO "], "seniority": ["C-Level"], "page": ["3"]})
    assert list(answer) == ["url", "fingerprint", "ledger"]
    assert answer["url"] == f"{PEOPLE}?personTitles[]=CEO&personTitles[]=CFO&personSeniorities[]=c_suite"
    assert answer["fingerprint"] == fingerprint_of(parse(answer["url"]))
    assert canonical(parse(answer["url"])).url == answer["url"]
    assert [(entry["name"], entry["value"], entry["status"]) for entry in answer["ledger"]] == [
        ("personTitles[]", "CFO", "repaired"),
        ("personTitles[]", " CEO ", "repaired"),
        ("personSeniorities[]", "C-Level", "repaired"),
        ("page", "3", "ignored"),
    ]
    assert engine.asked == []


async def test_of_nothing_it_is_everybody(contacts):
    for nothing in ({}, {"personTitles[]": []}, {"personTitles[]": [" "], "madeUp": ["x"]}):
        assert (await built(contacts, nothing))["url"] == PEOPLE


async def test_a_malformed_value_is_named(contacts):
    with pytest.raises(InvalidParameter, match=r"revenueRange\[min\]: 'lots' is not a whole number"):
        await built(contacts, {"revenueRange[min]": ["lots"]})


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ("personTitles[]=CEO", "parameters must be an object of lists of strings, not 'personTitles"),
        ({"personTitles[]": "CEO"}, r"parameters.personTitles\[\] must be a list of strings, not 'CEO'"),
        ({"personTitles[]": [1]}, "must be a list of strings, but holds 1"),
        ({"personTitles[]": ["x"] * (MOST_VALUES + 1)}, "more than 10000 values or 65536 characters"),
        ({"personTitles[]": ["x" * LONGEST_URL]}, "more than 10000 values or 65536 characters"),
        ({"personTitles[]": ["é" * 6_000, "ü" * 6_000]}, "the URL would be longer than 65536 bytes; send fewer values"),
    ],
)
async def test_what_is_no_set_of_parameters_is_refused(contacts, parameters, message):
    with pytest.raises(InvalidField, match=message):
        await built(contacts, parameters)


async def test_they_are_required(contacts):
    with pytest.raises(MissingField, match="Missing required field: parameters"):
        await built(contacts, None)


async def test_with_strict_what_can_not_be_mapped_is_refused(contacts):
    with pytest.raises(InvalidField, match="strict: madeUp can't be mapped"):
        await built(contacts, {"madeUp": ["x"]}, strict=True)
    assert await built(contacts, {"personTitles[]": ["CEO"]}, strict=True)
