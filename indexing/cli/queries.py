"""`contacts analyze|count|search|uuids|explain URL`: the service's own answers, without a server."""

import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

from api.actions.requests import analyze_request, count_request, search_request, uuids_request
from api.actions.service import ContactService
from api.settings import Settings
from indexing.cli.options import print_json, run_async, with_settings
from mappings.company_lists import CompanyLists
from mappings.contact_filter import map_url
from mappings.predicates import ContactFilter, all_of
from mappings.url import parse
from search import engines

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_LISTS = {
    "include_company_name": "Company name contains this; repeat for any of several.",
    "exclude_company_name": "Company name does not contain this; repeat for none of several.",
    "include_domain_list": "Company website is of this domain; repeat for any of several.",
    "exclude_domain_list": "Company website is not of this domain; repeat for none of several.",
}


def _with_lists(command: Callable[..., Any]) -> Callable[..., Any]:
    for name, text in reversed(_LISTS.items()):
        command = click.option(f"--{name.replace('_', '-')}", name, multiple=True, help=text)(command)
    return command


@click.command()
@click.argument("url")
@_as_json
@with_settings()
def analyze(settings: Settings, url: str, as_json: bool) -> None:
    """Show how URL is understood, parameter by parameter.

    \b
    Example:
      contacts analyze 'https://app.apollo.io/#/people?personTitles[]=CEO'
    """
    data = run_async(_ask(settings, lambda service: service.analyze(analyze_request({"url": url}))))
    if as_json:
        print_json(data)
    else:
        print_analysis(data, Console())


@click.command()
@click.argument("url")
@_with_lists
@_as_json
@with_settings()
def count(settings: Settings, url: str, as_json: bool, **lists: tuple[str, ...]) -> None:
    """Count the contacts that URL finds.

    \b
    Example:
      contacts count 'https://app.apollo.io/#/people?personTitles[]=CEO' --exclude-domain-list acme.com
    """
    data = run_async(_ask(settings, lambda service: service.count(count_request({"url": url, **lists}))))
    if as_json:
        print_json(data)
    else:
        click.echo(msgspec.json.decode(data)["count"])


@click.command()
@click.argument("url")
@click.option("--limit", type=click.IntRange(1), default=25, show_default=True, help="Most contacts to show.")
@click.option("--offset", type=click.IntRange(0), help="Contacts to skip; by default the page in URL decides.")
@click.option("--cursor", help="Continue at the `next` or `previous` of an earlier answer.")
@click.option("--view", type=click.Choice(["full", "simple"]), default="full", help="Fields of a contact, with --json.")
@_with_lists
@_as_json
@with_settings()
def search(settings: Settings, as_json: bool, **data: Any) -> None:
    """Show the contacts that URL finds.

    \b
    Examples:
      contacts search 'https://app.apollo.io/#/people?personTitles[]=CEO' --limit 10
      contacts search 'https://app.apollo.io/#/people?personLocations[]=Germany' --json
    """
    answer = run_async(_ask(settings, lambda service: _search(service, data)))
    if as_json:
        print_json(answer)
    else:
        print_contacts(answer, Console())


@click.command()
@click.argument("url")
@click.option("--limit", type=click.IntRange(1), help="Most uuids to print; by default all.")
@_with_lists
@_as_json
@with_settings()
def uuids(settings: Settings, as_json: bool, **data: Any) -> None:
    """Print the uuids of the contacts that URL finds, one a line.

    \b
    Example:
      contacts uuids 'https://app.apollo.io/#/people?personTitles[]=CEO' > uuids.txt
    """
    answer = run_async(_ask(settings, lambda service: service.uuids(uuids_request(data))))
    if as_json:
        print_json(answer)
    else:
        for uuid in msgspec.json.decode(answer)["uuids"]:
            click.echo(uuid)


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
        click.secho(name, bold=True)
        click.echo(json.dumps(part, indent=2, ensure_ascii=False))


def print_analysis(data: bytes, console: Console) -> None:
    """The `data` of an analyze answer as a table."""
    table = Table("category", "parameter", "values", "meaning")
    for category in msgspec.json.decode(data)["categories"]:
        for parameter in category["parameters"]:
            values = ", ".join(parameter["values"])
            table.add_row(category["name"], parameter["name"], values, parameter["description"])
    console.print(table)


def print_contacts(data: bytes, console: Console) -> None:
    """The `data` of a search answer as a table, with the cursors below it."""
    answer = msgspec.json.decode(data)
    table = Table(expand=True)
    for column in ("name", "title", "company", "email", "place"):
        table.add_column(column, no_wrap=True, overflow="ellipsis", ratio=1)
    for contact in answer["results"]:
        name = (contact["first_name"], contact["last_name"])
        place = (contact.get("city"), contact.get("country"))
        cells = (contact["title"], contact["company"], contact["email"])
        table.add_row(_joined(" ", name), *(cell or "" for cell in cells), _joined(", ", place))
    console.print(table)
    for end in ("next", "previous"):
        if answer[end]:
            console.print(f"{end}: --cursor {answer[end]}", markup=False, soft_wrap=True)


def _joined(separator: str, parts: Iterable[str | None]) -> str:
    return separator.join(part for part in parts if part)


async def _search(service: ContactService, data: dict[str, Any]) -> bytes:
    return (await service.search(search_request(data))).encode()


async def _ask(settings: Settings, ask: Callable[[ContactService], Any]) -> bytes:
    async with _service(settings) as service:
        return bytes(await ask(service))


@asynccontextmanager
async def _service(settings: Settings) -> AsyncIterator[ContactService]:
    engine = engines.open_engine(settings.engine)
    try:
        yield ContactService(engine, settings)
    finally:
        await engine.close()
