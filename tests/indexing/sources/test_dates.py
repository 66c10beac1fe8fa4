"""What the dates of a source show of their order."""

import msgspec
import pytest

from indexing.sources.columns import map_columns
from indexing.sources.dates import DateOrder, date_order

COLUMNS = map_columns(["Email", "Created At", "Last Raised At", "Note"])


def order_of(*cells: str) -> DateOrder:
    return date_order(COLUMNS, [("", cell, "", "31/12/2023") for cell in cells])


@pytest.mark.parametrize(
    ("cells", "slash", "point"),
    [
        (("1/2/2023", "3.4.23"), "mdy", "dmy"),
        (("1/2/2023", "13/2/2023"), "dmy", "dmy"),
        (("1/2/2023", "2/13/2023 10:00"), "mdy", "dmy"),
        (("2.13.23",), "mdy", "mdy"),
        (("13/2/2023", "2/13/2023", "14/1/23"), "dmy", "dmy"),
        (("2023/13/45", "x", "", "131/2/2023"), "mdy", "dmy"),
    ],
)
def test_a_part_over_12_is_a_day(cells: tuple[str, ...], slash: str, point: str) -> None:
    found = order_of(*cells)
    assert (found.slash, found.point, found.dash) == (slash, point, "dmy")


def test_dashes_have_an_order_of_their_own() -> None:
    assert order_of("2-13-2023").dash == "mdy"


def test_only_columns_of_dates_are_asked_and_rows_may_be_short() -> None:
    assert date_order(map_columns(["Email"]), [("31/12/2023",)]) == DateOrder()
    assert date_order(COLUMNS, [("",), ("", None, "31/12/2023")]).slash == "dmy"


def test_the_answer_is_kept_with_the_columns() -> None:
    mapping = msgspec.structs.replace(COLUMNS, dates=DateOrder.always("dmy"))
    assert (mapping.dates.slash, mapping.headers) == ("dmy", COLUMNS.headers)
