"""An answer of each action, about a made-up contact: the examples of the documents, in `data/examples.json`.

The contact is there once, without its empty fields; answers have it put in. Tests hold the answers against what the
service says of it.
"""

from functools import cache
from importlib import resources
from typing import Any

import msgspec

from search.fields import ContactCompleteItem, item_json


class _Examples(msgspec.Struct, frozen=True):
    """The file: a contact, and the name of an action → its answer, in which the contact is left out."""

    contact: ContactCompleteItem
    answers: dict[str, dict[str, Any]]


@cache
def _examples() -> _Examples:
    data = resources.files("api.actions").joinpath("data", "examples.json").read_bytes()
    return msgspec.json.decode(data, type=_Examples)


def example_item() -> bytes:
    """The contact, as it is stored and sent."""
    return item_json(_examples().contact)


def example_answer(action: str) -> dict[str, Any] | None:
    """What an action answers of it to the example of its request; `None` if there is no such example."""
    answer = _examples().answers.get(action)
    if answer is None:
        return None
    item = msgspec.json.decode(example_item())
    if "results" in answer:
        return answer | {"results": [item]}
    if "contacts" in answer:
        return answer | {"contacts": [{"contact": item, **checked} for checked in answer["contacts"]]}
    return answer
