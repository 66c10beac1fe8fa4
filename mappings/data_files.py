"""The facts that mappings go by, as JSON files in `mappings/data`: read by whoever keeps them, once."""

from importlib import resources
from typing import TypeVar

import msgspec

_Data = TypeVar("_Data")


def read_data(name: str, of: type[_Data]) -> _Data:
    """What is in the file `name` (without `.json`), as a value of the type `of`."""
    data = resources.files("mappings").joinpath("data", f"{name}.json").read_bytes()
    return msgspec.json.decode(data, type=of)
