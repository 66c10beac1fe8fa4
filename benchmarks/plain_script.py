"""`python -m benchmarks.plain_script FILE URL INDEX`: loads a CSV as the script does that a user would write.

`csv` reads it; of each row a dictionary is made, whose derived fields are those of the field table, one after the
other; `helpers.bulk` sends them as it does by default. What a cell means it knows from the same code as
`contacts index csv`. The index has the same mapping.
"""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from indexing.identity.keys import claim_of
from indexing.items import contact_reader
from indexing.sources.columns import map_columns
from search.elasticsearch.schema import MORE, NAMES, grams, index_body
from search.fields import ITEM_FIELDS, MORE_FIELDS, SEARCH_FIELDS, SORT_FIELDS
from search.kinds import DerivedField, DerivedValue

JSON = {"content-type": "application/json", "accept": "application/json"}
"""Headers with which any version of the client library and of the server understand each other."""


def actions(path: Path) -> Iterator[dict[str, object]]:
    """The contacts of a CSV as `helpers.bulk` takes them."""
    with path.open(newline="", encoding="utf-8") as stream:
        rows = csv.reader(stream)
        contact_of = contact_reader(map_columns(next(rows), {}))
        for row in rows:
            contact = contact_of(row).contact
            contact = msgspec.structs.replace(contact, uuid=claim_of(0, contact).uuid)
            yield {"_id": contact.uuid, "_source": document(msgspec.to_builtins(contact))}


def document(contact: dict[str, object]) -> dict[str, object]:
    """What is stored of a contact, and searched."""
    search: dict[str, object] = {}
    for name, field in (SEARCH_FIELDS | SORT_FIELDS).items():
        value = _derived(field, contact)
        if value is not None and (value != () or name == "absent"):
            search[name] = value
        if name in NAMES and value:
            search[f"{name}_grams"] = [grams(each) for each in value] if isinstance(value, tuple) else grams(str(value))
    made = {name: contact[name] for name in ITEM_FIELDS} | {"search": search}
    more = {name: contact[name] for name in MORE_FIELDS}
    return made | ({MORE: json.dumps(more)} if any(value is not None for value in more.values()) else {})


def _derived(field: DerivedField, contact: dict[str, object]) -> DerivedValue:
    # Lists are tuples in contacts, as those who derive expect, and lists in JSON.
    values = [tuple(value) if isinstance(value := contact[name], list) else value for name in field.of]
    return field.make(values[0] if len(values) == 1 else tuple(values))


def main(path: str, url: str, index: str) -> None:
    """Make the index, fill it, refresh and count it."""
    with Elasticsearch(url, request_timeout=120) as client:
        client.perform_request("PUT", f"/{index}", headers=JSON, body=index_body())
        bulk(client, actions(Path(path)), index=index)
        client.perform_request("POST", f"/{index}/_refresh", headers=JSON)
        client.perform_request("GET", f"/{index}/_count", headers=JSON)


if __name__ == "__main__":
    main(*sys.argv[1:])
