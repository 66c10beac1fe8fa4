"""The flags that every load has, and what is shown of it."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from indexing.cli.interrupts import run_async
from indexing.cli.load_report import show_dry_run, show_load
from indexing.cli.places import files_place
from indexing.cli.terminal import print_json
from indexing.dry_run import DryRun, dry_run
from indexing.filled import FIELDS
from indexing.loading import default_workers, load
from indexing.request import MERGE_SECONDS, Limits, LoadRequest
from indexing.sources.watermark import Watermark
from indexing.state import StateFile
from mappings.errors import NoSuchLoad
from search.engine import EngineSettings
from search.engines import open_loader
from search.memory import tune_memory

_REQUESTED = (
    "rejects",
    "repairs",
    "keep",
    "merge_seconds",
    "workers",
    "resume",
    "strict_values",
    "new_uuids",
    "keep_filled",
)
"""Flags that stand for a field of `LoadRequest` each."""


class LoadOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the shared flags say."""

    request: LoadRequest
    dry_run: bool
    as_json: bool


class _Share(click.ParamType[float]):
    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        try:
            share = float(value.removesuffix("%")) / 100
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            self.fail(f"{value!r} is not a share such as 1% or 0.5%", param, ctx)
        return share


_SWAP_OPTIONS = (
    click.option(
        "--rejects",
        type=click.Path(path_type=Path),
        default=Path("rejects.ndjson"),
        show_default=True,
        help="Where rejected rows go.",
    ),
    click.option(
        "--repairs",
        type=click.Path(path_type=Path),
        help="Where values go that could not be read.  [default: repairs.ndjson beside the rejects]",
    ),
    click.option(
        "--max-rejects",
        type=_Share(),
        default="1%",
        show_default=True,
        metavar="N%",
        help="Share of rows that may be rejected; more fails the run and nothing goes live.",
    ),
    click.option(
        "--allow-loss",
        multiple=True,
        type=click.Choice(FIELDS),
        metavar="FIELD",
        help="Go live even if hardly anybody has FIELD any more. May be repeated.",
    ),
    click.option(
        "--allow-golden",
        is_flag=True,
        help="Go live even if a golden URL finds too many or too few contacts; `contacts golden` has them.",
    ),
    click.option("--allow-shrink", is_flag=True, help="Go live even with under half of the contacts that are live."),
    click.option(
        "--keep", type=click.IntRange(0), default=1, show_default=True, help="Earlier loads kept for a rollback."
    ),
    click.option(
        "--no-merge",
        is_flag=True,
        help="Go live at once; otherwise the engine first gives back the room that it took for the load only.",
    ),
    click.option(
        "--merge-seconds",
        type=click.IntRange(1),
        default=MERGE_SECONDS,
        show_default=True,
        help="How long it has for that; past them the load goes live, and the engine goes on.",
    ),
)
"""What a load is told that goes live."""

workers_option = click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Processes that encode contacts; 1 is this process alone. By default 2, if there are so many processors; "
    "one processor is left to an engine that runs in processes of its own.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")

_OPTIONS = (
    *_SWAP_OPTIONS,
    workers_option,
    click.option("--resume", is_flag=True, help="Go on with the interrupted load, where its last batch ended."),
    json_option,
)

_allow_bad_option = click.option(
    "--allow-bad",
    multiple=True,
    metavar="COLUMN",
    help="Load even if more than half of COLUMN can't be read. May be repeated.",
)
new_uuids_option = click.option(
    "--new-uuids", is_flag=True, help="Look for nobody among the live contacts; give uuids afresh."
)
strict_values_option = click.option(
    "--strict-values", is_flag=True, help="Reject a row for a value that can't be read."
)

_SOURCE_OPTIONS = (
    click.option("--update", is_flag=True, help="Put these contacts among the live ones instead of replacing those."),
    click.option("--keep-filled", is_flag=True, help="With --update: an empty cell leaves what is there as it is."),
    new_uuids_option,
    _allow_bad_option,
    strict_values_option,
    click.option(
        "--dry-run", is_flag=True, help="Read and check everything, write nothing, show what a load would do."
    ),
)


def with_source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the flags of loads from a source, on top of those of all loads."""
    for option in reversed(_SOURCE_OPTIONS):
        command = option(command)
    return command


def with_load_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the shared flags, as one argument `options`."""

    @functools.wraps(command)
    def run(*args: Any, update: bool = False, dry_run: bool = False, as_json: bool, **values: Any) -> Any:
        limits, shared = _taken(values)
        if dry_run and shared["resume"]:
            raise click.UsageError("--dry-run and --resume exclude each other.")
        if update and shared.get("new_uuids"):
            raise click.UsageError("--update and --new-uuids exclude each other.")
        if shared.get("keep_filled") and not update:
            raise click.UsageError("--keep-filled goes with --update.")
        request = LoadRequest(limits=limits, update=update, **shared)
        return command(*args, options=LoadOptions(request=request, dry_run=dry_run, as_json=as_json), **values)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


def with_swap_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the flags of what goes live, as one argument `request`."""

    @functools.wraps(command)
    def run(*args: Any, **values: Any) -> Any:
        limits, shared = _taken(values)
        return command(*args, request=LoadRequest(limits=limits, **shared), **values)

    for option in reversed((*_SWAP_OPTIONS, _allow_bad_option)):
        run = option(run)
    return run


def _taken(values: dict[str, Any]) -> tuple[Limits, dict[str, Any]]:
    """What the flags say, which are no more among `values` then: the limits, and the fields of `LoadRequest`."""
    limits = Limits(
        max_rejects=values.pop("max_rejects"),
        allow_shrink=values.pop("allow_shrink"),
        allow_loss=frozenset(values.pop("allow_loss")),
        allow_bad=frozenset(values.pop("allow_bad", ())),
        allow_golden=values.pop("allow_golden"),
    )
    shared = {name: values.pop(name) for name in _REQUESTED if name in values}
    if values.pop("no_merge"):
        shared["merge_seconds"] = 0
    shared["repairs"] = shared["repairs"] or shared["rejects"].with_name("repairs.ndjson")
    return limits, shared


def run_load(settings: EngineSettings, options: LoadOptions) -> None:
    """Load what is asked for or, with `--dry-run`, look at it; show the outcome."""
    tune_memory()
    request = options.request
    if options.dry_run:
        outcome = run_async(_dry_run(settings, request))
        print_json(outcome) if options.as_json else show_dry_run(outcome)
        return
    try:
        summary = run_async(load(settings, request))
    except NoSuchLoad as error:
        raise NoSuchLoad(f"{error} in {files_place(settings)}") from error
    except KeyboardInterrupt:
        if StateFile(settings.data_dir, settings.index).load() is None:
            raise
        raise KeyboardInterrupt("what was loaded so far stays for --resume") from None
    print_json(summary) if options.as_json else show_load(summary, request)
    if summary.watermark:
        Watermark(settings.data_dir, settings.index).write(summary.watermark)


async def _dry_run(settings: EngineSettings, request: LoadRequest) -> DryRun:
    loader = open_loader(settings)
    try:
        return await dry_run(request, loader, request.workers or default_workers(settings.engine))
    finally:
        await loader.close()
