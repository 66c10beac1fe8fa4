"""How people are shown why a search finds what it finds: `contacts why` and `contacts check`."""

import shlex
from collections.abc import Iterator, Sequence

import msgspec

from api.actions.checking import CheckData, CheckedContact
from api.actions.explaining import ExplainData
from indexing.cli.terminal import Table, heading, print_table, say
from indexing.cli.totals import number, say_found
from mappings.company_lists import CompanyLists
from mappings.counts import Count
from mappings.explanation import ExplainedList, ExplainedParameter, ExplainedValue
from mappings.nearest import Near
from mappings.rescue import Dropped, Rescue

_HEADERS = ("", "alone", "with it only", "without it", "costs", "known")
_SHOWN_VALUES = 5
"""Values of a contact that a line names."""


def print_reasons(answer: bytes, lists: CompanyLists) -> None:
    """The `data` of an explain answer: a tree of parameters and values, and what to do about few hits.

    Args:
        lists: those that stood beside the URL; commands to paste have them too.
    """
    data = msgspec.json.decode(answer, type=ExplainData)
    say_found(data.count, data.total, data.companies)
    parts: list[ExplainedParameter | ExplainedList] = [*data.parameters, *data.lists]
    rows = [row for part in parts for row in _rows(part, data.count)]
    if rows:
        print_table(Table(_HEADERS, rows))
    if data.truncated is True:
        say("The longest lists have more values; those are not counted.")
    for instead in data.instead:
        nearest = ", ".join(map(_near, instead.nearest)) or "nothing like it"
        say(f"nobody has {instead.name}={instead.value}; there is {nearest}")
    if data.rescue:
        heading("what brings more")
    for rescue in data.rescue:
        say(f"# {number(rescue.count)} without {_dropped(rescue.drop)}")
        say(_command(rescue, lists))


def _near(near: Near) -> str:
    return f"{near.value} ({number(near.count)}, here {number(near.within)})"


def _rows(part: ExplainedParameter | ExplainedList, found: Count) -> Iterator[tuple[str, ...]]:
    costs = part.without - found if isinstance(part.without, int) and isinstance(found, int) else ""
    combined, known = ("", "") if isinstance(part, ExplainedList) else (f" ({part.combine} of)", number(part.known))
    yield f"{part.name}{combined}", number(part.count), "", number(part.without), number(costs), known
    for at, value in enumerate(part.values):
        yield _value(value, last=at == len(part.values) - 1)


def _value(value: ExplainedValue, *, last: bool) -> tuple[str, ...]:
    branch = "└─" if last else "├─"
    return f"{branch} {value.value}", number(value.count), number(value.within), "", "", ""


def _dropped(drop: Sequence[Dropped]) -> str:
    return " and ".join(part.name if part.value is None else f"{part.name}={part.value}" for part in drop)


def _command(rescue: Rescue, lists: CompanyLists) -> str:
    """What to paste into a shell to see the contacts."""
    arguments = ["contacts", "search", rescue.url]
    values = {(part.name, part.value) for part in rescue.drop}
    for name, entries in msgspec.structs.asdict(lists).items():
        if (name, None) not in values:
            kept = [entry for entry in entries if (name, entry) not in values]
            arguments += [part for entry in kept for part in (f"--{name.replace('_', '-')}", entry)]
    return shlex.join(arguments)


def print_checked(answer: bytes) -> None:
    """The `data` of a check answer: each contact, and parameter by parameter what keeps it out."""
    data = msgspec.json.decode(answer, type=CheckData)
    if not data.contacts:
        say("nobody: no contact has this uuid, e-mail address or profile")
    for checked in data.contacts:
        heading(f"{_name(checked)}: {_verdict(checked)}")
        rows = [
            (
                parameter.name,
                "yes" if parameter.matches else "no",
                _several(parameter.wanted),
                _several([str(value) for value in parameter.has]),
            )
            for parameter in checked.parameters
        ]
        if rows:
            print_table(Table(("parameter", "matches", "wanted", "has"), rows))


def _name(checked: CheckedContact) -> str:
    contact = checked.contact
    name = " ".join(filter(None, (contact.first_name, contact.last_name)))
    return ", ".join(filter(None, (name, contact.title, contact.company, contact.email))) or contact.uuid


def _verdict(checked: CheckedContact) -> str:
    against = [parameter.name for parameter in checked.parameters if not parameter.matches]
    return "found" if checked.matches else f"not found, kept out by {', '.join(against)}"


def _several(values: Sequence[str]) -> str:
    more = len(values) - _SHOWN_VALUES
    return ", ".join(values[:_SHOWN_VALUES]) + (f" and {more:,} more" if more > 0 else "")
