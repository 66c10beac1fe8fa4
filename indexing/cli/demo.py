"""The two-minute tour: sample contacts, a real server process, a real URL over a real WebSocket, answers, the page."""

import asyncio
import os
import secrets
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import msgspec

from api.actions.explaining import ExplainData
from indexing.cli.facets import print_facets
from indexing.cli.listing import print_contacts
from indexing.cli.presenters import print_analysis
from indexing.cli.reasons import print_reasons
from indexing.cli.remarks import ledger_of
from indexing.cli.server_process import CONTACTS, ask, free_port, require_free, server_process
from indexing.cli.terminal import heading, note, say
from indexing.sample.contacts import write_sample
from mappings.company_lists import CompanyLists
from mappings.errors import ContactsError
from search.engines import DEFAULT, engine_module

URL = (
    "https://app.apollo.io/#/people?page=1&contactEmailStatusV2[]=verified&personTitles[]=ceo&personTitles[]=founder"
    "&personTitles[]=owner&personLocations[]=United%20States&personLocations[]=Germany"
    "&organizationNumEmployeesRanges[]=11,50&organizationNumEmployeesRanges[]=51,200"
    "&sortAscending=false&sortByField=recommendations_score"
)
NOBODY = "https://app.apollo.io/#/people?personTitles[]=ceo&personSeniorities[]=intrn&personLocations[]=Germany"
"""Finds nobody, for a slip of somebody's."""

EMAIL = "demo@example.com"

_REQUESTS: Sequence[tuple[str, Mapping[str, object]]] = (
    ("analyze", {"url": URL}),
    ("count_contacts", {"url": URL}),
    ("search_contacts", {"url": URL, "limit": 10}),
)
_ANSWER_SECONDS = 30
_LONGEST_ANSWER = 64 * 1024 * 1024


class DemoFailed(ContactsError):
    """A step of the demo did not work; the message says which and why."""


class _Tokens(msgspec.Struct, frozen=True):
    """What is used of the answer to a login."""

    access_token: str
    refresh_token: str


class _Found(msgspec.Struct, frozen=True):
    """What is shown of a search answer."""

    results: list[msgspec.Raw]


def run_demo(number: int, once: bool, port: int) -> None:
    """Run the tour with `number` contacts on `port`; `once` ends it after the answers, on any free port.

    Raises:
        DemoFailed, ServerFailed: a step did not work, or the port is taken.
    """
    port = free_port() if once else port
    require_free(port)
    with tempfile.TemporaryDirectory(prefix="contacts-demo-") as directory:
        environment = _environment(Path(directory))
        sample = Path(directory) / "sample.csv"
        with sample.open("w", newline="", encoding="utf-8") as stream:
            write_sample(number, stream)
        heading(f"contacts index csv: {number:,} made-up contacts into {engine_module(DEFAULT).TITLE}")
        _contacts(environment, "index", "csv", str(sample), "--rejects", str(Path(directory) / "rejects.ndjson"))
        password = secrets.token_urlsafe(12)
        user = ("users", "create", EMAIL, "--name", "Demo", "--role", "admin", "--password-stdin")
        _contacts(environment, *user, stdin=password)
        base, log = f"http://127.0.0.1:{port}", Path(directory) / "service.log"
        with _logging_to(log) as lines, server_process(environment, port, lines) as process:
            tokens = msgspec.convert(_posted(base, "login", {"email": EMAIL, "password": password}), _Tokens)
            token = tokens.access_token
            analysis, count, contacts = asyncio.run(_ask(base, token, _REQUESTS))
            heading("analyze")
            say(URL)
            print_analysis(analysis, ledger_of(URL))
            heading(f"count_contacts: {msgspec.json.decode(count)['count']:,} contacts")
            heading("search_contacts, the first 10")
            print_contacts(msgspec.json.decode(contacts, type=_Found).results, {})
            _rescue(base, token)
            if not once:
                heading(f"serving on {base}, Ctrl-C ends it")
                say(f"ws{base.removeprefix('http')}/api/v2/apollo/ws?token={token}")
                say(f"What the service says is in {log} as long as it runs.")
                heading("the console: a page for your browser")
                say(f"{base}/ as {EMAIL} with {password}")
                say("Within five minutes this link signs you in, once, and has a search ready:")
                say(page_link(base, _code(base, tokens.refresh_token), URL))
                with suppress(KeyboardInterrupt):
                    process.wait()


@contextmanager
def _logging_to(path: Path) -> Iterator[BinaryIO]:
    """A file for what the service says, so that it is not between the answers; where anything fails, it is shown."""
    with path.open("wb") as lines:
        try:
            yield lines
        except Exception:
            for line in path.read_text(errors="replace").splitlines():
                note(line)
            raise


def page_link(base: str, code: str, url: str) -> str:
    """The address of the console at `base` that signs in with `code` and has `url` ready.

    Both stand behind the `#`, which browsers send to nobody.
    """
    return f"{base}/#code={code}&url={quote(url, safe='')}"


def _rescue(base: str, token: str) -> None:
    """A search that finds nobody, what brings contacts, and who comes then."""
    heading("explain_count of a URL that finds nobody")
    say(NOBODY)
    [answer] = asyncio.run(_ask(base, token, [("explain_count", {"url": NOBODY})]))
    print_reasons(answer, CompanyLists())
    for rescue in msgspec.json.decode(answer, type=ExplainData).rescue[:1]:
        heading("facet_contacts of what comes then")
        [facets] = asyncio.run(_ask(base, token, [("facet_contacts", {"url": rescue.url, "size": 3})]))
        print_facets(facets)


async def _ask(base: str, token: str, requests: Sequence[tuple[str, Mapping[str, object]]]) -> list[bytes]:
    """The `data` of each answer, of requests that are sent at once over one connection."""
    from websockets.asyncio.client import connect  # noqa: PLC0415 - a second saved for every other command

    answers: dict[int, bytes] = {}
    address = f"ws{base.removeprefix('http')}/api/v2/apollo/ws?token={token}"
    async with asyncio.timeout(_ANSWER_SECONDS), connect(address, max_size=_LONGEST_ANSWER, proxy=None) as socket_:
        for number, (action, data) in enumerate(requests):
            message = {"action": action, "request_id": number, "data": data}
            await socket_.send(msgspec.json.encode(message).decode())
        while len(answers) < len(requests):
            answer = msgspec.json.decode(await socket_.recv(), type=dict[str, msgspec.Raw])
            if msgspec.json.decode(answer["status"]) != "success":
                raise DemoFailed(bytes(answer["error"]).decode())
            answers[msgspec.json.decode(answer["request_id"], type=int)] = bytes(answer["data"])
    return [answers[number] for number in range(len(requests))]


def _environment(directory: Path) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("CONTACTS_")} | {
        "CONTACTS_DATA_DIR": str(directory),
        "CONTACTS_ENGINE": DEFAULT,
        "CONTACTS_ENV": "development",
    }


def _contacts(environment: dict[str, str], *arguments: str, stdin: str | None = None) -> None:
    command = [*CONTACTS, *arguments]
    if subprocess.run(command, env=environment, input=stdin, text=True, check=False).returncode:  # noqa: S603 - ours
        raise DemoFailed(f"contacts {' '.join(arguments[:2])} failed")


def _code(base: str, refresh_token: str) -> str:
    """What signs in once in place of the password."""
    return str(_posted(base, "codes", {"refresh_token": refresh_token})["code"])


def _posted(base: str, path: str, body: Mapping[str, str]) -> dict[str, object]:
    """The answer to `body`, as any client gets it."""
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{base}/api/v2/auth/{path}", msgspec.json.encode(body), {"content-type": "application/json"}
    )
    with ask(request, timeout=_ANSWER_SECONDS) as response:
        answer: dict[str, object] = msgspec.json.decode(response.read())
    return answer
