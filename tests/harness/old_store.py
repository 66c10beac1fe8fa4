"""Stores that were made by versions before, each of thirty made-up contacts.

In tests/data are the DuckDB file as it was, and what an Elasticsearch was sent: the body that creates the index, then
the lines of a bulk request. Both were made by the loaders of commits 0050b4f (`MAPPING_VERSION` 1) and 2a1020d (2), and
have these contacts: 28 of the sample, one with a title of many words and lists that hold commas, in version 2 also with
further fields, and one that has nothing but its uuid.
"""

import json
import urllib.request
from pathlib import Path
from typing import Any

import zstandard

from search.engine import EngineSettings
from tests.harness.loads import settings_of

DATA = Path(__file__).parents[1] / "data"
CONTACTS = 30
TITLED = "00000000-0000-5000-8000-000000000001"
"""The uuid of a `Director of Sales and Marketing`."""

STAMP = "20260101T000000000000Z"


def put(environment: dict[str, str], version: int = 1) -> EngineSettings:
    """Make the contacts of that version the live ones of the engine of `environment`."""
    settings = settings_of(environment)
    if settings.engine == "elasticsearch":
        _put_index(environment["CONTACTS_ELASTICSEARCH_URL"], settings.index, version)
        return settings
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    name = f"{settings.index}-{STAMP}.duckdb"
    (settings.data_dir / name).write_bytes(_unpacked(f"store.v{version}.duckdb.zst"))
    (settings.data_dir / f"{settings.index}.current").write_text(f"{name}\n")
    return settings


def _put_index(url: str, alias: str, version: int) -> None:
    body, _, documents = _unpacked(f"store.v{version}.elasticsearch.ndjson.zst").partition(b"\n")
    path = f"{url}/{alias}-{STAMP.lower()}"
    _sent("PUT", path, body)
    assert not _sent("POST", f"{path}/_bulk?refresh=true", documents)["errors"]
    _sent("PUT", f"{path}/_mapping", json.dumps({"_meta": {"mapping": version, "complete": True}}).encode())
    _sent("PUT", f"{path}/_alias/{alias}")


def _sent(method: str, url: str, body: bytes | None = None) -> Any:
    request = urllib.request.Request(url, body, {"content-type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def _unpacked(name: str) -> bytes:
    return zstandard.ZstdDecompressor().decompress((DATA / name).read_bytes())
