"""What the fields of bodies and answers mean: the words of both documents, OpenAPI and AsyncAPI.

They stand in `data/words.json`: the name of a shape → the name of a field → words; under `*` those of a field that
means the same in any shape. A contact's fields have theirs in their rows (`search.fields`), a request's in
`api.actions.fields`.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import cast

import msgspec

from api.actions.kinds import Schema

ANY = "*"


@cache
def words() -> dict[str, dict[str, str]]:
    """Shape → field → what it means."""
    data = resources.files("api.actions").joinpath("data", "words.json").read_bytes()
    return msgspec.json.decode(data, type=dict[str, dict[str, str]])


def described(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    """Schemas by the names of their shapes, with words for those fields of objects that have none yet."""
    return {name: _described(name, schema) if "properties" in schema else schema for name, schema in schemas.items()}


def _described(shape: str, schema: Schema) -> Schema:
    known = words()[ANY] | words().get(shape, {})
    properties = cast("dict[str, Schema]", schema["properties"])
    told = {
        name: {"description": known[name], **field} if name in known else field for name, field in properties.items()
    }
    return schema | {"properties": told}
