import pytest

from api.actions.requests import AnalyzeRequest, CountRequest, SearchRequest, UuidsRequest
from api.actions.views import VIEWS
from mappings.errors import InvalidField, MissingField

URL = "https://app.apollo.io/#/people"


@pytest.mark.parametrize("request_", [AnalyzeRequest, CountRequest, SearchRequest, UuidsRequest])
@pytest.mark.parametrize("data", [{}, {"url": None}, {"url": ""}, {"limit": 0}])
def test_the_url_is_missing(request_, data):
    with pytest.raises(MissingField, match=r"^Missing required field: url$"):
        request_.read(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"url": 5}, "url must be a string, not 5"),
        ({"url": ["a"]}, "url must be a string, not a list"),
        ({"limit": 0}, "limit must be an integer of 1 or more, not 0"),
        ({"limit": -5}, "limit must be an integer of 1 or more, not -5"),
        ({"limit": True}, "limit must be an integer of 1 or more, not true"),
        ({"limit": 10.0}, "limit must be an integer of 1 or more, not 10.0"),
        ({"limit": "10"}, "limit must be an integer of 1 or more, not '10'"),
        ({"offset": -1}, "offset must be an integer of 0 or more, not -1"),
        ({"offset": 1.5}, "offset must be an integer of 0 or more, not 1.5"),
        ({"offset": {}}, "offset must be an integer of 0 or more, not an object"),
        ({"cursor": 5}, "cursor must be a string, not 5"),
        ({"cursor": "x", "offset": 3}, "cursor and offset exclude each other: send offset 3 or the cursor, not both"),
        ({"include_company_name": 5}, "include_company_name must be a string or a list of strings, not 5"),
        ({"include_company_name": ["a", 5]}, "include_company_name must be a string or a list of strings, but holds 5"),
        ({"exclude_company_name": "Acme"}, "exclude_company_name must be a list of strings, not 'Acme'"),
        ({"include_domain_list": {}}, "include_domain_list must be a list of strings, not an object"),
        ({"exclude_domain_list": [None]}, "exclude_domain_list must be a list of strings, but holds null"),
    ],
)
def test_messages_name_the_field_the_value_and_what_was_expected(data, message):
    with pytest.raises(InvalidField) as caught:
        SearchRequest.read({"url": URL, **data})
    assert str(caught.value) == message


def test_a_megabyte_is_not_echoed():
    with pytest.raises(InvalidField) as caught:
        SearchRequest.read({"url": URL, "limit": "x" * 1_000_000})
    assert len(str(caught.value)) < 200


def test_null_counts_as_absent_and_unknown_keys_are_ignored():
    names = ("limit", "offset", "cursor", "view", "include_company_name", "exclude_domain_list")
    assert SearchRequest.read({"url": URL, **dict.fromkeys(names), "foo": [1]}) == SearchRequest.read({"url": URL})


def test_a_whole_request():
    request = SearchRequest.read(
        {
            "url": URL,
            "limit": 10**30,
            "offset": 0,
            "cursor": "token",
            "view": "simple",
            "include_company_name": "Acme, Inc",
            "exclude_company_name": ["Test Inc"],
            "include_domain_list": ["example.com"],
            "exclude_domain_list": [],
        }
    )
    assert (request.limit, request.offset, request.cursor, request.view) == (10**30, 0, "token", "simple")
    assert request.lists.include_company_name == ("Acme, Inc",)
    assert request.lists.exclude_company_name == ("Test Inc",)
    assert request.lists.include_domain_list == ("example.com",)
    assert request.lists.exclude_domain_list == ()


@pytest.mark.parametrize("view", ["full", "Simple", "", 5, ["simple"]])
def test_any_other_view_is_the_full_one(view):
    request = SearchRequest.read({"url": URL, "view": view})
    assert (request.view, request.shown) == ("full", VIEWS["full"])
    if view != "full":
        with pytest.raises(InvalidField, match=r"^strict: view must be full or simple or complete, not "):
            SearchRequest.read({"url": URL, "view": view, "strict": True})


@pytest.mark.parametrize("view", list(VIEWS))
def test_a_view_by_its_name(view):
    for strict in (True, False):
        assert SearchRequest.read({"url": URL, "view": view, "strict": strict}).shown is VIEWS[view]
    assert SearchRequest.read({"url": URL, "view": None, "strict": True}).shown is VIEWS["full"]
