"""The database of users: whether it is whole, ours to use and up to date, and whether its clock is ours."""

import os
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from api.accounts.database import HEAD, Database, is_known, version_of
from api.accounts.tables import USERS
from api.accounts.trouble import check_file, file_of, trouble_of
from api.settings import Settings
from indexing.cli.checks.told import quoted, told
from mappings.errors import AccountsUnavailable, SettingsError
from search.findings import Finding, fault, ok, warning

MOST_APART = 5.0
"""Seconds that two clocks may differ: tokens say when they were made, and how long they hold."""

_SUBJECT, _PRIVILEGES, _CLOCK = "users", "users' privileges", "clock"
_OTHERS = 0o077


async def users(settings: Settings) -> AsyncIterator[Finding]:
    """What there is to say of the users. Their tables are neither made nor changed."""
    try:
        database = Database(settings.database_url, settings.engine.data_dir)
    except SettingsError as error:
        yield fault(_SUBJECT, str(error), "correct it")
        return
    try:
        url = database.engine.url
        file = file_of(url)
        try:
            if file is not None and not file.exists():
                yield _of_none(file, settings)
                return
            check_file(url)
            async with database.engine.connect() as connection:
                version = await connection.run_sync(version_of)
                of_server = await connection.run_sync(_clock_and_privileges)
        except (OSError, SQLAlchemyError, sqlite3.Error) as error:
            yield fault(_SUBJECT, trouble_of(error, url), "until then nobody can log in")
            return
        if not is_known(version):
            found = f"its tables are of a later version, or of another program ({version!r})"
            yield fault(_SUBJECT, found, "use that version, or a backup from before it, or another database")
            return
        if version != HEAD:
            found = f"its tables are of version {version or 'none'}, ours are of {HEAD}"
            yield warning(_SUBJECT, found, "the next start renews them")
            return
        for finding in of_server:
            yield finding
        if file is not None and file.stat().st_mode & _OTHERS:
            yield warning(_SUBJECT, f"others on this machine may read {file}", f"chmod 600 {quoted(file)}")
        if file is not None and not os.access(file, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            yield fault(
                _PRIVILEGES, f"user {os.geteuid()} may not write {file}", f"chown {os.geteuid()} {quoted(file)}"
            )
        yield await _number(database)
    finally:
        await database.close()


def _of_none(file: Path, settings: Settings) -> Finding:
    """What there is to say of a file that is not there. Of the data directory itself another part tells."""
    if settings.database_url is not None and not os.access(file.parent, os.W_OK | os.X_OK):
        found = f"there is no {file}, and user {os.geteuid()} can't make it"
        return fault(_SUBJECT, found, "make its directory, and let that user write it (chown, chmod)")
    return warning(_SUBJECT, f"there is no {file} yet", "`contacts users create` makes it, and so does a first start")


async def _number(database: Database) -> Finding:
    try:
        await database.ready()
        async with database.reading() as connection:
            number = (await connection.execute(select(func.count()).select_from(USERS))).scalar_one()
    except AccountsUnavailable as error:
        return fault(_SUBJECT, told(error), "until then nobody can log in")
    if not number:
        return warning(_SUBJECT, "there are none: nobody can log in", "contacts users create EMAIL")
    return ok(_SUBJECT, f"{number:,}, tables of version {HEAD}")


def _clock_and_privileges(connection: Connection) -> list[Finding]:
    """What only a server has of its own."""
    if connection.dialect.name != "postgresql":
        return []
    now = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    apart = abs((datetime.now(UTC) - now).total_seconds())
    findings = [
        ok(_CLOCK, "agrees with that of the users' database")
        if apart <= MOST_APART
        else fault(_CLOCK, f"{apart:,.0f} s apart from that of the users' database", "set both clocks (NTP)")
    ]
    may = connection.execute(text("SELECT has_schema_privilege(current_schema(), 'CREATE')")).scalar_one()
    if not may:
        cure = "GRANT CREATE ON SCHEMA to our user, or start the new version once as the owner"
        findings.append(warning(_PRIVILEGES, "our user may not make tables, which an upgrade may need", cure))
    return findings
