"""The fields that mappings name are fields of contacts: mappings import nothing of ours, so only a test can tell."""

import pytest

from mappings.company_lists import CompanyLists
from mappings.ordering import order_of
from mappings.predicates import All, Any, Exists, MatchAll, Not, Order, Phrase, Predicate
from mappings.rules import Context
from mappings.vocabulary import keyword_fields
from search.fields import ITEM_FIELDS, SEARCH_FIELDS, SORT_KEYS, SORT_NAMES
from tests.mappings.test_parameters import CASES, TODAY

NAME, DOMAIN = ("acme",), ("acme.com",)
KEYWORD_FIELDS = ("name", "company", "tags", "keywords", "industries", "social_media_description", "seo_description")


def leaves(predicate: Predicate) -> list[Predicate]:
    if isinstance(predicate, All | Any):
        return [leaf for one in predicate.of for leaf in leaves(one)]
    return leaves(predicate.of) if isinstance(predicate, Not) else [predicate]


@pytest.mark.parametrize(
    "predicate",
    [
        *(predicate for _, predicate in CASES),
        CompanyLists(NAME, NAME, DOMAIN, DOMAIN).predicate(),
        *(Phrase(keyword_fields(name) or "", "a") for name in KEYWORD_FIELDS),
    ],
)
def test_a_predicate_asks_a_field_that_answers_it(predicate: Predicate) -> None:
    for leaf in leaves(predicate):
        if isinstance(leaf, Exists):
            assert leaf.field in ITEM_FIELDS
        elif not isinstance(leaf, MatchAll):
            assert type(leaf).__name__ in SEARCH_FIELDS[leaf.field].kind.value


@pytest.mark.parametrize(("key", "names"), SORT_NAMES.items())
def test_every_sort_key_can_be_asked_for_by_its_names(key: str, names: tuple[str, ...]) -> None:
    assert names
    for name in names:
        assert order_of(Context({"sortByField": (name,)}, TODAY)) == Order(key)


def test_the_default_order_is_by_a_sort_key() -> None:
    assert Order().field in SORT_KEYS
