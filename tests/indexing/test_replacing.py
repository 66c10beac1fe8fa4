"""Files that are replaced as a whole."""

from pathlib import Path

import pytest

from indexing.replacing import replace_file


def test_the_last_content_is_all_there_is(tmp_path: Path) -> None:
    for content in (b"a long content", b"short"):
        replace_file(tmp_path / "x.old.json", content)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"x.old.json": b"short"}


def test_a_crash_leaves_the_content_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    replace_file(tmp_path / "x", b"before")
    monkeypatch.setattr(Path, "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        replace_file(tmp_path / "x", b"after")
    assert (tmp_path / "x").read_bytes() == b"before"
