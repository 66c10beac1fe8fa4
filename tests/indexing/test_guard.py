"""Which loads must not go live."""

from pathlib import Path

import pytest

from indexing.filled import FIELDS
from indexing.guard import LoadRefused, check_columns, check_contacts, check_filled, check_rejects
from indexing.rejects import Reject, RejectFile
from indexing.repairs import Repair, RepairFile
from indexing.request import Limits
from indexing.tally import Before


@pytest.mark.parametrize(
    ("rows", "rejected", "share", "said"),
    [
        (100, 1, 0.01, None),
        (
            100,
            2,
            0.01,
            r"2 of 100 rows were rejected, more than --max-rejects allows \(1.0%\): 2 × a \(x, line 9\)$",
        ),
        (0, 0, 0.0, None),
        (3, 3, 1.0, None),
    ],
)
def test_rejects(rows: int, rejected: int, share: float, said: str | None) -> None:
    limits, rejects = Limits(max_rejects=share), RejectFile(None)
    for at in range(rejected):
        rejects.add(Reject("x", at + 9, "a: text of a cell", {}))
    if said is None:
        check_rejects(limits, rows, rejects)
        return
    with pytest.raises(LoadRefused, match=said):
        check_rejects(limits, rows, rejects)


def test_the_commonest_reasons_for_rejects_are_told(tmp_path: Path) -> None:
    rejects = RejectFile(tmp_path / "r.ndjson")
    for at, reason in enumerate("ddcccbbbbaaaaa", 2):
        rejects.add(Reject("x.csv", at, f"{reason}: secret", {}))
    rejects.close()
    told = "5 × a (x.csv, line 11); 4 × b (x.csv, line 7); 3 × c (x.csv, line 4); see "
    with pytest.raises(LoadRefused) as refused:
        check_rejects(Limits(), 14, rejects)
    assert told in str(refused.value)
    assert "secret" not in str(refused.value)


PEOPLE = {"first_name": 10, "last_name": 10, "title": 5, "city": 4}


def counts(**filled: int) -> tuple[int, ...]:
    return tuple(filled.get(name, 0) for name in FIELDS)


@pytest.mark.parametrize(
    ("now", "allowed", "said"),
    [
        ({"last_name": 10, "first_name": 10, "title": 1}, (), None),
        (
            {"last_name": 10, "first_name": 10, "title": 0},
            (),
            r"title \(5 of 10 contacts have it, 0 of 10 would\); .*--allow-loss title$",
        ),
        ({"last_name": 10, "first_name": 10, "title": 0}, ("title",), None),
        ({"title": 10, "company": 10}, ("last_name", "first_name"), "nobody in it has a name"),
        ({"email": 10, "title": 10}, ("last_name", "first_name"), None),
    ],
)
def test_substance(now: dict[str, int], allowed: tuple[str, ...], said: str | None) -> None:
    limits, before = Limits(allow_loss=frozenset(allowed)), Before(10, PEOPLE)
    if said is None:
        check_filled(limits, before, 10, counts(**now))
        return
    with pytest.raises(LoadRefused, match=said):
        check_filled(limits, before, 10, counts(**now))


def test_of_many_lost_fields_a_few_are_described_and_all_can_be_allowed() -> None:
    before, names = Before(10, dict.fromkeys(FIELDS, 10)), [name for name in FIELDS if name != "email"]
    with pytest.raises(LoadRefused) as refused:
        check_filled(Limits(), before, 10, counts(email=10))
    described, _, flags = str(refused.value).partition("; if that is meant, say ")
    assert described.count("10 of 10 contacts have it, 0 of 10 would") == 5
    assert described.endswith(f" and {len(names) - 5} more")
    assert flags.split() == [word for name in names for word in ("--allow-loss", name)]


@pytest.mark.parametrize(
    ("contacts", "accepted", "live", "shrink", "said"),
    [
        (10, 10, 20, False, None),
        (10, 10, 21, True, None),
        (11, 10, 0, False, None),
        (10, 10, 21, False, "10 contacts would replace 21; if that is meant, say --allow-shrink"),
        (9, 10, 0, True, "the store has 9 contacts where 10 were accepted"),
        (0, 0, 0, True, "no row became a contact"),
    ],
)
def test_contacts(contacts: int, accepted: int, live: int, shrink: bool, said: str | None) -> None:
    limits = Limits(allow_shrink=shrink)
    if said is None:
        check_contacts(limits, contacts, accepted, live)
        return
    with pytest.raises(LoadRefused, match=said):
        check_contacts(limits, contacts, accepted, live)


def test_a_column_that_can_not_be_read_may_be_allowed_by_its_header(tmp_path: Path) -> None:
    repairs = RepairFile(tmp_path / "repairs.ndjson")
    for _ in range(2):
        repairs.add("x.csv", 2, Repair("employees", "# Employees", "is no number", "many"))
    repairs.close()
    check_columns(Limits(), {"# Employees": 2}, repairs)
    check_columns(Limits(allow_bad=frozenset({"employees"})), {"# Employees": 1}, repairs)
    with pytest.raises(
        LoadRefused, match=r"the column '# Employees' can't be read: 2 .* and 1 are; see .*repairs.ndjson"
    ):
        check_columns(Limits(allow_bad=frozenset({"Industry"})), {"# Employees": 1}, repairs)
