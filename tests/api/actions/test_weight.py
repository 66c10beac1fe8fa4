"""What a request keeps while it waits, and what that weighs."""

import tracemalloc

import msgspec
import pytest

from api.actions.requests import CountRequest, SearchRequest
from api.actions.weight import kept
from api.socket import envelope
from mappings.errors import InvalidField

URL = "https://app.apollo.io/#/people?personTitles[]=CEO"


def test_what_has_a_meaning_is_kept_as_it_is():
    data = {"url": URL, "limit": 5, "include_company_name": "Acme", "exclude_domain_list": ["a.b", "c.d"], "view": None}
    assert kept(data)[0] == data
    assert kept({"request_id": 7, "token": "x"}, {"request_id", "token"})[0] == {"request_id": 7, "token": "x"}


def test_of_an_object_that_a_field_is_its_members_are_kept():
    data = {"combine": {"any": [URL, "x"], "all": [URL, 5], "not": {"a": {}}}, "sample": {"size": 1}, "split": [1]}
    fields, size = kept(data)
    assert fields == {"combine": {"any": [URL, "x"], "all": [5], "not": {}}, "sample": {"size": 1}, "split": [1]}
    assert size > 2 * len(URL)


def test_of_unknown_fields_the_first_stays_for_strict_to_refuse():
    fields, _ = kept({"url": URL, "junk": ["x" * 1000], "more": {}, "strict": True})
    assert fields == {"url": URL, "junk": None, "strict": True}
    with pytest.raises(InvalidField, match="junk is not a field of this action"):
        CountRequest.read(fields)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": {"a": [1, 2]}},
        {"include_company_name": {"a": 1}},
        {"exclude_company_name": ["a", 5, "b"]},
        {"exclude_company_name": [["deep"] * 100, 5]},
        {"include_domain_list": ["a", {"deep": "x"}]},
        {"limit": [1]},
        {"limit": "x" * 100},
        {"limit": {"a": 1}},
        {"limit": 1.5},
    ],
)
def test_a_mistake_is_told_in_the_same_words(wrong):
    data = {"url": URL} | wrong
    with pytest.raises(InvalidField) as whole:
        SearchRequest.read(data)
    fields, size = kept(data)
    with pytest.raises(InvalidField) as little:
        SearchRequest.read(fields)
    assert str(little.value) == str(whole.value)
    assert size < 1000


@pytest.mark.parametrize(
    "values",
    [
        {"include_domain_list": [f"a{number}.example" for number in range(20_000)]},
        {"include_company_name": [f"é {number}" for number in range(20_000)]},
        {"include_company_name": "x" * 200_000 + "😀"},
        {"junk": [[] for _ in range(50_000)]},
        {f"junk{number}": number for number in range(50_000)},
        {"include_domain_list": [[] for _ in range(50_000)]},
    ],
    ids=["texts", "wider texts", "wide text", "lists", "names", "lists for texts"],
)
def test_a_request_weighs_what_it_holds(values):
    frame = msgspec.json.encode(
        {"action": "count_contacts", "request_id": 7, "data": {"url": URL, **values}}
    )  # decoded once before, so that nothing else is counted
    envelope.read(frame, {"count_contacts"})
    tracemalloc.start()
    try:
        request = envelope.read(frame, {"count_contacts"})
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held <= request.size * 1.1 + 2000
