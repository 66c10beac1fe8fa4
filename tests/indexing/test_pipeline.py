"""Rows on their way to batches: all of them, in order, and only a few ahead."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexing.encoders import Encoders
from indexing.encoding import Batch, Encoded, encode_batch
from indexing.pipeline import Portion, ReadingAs, open_source
from indexing.sources import base
from indexing.sources.base import Row, RowBatch, Start
from indexing.sources.columns import ColumnMapping, map_columns
from mappings.errors import SourceError
from search.fields import ContactCompleteItem
from search.loader import Document
from tests.harness.encoders import OneByOne
from tests.harness.memory_source import MemorySource

COLUMNS = map_columns(["uuid", "Other", "Title", "Email"])
FIRST = 11


class Uuids(OneByOne):
    """Documents of the uuid alone."""

    @staticmethod
    def encode(row: int, item: ContactCompleteItem, _complete: bytes | None = None) -> Document:
        return Document(row, item.uuid.encode())


def row(number: int, problem: str | None = None, text: str = "x") -> Row:
    return Row(line=number, cells=(f"id-{number}", "kept", text, "a@one.example"), problem=problem)


async def collect(source: MemorySource, portions: list[Portion]) -> None:
    encoders = Encoders(Uuids, 1)
    async with open_source(source, Start(), FIRST, encoders, ReadingAs()) as opened:
        async for portion in opened.portions:
            portions.append(portion)  # noqa: PERF401 - those before a failure count


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 9), st.booleans())
@settings(deadline=None)
def test_every_row_comes_once_and_in_order(good: list[bool], most: int, fails: bool) -> None:
    rows = [row(at, None if fine else f"problem {at}") for at, fine in enumerate(good, FIRST)]
    portions: list[Portion] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(base, "BATCH_ROWS", most)
        try:
            asyncio.run(collect(MemorySource(rows=rows, fails=fails), portions))
        except SourceError:
            assert fails
        else:
            assert not fails
            assert sum(len(portion.rows) for portion in portions) == len(rows)
    ends = FIRST
    for portion in portions:
        assert portion.first == ends
        assert 0 < len(portion.rows) <= most
        ends += len(portion.rows)
        assert portion.rows == rows[portion.first - FIRST : ends - FIRST]
        documents = {document.row: document.body.decode() for document in portion.encoded.documents}
        assert documents | portion.encoded.rejects == {
            each.line: each.problem or each.cells[0] for each in portion.rows
        }
        assert (portion.read.position, portion.read.watermark) == (ends - FIRST, str(ends - FIRST))


def test_wide_rows_fill_a_batch_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "BATCH_CHARACTERS", 100)
    portions: list[Portion] = []
    asyncio.run(collect(MemorySource(rows=[row(at, text="x" * 60) for at in range(5)]), portions))
    assert [len(portion.rows) for portion in portions] == [2, 2, 1]


def test_the_source_is_read_only_a_little_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "BATCH_ROWS", 10)
    source = MemorySource(rows=[row(at) for at in range(1000)])

    async def run() -> None:
        encoders, taken = Encoders(Uuids, 1), 0
        async with open_source(source, Start(), FIRST, encoders, ReadingAs()) as opened:
            async for portion in opened.portions:
                taken += len(portion.rows)
                assert len(source.read) <= taken + 10 * encoders.workers
                if taken == 500:
                    break

    asyncio.run(run())
    assert len(source.read) < 600


@pytest.mark.parametrize(
    ("problem", "columns", "cells"),
    [
        (None, COLUMNS, {"uuid": "id-7", "title": "x", "email": "a@one.example"}),
        # What can't be read as columns is shown by its place in the row.
        ("too many cells", COLUMNS, {"1": "id-7", "2": "kept", "3": "x", "4": "a@one.example"}),
        (None, None, {"item": "id-7"}),
    ],
)
def test_a_reject_shows_the_row(problem: str | None, columns: ColumnMapping | None, cells: dict) -> None:
    portion = Portion("people.csv", columns, 6, RowBatch([row(6), row(7, problem)]), Encoded())
    reject = portion.reject(7, "because")
    assert (reject.source, reject.line, reject.reason, reject.row) == ("people.csv", 7, "because", cells)


def test_a_column_that_is_taken_apart_was_read_where_one_of_its_parts_was() -> None:
    columns = map_columns(["Name", "Location", "uuid", "Shoe"])
    rows = [Row(1, ("Ann Alpha", "Bonn", "1", "")), Row(2, ("bob@x.example", "", "2", ""))]
    batch = Batch(columns, [1, 2], [row.cells for row in rows])
    portion = Portion("people.csv", columns, 1, RowBatch(rows), encode_batch(Uuids, batch))
    assert portion.values_read() == {"Name": 1, "Location": 1}
