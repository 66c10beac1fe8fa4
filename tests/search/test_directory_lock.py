"""The lock of a data directory: who is kept out, and what is said where it can't be taken."""

import errno
import fcntl
import re
from pathlib import Path

import pytest

from mappings.errors import LoadRunning
from search.directory_lock import DirectoryLock


def test_one_at_a_time_has_it_and_the_other_is_told_who(tmp_path: Path) -> None:
    with DirectoryLock(tmp_path, "contacts") as first:
        told = re.escape(f"is running: {first.holder}; wait for it")
        with pytest.raises(LoadRunning, match=told):
            DirectoryLock(tmp_path, "contacts").__enter__()
    with DirectoryLock(tmp_path, "contacts") as second:
        assert second.holder.directory == first.holder.directory


def test_whatever_stands_in_the_file_it_can_be_taken(tmp_path: Path) -> None:
    for content in (b"", b"4711\n", b'{"directory":"\xff"}'):
        (tmp_path / "contacts.job.lock").write_bytes(content)
        with DirectoryLock(tmp_path, "contacts") as lock:
            assert lock.holder.directory


def test_a_file_system_without_locks_is_not_taken_for_another_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_file: object, _how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(OSError, match="No locks available"):
        DirectoryLock(tmp_path, "contacts").__enter__()


def test_what_could_not_be_written_leaves_nothing_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("socket.gethostname", full)
        lock = DirectoryLock(tmp_path, "contacts")
        with pytest.raises(OSError, match="No space left"):
            lock.__enter__()
    with DirectoryLock(tmp_path, "contacts"):
        pass
