"""The file that a load resumes from."""

from pathlib import Path
from typing import Any

import pytest

from indexing.state import JobState, StateFile
from mappings.errors import IndexingError, LoadRunning, Superseded


def state(numbered: int = 0, **rest: Any) -> JobState:
    return JobState(
        store="contacts-1",
        in_place=False,
        base=7,
        inputs=["csv:a"],
        reject_path="rejects.ndjson",
        numbered=numbered,
        **rest,
    )


def test_what_was_saved_last_is_loaded(tmp_path: Path) -> None:
    latest = state(9, mark="a mark", rejects_by_reason={"employees": 2})
    with StateFile(tmp_path / "data", "contacts") as file:
        assert file.load() is None
        file.save(state())
        file.save(latest)
    with StateFile(tmp_path / "data", "contacts") as file:
        assert file.load() == latest
        assert StateFile(tmp_path / "data", "contacts.old").load() is None
    assert {path.name for path in (tmp_path / "data").iterdir()} == {"contacts.job.json", "contacts.job.lock"}


def test_a_crash_while_saving_leaves_what_was_saved_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with StateFile(tmp_path, "contacts") as file:
        file.save(state())
        monkeypatch.setattr(Path, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            file.save(state(5))
        assert file.load() == state()


@pytest.mark.parametrize("content", [b"", b'{"store":', b'{"store":"x"}', b"[]", b'{"store":"\xff"}'])
def test_a_damaged_file_is_named_with_the_cure(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "contacts.job.json").write_bytes(content)
    with (
        StateFile(tmp_path, "contacts") as file,
        pytest.raises(IndexingError, match=r"^contacts\.job\.json is damaged; delete it"),
    ):
        file.load()


def test_forgetting_takes_the_other_files_along_and_may_be_repeated(tmp_path: Path) -> None:
    with StateFile(tmp_path, "contacts") as file:
        file.save(state())
        spool = file.keys_path.with_name(f"{file.keys_path.name}.spool")
        for path in (file.ledger_path, file.lost_path, file.keys_path, spool):
            path.write_bytes(b"x")
        file.remove()
        file.remove()
        assert file.load() is None
    assert {path.name for path in tmp_path.iterdir()} == {"contacts.job.lock"}


def test_the_lock_is_free_again_after_a_load(tmp_path: Path) -> None:
    for _ in range(2):
        with StateFile(tmp_path, "contacts"), StateFile(tmp_path, "others"):
            pass


def test_who_loads_is_of_one_place_as_long_as_it_is_the_same_directory(tmp_path: Path) -> None:
    places = []
    for name in ("here", "here", "there"):
        with StateFile(tmp_path / name, "contacts") as file:
            places.append(file.holder.place)
    assert places[0] == places[1] != places[2]


@pytest.mark.parametrize("content", [b"", b"\xff", b'{"host":1}', b"[]"])
def test_a_lock_file_that_says_nothing_is_a_lock_all_the_same(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "contacts.job.lock").write_bytes(content)
    with StateFile(tmp_path, "contacts") as file:
        (tmp_path / "contacts.job.lock").write_bytes(content)
        with pytest.raises(LoadRunning, match="into contacts is running; wait"), StateFile(tmp_path, "contacts"):
            pass
    assert file.holder.directory


@pytest.mark.parametrize("name", ["ledger", "lost", "keys"])
def test_what_a_machine_lost_is_found_before_anything_goes_on(tmp_path: Path, name: str) -> None:
    with StateFile(tmp_path, "contacts") as file:
        path = tmp_path / f"contacts.job.{name}"
        left = state(9, **{f"{name}_bytes": 16})
        with pytest.raises(Superseded, match=rf"^{path.name} of the interrupted load is not what that left"):
            file.check(left)
        path.write_bytes(bytes(15))
        with pytest.raises(Superseded, match="load anew without --resume"):
            file.check(left)
        path.write_bytes(bytes(17))
        file.check(left)
        file.check(state())
