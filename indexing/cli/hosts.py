"""`contacts index plan|part|finish|abandon`: one load that many hosts do."""

from pathlib import Path
from typing import Any

import click

from api.settings import Settings
from indexing.cli.interrupts import run_async
from indexing.cli.load_options import (
    json_option,
    new_uuids_option,
    strict_values_option,
    with_swap_options,
    workers_option,
)
from indexing.cli.load_report import show_load
from indexing.cli.options import with_settings
from indexing.cli.sources import SOURCES
from indexing.cli.terminal import Table, print_json, print_table, say
from indexing.hosts.finishing import abandon as abandon_load
from indexing.hosts.finishing import finish as finish_load
from indexing.hosts.part import PartRequest, load_part
from indexing.hosts.planning import MOST_PARTS, PartOfPlan, PlanSummary
from indexing.hosts.planning import plan as plan_load
from indexing.request import LoadRequest
from indexing.sources.watermark import Watermark
from search.memory import tune_memory

_SHOWN_PARTS = 50
_FILE_OF_REJECTS = Path("rejects.ndjson")
"""A plan writes none."""


class _Plan(click.Group):
    """Has a command for every row of `SOURCES`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(SOURCES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        return _command_of(cmd_name) if cmd_name in SOURCES else None


@click.group(cls=_Plan)
def plan() -> None:
    """Plan a whole load that many hosts do: read the source once, and divide it into parts.

    The parts are done with `contacts index part I`, on any hosts, in any order, any number of times; then
    `contacts index finish` makes them live, or `contacts index abandon` removes them. Meanwhile no other load begins.
    Needs an engine that many hosts write to, which is Elasticsearch.

    \b
    Examples:
      contacts index plan csv --parts 16 export-*.csv
      contacts index plan postgres --parts 16 --dsn service=crm
      seq 0 15 | xargs -P 4 -n 1 contacts index part
      contacts index finish
    """


def _command_of(name: str) -> click.Command:
    """The command that plans a load of a source: its own flags, those of a plan, those that stand for settings."""
    source = SOURCES[name]
    request_of = source.callback
    assert request_of is not None

    @click.option(
        "--parts",
        type=click.IntRange(1, MOST_PARTS),
        required=True,
        metavar="N",
        help="Parts, from 0 to N-1. Packed files and workbooks are one each, so that many of them may be more.",
    )
    @click.option("--update", is_flag=True, hidden=True)
    @new_uuids_option
    @strict_values_option
    @workers_option
    @json_option
    @with_settings()
    def run(
        settings: Settings,
        parts: int,
        update: bool,
        new_uuids: bool,
        strict_values: bool,
        workers: int | None,
        as_json: bool,
        **own: Any,
    ) -> None:
        if update:
            raise click.UsageError(
                f"Many hosts load all contacts anew; --update is for one host: contacts index {name} --update"
            )
        tune_memory()
        wanted = LoadRequest(
            rejects=_FILE_OF_REJECTS, workers=workers, new_uuids=new_uuids, strict_values=strict_values
        )
        planned = run_async(plan_load(settings.engine, request_of(settings.engine, wanted, **own), parts))
        print_json(planned) if as_json else _show_plan(planned)

    shared = click.command(name)(run)
    words = f"""Plan a load of what `contacts index {name}` would load: read it once, and divide it into parts.

    \b
    Example:
      contacts index plan {name} --parts 16 {_needed(source)}
    """
    return click.Command(name, params=[*source.params, *shared.params], callback=shared.callback, help=words)


def _needed(source: click.Command) -> str:
    """What a source can't do without, as one would write it."""
    needed = [each for each in source.params if each.required]
    return " ".join(
        each.make_metavar(click.Context(source)) if isinstance(each, click.Argument) else f"{each.opts[0]} …"
        for each in needed
    )


@click.command()
@click.argument("number", metavar="I", type=click.IntRange(0))
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Where the files are on this host; by default where they were when the load was planned.",
)
@click.option("--dsn", help="Of the database, which the plan does not keep; as for `contacts index postgres`.")
@click.option("--again", is_flag=True, help="Do it also if it is done.")
@workers_option
@json_option
@with_settings()
def part(
    settings: Settings,
    number: int,
    directory: Path | None,
    dsn: str | None,
    again: bool,
    workers: int | None,
    as_json: bool,
) -> None:
    """Read and write part I of the load that was planned, on this host or any other.

    A part that was broken off is simply done again; one that is done takes no time. It is refused where a file is not
    the one that was planned, which its bytes tell.

    \b
    Examples:
      contacts index part 3
      contacts index part 3 --directory /mnt/exports --workers 4
      contacts index part 3 --dsn service=crm
    """
    tune_memory()
    wanted = PartRequest(number=number, directory=directory, dsn=dsn, again=again, workers=workers)
    summary = run_async(load_part(settings.engine, wanted))
    if as_json:
        print_json(summary)
        return
    how = "is done already" if summary.again else f"is done, in {summary.seconds:.1f} s"
    say(
        f"part {summary.part} {how}: {summary.rows:,} rows read, {summary.accepted:,} accepted, {summary.rejected:,} "
        f"rejected; {summary.repaired:,} values could not be read"
    )


@click.command()
@with_swap_options
@json_option
@with_settings()
def finish(settings: Settings, request: LoadRequest, as_json: bool) -> None:
    """Make the parts live, in one step, when all of them are done and all sums hold.

    The guards are those of any load. What is refused stays, to be finished with the flag that allows it.

    \b
    Examples:
      contacts index finish
      contacts index finish --max-rejects 2% --allow-shrink
    """
    tune_memory()
    summary = run_async(finish_load(settings.engine, request))
    print_json(summary) if as_json else show_load(summary, request)
    if summary.watermark:
        Watermark(settings.engine.data_dir, settings.engine.index).write(summary.watermark)


@click.command()
@json_option
@with_settings()
def abandon(settings: Settings, as_json: bool) -> None:
    """Remove the load that many hosts do, with all that is kept for it. The live contacts stay as they are.

    \b
    Example:
      contacts index abandon
    """
    removed = run_async(abandon_load(settings.engine))
    if as_json:
        print_json({"removed": removed})
        return
    for name in removed:
        say(f"removed {name}, and all that was kept for it")


def _show_plan(planned: PlanSummary) -> None:
    for said in planned.notes:
        say(said)
    rows = [_row(each) for each in planned.stretches[:_SHOWN_PARTS]]
    print_table(Table(("part", "source", "from", "up to", "rows"), rows, framed=False))
    if planned.parts > _SHOWN_PARTS:
        say(f"and {planned.parts - _SHOWN_PARTS:,} more")
    say(
        f"{planned.rows:,} rows in {planned.parts:,} parts: `contacts index part I` for each I from 0 to "
        f"{planned.parts - 1}, then `contacts index finish`"
    )


def _row(part: PartOfPlan) -> tuple[str, ...]:
    stretch = part.stretch
    if stretch.source is None:
        return str(part.part), "(nothing)", "", "", "0"
    begin, end = (f"{stretch.begin:,}", f"{stretch.end:,}") if stretch.begin is not None else ("", "")
    rows = "?" if part.rows is None else f"{part.rows:,}"
    return str(part.part), part.source, begin or stretch.after or "", end or stretch.until or "", rows
