"""The fields that mappings name are fields of contacts: mappings import nothing of ours, so only a test can tell."""

import pytest

from mappings.company_lists import CompanyLists
from mappings.ordering import order_of
from mappings.predicates import All, Any, Exists, MatchAll, Not, Order, Phrase, Predicate
from mappings.rules import Context
from mappings.vocabulary import keyword_fields
from search.fields import ITEM_FIELDS, SEARCH_FIELDS, SORT_KEYS
from tests.mappings.test_parameters import CASES, TODAY

NAME, DOMAIN = ("acme",), ("acme.com",)
KEYWORD_FIELDS = ("name", "company", "tags", "keywords", "industries", "social_media_description", "seo_description")
SORT_FIELDS = (
    "person_name.raw",
    "person_title_normalized",
    "sanitized_organization_name_unanalyzed",
    "organization_estimated_number_employees",
    "updated_at",
    "created_at",
    "first_name",
    "last_name",
    "title",
    "company",
    "employees",
    "annual_revenue",
)


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


@pytest.mark.parametrize("name", SORT_FIELDS)
def test_every_sort_field_has_its_sort_key(name: str) -> None:
    order = order_of(Context({"sortByField": (name,)}, TODAY))
    assert order is not None
    assert order.field in SORT_KEYS


def test_every_sort_key_can_be_asked_for() -> None:
    asked = {order_of(Context({"sortByField": (name,)}, TODAY)) for name in SORT_FIELDS}
    assert {order.field for order in asked if order} == set(SORT_KEYS)
    assert Order().field in SORT_KEYS
