"""The index, and the documents that go into it."""

import msgspec
import pytest
from hypothesis import given, settings

from search.elasticsearch.encoder import ElasticsearchEncoder, _grams
from search.elasticsearch.schema import NAMES, index_body, values_path
from search.fields import ITEM_FIELDS, SEARCH_FIELDS, ContactCompleteItem, item_json
from tests.harness.strategies import items

PROPERTIES = index_body()["mappings"]["properties"]


@settings(deadline=None)  # the first website waits for the list of public suffixes
@given(items)
def test_a_document_has_no_field_that_the_strict_mapping_lacks(item: ContactCompleteItem) -> None:
    action, line = ElasticsearchEncoder.encode(7, item).body.splitlines()
    assert msgspec.json.decode(action)["index"] == {"_id": item.uuid, "version": 7, "version_type": "external"}
    document = msgspec.json.decode(line)
    assert set(document["search"]) <= set(PROPERTIES["search"]["properties"])
    assert {name: document[name] for name in ITEM_FIELDS} == msgspec.json.decode(item_json(item))


def test_values_by_contact_are_those_of_a_facet_or_of_an_order_by_the_same() -> None:
    paths = {field: values_path(field) for field in ("company_key", "person_country", "company_text", "title_key")}
    assert paths == {
        "company_key": "search.sort_company_key",
        "person_country": "search.person_country",
        "company_text": "search.company_text.values",
        "title_key": "search.title_key",
    }
    for field in ("linkedin", "stage"):
        with pytest.raises(ValueError, match=field):
            values_path(field)


def test_every_field_that_is_searched_for_substrings_has_its_trigrams() -> None:
    assert NAMES == ("company_text",)
    assert (
        _grams("company_text", SEARCH_FIELDS["company_text"].make, "Ab, C")
        == b',"company_text_grams":"ab_ b_c _c$ c$$"'
    )
    assert _grams("names", tuple, ["ab", "c"]) == b',"names_grams":["ab$ b$$","c$$"]'
    assert _grams("names", tuple, ()) == _grams("company_text", SEARCH_FIELDS["company_text"].make, None) == b""
