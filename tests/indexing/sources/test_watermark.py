"""Where the next update from a database begins."""

import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.sources.watermark import OVERLAP, Watermark
from mappings.errors import IndexingError

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.one_of(st.none(), zones))


@given(st.lists(moments, min_size=1, max_size=3))
def test_an_update_begins_a_little_before_the_latest_change(changes: list[datetime]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        watermark = Watermark(Path(directory), "contacts")
        assert watermark.since() is None
        for change in changes:
            watermark.write(change.isoformat())
        since = datetime.fromisoformat(Watermark(Path(directory), "contacts").since() or "")
        assert since == changes[-1] - OVERLAP
        assert since.utcoffset() == changes[-1].utcoffset()
        assert [path.name for path in Path(directory).iterdir()] == ["contacts.watermark"]


def test_each_index_has_its_own(tmp_path: Path) -> None:
    Watermark(tmp_path, "contacts").write("2024-01-15T10:30:00")
    assert Watermark(tmp_path, "contacts.old").since() is None


@pytest.mark.parametrize("content", ["", "yesterday", "2024-02-30T00:00:00"])
def test_a_damaged_file_is_named_with_the_cure(tmp_path: Path, content: str) -> None:
    (tmp_path / "contacts.watermark").write_text(content)
    with pytest.raises(IndexingError, match=r"^contacts\.watermark is damaged; give --since"):
        Watermark(tmp_path, "contacts").since()
