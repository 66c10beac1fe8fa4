"""Reads the word lists of the sample: the files in `data/`, by rank where order matters.

Titles, places, departments, industries and tags are ordinary words in an export's spelling. People and companies are
put together from parts; none is meant to exist.
"""

from importlib import resources
from typing import TypeVar

import msgspec

Shape = TypeVar("Shape")


def read_words(name: str, shape: type[Shape]) -> Shape:
    """What is in `data/NAME.json`."""
    data = resources.files("indexing.sample").joinpath("data", f"{name}.json").read_bytes()
    return msgspec.json.decode(data, type=shape)
