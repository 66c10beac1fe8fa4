"""What large filters find, in the process in which that is worked out: here in this one, to be seen."""

from pathlib import Path

import pytest
from pyroaring import BitMap

from mappings.errors import StoreUnreadable
from mappings.predicates import ContactFilter, Phrase, Terms, any_of
from search.duckdb.compiled import LARGE, Packed, compile_filter
from search.duckdb.files import live_path
from search.duckdb.matching import Matching
from search.engine import EngineSettings
from search.fields import ContactCompleteItem
from tests.harness.stores import load

pytestmark = pytest.mark.anyio


async def test_rows_and_counts_are_those_of_the_file_that_is_named(tmp_path: Path) -> None:
    store = EngineSettings(data_dir=tmp_path)
    await load(store, [ContactCompleteItem(uuid="a", title="x"), ContactCompleteItem(uuid="b")])
    path = live_path(tmp_path, "contacts")
    await load(store, [ContactCompleteItem(uuid="c")], keep=1)
    asked = any_of([Terms("title_key", ("x",)), *(Phrase("keywords", f"a{at}") for at in range(LARGE))])
    packed, small = compile_filter(ContactFilter(asked)), compile_filter(ContactFilter())
    assert isinstance(packed, Packed)
    matching = Matching(store)
    try:
        assert list(BitMap.deserialize(await matching.rows(path, packed))) == [0]
        assert await matching.counts(path, [packed, small]) == [1, 2]
        assert await matching.counts(live_path(tmp_path, "contacts"), [packed, small]) == [0, 1]
        with pytest.raises(StoreUnreadable, match="can't be read"):
            await matching.rows(tmp_path / "missing.duckdb", packed)
    finally:
        await matching.close()
