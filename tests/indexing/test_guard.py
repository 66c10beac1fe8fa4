"""Which loads must not go live."""

from pathlib import Path

import pytest

from indexing.guard import LoadRefused, check_contacts, check_rejects
from indexing.request import Limits


@pytest.mark.parametrize(
    ("rows", "rejected", "share", "said"),
    [
        (100, 1, 0.01, None),
        (100, 2, 0.01, r"2 of 100 rows were rejected, more than --max-rejects allows \(1.0%\); see r.ndjson; the live"),
        (0, 0, 0.0, None),
        (3, 3, 1.0, None),
    ],
)
def test_rejects(rows: int, rejected: int, share: float, said: str | None) -> None:
    limits = Limits(max_rejects=share)
    if said is None:
        check_rejects(limits, rows, rejected, Path("r.ndjson"))
        return
    with pytest.raises(LoadRefused, match=said):
        check_rejects(limits, rows, rejected, Path("r.ndjson"))


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
