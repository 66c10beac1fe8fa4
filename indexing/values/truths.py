"""Yes and no, as people and programs write them. The words are in `data/truths.json`."""

from typing import Any

from indexing.data import read_data
from indexing.values.unreadable import Unreadable

_TRUTHS = {
    word: word_of == "true" for word_of, words in read_data("truths", dict[str, list[str]]).items() for word in words
}


def verified(text: str) -> str:
    """An e-mail status: of yes and no under `Email Verified` what they say; any other is what it is."""
    value = _TRUTHS.get(text.casefold())
    return text if value is None else "Verified" if value else "Unverified"


def truth(cell: Any) -> bool:
    """The truth of a cell: a text, or a boolean of a source that has such.

    Raises:
        Unreadable: it is neither yes nor no.
    """
    if isinstance(cell, bool):
        return cell
    if (value := _TRUTHS.get(cell.casefold())) is None:
        raise Unreadable("is neither yes nor no")
    return value
