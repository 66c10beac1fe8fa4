"""The command `contacts`: starts the edge and the job.

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. Errors are one line on standard error.
"""

import secrets
import sys
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn, TextIO

import click
import msgspec

from api.settings import Settings
from indexing.cli.entry import NothingLeft
from indexing.cli.interrupts import INTERRUPTED, run_async
from indexing.cli.lazy import LazyGroup
from indexing.cli.logged import shown
from indexing.cli.options import current_deed, with_settings
from indexing.cli.terminal import note, print_json, say
from mappings.errors import ContactsError, SettingsError, detail_of

_SERVER = {"host": ("CONTACTS_HOST", "address to listen on"), "port": ("CONTACTS_PORT", "port to listen on")}


_LAZY = {
    "index": ("indexing.cli.index:index", "Load contacts into a fresh store and switch to it when it is complete."),
    "doctor": (
        "indexing.cli.doctor:doctor",
        "Look at settings, data directory, disk, engine, users and clock; say what is wrong and how to mend it.",
    ),
    "golden": (
        "indexing.cli.golden:golden",
        "Keep URLs whose counts every load has to come close to before it goes live.",
    ),
    "parity": (
        "indexing.cli.parity:parity",
        "Compare what the URLs of FILE find in two engines, or in two loads of one: counts, and first pages.",
    ),
    "users": ("indexing.cli.users:users", "Create, list, change and delete users."),
}
"""Commands whose modules import much. A test holds the words against the commands' own."""


def _print_version(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if asked:
        from api.version import service_version  # noqa: PLC0415 - to read what is installed takes a while

        say(f"contacts {service_version()}")
        context.exit()


def _queries() -> list[click.Command]:
    from indexing.cli.queries import explain, query_commands  # noqa: PLC0415 - loads and the server need none of it

    return [*query_commands(), explain]


@click.group(cls=LazyGroup, lazy=_LAZY, others=_queries, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Print the version."
)
def contacts() -> None:
    """Answer Apollo.io people-search URLs from your own contacts.

    \b
    First steps:
      contacts sample 10000 --out sample.csv
      contacts index csv sample.csv
      contacts count 'https://app.apollo.io/#/people?personTitles[]=CEO'
      CONTACTS_ENV=development contacts serve
    """


@contacts.command()
@with_settings(need_secret=True, also=_SERVER, audited=False)
def serve(settings: Settings) -> None:
    """Serve the WebSocket and the HTTP API until interrupted.

    \b
    Examples:
      CONTACTS_ENV=development contacts serve
      contacts serve --engine elasticsearch --host 0.0.0.0 --port 8000
    """
    from api.server import serve as run  # noqa: PLC0415 - only this command pays for importing the web framework

    run(settings)


@contacts.command()
@click.option("--email", required=True, help="The user; created if absent.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings(need_secret=True)
def token(settings: Settings, email: str, as_json: bool) -> None:
    """Print an access token for a user.

    \b
    Example:
      contacts token --email me@example.com
    """
    if settings.jwt_secret_generated:
        raise SettingsError("CONTACTS_JWT_SECRET: not set; a token signed with a made-up secret opens no server")
    made = run_async(_token(settings, email))
    if as_json:
        print_json({"access_token": made, "expires_in": settings.access_token_seconds})
    else:
        say(made)


async def _token(settings: Settings, email: str) -> str:
    from api.accounts.accounts import Accounts  # noqa: PLC0415 - only this command pays for importing the user database

    accounts = Accounts(settings)
    await accounts.open()
    try:
        user = await accounts.users.by_email(email)
        if user is None:
            user = await accounts.administration.create(email, secrets.token_urlsafe(24), name="")
        current_deed().target = user.uuid
        return await accounts.access_token(user)
    finally:
        await accounts.close()


@contacts.command()
@click.argument("number", metavar="N", type=click.IntRange(1))
@click.option("--seed", default=0, show_default=True, help="Another seed, other contacts.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write; standard output otherwise.")
@click.option("--mess", is_flag=True, help="Do to it what spreadsheets and people do to files.")
@click.option(
    "--share",
    type=click.FloatRange(0, 100, min_open=True),
    help="Per cent of N for each kind of mess.  [default: 1]",
)
@click.option("--manifest", type=click.Path(path_type=Path), help="JSON to write of the mess and its sums.")
def sample(number: int, seed: int, out: Path | None, mess: bool, share: float | None, manifest: Path | None) -> None:
    """Make up N contacts in the form of an Apollo.io export.

    With --mess the file has repeated people, shared mailboxes, placeholders, dates and numbers of all sorts, damaged
    lines and more, each on exactly so many contacts; the manifest says on how many, and what the sums of a load must
    be. At more than 1 % of each kind the load needs --max-rejects.

    \b
    Examples:
      contacts sample 10000 --out sample.csv
      contacts sample 10000 --seed 7 | contacts index csv -
      contacts sample 3000 --mess --manifest messy.json --out messy.csv
    """
    from indexing.sample.contacts import write_sample  # noqa: PLC0415 - its tables take a tenth of a second to make
    from indexing.sample.mess.files import SHARE, write_messy  # noqa: PLC0415

    if not mess and (share, manifest) != (None, None):
        raise click.UsageError("--share and --manifest are of --mess, which is not given.")
    with ExitStack() as stack:
        stream: TextIO = sys.stdout
        if out is not None:
            stream = stack.enter_context(out.open("w", newline="", encoding="utf-8"))
        if not mess:
            write_sample(number, stream, seed)
            return
        written = write_messy(number, stream, seed, SHARE if share is None else share / 100)
    if manifest is not None:
        manifest.write_bytes(msgspec.json.format(msgspec.json.encode(written)) + b"\n")


@contacts.command()
@click.option("--once", is_flag=True, help="Exit after the first answers instead of serving on.")
@click.option("--contacts", "number", default=10_000, show_default=True, help="Sample contacts to load.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    envvar="CONTACTS_PORT",
    default=8000,
    show_default=True,
    help="Where it serves on; of all settings CONTACTS_PORT alone counts here.",
)
def demo(once: bool, number: int, port: int) -> None:
    """Load sample contacts, ask a real URL over a real socket, show the answers, then serve on.

    They go into a directory that is removed at the end, beside nothing of yours.

    \b
    Examples:
      contacts demo
      contacts demo --once --contacts 1000
      contacts demo --port 8080
    """
    from indexing.cli.demo import run_demo  # noqa: PLC0415 - as for the sample

    run_demo(number, once, port)


def main() -> NoReturn:
    """Run the command that the arguments name. Raises `SystemExit`, and `NothingLeft` if it ended well.

    What nobody foresaw is an error of one line too, which says where and holds nothing of contacts. In Python's
    development mode (`PYTHONDEVMODE=1`) it comes with all that led to it.
    """
    try:
        _check_arguments(sys.argv[1:])
        with shown():
            contacts.main(standalone_mode=False)
        sys.stdout.flush()
        raise NothingLeft
    except click.exceptions.NoArgsIsHelpError as error:
        for line in error.format_message().splitlines():
            note(line)
        sys.exit(2)
    except click.ClickException as error:
        command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "contacts"
        note(f"error: {error.format_message().removesuffix('.')}. See {command} --help")
        sys.exit(2)
    except click.Abort as error:
        if isinstance(error.__context__, EOFError):
            note("error: standard input ended before the answer; --help of the command has the flag that gives it")
            sys.exit(1)
        more = f"; {error}" if str(error) else ""
        note(f"error: interrupted{more}")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        note(f"error: {place}{error.strerror or str(error) or type(error).__name__}")
        sys.exit(1)
    except ContactsError as error:
        detail = detail_of(error)
        note(f"error: {error} ({detail})" if detail else f"error: {error}")
        sys.exit(1)
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        note(
            f"error: {_place(error)}: {type(error).__name__}, which should not be; PYTHONDEVMODE=1 shows what led to it"
        )
        sys.exit(1)


def _check_arguments(arguments: Sequence[str]) -> None:
    """Raises `click.UsageError` for one of bytes that are no text. Only a file may have such a name."""
    for argument in arguments:
        if argument != argument.encode(errors="replace").decode() and not Path(argument).exists():
            raise click.UsageError(f"{argument!r} is no text in UTF-8, nor a file")


def _place(error: Exception) -> str:
    """The line of code that raised `error`."""
    *_, last = traceback.extract_tb(error.__traceback__)
    return f"{Path(last.filename).name}:{last.lineno}"


if __name__ == "__main__":
    main()
