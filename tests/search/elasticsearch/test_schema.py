"""The index, and the documents that go into it."""

import msgspec
from hypothesis import given, settings

from search.elasticsearch.loader import ElasticsearchLoader, _grams
from search.elasticsearch.schema import NAMES, index_body
from search.fields import ITEM_FIELDS, SEARCH_FIELDS, ContactCompleteItem, item_json
from tests.harness.strategies import items

PROPERTIES = index_body()["mappings"]["properties"]


@settings(deadline=None)  # the first website waits for the list of public suffixes
@given(items)
def test_a_document_has_no_field_that_the_strict_mapping_lacks(item: ContactCompleteItem) -> None:
    action, line = ElasticsearchLoader.encode(7, item).body.splitlines()
    assert msgspec.json.decode(action)["index"] == {"_id": item.uuid, "version": 7, "version_type": "external"}
    document = msgspec.json.decode(line)
    assert set(document["search"]) <= set(PROPERTIES["search"]["properties"])
    assert {name: document[name] for name in ITEM_FIELDS} == msgspec.json.decode(item_json(item))


def test_every_field_that_is_searched_for_substrings_has_its_trigrams() -> None:
    assert NAMES == ("company_text",)
    assert (
        _grams("company_text", SEARCH_FIELDS["company_text"].make, "Ab, C")
        == b',"company_text_grams":"ab_ b_c _c$ c$$"'
    )
    assert _grams("names", tuple, ["ab", "c"]) == b',"names_grams":["ab$ b$$","c$$"]'
    assert _grams("names", tuple, ()) == _grams("company_text", SEARCH_FIELDS["company_text"].make, None) == b""
