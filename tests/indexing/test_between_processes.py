"""What goes to workers is there what it was here."""

import pickle
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.between_processes import joined_rows, separate_rows
from indexing.encoding import Batch, Encoded, Join, JoinBatch, Joined
from indexing.identity.keys import Claim
from indexing.repairs import Repair
from indexing.sources.cells import Cell
from indexing.sources.columns import map_columns
from search.loader import Document

TEXTS = st.text(st.characters(codec=None), max_size=5)


@given(st.integers(1, 3).flatmap(lambda width: st.lists(st.lists(TEXTS, min_size=width, max_size=width), min_size=1)))
def test_rows_of_texts(rows: list[list[str]]) -> None:
    text = joined_rows(rows)
    assert text is None or separate_rows(text) == rows
    if not any("\x1e" in cell or "\x1f" in cell for cells in rows for cell in cells):
        assert text is not None


@pytest.mark.parametrize(
    "rows",
    [[], [()], [("a", None)], [(Decimal(1),)], [("a",), ("b", "c")], [("a\x1f",), ("b",)], [("a", "b"), ("c\x1fd",)]],
)
def test_rows_of_other_kinds(rows: list[Sequence[Cell]]) -> None:
    assert joined_rows(rows) is None
    batch = Batch(map_columns(["email", "title"]), list(range(len(rows))), rows, documents=False)
    assert pickle.loads(pickle.dumps(batch)) == batch


@pytest.mark.parametrize("text", ["x", "Zoë", "\udc80"])
def test_batches_and_what_became_of_them(text: str) -> None:
    repairs = {3: (Repair("title", "Title", "is odd", text),)}
    claims = [Claim(1, "u", 2**62, True, -(2**62), 0, (4, 6), f"ann\n{text}")]
    for each in (
        Batch(map_columns(["email", "title"]), [1, 2], [["a", text], ["", "c"]], strict_values=True),
        Encoded(claims, [Document(1, b"body", b"\xff")], [b"{}"], (1, 2), {2: text}, repairs),
        JoinBatch([Join(1, "u", b"{}", None, 2, True, ("title",))], frozenset({"title"})),
        Joined({1: Document(1, b"x")}, {1: b"{}"}, (0, -1), {1: ("title",)}, {2: text}),
    ):
        assert pickle.loads(pickle.dumps(each)) == each
