"""Every real URL as found: analysed, mapped, compiled, executed, and counted the same by three who count."""

from datetime import UTC, datetime

import pytest

from mappings.contact_filter import map_url
from mappings.predicates import MATCH_NONE
from mappings.url import parse
from search.duckdb.compiled import compile_filter as compile_sets
from search.duckdb.compiled import predicate_of
from search.elasticsearch.compile import compile_filter as compile_query
from tests.contract.conftest import URLS, refusal
from tests.harness.service import Service


@pytest.fixture(scope="session")
def expected(found: dict[str, frozenset[str]]) -> dict[str, int]:
    return {url: len(people) for url, people in found.items()}


def test_real_urls_are_executed_and_counted_alike(service: Service, expected: dict[str, int]) -> None:
    assert len(URLS) > 90
    counted, refused = {}, {}
    for url in URLS:
        answers = {
            action: service.ask({"request_id": action, "action": action, "data": {"url": url, "limit": 5}})
            for action in ("analyze", "count_contacts", "search_contacts", "get_uuids")
        }
        if message := refusal(url):
            refused[url] = message
            for answer in answers.values():
                assert answer["error"] == {"message": message, "code": "validation_error"}, url
            continue
        for action, answer in answers.items():
            assert answer["status"] == "success", (url, action, answer)
        counted[url] = answers["count_contacts"]["data"]["count"]
        assert len(answers["search_contacts"]["data"]["results"]) <= min(5, counted[url])
        assert answers["get_uuids"]["data"]["count"] == min(5, counted[url])
    assert counted == expected
    assert refused
    assert sum(count > 0 for count in counted.values()) > len(counted) / 2


def test_real_urls_are_compared_as_their_contacts_are(service: Service, found: dict[str, frozenset[str]]) -> None:
    urls = list(found)
    shared = 0
    for start in range(0, len(urls) - 1, 6):
        several = urls[start : start + 6]
        people = [found[url] for url in several]
        answer = service.data("compare_urls", urls=several)
        assert answer["counts"] == list(map(len, people))
        assert answer["union"] == len(frozenset().union(*people)) == sum(each["count"] for each in answer["regions"])
        assert len(answer["regions"]) == 2 ** len(several) - 1
        for region in answer["regions"]:
            inside = frozenset.intersection(*[people[number] for number in region["in"]])
            alone = inside.difference(*[people[number] for number in region["not"]])
            assert region["count"] == len(alone), (several, region)
            shared += bool(alone) and len(region["in"]) > 1
        for parameter in answer["parameters"]:
            same = [values == parameter["values"][0] for values in parameter["values"]]
            assert [change is None for change in parameter["change"]] == same
    assert shared > 10


def test_canonical_urls_find_what_real_ones_find(service: Service, found: dict[str, frozenset[str]]) -> None:
    for url in list(found)[::9]:
        built = service.data("build_url", parameters={name: list(values) for name, values in parse(url).parameters})
        again = service.data("build_url", parameters=dict(parse(built["url"]).parameters))
        assert (again["url"], again["fingerprint"]) == (built["url"], built["fingerprint"])
        assert service.data("count_contacts", url=built["url"])["count"] == len(found[url])


def test_both_compilers_take_every_real_filter() -> None:
    for url in URLS:
        if refusal(url) is None:
            contact_filter = map_url(parse(url), datetime.now(UTC).date()).filter
            assert compile_query(contact_filter).query
            assert predicate_of(compile_sets(contact_filter)) != MATCH_NONE
