"""The pointer file of an alias."""

import os
import stat
from pathlib import Path

import pytest

from search.duckdb.files import live_path, pointer_path, switch


def test_a_swap_is_written_before_it_is_done_and_its_name_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[bool, bool]] = []

    def fsync(number: int) -> None:
        synced.append((stat.S_ISDIR(os.fstat(number).st_mode), pointer_path(tmp_path, "contacts").exists()))
        if len(synced) == 2:
            raise OSError("a file system that can't")

    monkeypatch.setattr(os, "fsync", fsync)
    switch(tmp_path, "contacts", "contacts-20260101T000000000000Z.duckdb")
    assert synced == [(False, False), (True, True)]
    assert live_path(tmp_path, "contacts").name == "contacts-20260101T000000000000Z.duckdb"
