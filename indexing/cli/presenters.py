"""How answers are shown to people: what an action's command says of itself, and prints instead of its JSON."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from typing import Any

import click
import msgspec
from click.core import ParameterSource

from api.actions.building import built
from api.actions.explaining import ExplainRequest
from api.actions.options import Asked
from api.actions.requests import (
    ActionRequest,
    AnalyzeRequest,
    BuildRequest,
    CompareRequest,
    CountRequest,
    Data,
    SearchRequest,
    UuidsRequest,
)
from api.actions.service import ContactService
from api.actions.table import Action
from api.actions.views import DEFAULT, MATCHED, VIEWS
from indexing.cli.comparison import print_comparison
from indexing.cli.facets import FORMS as FACET_FORMS
from indexing.cli.facets import print_facets
from indexing.cli.given_urls import one_given, with_more
from indexing.cli.listing import FORMS, Listing, columns_of, print_page, print_stream, tagged_columns
from indexing.cli.loads import print_loads
from indexing.cli.reasons import print_checked, print_reasons
from indexing.cli.remarks import ledger_of, note_everybody, note_remarks, used
from indexing.cli.searches import print_searches
from indexing.cli.terminal import Table, print_bytes, print_json, print_table, say
from mappings.errors import InvalidField
from mappings.facets import facet_rows
from mappings.ledger import LedgerEntry, overruled


class Question(msgspec.Struct, frozen=True):
    """What a command asks.

    Attributes:
        action: the row of the action.
        data: what it is asked with.
        as_json: its JSON is wanted.
        flags: the values of the presenter's own flags.
    """

    service: ContactService
    action: Action[ActionRequest]
    data: Data
    as_json: bool
    flags: Mapping[str, Any]

    @property
    def ledger(self) -> tuple[LedgerEntry, ...]:
        """What becomes of the URL, or of each of several, of an action that has some."""
        request = self.action.request.read(self.data)
        match request:
            case CountRequest():
                entries = [entry for url in request.asked.urls for entry in ledger_of(url)]
                return tuple(overruled(entries, request.asked.sorting, request.asked.paging))
            case CompareRequest():
                return tuple([entry for url in request.urls for entry in ledger_of(url)])
            case AnalyzeRequest():
                return ledger_of(request.url)
        return ()

    async def answer(self) -> bytes:
        """The answer's `data`. What it leaves out of the URL has been said by then."""
        answer = await self.action.answer(self.service, self.data)
        self.note_remarks()
        return bytes(answer)

    def note_remarks(self) -> None:
        """Say what is left out of the URL, and whether anything in it narrows the search."""
        note_remarks(self.ledger)
        request = self.action.request.read(self.data)
        if isinstance(request, CountRequest) and request.asked == Asked(request.url, request.lists):
            note_everybody(request.url, request.lists)


class Presenter(msgspec.Struct, frozen=True):
    """What the command of one action has of its own.

    Attributes:
        help: the whole text, after which come the options.
        show: asks, and prints the answer.
        options: field → what differs from the option that is made from its row; these come first in the help. A
            required field among them is an option too, of which the presenter sees that it is there.
        flags: arguments and options that are no fields of the action; these come before all.
    """

    help: str
    show: Callable[[Question], Awaitable[None]]
    options: Mapping[str, Mapping[str, Any]] = {}
    flags: tuple[click.Parameter, ...] = ()


async def show_json(question: Question) -> None:
    """Print the answer as it is."""
    print_json(await question.answer())


def _for_people(show: Callable[[bytes, Question], None]) -> Callable[[Question], Awaitable[None]]:
    async def show_answer(question: Question) -> None:
        _check_ledger(question, as_json=question.as_json)
        answer = await question.answer()
        if question.as_json:
            print_json(answer)
        else:
            show(answer, question)

    return show_answer


def _check_ledger(question: Question, *, as_json: bool) -> None:
    """What was asked for is not left out in silence. Raises `click.UsageError`."""
    if question.data.get("ledger") and not as_json:
        raise click.UsageError("--ledger is a part of the JSON, and needs --json.")


def print_analysis(data: bytes, ledger: Iterable[LedgerEntry]) -> None:
    """The `data` of an analyze answer as a table."""
    is_used = used(ledger)
    rows = [
        (
            category["name"],
            parameter["name"],
            ", ".join(parameter["values"]),
            is_used.get(parameter["name"], ""),
            parameter["description"],
        )
        for category in msgspec.json.decode(data)["categories"]
        for parameter in category["parameters"]
    ]
    print_table(Table(("category", "parameter", "values", "used", "meaning"), rows))


def _show_count(data: bytes, _question: Question) -> None:
    say(str(msgspec.json.decode(data)["count"]))


async def _show_uuids(question: Question) -> None:
    if question.as_json:
        await show_json(question)
        return
    _check_ledger(question, as_json=False)
    stream = await question.service.stream_uuids(UuidsRequest.read(question.data))
    question.note_remarks()
    async with aclosing(stream.parts()) as parts:
        async for part in parts:
            uuids: list[str] = msgspec.json.decode(b"[%b]" % part)
            print_bytes("".join(f"{uuid}\n" for uuid in uuids).encode())


async def _show_contacts(question: Question) -> None:
    flags, data = question.flags, question.data
    form = "json" if question.as_json else flags["form"]
    if question.as_json and flags["form"] not in (None, "json"):
        raise click.UsageError(f"--json and --format {flags['form']} exclude each other.")
    _check_ledger(question, as_json=form == "json")
    for option in ("spreadsheet_safe", "comment"):
        if data.get(option) and form != "csv":
            raise click.UsageError(f"--{option.replace('_', '-')} is for CSV, and needs --format csv.")
    if flags["everything"]:
        if _is_given("limit"):
            raise click.UsageError("--all and --limit exclude each other.")
        data = {name: value for name, value in data.items() if name != "limit"}
    request = SearchRequest.read(data)
    try:
        further = (MATCHED,) if request.tag else ()
        columns = () if flags["columns"] is None else columns_of(flags["columns"], request.view, further)
    except InvalidField as error:
        raise click.BadParameter(str(error), param_hint="--columns") from None
    listing = Listing(form or "table", tagged_columns(columns, form or "table") if request.tag else columns)
    await question.service.plan(request)
    question.note_remarks()
    if flags["everything"] or listing.form in ("csv", "ndjson"):
        await print_stream(question.service, request, listing)
    else:
        await print_page(question.service, request, listing)


async def _show_canonical(question: Question) -> None:
    url, data = question.flags["url"], question.data
    if not url and not data.get("parameters"):
        raise click.UsageError("Give URL, or --parameters.")
    request = BuildRequest.read({"parameters": {}, **data})
    one = built(with_more(url, request.parameters), strict=request.strict)
    note_remarks(one.ledger)
    if question.as_json:
        print_json(msgspec.json.encode(one))
    else:
        say(one.url)
        say(one.fingerprint)


def _show_comparison(data: bytes, question: Question) -> None:
    print_comparison(data, CompareRequest.read(question.data).urls)


async def _show_facets(question: Question) -> None:
    form = question.flags["form"]
    if question.as_json and form == "table":
        raise click.UsageError("--json and --format table exclude each other.")
    as_json = question.as_json or form == "json"
    _check_ledger(question, as_json=as_json)
    answer = await question.answer()
    if as_json:
        print_json(answer)
    else:
        print_facets(answer)


def _is_given(option: str) -> bool:
    return click.get_current_context().get_parameter_source(option) is not ParameterSource.DEFAULT


_SEARCHES = Presenter(
    """Show the searches that a user has saved, with how many contacts each found then and finds now.

    --save saves the URL of --url, with the lists and options beside it, under --name, in place of what has that name;
    --delete forgets what is saved under --name.

    \b
    Examples:
      contacts searches --email ada@example.com
      contacts searches --email ada@example.com --save --name CEOs --url 'https://app.apollo.io/#/people?personTitles[]=CEO'
      contacts searches --email ada@example.com --delete --name CEOs
    """,
    _for_people(lambda data, _question: print_searches(data)),
)

PRESENTERS: Mapping[str, Presenter] = {
    "analyze": Presenter(
        """Show how URL is understood, parameter by parameter, and whether it is used.

        \b
        Examples:
          contacts analyze 'https://app.apollo.io/#/people?personTitles[]=CEO'
          contacts analyze --ledger --json 'https://app.apollo.io/#/people?title=CEO&foo=1'
          pbpaste | contacts analyze -
        """,
        _for_people(lambda data, question: print_analysis(data, question.ledger)),
    ),
    "count_contacts": Presenter(
        """Count the contacts that URL finds.

        What of URL is not used, and what was repaired, is said on standard error. A URL without filters finds all
        contacts. --by-filter prints JSON.

        \b
        Examples:
          contacts count 'https://app.apollo.io/#/people?personTitles[]=CEO' --exclude-domain-list acme.com
          contacts count 'https://app.apollo.io/#/people?personTitles[]=CEO' --strict
          contacts count --by-filter 'https://app.apollo.io/#/people?personTitles[]=CEO'
          contacts count --any "$CEOS" --any "$FOUNDERS" --not "$ASKED_BEFORE" --split 1/4
          contacts count - < url.txt
        """,
        _for_people(_show_count),
    ),
    "search_contacts": Presenter(
        """Show the contacts that URL finds.

        What of URL is not used, and what was repaired, is said on standard error. Where standard output is no
        terminal, a table has no frame and nothing in it is cut off. A URL without filters finds all contacts.

        \b
        Examples:
          contacts search 'https://app.apollo.io/#/people?personTitles[]=CEO' --limit 10
          contacts search 'https://app.apollo.io/#/people?personTitles[]=CEO' --columns first_name,email,employees
          contacts search 'https://app.apollo.io/#/people?personLocations[]=Germany' --all --format csv > all.csv
          contacts search 'https://app.apollo.io/#/people' --all --view complete --format ndjson > everything.ndjson
          contacts search --any "$CEOS" --also "$GERMANS" --not "$ASKED_BEFORE" --tag --json
          contacts search - --json < url.txt
        """,
        _show_contacts,
        {
            "limit": {"default": 25, "show_default": True, "help": "Most contacts to show."},
            "offset": {"help": "Contacts to skip; by default the page in URL decides."},
            "cursor": {"help": "Continue at the `next` or `previous` of an earlier answer."},
            "view": {
                "type": click.Choice(list(VIEWS)),
                "default": DEFAULT,
                "show_default": True,
                "help": "Fields of a contact, in all forms but the table.",
            },
        },
        (
            click.Option(
                ["--format", "form"], type=click.Choice(FORMS), help="What to print.  [default: table; --json is json]"
            ),
            click.Option(
                ["--all", "everything"], is_flag=True, help="Show all contacts, however many, in constant memory."
            ),
            click.Option(
                ["--columns"], metavar="A,B,C", help="Fields to print, in this order; docs/contacts.md has their names."
            ),
        ),
    ),
    "get_uuids": Presenter(
        """Print the uuids of the contacts that URL finds, one a line.

        What of URL is not used, and what was repaired, is said on standard error.

        \b
        Example:
          contacts uuids 'https://app.apollo.io/#/people?personTitles[]=CEO' > uuids.txt
        """,
        _show_uuids,
        {"limit": {"help": "Most uuids to print; by default all."}},
    ),
    "compare_urls": Presenter(
        """Show who is found by which of 2 to 6 URLs, and what each parameter in which they differ changes.

        `-` stands for the lines of standard input, a URL each. A change is how many contacts more or fewer URL 0 would
        find if it had the parameter of the other.

        \b
        Examples:
          contacts compare 'https://app.apollo.io/#/people?personTitles[]=CEO' 'https://app.apollo.io/#/people?personTitles[]=CFO'
          contacts compare --json - < urls.txt
        """,
        _for_people(_show_comparison),
    ),
    "build_url": Presenter(
        """Print the canonical form of URL and its fingerprint: searches with the same one find the same contacts.

        What asks nothing (page, flags, what can't be mapped) is left out, which is said on standard error. --parameters
        adds a value, or makes a URL where there is none.

        \b
        Examples:
          contacts canonical 'https://app.apollo.io/#/people?page=3&person_titles=ceo&personLocations[]=USA'
          contacts canonical --parameters 'personTitles[]=CEO' --parameters 'personLocations[]=Berlin, Germany'
          contacts canonical - --json < url.txt
        """,
        _show_canonical,
        {
            "parameters": {
                "metavar": "NAME=VALUE",
                "help": "A parameter of Apollo's in any spelling, and a value of it; repeat for more.",
            }
        },
        (click.Argument(["url"], required=False, callback=one_given),),
    ),
    "loads": Presenter(
        """Show the loads that are kept and what each came to; --json has the share of contacts with each field, too.

        With --rollback the load before the live one goes live first, with --go-to any that is named, as by
        `contacts index rollback`.

        \b
        Examples:
          contacts loads --json
          contacts loads --rollback
          contacts loads --go-to contacts-20260131t120000000000z
        """,
        _for_people(lambda data, _question: print_loads(data)),
    ),
    **dict.fromkeys(("saved_searches", "save_search", "delete_search"), _SEARCHES),
    "facet_contacts": Presenter(
        f"""Show who the contacts are that URL finds: how many have which value.

        A table for each facet, the most frequent values first. All parameters of URL hold for it but its own, so that
        it shows what could be chosen too. Facets are {", ".join(facet_rows())}.
        By default those that have few values are shown.

        \b
        Examples:
          contacts facets 'https://app.apollo.io/#/people?personTitles[]=CEO'
          contacts facets 'https://app.apollo.io/#/people?personTitles[]=CEO' --facets person_city --facets industries
          contacts facets 'https://app.apollo.io/#/people?personTitles[]=CEO' --facets keywords --special --size 25
          contacts facets - --format json < url.txt
        """,
        _show_facets,
        {
            "facets": {"help": "What to count by; repeat for several."},
            "size": {"help": "Most values of each.  [default: 10]"},
            "contains": {"help": "Only values that have these words, or parts of words, in them."},
            "special": {"help": "Show what these contacts have more often than all others do, the most telling first."},
        },
        (click.Option(["--format", "form"], type=click.Choice(FACET_FORMS), help="What to print.  [default: table]"),),
    ),
    "explain_count": Presenter(
        """Show why URL finds so many contacts, or so few.

        For each parameter and value: how many contacts have it alone (of an exclusion too), how many the search finds
        with that value only, how many it would find without the parameter, and so what the parameter costs; and in how
        many contacts anything is known there. Where there are few hits or none, commands follow that find more.

        \b
        Examples:
          contacts why 'https://app.apollo.io/#/people?personTitles[]=CEO&personLocations[]=Berlin'
          contacts why 'https://app.apollo.io/#/people?personTitles[]=CEO' --include-domain-list acme.com
          contacts why - --json < url.txt
        """,
        _for_people(lambda data, question: print_reasons(data, ExplainRequest.read(question.data).lists)),
        {"size": {"help": "Most commands that find more.  [default: 5]"}},
    ),
    "explain_contact": Presenter(
        """Show whether URL finds a contact, and which parameter keeps it out.

        The contact is named by one of --email, --linkedin and --uuid; of an address that several contacts have, each is
        shown.

        \b
        Examples:
          contacts check 'https://app.apollo.io/#/people?personTitles[]=CEO' --email jane.doe@acme.example
          contacts check - --linkedin https://www.linkedin.com/in/jane-doe < url.txt
        """,
        _for_people(lambda data, _question: print_checked(data)),
        {"email": {}, "linkedin": {}, "uuid": {}},
    ),
}
"""Name of an action → its presenter."""
