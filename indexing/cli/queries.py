"""`contacts analyze|count|search|uuids|compare|canonical|explain URL`: the service's own answers, without a server.

Each row of the table of actions is a command here, or a flag of one that it shares. Its arguments and options are made
from the rows of its request fields. It prints its JSON, unless `PRESENTERS` has something better to read. URL may be
`-`: standard input.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from inspect import cleandoc
from typing import Any, cast

import click
import msgspec

from api.actions.fields import FIELDS, Field, Place
from api.actions.kinds import Schema
from api.actions.options import MOST_PARTS
from api.actions.requests import ActionRequest, Data, fields_of, required_by
from api.actions.service import ContactService
from api.actions.table import ACTIONS, Action
from api.settings import Settings
from indexing.cli.given_urls import one_given, several_given
from indexing.cli.interrupts import run_async
from indexing.cli.options import current_deed, with_settings
from indexing.cli.places import users_place
from indexing.cli.presenters import PRESENTERS, Presenter, Question, show_json
from indexing.cli.remarks import ledger_of, note_everybody, note_outdated, note_remarks
from indexing.cli.terminal import heading, print_json, print_json_indented
from mappings.company_lists import CompanyLists
from mappings.contact_filter import map_url
from mappings.errors import InvalidInput
from mappings.predicates import ContactFilter, all_of
from mappings.url import parse
from search import engines
from search.engine import Engine

Command = Callable[..., Any]

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_WORDS: Mapping[str, str] = {
    "include_company_name": "Company name contains this; repeat for any of several.",
    "exclude_company_name": "Company name does not contain this; repeat for none of several.",
    "include_domain_list": "Company website is of this domain; repeat for any of several.",
    "exclude_domain_list": "Company website is not of this domain; repeat for none of several.",
    "split": "One part only of all contacts, such as 1/4: the parts have none in common and are all together.",
    "per_company": "Most contacts of one company: the most senior first, then the newest.",
    "tag": "Say of each contact which of the URLs find it, by their numbers from 0: those of --any, then of --also.",
    "ledger": "In the JSON: what became of each parameter and value of URL, and why.",
    "strict": "Refuse URL if anything in it can't be used.",
}
"""Fields whose options are explained otherwise than in the documents."""

_MEMBERS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "combine": {
        "any": ("any", "In place of URL: contacts that this URL finds; repeat for those that any of several finds."),
        "all": ("also", "In place of URL: contacts that this URL finds too; repeat for those that all of them find."),
        "not": ("not", "Leave out the contacts that this URL finds; repeat for more."),
    },
    "sample": {
        "size": ("sample", "So many of the contacts, at random: for each --seed the same ones."),
        "seed": ("seed", "Which --sample: any number."),
    },
}
"""Fields that are objects: member → its option and what that does. (`--all` has been another option for long.)"""

OF_URLS = frozenset({"url", "urls", "parameters"})
"""Fields in which there may be what can't be used."""

_WITHIN = "__"
"""Between field and member in the name of such an option's value."""

_GIVEN: Mapping[str, Mapping[str, Any]] = {"url": {"callback": one_given}, "urls": {"callback": several_given}}
"""What the arguments of fields have beyond what their kinds say."""


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
    presenter = PRESENTERS.get(plain.name) or Presenter(f"{plain.summary}.\n\n{plain.description}", show_json)
    own = presenter.options

    def run(settings: Settings, as_json: bool, user: str | None = None, **given: Any) -> None:
        chosen = [flag for flag in variants if flag and given.pop(flag)]
        if len(chosen) > 1:
            raise click.UsageError(f"{_flag(chosen[0])} and {_flag(chosen[1])} exclude each other.")
        action = variants[chosen[0]] if chosen else plain
        flags = {str(flag.name): given.pop(str(flag.name)) for flag in presenter.flags}
        nested = _nested({name: value for name, value in given.items() if value is not None and value != ()})
        _check_members(nested)
        data = {name: _read(name, value) for name, value in nested.items()}
        for field in data.keys() - action.request.__struct_fields__:
            raise click.UsageError(_out_of_place(field, chosen, variants))
        _check_one_of(action.request, plain.request, data)
        deed = current_deed()
        deed.action = action.name
        show = PRESENTERS[action.name].show if action.name in PRESENTERS else show_json

        async def answer(engine: Engine[Any]) -> None:
            async with _service(engine, settings, user) as service:
                await show(Question(service.doing(deed), action, data, as_json, flags))
            if action.uses_engine:
                await note_outdated(engine)

        run_async(_answered(settings, answer))

    fields = {field.name: field for action in variants.values() for field in fields_of(action.request)}
    first = [field for name, field in fields.items() if name in own]
    # The command line reads some fields in a way of its own. What it does not know it refuses, so `strict` is of URLs.
    elsewhere = {*own, *[flag.name for flag in presenter.flags]}
    if not fields.keys() & OF_URLS:
        elsewhere.add("strict")
    rest = [field for name, field in fields.items() if name not in elsewhere and field.place is not Place.MESSAGE]
    audited = any(action.uses_engine for action in variants.values())
    command: Command = _as_json(with_settings(audited=audited)(run))
    for flag in sorted(variants, reverse=True):
        if flag:
            command = click.option(_flag(flag), flag, is_flag=True, help=f"{variants[flag].summary}.")(command)
    for field in reversed((*first, *rest)):
        required = field.name in required_by(plain.request) or _is_argument(field.name, plain.request)
        if field.name in _MEMBERS:
            command = _with_members(command, field)
            continue
        replaceable = field.name in plain.request.one_of
        command = _with_field(
            command,
            field,
            required=required and field.name not in own,
            replaceable=replaceable,
            own=own.get(field.name, {}),
        )
    if plain.of_user:
        command = click.option("--email", "user", required=True, help="The user whom it is about.")(command)
    made: click.Command = click.command(name, help=cleandoc(presenter.help))(command)
    made.params = [*presenter.flags, *made.params]
    return made


def _is_argument(name: str, request: type[ActionRequest]) -> bool:
    """Whether a field that another may stand in place of is an argument of a command all the same."""
    return name in request.one_of and name in _GIVEN


def _check_one_of(request: type[ActionRequest], plain: type[ActionRequest], data: Data) -> None:
    """Raise `click.UsageError` for options that are missing, or too many, where the command can tell which."""
    one_of = request.one_of
    given = data.keys() & set(one_of)
    if not given and any(_is_argument(name, plain) for name in one_of):
        raise click.UsageError(f"Missing argument '{one_of[0].upper()}'.")
    if one_of and len(given) != 1:
        names = [name.upper() if _is_argument(name, plain) else "/".join(flags_of(FIELDS[name])) for name in one_of]
        raise click.UsageError(f"Exactly one of {', '.join(names)} is needed.")


def _out_of_place(field: str, chosen: Sequence[str], variants: Mapping[str, Action[ActionRequest]]) -> str:
    """Why an option can't be given with the flag that was chosen, or without any."""
    if chosen:
        return f"{_flag(chosen[0])} and {_flag(field)} exclude each other."
    takers = [_flag(flag) for flag, action in variants.items() if flag and field in action.request.__struct_fields__]
    return f"{_flag(field)} goes with {' or '.join(takers)}."


def _with_field(
    command: Command, field: Field, *, required: bool = False, replaceable: bool = False, own: Mapping[str, Any]
) -> Command:
    """The command with an argument for a required field, with an option for another.

    A `replaceable` argument may be left out, if another field stands in its place.
    """
    many: dict[str, Any] = {}
    match field.query_schema():
        case {"properties": {"part": _, "of": _}}:
            many = {"type": _Fraction()}
        case {"type": "array"}:
            many = {"nargs": -1} if required else {"multiple": True}
        case {"type": "integer", **bounds}:
            many = {"type": _whole_number(bounds)}
        case {"type": "boolean"}:
            many = {"is_flag": True, "default": None}
    if required:
        more = {**many, **_GIVEN.get(field.name, {})}
        return click.argument(field.name, required=not replaceable, **more)(command)
    more = {**many, "help": _WORDS.get(field.name) or f"{field.description}.", **own}
    return click.option(_flag(field.name), field.name, **more)(command)


def _read(name: str, value: Any) -> Any:
    """The JSON value of a field that click has read; of one that is an object texts were given."""
    kind = FIELDS[name].kind
    return kind.from_texts(name, value) if kind.nested and isinstance(value, tuple) else value


def flags_of(field: Field) -> list[str]:
    """The options that a field has, unless it is an argument: one, or one for each member of an object."""
    return [_flag(flag) for flag, _ in _MEMBERS.get(field.name, {"": (field.name, "")}).values()]


def _with_members(command: Command, field: Field) -> Command:
    """The command with an option for each member of an object."""
    for member, (flag, words) in reversed([*_MEMBERS[field.name].items()]):
        schema = field.kind.members[member].schema
        many: dict[str, Any] = {"multiple": True} if schema["type"] == "array" else {"type": _whole_number(schema)}
        command = click.option(_flag(flag), f"{field.name}{_WITHIN}{member}", help=words, **many)(command)
    return command


def _nested(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, with the members of objects in these."""
    data: dict[str, Any] = {}
    for name, value in given.items():
        field, within, member = name.partition(_WITHIN)
        if within:
            data.setdefault(field, {})[member] = value
        else:
            data[field] = value
    return data


def _check_members(data: Data) -> None:
    """Raise `click.UsageError` for an object that lacks a member, in the words of the options that these are."""
    for name, members in _MEMBERS.items():
        needed = [member for member in members if member in FIELDS[name].kind.required]
        if isinstance(value := data.get(name), dict) and not value.keys() >= {*needed}:
            raise click.UsageError(f"{' and '.join([_flag(members[member][0]) for member in needed])} go together.")
    if isinstance(combined := data.get("combine"), dict) and combined.keys() == {"not"}:
        raise click.UsageError("--not leaves contacts out of those of --any or --also: give one of these, for URL too.")


def _whole_number(schema: Schema) -> click.ParamType[int]:
    """The type of an integer of this schema, whose bounds the help shows."""
    least, most = (cast("int | None", schema.get(bound)) for bound in ("minimum", "maximum"))
    return click.INT if least is most is None else click.IntRange(least, most)


_LONGEST_FRACTION = 20
"""Characters of a part and of how many it is."""


class _Fraction(click.ParamType[dict[str, int]]):
    """`1/4`: the first of four parts."""

    name = "part/of"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        part, _, of = value.partition("/")
        if not (part.isdecimal() and of.isdecimal()):
            self.fail(f"{value!r} is not like 1/4.", param, ctx)
        # Of long digits Python makes no number.
        if len(value) > _LONGEST_FRACTION or not 1 <= int(part) <= int(of) or not 2 <= int(of) <= MOST_PARTS:
            self.fail(f"{value!r} is no part of 2 to {MOST_PARTS}, such as 1/4 or 4/4.", param, ctx)
        return {"part": int(part), "of": int(of)}


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


@asynccontextmanager
async def _service(engine: Engine[Any], settings: Settings, email: str | None) -> AsyncIterator[ContactService]:
    """The service for nobody in particular, or for the user with this e-mail, whom the audit log is told of."""
    if email is None:
        yield ContactService(engine, settings)
        return
    from api.accounts.database import opened  # noqa: PLC0415 - only such commands pay for importing the user database
    from api.accounts.searches import Searches  # noqa: PLC0415
    from api.accounts.users import Users  # noqa: PLC0415

    async with opened(settings) as database:
        if (user := await Users(database).by_email(email)) is None:
            raise InvalidInput(f"There is no user with the email {email} in {users_place(settings)}")
        current_deed().user = user.uuid
        yield ContactService(engine, settings, Searches(database))


async def _answered(settings: Settings, answer: Callable[[Engine[Any]], Awaitable[None]]) -> None:
    engine = engines.open_engine(settings.engine)
    try:
        await answer(engine)
    finally:
        await engine.close()


def _with_lists(command: Command) -> Command:
    for name in reversed(CompanyLists.__struct_fields__):
        command = _with_field(command, FIELDS[name], own={})
    return command


url_argument = click.argument("url", callback=one_given)
"""The argument `url`, which may be `-`: standard input."""


@click.command()
@url_argument
@_with_lists
@_as_json
def explain(url: str, as_json: bool, **lists: tuple[str, ...]) -> None:
    """Show what URL becomes: the filter, and what each engine makes of it. Needs no contacts.

    \b
    Examples:
      contacts explain 'https://app.apollo.io/#/people?personTitles[]=CEO'
      contacts explain - --json < url.txt
    """
    note_remarks(ledger_of(url))
    note_everybody(url, CompanyLists(**lists))
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
