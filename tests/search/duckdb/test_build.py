"""A build that needs more memory than it has begins again with more, up to a bound."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from search.duckdb import build
from search.duckdb.staging import Staged


@pytest.mark.parametrize("needed", [*build.MEMORY, 10_000])
def test_a_build_is_tried_with_more_memory(needed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def pretend(file: Path, staged: Any, scratch: Path, bounds: Any) -> int:
        assert (scratch.is_dir(), file.exists()) == (True, False)
        tried.append(bounds[0])
        (scratch / "left").touch()
        file.touch()
        if bounds[0] < needed:
            raise duckdb.OutOfMemoryException("too little")
        return 7

    monkeypatch.setattr(build, "_build", pretend)
    staged = Staged(tmp_path / "documents", tmp_path / "shared", tmp_path / "items")
    places = (tmp_path / "file", staged, tmp_path / "scratch")
    if needed > build.MEMORY[-1]:
        with pytest.raises(duckdb.OutOfMemoryException):
            build.build(*places, longest=0)
        assert tried == list(build.MEMORY)
    else:
        assert build.build(*places, longest=0) == 7
        assert tried == [memory for memory in build.MEMORY if memory <= needed]
    assert not (tmp_path / "scratch").exists()
