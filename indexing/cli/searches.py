"""The searches that a user has saved, as a table."""

from collections.abc import Mapping
from typing import Any

import msgspec

from api.actions.requests import SelectionRequest
from indexing.cli.terminal import Table, print_table, say


def print_searches(data: bytes) -> None:
    """The `data` of an answer of `saved_searches`."""
    searches = msgspec.json.decode(data)["searches"]
    if not searches:
        say("There are no saved searches.")
        return
    rows = [
        (
            each["name"],
            each["saved_at"][:10],
            f"{each['count_then']:,}",
            "?" if each["count_now"] is None else f"{each['count_now']:,}",
            _asked_for(each),
        )
        for each in searches
    ]
    print_table(Table(("name", "saved", "then", "now", "search"), rows))


def _asked_for(search: Mapping[str, Any]) -> str:
    """What a saved search asks for: its URL, if it has one, then all else by the names of the fields."""
    beside = {name: value for name, value in search.items() if name in SelectionRequest.__struct_fields__ and value}
    url = beside.pop("url", "")
    return " ".join(
        [url] * bool(url) + [f"{name}={msgspec.json.encode(value).decode()}" for name, value in beside.items()]
    )
