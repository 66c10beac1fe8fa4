"""What all commands share: the flags that stand for settings."""

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import click

from api.settings import TABLE, load_settings
from indexing.cli.places import contacts_place
from indexing.cli.terminal import note
from mappings.errors import NothingIndexed

_FLAGS = {row.variable.removeprefix("CONTACTS_").lower(): (row.variable, row.help) for row in TABLE if row.flag}
"""Flags that win over the environment variable beside them, with their help."""

DOTENV = Path(".env")
"""In the working directory."""


def with_environment(also: dict[str, tuple[str, str]] | None = None) -> Callable[..., Any]:
    """Gives a command the flags of `_FLAGS` and `also` (name → variable, help), and the environment as first argument.

    In that the flags have taken the places of their variables.
    """
    flags = _FLAGS | (also or {})

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def run(**values: Any) -> Any:
            given = {variable: values.pop(name) for name, (variable, _) in flags.items()}
            environ = dict(os.environ) | {name: str(value) for name, value in given.items() if value is not None}
            return command(environ, **values)

        for name, (variable, text) in reversed(flags.items()):
            run = click.option(f"--{name.replace('_', '-')}", name, help=f"{text}  [{variable}]")(run)
        return run

    return decorate


def with_settings(
    *, need_secret: bool = False, also: dict[str, tuple[str, str]] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Gives a command the flags of `with_environment`, and the `settings` that come of them as first argument.

    Where the command finds no contacts, it says in which place.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def run(environ: dict[str, str], **values: Any) -> Any:
            settings = load_settings(environ, DOTENV, need_secret=need_secret)
            for name in settings.unknown:
                note(f"warning: {name} is set and is no setting of this service; see docs/settings.md")
            try:
                return command(settings, **values)
            except NothingIndexed as error:
                place = contacts_place(settings.engine)
                raise NothingIndexed(f"no contacts in {place} yet; {error.cure}") from error

        return cast("Callable[..., Any]", with_environment(also)(run))

    return decorate
