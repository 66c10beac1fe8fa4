"""Commands that are imported when they are run or asked for help, not to be listed: `contacts --help` is quick."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group some of whose commands are elsewhere.

    Args:
        lazy: name → module and attribute, as `package.module:command`, and the command's first line of help.
        others: gives further commands; asked only for a list of all, or for a name that is none of the others'.
    """

    def __init__(
        self,
        *arguments: Any,
        lazy: Mapping[str, tuple[str, str]],
        others: Callable[[], Iterable[click.Command]] = tuple,
        **named: Any,
    ) -> None:
        super().__init__(*arguments, **named)
        self.lazy, self._others = lazy, others

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        self._add_others()
        return sorted({*super().list_commands(ctx), *self.lazy})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command, imported if it must be."""
        if name not in self.lazy:
            if name not in self.commands:
                self._add_others()
            return super().get_command(ctx, name)
        module, _, attribute = self.lazy[name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises `click.Abort` when it is interrupted, of which click says nothing by itself."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interrupt:
            raise click.Abort(*interrupt.args) from interrupt

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        self._add_others()
        listed = {name: click.Command(name, help=words) for name, (_, words) in self.lazy.items()}
        click.Group(commands={**self.commands, **listed}).format_commands(ctx, formatter)

    def _add_others(self) -> None:
        for command in self._others():
            self.commands.setdefault(command.name or "", command)
