"""What is staged comes back as it was, what contacts share once, also after a load that was interrupted."""

from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappings.errors import Superseded
from search.documents import search_fields
from search.duckdb import staging
from search.duckdb.encoder import DuckDBEncoder
from search.duckdb.staging import OWN, SHARED, Stage, Staged
from search.fields import ContactCompleteItem
from search.loader import Document
from tests.harness.contacts import CONTACTS

LINE = 2**21


def files(directory: Path) -> Staged:
    return Staged(directory / "documents", directory / "shared", directory / "items")


def staged(directory: Path) -> list[dict[str, Any]]:
    """What was staged of each contact: what its line says, what it shares, and its item with its further fields."""
    items = (directory / "items").read_bytes()
    found = []
    with duckdb.connect() as database:

        def rows(relation: str, order: str) -> list[dict[str, Any]]:
            read = database.execute(f"FROM {relation} ORDER BY {order}")
            names = [name for name, *_ in read.description or ()]
            return [dict(zip(names, row, strict=True)) for row in read.fetchall()]

        pieces = {row["_id"]: row for row in rows(files(directory).read_shared(LINE), "_id")}
        for row in rows(files(directory).read_documents(LINE), "_start"):
            start, size = row["_start"], row["_size"] + row["_more"]
            fields = {field: row[field] for field in OWN}
            for at, names in enumerate(SHARED):
                fields |= {field: pieces[row[f"_shared_{at}"]][field] for field in names}
            found.append({
                "row": row["_line"], "uuid": row["_uuid"], "item": items[start : start + size],
                "fields": {field: value for field, value in fields.items() if value is not None},
            })  # fmt: skip
    return found


def expected(contacts: list[ContactCompleteItem], documents: list[Document]) -> list[dict[str, Any]]:
    return [
        {
            "row": document.row, "uuid": contact.uuid, "item": document.item,
            "fields": msgspec.json.decode(search_fields(contact).json()),
        }
        for contact, document in zip(contacts, documents, strict=True)
    ]  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(CONTACTS, min_size=1, max_size=6), st.integers(0, 6), st.sampled_from((1, 10**9)))
def test_all_is_there_also_after_an_interruption(
    tmp_path_factory: pytest.TempPathFactory, contacts: list[ContactCompleteItem], kept: int, remembered: int
) -> None:
    directory = tmp_path_factory.mktemp("staged")
    documents = [DuckDBEncoder.encode(row, contact) for row, contact in enumerate(contacts * 2, 1)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staging, "_REMEMBERED", remembered)
        stage = Stage(files(directory))
        stage.start()
        stage.write(documents[:kept])
        mark = stage.mark()
        # What is written later is lost with the process.
        stage.write(documents[kept:])
        stage.close()
        stage = Stage(files(directory))
        stage.start(mark)
        stage.write(documents[kept:])
        stage.close()
    assert staged(directory) == expected(contacts * 2, documents)
    assert stage.longest == max(max(len(document.body), len(document.item)) for document in documents)


def test_what_is_shared_is_staged_once_as_long_as_it_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacts = [ContactCompleteItem(str(at), company=f"Company {at % 2}", keywords=("w" * 200,)) for at in range(6)]
    documents = [DuckDBEncoder.encode(row, contact) for row, contact in enumerate(contacts, 1)]

    def companies() -> int:
        stage = Stage(files(tmp_path))
        stage.start()
        stage.write(documents[:3])
        stage.write(documents[3:])
        stage.close()
        return (tmp_path / "shared").read_bytes().count(b'"company_text":')

    assert companies() == 2
    monkeypatch.setattr(staging, "_REMEMBERED", 1)
    assert companies() == 6


def test_a_stage_is_begun_first(tmp_path: Path) -> None:
    stage = Stage(files(tmp_path))
    with pytest.raises(RuntimeError, match="start"):
        stage.write([])
    with pytest.raises(Superseded, match="documents"):
        stage.start("10 0 0 0")


def test_what_another_version_left_is_not_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "documents").write_bytes(b"{}\n" * 9)
    with pytest.raises(Superseded, match=r"another version .* load anew without --resume"):
        Stage(files(tmp_path)).start("27 0 3")
    assert (tmp_path / "documents").stat().st_size == 27
