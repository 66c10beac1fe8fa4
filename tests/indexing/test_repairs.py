"""The repair file, and when a column has too many."""

from pathlib import Path

import msgspec

from indexing.repairs import Repair, RepairFile, RepairLine, bad_columns

MANY = Repair("employees", "# Employees", "is no number", "many")
LOCKED = Repair("email", "Email", "stands for none", "email_not_unlocked@domain.com", unreadable=False)


def lines(path: Path) -> list[RepairLine]:
    return [msgspec.json.decode(line, type=RepairLine) for line in path.read_bytes().splitlines()]


def test_repairs_are_written_and_counted_with_examples(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "repairs.ndjson"
    file = RepairFile(path)
    assert not path.exists()
    for at in range(5):
        file.add("a.csv", at, MANY)
    file.add("a.csv", 9, LOCKED)
    file.add("caf\udce9.csv", 9, msgspec.structs.replace(MANY, text="\udce9"))
    file.flush()
    assert file.count == 7
    assert file.unreadable == {"# Employees": 6}
    kind = file.kinds["employees", "is no number"]
    assert (kind.count, kind.examples) == (6, ["many", "\\udce9"])
    file.close()
    assert path.stat().st_size == file.size
    assert lines(path)[0] == RepairLine("a.csv", 0, "employees", "# Employees", "is no number", "many")
    assert lines(path)[-1].text == "\\udce9"


def test_it_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "repairs.ndjson"
    file = RepairFile(path)
    file.add("a.csv", 1, MANY)
    file.flush()
    size, kinds, unreadable = file.size, list(file.kinds.values()), dict(file.unreadable)
    kinds = msgspec.json.decode(msgspec.json.encode(kinds), type=type(kinds)) and [
        msgspec.structs.replace(kind) for kind in kinds
    ]
    file.add("a.csv", 2, LOCKED)
    file.close()
    again = RepairFile(path)
    again.resume(size, kinds, unreadable)
    again.add("a.csv", 2, MANY)
    again.close()
    assert [line.line for line in lines(path)] == [1, 2]
    assert (again.count, again.unreadable["# Employees"]) == (2, 2)


def test_without_a_path_they_are_counted_only() -> None:
    file = RepairFile(None)
    for at in range(1005):
        file.add("a.csv", at, Repair(f"f{at}", "x", "y", "z"))
    file.flush()
    file.close()
    assert len(file.kinds) == 1001
    assert file.kinds["other", "other"].count == 5


def test_a_column_of_which_more_than_half_can_not_be_read() -> None:
    assert bad_columns({"a": 5, "b": 6}, {"a": 5, "b": 7, "c": 1, "d": 9}, allowed=["d"]) == ["b", "c"]
