"""The spaces of sets, derived from the field table."""

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from search.duckdb.spaces import CUT, SPACES, SPLIT, TEXTS, UUID_KEY, grams, having, uuid_key, within
from search.fields import SEARCH_FIELDS, SORT_FIELDS, Kind


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), max_size=5))
def test_sql_makes_the_same_keys(uuids: list[str]) -> None:
    with duckdb.connect() as database:
        for uuid in uuids:
            [(key,)] = database.execute(f"SELECT {UUID_KEY} FROM (SELECT ?::VARCHAR AS uuid)", (uuid,)).fetchall()
            assert key == uuid_key(uuid)


def test_there_is_a_space_for_everything_that_can_be_asked() -> None:
    for name, field in SEARCH_FIELDS.items():
        assert (name in SPACES) is (name != "absent")
        assert (having(name) in SPACES) is (within(name) in SPACES) is (name in SPLIT)
        assert (grams(name) in SPACES) is (name in CUT) is (field.kind is Kind.NAME)
    assert SPACES.keys() >= SORT_FIELDS.keys()
    assert list(SPACES.values()) == list(range(len(SPACES)))
    assert set(CUT) <= set(SPLIT) <= set(TEXTS)
