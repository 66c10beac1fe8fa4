"""Rows on their way to batches: all of them, in order, and only a few ahead."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexing import pipeline as module
from indexing.encoding import Encoders
from indexing.pipeline import Portion, portions
from indexing.sources.base import Row
from indexing.sources.columns import ColumnMapping
from mappings.errors import SourceError
from search.fields import ContactListItem
from search.loader import Document

FIELDS = ("uuid", None, "title")
FIRST = 11


class Rows:
    """A reader of rows from memory; after them it fails, if told to. `read` counts those that were taken."""

    columns: ColumnMapping | None

    def __init__(self, rows: list[Row], fails: bool = False) -> None:
        self.rows, self.fails, self.read = rows, fails, 0
        self.columns = ColumnMapping(("Id", "Other", "Title"), FIELDS, ("Other",))

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            self.read += 1
            yield row
        if self.fails:
            raise SourceError("the rest can't be read")

    def position(self) -> int:
        return self.read

    def watermark(self) -> str | None:
        return str(self.read)


def encode(row: int, item: ContactListItem) -> Document:
    return Document(row, item.uuid.encode())


def row(number: int, problem: str | None = None, text: str = "x") -> Row:
    return Row(line=number, cells=(f"id-{number}", "dropped", text), problem=problem)


async def collected(reader: Rows, found: list[Portion]) -> None:
    encoders = Encoders(encode, 1)
    try:
        async with aclosing(portions(reader, FIRST, encoders)) as ready:
            async for portion in ready:
                found.append(portion)  # noqa: PERF401 - those before a failure count
    finally:
        encoders.close()


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 9), st.booleans())
@settings(deadline=None)
def test_every_row_comes_once_and_in_order(good: list[bool], most: int, fails: bool) -> None:
    rows = [row(at, None if fine else f"problem {at}") for at, fine in enumerate(good, FIRST)]
    found: list[Portion] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "BATCH_ROWS", most)
        try:
            asyncio.run(collected(Rows(rows, fails), found))
        except SourceError:
            assert fails
        else:
            assert not fails
            assert sum(len(portion.rows) for portion in found) == len(rows)
    ends = FIRST
    for portion in found:
        assert portion.first == ends
        assert 0 < len(portion.rows) <= most
        ends += len(portion.rows)
        assert portion.rows == rows[portion.first - FIRST : ends - FIRST]
        documents = {document.row: document.body.decode() for document in portion.encoded.documents}
        assert documents | portion.encoded.rejects == {
            each.line: each.problem or each.cells[0] for each in portion.rows
        }
        assert (portion.position, portion.watermark) == (ends - FIRST, str(ends - FIRST))


def test_wide_rows_fill_a_batch_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_CHARACTERS", 100)
    found: list[Portion] = []
    asyncio.run(collected(Rows([row(at, text="x" * 60) for at in range(5)]), found))
    assert [len(portion.rows) for portion in found] == [2, 2, 1]


def test_the_source_is_read_only_a_little_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_ROWS", 10)
    reader = Rows([row(at) for at in range(1000)])

    async def run() -> None:
        encoders, taken = Encoders(encode, 1), 0
        async with aclosing(portions(reader, FIRST, encoders)) as ready:
            async for portion in ready:
                taken += len(portion.rows)
                assert reader.read <= taken + 10 * encoders.workers
                if taken == 500:
                    break
        encoders.close()

    asyncio.run(run())
    assert reader.read < 600


@pytest.mark.parametrize(
    ("problem", "fields", "cells"),
    [
        (None, FIELDS, {"uuid": "id-7", "title": "x"}),
        # What can't be read as columns is shown by its place in the row.
        ("too many cells", FIELDS, {"1": "id-7", "2": "dropped", "3": "x"}),
        (None, None, {"item": "id-7"}),
    ],
)
def test_a_reject_shows_the_row(problem: str | None, fields: tuple[str | None, ...] | None, cells: dict) -> None:
    portion = Portion(6, [row(6), row(7, problem)], module._NOTHING, 0, None)
    reject = portion.reject("people.csv", fields, 7, "because")
    assert (reject.source, reject.line, reject.reason, reject.row) == ("people.csv", 7, "because", cells)
