"""`contacts index SOURCE|rebuild|rollback|status|plan|part|finish|abandon`: loads into the engine of the settings."""

from typing import Any

import click
import msgspec

from api.settings import Settings
from indexing.cli.hosts import abandon, finish, part, plan
from indexing.cli.load_options import LoadOptions, run_load, with_load_options, with_source_options
from indexing.cli.options import with_settings
from indexing.cli.sources import SOURCES
from indexing.cli.stores import rollback, status


class _Index(click.Group):
    """Has a command for every row of `SOURCES`, besides those that were added to it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *SOURCES})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _command_of(cmd_name) if cmd_name in SOURCES else super().get_command(ctx, cmd_name)


@click.group(cls=_Index)
def index() -> None:
    """Load contacts into a fresh store and switch to it when it is complete."""


for command in (abandon, finish, part, plan, rollback, status):
    index.add_command(command)


def _command_of(name: str) -> click.Command:
    """The command of a source: its own flags, those of every load, those that stand for settings."""
    source = SOURCES[name]
    request_of = source.callback
    assert request_of is not None

    @with_source_options
    @with_load_options
    @with_settings()
    def run(settings: Settings, options: LoadOptions, **own: Any) -> None:
        request = request_of(settings.engine, options.request, **own)
        run_load(settings.engine, msgspec.structs.replace(options, request=request))

    shared = click.command(name)(run)
    return click.Command(name, params=[*source.params, *shared.params], callback=shared.callback, help=source.help)


@index.command("rebuild")
@with_load_options
@with_settings()
def index_rebuild(settings: Settings, options: LoadOptions) -> None:
    """Load the live contacts anew from themselves, for a new version of the index; no other source is needed.

    \b
    Example:
      contacts index rebuild
    """
    request = msgspec.structs.replace(options.request, rebuild=True)
    run_load(settings.engine, msgspec.structs.replace(options, request=request))
