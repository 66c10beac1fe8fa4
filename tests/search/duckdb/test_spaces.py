"""The names of sets: from Python and from SQL the same, and in order of their spaces."""

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from search.duckdb.spaces import CUT, SPACES, SPLIT, TEXTS, grams, having, key, key_sql, keys, within
from search.fields import SEARCH_FIELDS, SORT_FIELDS, Kind


@given(
    st.lists(
        st.tuples(st.sampled_from(list(SPACES)), st.text(st.characters(codec="utf-8", exclude_characters="\0"))),
        max_size=5,
    )
)
def test_sql_makes_the_same_keys(names: list[tuple[str, str]]) -> None:
    with duckdb.connect() as database:
        for space, text in names:
            [(made,)] = database.execute(
                f"SELECT {key_sql(space, 't')} FROM (SELECT ?::VARCHAR AS t)", (text,)
            ).fetchall()
            least, most = keys(space)
            assert least <= made == key(space, text) < most


def test_there_is_a_space_for_everything_that_can_be_asked() -> None:
    for name, field in SEARCH_FIELDS.items():
        assert (name in SPACES) is (name != "absent")
        assert (having(name) in SPACES) is (within(name) in SPACES) is (name in SPLIT)
        assert (grams(name) in SPACES) is (name in CUT) is (field.kind is Kind.NAME)
    assert SPACES.keys() >= SORT_FIELDS.keys()
    assert list(SPACES.values()) == list(range(len(SPACES)))
    assert set(CUT) <= set(SPLIT) <= set(TEXTS)
