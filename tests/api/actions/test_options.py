"""What requests say beside a URL, and what does not go together."""

import pytest

from api.actions.options import Asked, Combine, Sample, Split
from api.actions.requests import SearchRequest, UuidsRequest
from mappings.company_lists import CompanyLists
from mappings.errors import InvalidField, MissingField
from mappings.predicates import PerCompany
from search.shuffle import sample_of

URL = "https://app.apollo.io/#/people"


def test_a_request_holds_its_options() -> None:
    data = {
        "combine": {"any": ["a", "b"], "not": ["c"]},
        "split": {"part": 1, "of": 2},
        "sample": {"size": 3, "seed": -4},
        "exclude_domain_list": ["a.example"],
    }
    asked = UuidsRequest.read(data).asked
    assert asked == Asked(
        "",
        CompanyLists(exclude_domain_list=("a.example",)),
        Combine(("a", "b"), none=("c",)),
        Split(1, 2),
        Sample(3, -4),
    )
    assert asked.urls == ("a", "b", "c")
    assert asked.places == ("combine.any[0]", "combine.any[1]", "combine.not[0]")
    assert asked.combine is not None
    assert asked.combine.groups([1, 2, 3]) == ([1, 2], [], [3])
    assert asked.selection == sample_of(3, -4)
    assert (asked.sorting, asked.paging) == ("sample", "combine")
    assert asked.options == {"split": Split(1, 2), "sample": Sample(3, -4)}


def test_a_url_alone_has_none() -> None:
    asked = UuidsRequest.read({"url": URL, "combine": None, "sample": None, "per_company": None}).asked
    assert asked == Asked(URL)
    assert (asked.urls, asked.places, asked.options, asked.sorting, asked.paging) == ((URL,), (), {}, "", "")
    assert not asked.selection
    companies = UuidsRequest.read({"url": URL, "per_company": 3}).asked
    assert companies.selection == PerCompany(3)
    assert (companies.sorting, companies.paging) == ("per_company", "per_company")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"url": URL, "combine": {"any": [URL]}}, "url and combine exclude each other; send one of them"),
        (
            {"url": URL, "sample": {"size": 1, "seed": 1}, "per_company": 1},
            "sample and per_company exclude each other; send one of them",
        ),
        ({"url": URL, "per_company": 1, "offset": 1}, "per_company and offset exclude each other; send one of them"),
        (
            {"combine": {"any": [URL] * 20, "not": [URL]}},
            "combine must have at most 20 URLs in any, all and not together, not 21",
        ),
        ({"url": URL, "per_company": 101}, "per_company must be an integer from 1 to 100, not 101"),
        ({"url": URL, "sample": {"size": 0, "seed": 1}}, "sample.size must be an integer from 1 to 1000000, not 0"),
        ({"url": URL, "sample": {"size": 1}}, "sample.seed is missing; sample is an object of size and seed"),
        ({"url": URL, "sample": {"size": 1, "seed": "a"}}, "sample.seed must be an integer, not 'a'"),
        ({"url": URL, "sample": {"size": 1, "seed": 1.5}}, "sample.seed must be an integer, not 1.5"),
    ],
)
def test_what_does_not_go_together_is_refused(data: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidField) as raised:
        SearchRequest.read(data)
    assert str(raised.value) == words


def test_one_of_url_and_combine_there_must_be() -> None:
    for data in ({}, {"url": ""}, {"url": None, "combine": None}):
        with pytest.raises(MissingField, match=r"^Missing required field: url$"):
            SearchRequest.read(data)
    assert SearchRequest.read({"per_company": 1, "offset": 0, "combine": {"all": [URL]}}).per_company == 1
