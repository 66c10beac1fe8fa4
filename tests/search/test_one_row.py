"""A contact field is one row: in a copy of the packages a line is added to the table, and that is all.

What then runs in the copy is `with_the_row`, in a process of its own.
"""

import asyncio
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import msgspec

from api.actions.exports import Sheet
from api.actions.shapes import SearchData
from api.actions.views import DEFAULT, VIEWS
from indexing.items import contact_reader
from indexing.sources.columns import map_columns
from indexing.sources.stock_schema import STOCK_QUERY
from mappings.contact_filter import map_url
from mappings.predicates import ContactFilter, Exists, Phrase, Predicate, Range, Substring, Terms
from mappings.url import parse
from search.documents import search_fields
from search.elasticsearch.encoder import ElasticsearchEncoder
from search.elasticsearch.schema import index_body
from search.engine import EngineSettings
from search.fields import ContactCompleteItem, ContactSimpleItem, contact_of
from tests.harness.stores import engine_of, load, uuids_of

ROOT = Path(__file__).parent.parent.parent

ROWS = """
    founded_in: Annotated[Integer, ContactField(
        headers=("Founded in",), stock="company.founded", apollo=("organization_since",), simple=True,
        company=True, search=Kind.NUMBER, sort=("organization_founded",))] = None
    nicknames: Annotated[Texts, ContactField(search=Kind.NAME)] = None
    region: Annotated[Text, ContactField(search=Kind.TEXT, sort=())] = None
"""

MORE_ROW = """
    mentor: Annotated[Text, ContactField(search=Kind.TERM)] = None
"""

CELLS = [
    ("1", "0", "Bobby; The Boss", "Île-de-France"),
    ("2", "1999", "", "Upper Bavaria"),
    ("3", "", "Rob", ""),
]


def test_a_contact_field_is_one_row(tmp_path: Path) -> None:
    for package in ("api", "docs", "indexing", "mappings", "search", "tests/harness", "tests/search"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests" / "__init__.py").touch()
    table = tmp_path / "search" / "fields.py"
    before, between, after = table.read_text().split("    # fmt: on\n", 2)
    table.write_text(f"{before}{ROWS}    # fmt: on\n{between}{MORE_ROW}    # fmt: on\n{after}")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    for arguments in (["docs.generate"], ["tests.search.test_one_row", str(tmp_path / "data")]):
        subprocess.run([sys.executable, "-m", *arguments], cwd=tmp_path, env=environment, check=True, timeout=120)


def with_the_row(data_dir: Path) -> None:
    """Every place that has to know of the fields in `ROWS`, asked for them."""
    mapping = map_columns(["uuid", "Founded IN", "Nicknames", "region"])
    assert mapping.fields == ("uuid", "founded_in", "nicknames", "region")
    items = [contact_reader(mapping)(cells).contact for cells in CELLS]
    assert items[0] == ContactCompleteItem("1", founded_in=0, nicknames=("Bobby", "The Boss"), region="Île-de-France")

    absent = [set(search_fields(item).absent) & {"founded_in", "nicknames", "region"} for item in items]
    assert absent == [set(), {"nicknames"}, {"founded_in", "region"}]

    assert "    company.founded AS founded_in,\n" in STOCK_QUERY
    assert "nicknames" not in STOCK_QUERY
    assert ContactSimpleItem.__struct_fields__[-1] == "founded_in"
    assert Sheet(VIEWS[DEFAULT]).header().decode().rstrip().endswith("founded_in,nicknames,region")
    assert Sheet(VIEWS["complete"]).header().decode().rstrip().endswith("custom,mentor")
    _, schemas = msgspec.json.schema_components([SearchData])
    assert "founded_in" in schemas["ContactListItem"]["properties"]

    items[1] = msgspec.structs.replace(items[1], mentor="Ann Lee")
    asyncio.run(found_in_a_store(data_dir, items))

    properties = index_body()["mappings"]["properties"]
    assert {"founded_in", "nicknames", "region"} <= set(properties)
    for item in items:
        document = msgspec.json.decode(ElasticsearchEncoder.encode(1, item).body.splitlines()[1])
        assert set(document) <= set(properties)
        assert set(document["search"]) <= set(properties["search"]["properties"])
    grams = msgspec.json.decode(ElasticsearchEncoder.encode(1, items[0]).body.splitlines()[1])["search"][
        "nicknames_grams"
    ]
    assert grams == ["bob obb bby by$ y$$", "the he_ e_b _bo bos oss ss$ s$$"]


async def found_in_a_store(data_dir: Path, items: list[ContactCompleteItem]) -> None:
    settings = EngineSettings(data_dir=data_dir)
    assert await load(settings, items) == len(items)
    async with engine_of(settings) as engine:

        async def found(contact_filter: ContactFilter) -> list[str]:
            return uuids_of((await engine.search(engine.compile(contact_filter), 10)).items)

        asked: dict[Predicate, list[str]] = {
            Range("founded_in", gte=0, lte=10): ["1"],
            Substring("nicknames", "ob"): ["1", "3"],
            Phrase("nicknames", "boss"): ["1"],
            Phrase("region", "bavaria"): ["2"],
            Terms("mentor", ("ann lee",)): ["2"],
            Exists("mentor"): ["2"],
            Exists("founded_in"): ["1", "2"],
            Exists("nicknames"): ["1", "3"],
        }
        whole = await engine.search(engine.compile(ContactFilter()), 10, complete=True)
        assert sorted(map(contact_of, whole.items), key=lambda contact: contact.uuid) == items
        for predicate, uuids in asked.items():
            assert await found(ContactFilter(predicate)) == uuids, predicate
        for query, uuids in {
            "existFields[]=organization_since": ["1", "2"],
            "sortByField=organization_founded": ["2", "1", "3"],
            "sortByField=founded_in&sortAscending=true": ["1", "2", "3"],
            "sortByField=region": ["2", "1", "3"],
        }.items():
            mapped = map_url(parse(f"https://app.apollo.io/#/people?{query}"), date(2024, 1, 1))
            assert await found(mapped.filter) == uuids, query


if __name__ == "__main__":
    with_the_row(Path(sys.argv[1]))
