"""What all commands share: the flags that stand for settings."""

import functools
import getpass
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, cast

import click

from api.actions.audit import COMMAND, Deed, unheard
from api.settings import TABLE, Settings, load_settings
from indexing.cli.places import contacts_place, files_place
from indexing.cli.terminal import note
from mappings.errors import NothingIndexed
from search.engine import EngineSettings
from search.private import hand_over, keep_private

_DEED = "deed"
"""The key under which a command's context has what the audit log is told of it."""

_ENVIRONMENT = "environment"
"""The key under which it has the environment, with what its flags say."""

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
            click.get_current_context().meta[_ENVIRONMENT] = environ
            return command(environ, **values)

        for name, (variable, text) in reversed(flags.items()):
            run = click.option(f"--{name.replace('_', '-')}", name, help=f"{text}  [{variable}]")(run)
        return run

    return decorate


def with_settings(
    *, need_secret: bool = False, also: dict[str, tuple[str, str]] | None = None, audited: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Gives a command the flags of `with_environment`, and the `settings` that come of them as first argument.

    Where the command finds no contacts, it says in which place. Unless it is not `audited`, the audit log has a line of
    it, in the file of the settings: on standard error nobody would look for that.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def run(environ: dict[str, str], **values: Any) -> Any:
            settings = load_settings(environ, DOTENV, need_secret=need_secret)
            for name in settings.unknown:
                note(f"warning: {name} is set and is no setting of this service; see docs/settings.md")
            _keep_private(settings.engine)
            try:
                with _deed(settings) if audited else nullcontext():
                    return command(settings, **values)
            except NothingIndexed as error:
                place = contacts_place(settings.engine)
                raise NothingIndexed(f"no contacts in {place} yet; {error.cure}") from error
            finally:
                hand_over(settings.engine.data_dir)

        return cast("Callable[..., Any]", with_environment(also)(run))

    return decorate


def settings_with(changes: Mapping[str, str]) -> Settings:
    """The settings of the command that runs, but for these variables. Raises `SettingsError`."""
    return load_settings({**click.get_current_context().meta[_ENVIRONMENT], **changes}, DOTENV)


@contextmanager
def _deed(settings: Settings) -> Iterator[None]:
    if settings.audit_log is not None:
        # Only a command that has one pays for what writes it.
        from api.operations.logs import configure_audit  # noqa: PLC0415

        configure_audit(settings.audit_log)
    context = click.get_current_context()
    with Deed(door=COMMAND, action=_words(context), account=_account()) as deed:
        context.meta[_DEED] = deed
        yield


def _words(context: click.Context) -> str:
    """A command's name with those of its groups, however the program was called: `users create`."""
    names: list[str] = []
    while context.parent is not None:
        names.insert(0, str(context.info_name))
        context = context.parent
    return " ".join(names)


def current_deed() -> Deed:
    """What the audit log will have of the command that runs; of one that is not audited nothing."""
    deed: Deed | None = click.get_current_context().meta.get(_DEED)
    return deed or unheard()


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())


def _keep_private(settings: EngineSettings) -> None:
    """All that the command makes is its user's alone; say what was not so until now."""
    closed, place = keep_private(settings.data_dir), files_place(settings)
    if closed.mended:
        note(f"note: {_names(closed.mended)} in {place} could be read by others; closed to them now")
    if closed.left:
        note(f"warning: {_names(closed.left)} in {place} can be read by others; run chmod go= on it as its owner")


def _names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
