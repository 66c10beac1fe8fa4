"""What each load came to, as a table."""

import msgspec

from indexing.cli.terminal import Table, print_table, say


def print_loads(data: bytes) -> None:
    """The `data` of an answer of `loads`."""
    loads = msgspec.json.decode(data)["loads"]
    if not loads:
        say("Nothing has been loaded yet.")
        return
    numbers = ("contacts", "rows", "repeated", "rejected", "repaired")
    rows = [
        (
            load["name"],
            (load["finished_at"] or "?").rstrip("Z"),
            *("?" if load[name] is None else f"{load[name]:,}" for name in numbers),
            "live" if load["live"] else "",
        )
        for load in loads
    ]
    print_table(Table(("load", "finished", *numbers, ""), rows, framed=False))
