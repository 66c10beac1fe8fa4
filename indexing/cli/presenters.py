"""How answers are shown to people: what an action's command says of itself, and prints instead of its JSON."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click
import msgspec

from api.actions.views import DEFAULT, VIEWS
from indexing.cli.terminal import Table, print_bytes, print_table, say


class Presenter(msgspec.Struct, frozen=True):
    """What the command of one action has of its own.

    Attributes:
        help: the whole text, after which come the options.
        show: prints the answer's `data`.
        options: field → what differs from the option that is made from its row; these come first in the help.
    """

    help: str
    show: Callable[[bytes], None]
    options: Mapping[str, Mapping[str, Any]] = {}


def print_analysis(data: bytes) -> None:
    """The `data` of an analyze answer as a table."""
    rows = [
        (category["name"], parameter["name"], ", ".join(parameter["values"]), parameter["description"])
        for category in msgspec.json.decode(data)["categories"]
        for parameter in category["parameters"]
    ]
    print_table(Table(("category", "parameter", "values", "meaning"), rows))


def print_contacts(data: bytes) -> None:
    """The `data` of a search answer as a table, with the cursors below it."""
    answer = msgspec.json.decode(data)
    rows = []
    for contact in answer["results"]:
        name = _joined(" ", (contact["first_name"], contact["last_name"]))
        place = _joined(", ", (contact.get("city"), contact.get("country")))
        rows.append((name, contact["title"] or "", contact["company"] or "", contact["email"] or "", place))
    print_table(Table(("name", "title", "company", "email", "place"), rows, cut=True))
    for end in ("next", "previous"):
        if answer[end]:
            say(f"{end}: --cursor {answer[end]}")


def _joined(separator: str, parts: Iterable[str | None]) -> str:
    return separator.join(part for part in parts if part)


def _show_count(data: bytes) -> None:
    say(str(msgspec.json.decode(data)["count"]))


def _show_uuids(data: bytes) -> None:
    print_bytes("".join(f"{uuid}\n" for uuid in msgspec.json.decode(data)["uuids"]).encode())


PRESENTERS: Mapping[str, Presenter] = {
    "analyze": Presenter(
        """Show how URL is understood, parameter by parameter.

        \b
        Example:
          contacts analyze 'https://app.apollo.io/#/people?personTitles[]=CEO'
        """,
        print_analysis,
    ),
    "count_contacts": Presenter(
        """Count the contacts that URL finds.

        \b
        Example:
          contacts count 'https://app.apollo.io/#/people?personTitles[]=CEO' --exclude-domain-list acme.com
        """,
        _show_count,
    ),
    "search_contacts": Presenter(
        """Show the contacts that URL finds.

        \b
        Examples:
          contacts search 'https://app.apollo.io/#/people?personTitles[]=CEO' --limit 10
          contacts search 'https://app.apollo.io/#/people?personLocations[]=Germany' --json
        """,
        print_contacts,
        {
            "limit": {"default": 25, "show_default": True, "help": "Most contacts to show."},
            "offset": {"help": "Contacts to skip; by default the page in URL decides."},
            "cursor": {"help": "Continue at the `next` or `previous` of an earlier answer."},
            "view": {
                "type": click.Choice(list(VIEWS)),
                "default": DEFAULT,
                "help": "Fields of a contact, with --json.",
            },
        },
    ),
    "get_uuids": Presenter(
        """Print the uuids of the contacts that URL finds, one a line.

        \b
        Example:
          contacts uuids 'https://app.apollo.io/#/people?personTitles[]=CEO' > uuids.txt
        """,
        _show_uuids,
        {"limit": {"help": "Most uuids to print; by default all."}},
    ),
}
"""Name of an action → its presenter."""
