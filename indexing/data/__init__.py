"""The facts that loading goes by, as JSON files: what people call columns, and what they write into cells.

What is added to what is understood is one entry in one of these files.
"""

from importlib import resources
from typing import TypeVar

import msgspec

_Data = TypeVar("_Data")


def read_data(name: str, of: type[_Data]) -> _Data:
    """What is in the file `name` (without `.json`), as a value of the type `of`."""
    return msgspec.json.decode(resources.files("indexing.data").joinpath(f"{name}.json").read_bytes(), type=of)
