"""The settings: whether they can be used, and whether others may read the secrets in them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from api.accounts.keys import load_keys
from api.settings import Settings, load_settings
from mappings.errors import SettingsError
from search.findings import Finding, fault, ok, warning

_SUBJECT, _SECRET = "settings", "secret"

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
            yield ok(_SECRET, f"tokens are signed with {settings.jwt_algorithm}")
    for path in filter(None, (dotenv, settings.jwt_key_file)):
        if path.is_file() and path.stat().st_mode & _OTHERS:
            yield warning(_SECRET, f"others on this machine may read {path.resolve()}", f"chmod 600 {path.resolve()}")
