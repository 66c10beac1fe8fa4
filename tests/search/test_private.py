"""That what is written belongs to its owner alone, and that what was open before is closed."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.private import Closed, hand_over, keep_private, make_directory, open_private

LOAD = "contacts-20260131T120000000000Z.duckdb"


@pytest.fixture(autouse=True)
def open_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_directory_that_is_made_is_its_owners(tmp_path: Path) -> None:
    make_directory(tmp_path / "data")
    make_directory(tmp_path / "data")
    assert mode(tmp_path / "data") == 0o700


def test_a_file_that_is_made_is_its_owners(tmp_path: Path) -> None:
    with open_private(tmp_path / "rejects") as stream:
        assert mode(tmp_path / "rejects") == 0o600
        stream.write(b"new")
    assert (tmp_path / "rejects").read_bytes() == b"new"


def test_a_file_that_was_open_to_others_is_closed_before_anything_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "rejects"
    path.write_bytes(b"much of old")
    assert mode(path) == 0o644
    with open_private(path) as stream:
        assert (mode(path), path.read_bytes()) == (0o600, b"")
        stream.write(b"new")


def test_a_device_stays_what_it_is() -> None:
    before = mode(Path(os.devnull))
    with open_private(Path(os.devnull)) as stream:
        stream.write(b"new")
    assert mode(Path(os.devnull)) == before


def test_what_a_process_makes_from_then_on_is_its_owners(tmp_path: Path) -> None:
    assert keep_private(tmp_path / "absent") == Closed()
    (tmp_path / "a").write_text("")
    (tmp_path / "b").mkdir()
    assert (mode(tmp_path / "a"), mode(tmp_path / "b")) == (0o600, 0o700)


def test_what_earlier_versions_left_open_is_closed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "contacts-20260131T120000000000Z.scratch").mkdir(parents=True)
    names = ("contacts.current", "contacts.job.keys.map", "contacts.watermark", LOAD, "users.sqlite3-wal")
    for name in names:
        (data / name).write_text("")
    closed = keep_private(data)
    assert set(closed.mended) == {*names, "contacts-20260131T120000000000Z.scratch", "data"}
    assert {mode(path) for path in data.iterdir()} == {0o600, 0o700}
    assert mode(data) == 0o700
    assert keep_private(data) == Closed()


def test_what_is_not_ours_stays_as_it_is(tmp_path: Path) -> None:
    """The data directory may be one that others work in: a checkout, a home."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("")
    data = tmp_path / "data"
    data.mkdir()
    (data / LOAD).write_text("")
    (data / "notes.txt").write_text("")
    (data / "contacts.current").symlink_to(elsewhere)
    assert keep_private(data) == Closed((LOAD,))
    assert [mode(path) for path in (data, data / "notes.txt", elsewhere)] == [0o755, 0o644, 0o644]


def test_an_empty_directory_is_closed_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert keep_private(tmp_path / "data") == Closed()
    assert mode(tmp_path / "data") == 0o700


def test_nothing_is_said_of_another_users_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / LOAD).touch(0o600)

    def refused(path: Path, mode: int) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refused)
    assert keep_private(tmp_path / "data") == Closed()


def test_what_only_another_user_may_close_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / LOAD).write_text("")
    (tmp_path / "other").write_text("")

    def refused(path: Path, mode: int) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refused)
    assert keep_private(tmp_path) == Closed(left=(LOAD,))


def test_a_file_that_is_gone_by_then_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A load beside us removes its files, and SQLite its own."""
    (tmp_path / LOAD).write_text("")
    gone = tmp_path / "users.sqlite3-wal"
    monkeypatch.setattr(Path, "iterdir", lambda _: iter([tmp_path / LOAD, gone]))
    assert keep_private(tmp_path).mended == (LOAD,)
    assert mode(tmp_path / LOAD) == 0o600


def test_a_file_that_goes_while_it_is_closed_is_nobodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / LOAD).write_text("")
    monkeypatch.setattr(Path, "chmod", lambda path, _: path.unlink() or path.stat())
    assert keep_private(tmp_path).left == ()


NOBODY = 65534


def test_what_root_makes_in_the_directory_of_another_user_is_that_ones(tmp_path: Path) -> None:
    data, secret = tmp_path / "data", tmp_path / "secret"
    data.mkdir(0o700)
    for path in (secret, data / LOAD, data / "notes.txt"):
        path.write_text("")
    (data / "contacts.current").symlink_to(secret)
    os.link(secret, data / "contacts.next")
    root = os.geteuid() == 0
    hand_over(data)
    assert {path.lstat().st_uid for path in (data, *data.iterdir())} == {os.geteuid()}
    if root:
        os.chown(data, NOBODY, NOBODY)
    hand_over(data)
    others = {path.name for path in data.iterdir() if path.lstat().st_uid == NOBODY}
    assert others == ({LOAD} if root else set())
    assert secret.stat().st_uid == os.geteuid()
    hand_over(tmp_path / "absent")
