"""The settings: whether they can be used, whether others may read the secrets in them, and where the audit log goes."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from api.accounts.keys import load_keys
from api.dotenv import read_dotenv
from api.settings import TABLE, Settings, load_settings
from indexing.cli.checks.told import quoted
from mappings.errors import SettingsError
from search.findings import Finding, fault, ok, warning

_SUBJECT, _SECRET, _AUDIT = "settings", "secret", "audit log"

_OTHERS = 0o077
"""The bits of a file's mode that let others than its owner do something."""


def read_settings(environ: Mapping[str, str], dotenv: Path) -> tuple[Settings | None, Finding]:
    """The settings, if they can be used."""
    try:
        settings = load_settings(environ, dotenv, need_secret=False)
    except SettingsError as error:
        variable, _, trouble = str(error).partition(": ")
        return None, fault(
            _SUBJECT, f"{variable}: {trouble}", f"correct it in the environment or in {dotenv.resolve()}"
        )
    if settings.unknown:
        return settings, warning(_SUBJECT, f"no such settings: {', '.join(settings.unknown)}", "see docs/settings.md")
    return settings, ok(_SUBJECT, f"{settings.environment}, engine {settings.engine.engine}")


def secrets(settings: Settings, environ: Mapping[str, str], dotenv: Path) -> Iterator[Finding]:
    """Whether tokens can be signed, and whether others on this machine may read what is secret."""
    try:
        load_keys(load_settings(environ, dotenv))
    except SettingsError as error:
        yield fault(_SECRET, str(error), "the service does not start without it; loads and queries do")
    else:
        made = settings.jwt_secret is None and settings.jwt_algorithm == "HS256"
        if made:
            words = "none is set; each start makes another one, which ends all tokens (CONTACTS_ENV=development)"
            yield warning(_SECRET, words, "set CONTACTS_JWT_SECRET")
        else:
            before = settings.jwt_secret_previous or settings.jwt_key_file_previous
            also = "; those that were signed with the one before hold too" if before else ""
            yield ok(_SECRET, f"tokens are signed with {settings.jwt_algorithm}{also}")
    for path in (dotenv, *_files_of_secrets(settings, environ, dotenv)):
        if path.is_file() and path.stat().st_mode & _OTHERS:
            yield warning(_SECRET, f"others on this machine may read {path.resolve()}", f"chmod 600 {quoted(path)}")


def _files_of_secrets(settings: Settings, environ: Mapping[str, str], dotenv: Path) -> Iterator[Path]:
    """Those that settings name, and that are ours: who mounted others, e.g. Kubernetes, decides who reads them."""
    values = {**read_dotenv(dotenv), **environ}
    named = [values.get(row.file_variable or "", "").strip() for row in TABLE]
    keys = settings.jwt_key_file, settings.jwt_key_file_previous
    for path in (*map(Path, filter(None, named)), *filter(None, keys)):
        if path.is_file() and path.stat().st_uid == os.geteuid():
            yield path


def audit_log(settings: Settings) -> Iterator[Finding]:
    """Whether the audit log can be appended to. It is not made."""
    path = settings.audit_log
    if path is None:
        return
    path = path.resolve()
    if not path.parent.is_dir():
        cure = f"make the directory {path.parent}, or name another file in CONTACTS_AUDIT_LOG"
        yield fault(_AUDIT, f"{path} can't be written: its directory is not there", cure)
    elif not _may_write(path if path.exists() else path.parent) or path.is_dir():
        cure = f"let user {os.geteuid()} write it and its directory, or name another in CONTACTS_AUDIT_LOG"
        yield fault(_AUDIT, f"{path} can't be written", cure)
    elif path.is_file() and path.stat().st_mode & _OTHERS:
        yield warning(_AUDIT, f"others on this machine may read {path}", f"chmod 600 {quoted(path)}")
    else:
        yield ok(_AUDIT, str(path))


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
