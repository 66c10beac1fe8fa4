"""The comparison of URLs as it is asked for: what is counted together, what is refused, what the log learns."""

import json
from typing import Any

import pytest

from api.actions.audit import unheard
from api.actions.comparing import compare_urls
from api.actions.requests import CompareRequest
from api.actions.roles import Role
from api.actions.service import ContactService
from api.settings import Settings
from mappings.errors import InvalidField, MissingField
from mappings.fingerprint import fingerprint_of
from mappings.url import parse
from tests.harness.memory_engine import MemoryEngine

CEO = "https://app.apollo.io/#/people?personTitles[]=CEO"
CTO = "https://app.apollo.io/#/people?personTitles[]=CTO"

pytestmark = pytest.mark.anyio


@pytest.fixture
def contacts(engine: MemoryEngine, settings: Settings) -> ContactService:
    return ContactService(engine, settings)


async def compared(contacts: ContactService, urls: object, **fields: object) -> dict[str, Any]:
    return json.loads(await compare_urls(contacts, CompareRequest.read({"urls": urls, **fields})))


async def test_all_is_counted_in_one_round_trip(contacts, engine, monkeypatch):
    asked = []

    async def count_many(compiled):
        asked.append(compiled)
        return list(range(100, 100 + len(compiled)))

    monkeypatch.setattr(engine, "count_many", count_many)
    urls = [f"{CEO}&personLocations[]={place}" for place in ("Germany", "France", "Spain", "Italy", "Chile", "Peru")]
    answer = await compared(contacts, urls)
    [compiled] = asked
    # 63 sets of URLs, and the first with the place of each of the five others, which these are themselves.
    assert len(compiled) == 63
    assert len(answer["regions"]) == 63
    assert answer["counts"] == [100, 101, 102, 103, 104, 105]
    assert answer["parameters"][0]["change"] == [None, 1, 2, 3, 4, 5]


async def test_a_counter_is_not_told_of_few(contacts, engine):
    engine.hits = engine.hits[:4]
    answer = await compared(contacts.for_role(Role.COUNTER), [CEO, CTO])
    assert answer["counts"] == ["<5", "<5"]
    assert {region["count"] for region in answer["regions"]} == {"<5"}
    assert (answer["union"], answer["parameters"][0]["change"]) == ("<5", [None, "<5"])


@pytest.mark.parametrize(
    ("urls", "message"),
    [
        (CEO, "urls must be a list of 2 to 6 strings, not '"),
        ([], "urls must be a list of 2 to 6 strings, not 0"),
        ([CEO], "urls must be a list of 2 to 6 strings, not 1"),
        ([CEO] * 7, "urls must be a list of 2 to 6 strings, not 7"),
        ([CEO, 1], "urls must be a list of 2 to 6 strings, but holds 1"),
        ([CEO, "https://evil.example/"], r"urls\[1\]: URL must be from apollo.io domain"),
        ([CEO, f"{CEO}&revenueRange[min]=lots"], r"urls\[1\]: .*revenueRange\[min\]: 'lots' is not"),
        ([CEO, "https://app.apollo.io/#/people?q=" + "x" * 65536], r"urls\[1\]: longer than 65536 bytes"),
        (
            [f"{CEO}&qOrganizationKeywordTags[]={'%0A'.join(map(str, range(at, at + 300)))}" for at in range(6)],
            "urls: to compare them takes 1[0-9]{5} comparisons of contacts, more than 100000; send fewer",
        ),
    ],
)
async def test_what_can_not_be_compared_is_refused(contacts, engine, urls, message):
    with pytest.raises(InvalidField, match=message):
        await compared(contacts, urls)
    assert engine.asked == []


async def test_they_are_required(contacts):
    with pytest.raises(MissingField, match="Missing required field: urls"):
        await compared(contacts, None)


async def test_with_strict_what_can_not_be_mapped_is_refused(contacts):
    with pytest.raises(InvalidField, match=r"urls\[1\]: strict: madeUp can't be mapped"):
        await compared(contacts, [CEO, f"{CTO}&madeUp=1"], strict=True)
    assert await compared(contacts, [CEO, CTO], strict=True)


async def test_the_audit_log_learns_how_many_they_are_and_which_searches(contacts):
    deed = unheard()
    await compared(contacts.doing(deed), [CEO, CTO])
    assert (deed.contacts, deed.search) == (10, ",".join(fingerprint_of(parse(url)) for url in (CEO, CTO)))
