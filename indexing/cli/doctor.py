"""`contacts doctor`: looks at all that the service stands on, and says what is wrong and how to mend it."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import click
import msgspec

from api.settings import Settings
from indexing.cli.checks.address import addresses
from indexing.cli.checks.configuration import audit_log, read_settings, secrets
from indexing.cli.checks.directory import directory
from indexing.cli.checks.engine import engine
from indexing.cli.checks.process import process
from indexing.cli.checks.users import users
from indexing.cli.interrupts import run_async
from indexing.cli.options import DOTENV, with_environment
from indexing.cli.terminal import print_json, say
from mappings.errors import ContactsError
from search.findings import Finding, Level, fault

SECONDS = 30.0
"""How long one part may take to be looked at."""


class Unhealthy(ContactsError):
    """There are faults. They have been printed."""


class Diagnosis(msgspec.Struct, frozen=True):
    """All that was found; `healthy` if there is no fault in it."""

    healthy: bool
    findings: list[Finding]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_environment()
def doctor(environ: dict[str, str], as_json: bool) -> None:
    """Look at settings, data directory, disk, engine, users and clock; say what is wrong and how to mend it.

    Nothing is changed. The exit code is 1 if there is a fault; a warning is none. To be run as the user that runs the
    service, in its environment.

    \b
    Examples:
      contacts doctor
      contacts doctor --json
    """
    settings, first = read_settings(environ, DOTENV)
    findings = [first]
    if settings is not None:
        findings += [
            *process(settings),
            *_looked_at("secret", secrets(settings, environ, DOTENV)),
            *_looked_at("audit log", audit_log(settings)),
            *addresses(settings),
            *_looked_at("data directory", directory(settings)),
        ]
        findings += run_async(_asked(settings))
    faults = sum(finding.level is Level.FAULT for finding in findings)
    if as_json:
        print_json(Diagnosis(not faults, findings))
    else:
        for finding in findings:
            say(f"{finding.level:8} {finding.subject}: {finding.found}")
            if finding.cure:
                say(f"         -> {finding.cure}")
    if faults:
        raise Unhealthy(f"{faults} {'fault' if faults == 1 else 'faults'} found")


def _looked_at(subject: str, part: Iterator[Finding]) -> Iterator[Finding]:
    """A part that looks at files; what the system does not let it see is a finding too."""
    try:
        yield from part
    except OSError as error:
        found = f"{error.filename} can't be looked at: {error.strerror}"
        yield fault(subject, found, "let the user that runs this read it, and enter its directory (chown, chmod)")


async def _asked(settings: Settings) -> list[Finding]:
    """What takes servers or large files to find out."""
    engine_part, users_part = _in_time("engine", engine(settings.engine)), _in_time("users", users(settings))
    return [*await engine_part, *await users_part]


async def _in_time(subject: str, part: AsyncIterator[Finding]) -> list[Finding]:
    findings: list[Finding] = []
    try:
        async with asyncio.timeout(SECONDS):
            findings += [finding async for finding in part]
    except TimeoutError:
        findings.append(fault(subject, f"no answer in {SECONDS:.0f} s", "see what it waits for; it may be overloaded"))
    except Exception as error:
        # Something answers there that is not what was meant; the other parts are to be looked at all the same.
        found = f"it does not answer as it should ({type(error).__name__})"
        findings.append(fault(subject, found, "see whether that is what the settings mean"))
    return findings
