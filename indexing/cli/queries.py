"""`contacts analyze|count|search|uuids|explain URL`: the service's own answers, without a server.

Each row of the table of actions is a command here, or a flag of one that it shares. Its arguments and options are made
from the rows of its request fields. It prints its JSON, unless `PRESENTERS` has something better to read.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from inspect import cleandoc
from typing import Any

import click
import msgspec

from api.actions.fields import FIELDS, Field, Place
from api.actions.requests import ActionRequest, Data, fields_of, required_by
from api.actions.service import ContactService
from api.actions.table import ACTIONS, Action
from api.settings import Settings
from indexing.cli.interrupts import run_async
from indexing.cli.options import with_settings
from indexing.cli.presenters import PRESENTERS
from indexing.cli.terminal import heading, print_json, print_json_indented
from mappings.company_lists import CompanyLists
from mappings.contact_filter import map_url
from mappings.predicates import ContactFilter, all_of
from mappings.url import parse
from search import engines

Command = Callable[..., Any]

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_LISTS: Mapping[str, str] = {
    "include_company_name": "Company name contains this; repeat for any of several.",
    "exclude_company_name": "Company name does not contain this; repeat for none of several.",
    "include_domain_list": "Company website is of this domain; repeat for any of several.",
    "exclude_domain_list": "Company website is not of this domain; repeat for none of several.",
}
"""Fields whose options are explained otherwise than in the documents."""


def query_commands() -> list[click.Command]:
    """A command for each row of the table of actions, but for those that are a flag of another's."""
    commands: dict[str, dict[str, Action[ActionRequest]]] = {}
    for action in ACTIONS.values():
        command, _, flag = action.command.partition(" --")
        commands.setdefault(command, {})[flag.replace("-", "_")] = action
    return [_command(name, variants) for name, variants in commands.items()]


def _command(name: str, variants: Mapping[str, Action[ActionRequest]]) -> click.Command:
    """The command `name`. Each variant but one has a flag, whose name is its key."""
    plain = variants[""]
    presenter = PRESENTERS.get(plain.name)
    own = presenter.options if presenter else {}

    def run(settings: Settings, as_json: bool, **given: Any) -> None:
        chosen = [flag for flag in variants if flag and given.pop(flag)]
        action = variants[chosen[0]] if chosen else plain
        data = {name: value for name, value in given.items() if value is not None and value != ()}
        for field in data.keys() - action.request.__struct_fields__:
            raise click.UsageError(f"{_flag(chosen[0])} and {_flag(field)} exclude each other.")
        answer = run_async(_ask(settings, action, data))
        shown = PRESENTERS.get(action.name)
        if as_json or shown is None:
            print_json(answer)
        else:
            shown.show(answer)

    fields = {field.name: field for action in variants.values() for field in fields_of(action.request)}
    first = [field for name, field in fields.items() if name in own]
    rest = [field for name, field in fields.items() if name not in own and field.place is not Place.MESSAGE]
    command: Command = _as_json(with_settings()(run))
    for flag in sorted(variants, reverse=True):
        if flag:
            command = click.option(_flag(flag), flag, is_flag=True, help=f"{variants[flag].summary}.")(command)
    for field in reversed((*first, *rest)):
        required = field.name in required_by(plain.request)
        command = _with_field(command, field, required=required, own=own.get(field.name, {}))
    text = cleandoc(presenter.help) if presenter else f"{plain.summary}.\n\n{plain.description}"
    return click.command(name, help=text)(command)


def _with_field(command: Command, field: Field, *, required: bool = False, own: Mapping[str, Any]) -> Command:
    """The command with an argument for a required field, with an option for another."""
    many: dict[str, Any] = {}
    match field.query_schema():
        case {"type": "array"}:
            many = {"nargs": -1} if required else {"multiple": True}
        case {"type": "integer", "minimum": int(least)}:
            many = {"type": click.IntRange(least)}
        case {"type": "boolean"}:
            many = {"is_flag": True, "default": None}
    if required:
        return click.argument(field.name, required=True, **many)(command)
    words = {"help": _LISTS.get(field.name) or f"{field.description}."}
    return click.option(_flag(field.name), field.name, **{**many, **words, **own})(command)


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


async def _ask(settings: Settings, action: Action[ActionRequest], data: Data) -> bytes:
    engine = engines.open_engine(settings.engine)
    try:
        return await action.answer(ContactService(engine, settings), data)
    finally:
        await engine.close()


def _with_lists(command: Command) -> Command:
    for name in reversed(tuple(_LISTS)):
        command = _with_field(command, FIELDS[name], own={})
    return command


@click.command()
@click.argument("url")
@_with_lists
@_as_json
def explain(url: str, as_json: bool, **lists: tuple[str, ...]) -> None:
    """Show what URL becomes: the filter, and what each engine makes of it. Needs no contacts.

    \b
    Example:
      contacts explain 'https://app.apollo.io/#/people?personTitles[]=CEO'
    """
    mapped = map_url(parse(url), datetime.now(UTC).date())
    predicate = all_of((mapped.filter.predicate, CompanyLists(**lists).predicate()))
    contact_filter = ContactFilter(predicate, mapped.filter.order)
    parts = {
        "filter": msgspec.to_builtins(contact_filter),
        **engines.explain(contact_filter),
        "mapping_summary": msgspec.to_builtins(mapped.mapping_summary),
    }
    if as_json:
        print_json(parts)
        return
    for name, part in parts.items():
        heading(name)
        print_json_indented(part)
