"""How answers are shown to people: what an action's command says of itself, and prints instead of its JSON.

Contacts may hold anything, so what they hold is shown as text: never read as markup, and it commands no terminal.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click
import msgspec

from api.actions.views import DEFAULT, VIEWS
from indexing.cli.options import printable

if TYPE_CHECKING:
    from rich.console import Console


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


def print_analysis(data: bytes, console: "Console") -> None:
    """The `data` of an analyze answer as a table."""
    rows = [
        (category["name"], parameter["name"], ", ".join(parameter["values"]), parameter["description"])
        for category in msgspec.json.decode(data)["categories"]
        for parameter in category["parameters"]
    ]
    from rich.table import Table  # noqa: PLC0415 - only what draws tables pays for the package
    from rich.text import Text  # noqa: PLC0415

    table = Table("category", "parameter", "values", "meaning")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    console.print(table)


def print_contacts(data: bytes, console: "Console") -> None:
    """The `data` of a search answer as a table, with the cursors below it."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    answer = msgspec.json.decode(data)
    table = Table(expand=True)
    for column in ("name", "title", "company", "email", "place"):
        table.add_column(column, no_wrap=True, overflow="ellipsis", ratio=1)
    for contact in answer["results"]:
        name = _joined(" ", (contact["first_name"], contact["last_name"]))
        place = _joined(", ", (contact.get("city"), contact.get("country")))
        cells = (name, contact["title"], contact["company"], contact["email"], place)
        table.add_row(*(Text(printable(cell or "")) for cell in cells))
    console.print(table)
    for end in ("next", "previous"):
        if answer[end]:
            console.print(f"{end}: --cursor {answer[end]}", markup=False, soft_wrap=True)


def _joined(separator: str, parts: Iterable[str | None]) -> str:
    return separator.join(part for part in parts if part)


def _drawn(draw: Callable[[bytes, "Console"], None]) -> Callable[[bytes], None]:
    def show(data: bytes) -> None:
        from rich.console import Console  # noqa: PLC0415

        draw(data, Console())

    return show


def _show_count(data: bytes) -> None:
    click.echo(msgspec.json.decode(data)["count"])


def _show_uuids(data: bytes) -> None:
    for uuid in msgspec.json.decode(data)["uuids"]:
        click.echo(uuid)


PRESENTERS: Mapping[str, Presenter] = {
    "analyze": Presenter(
        """Show how URL is understood, parameter by parameter.

        \b
        Example:
          contacts analyze 'https://app.apollo.io/#/people?personTitles[]=CEO'
        """,
        _drawn(print_analysis),
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
        _drawn(print_contacts),
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
