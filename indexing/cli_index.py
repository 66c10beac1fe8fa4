"""`contacts index …`: loads contacts into the engine of the settings."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from api.settings import Settings
from indexing.csv_source import DELIMITERS, CsvSource
from indexing.job import Job, Limits, Summary
from indexing.options import print_json, run_async, with_settings
from indexing.progress import ProgressBar
from indexing.rejects import RejectFile
from search.engines import open_loader


@click.group()
def index() -> None:
    """Load contacts into a fresh store and switch to it when it is complete."""


@index.command("csv")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--map", "overrides", multiple=True, metavar="COLUMN=FIELD", help="What a column means; repeat it.")
@click.option("--encoding", default="utf-8-sig", show_default="UTF-8", help="Text encoding, e.g. cp1252.")
@click.option("--delimiter", type=click.Choice([*DELIMITERS, "tab"]), help="By default found in the header.")
@click.option(
    "--rejects",
    type=click.Path(path_type=Path),
    default=Path("rejects.ndjson"),
    show_default=True,
    help="Where rejected rows go.",
)
@click.option(
    "--max-rejects",
    default="1%",
    show_default=True,
    metavar="N%",
    help="Share of rows that may be rejected; more fails the run and nothing goes live.",
)
@click.option("--allow-shrink", is_flag=True, help="Go live even with under half of the contacts that are live now.")
@click.option("--keep", type=click.IntRange(0), default=1, show_default=True, help="Earlier loads kept for a rollback.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@with_settings()
def index_csv(
    settings: Settings,
    files: tuple[str, ...],
    overrides: tuple[str, ...],
    encoding: str,
    delimiter: str | None,
    rejects: Path,
    max_rejects: str,
    allow_shrink: bool,
    keep: int,
    as_json: bool,
) -> None:
    """Load one or more CSV files, e.g. untouched Apollo.io exports, as the new set of contacts.

    FILE may end in .gz; - is standard input. Readers see the old contacts until the load is complete.

    \b
    Examples:
      contacts index csv apollo-contacts-export.csv
      contacts index csv --engine elasticsearch part1.csv.gz part2.csv.gz
      contacts index csv --map "Work Email=email" --max-rejects 0% people.csv
      contacts sample 10000 | contacts index csv -
    """
    separator = "\t" if delimiter == "tab" else delimiter
    sources = [
        CsvSource(path=file, encoding=encoding, delimiter=separator, overrides=_overrides(overrides)) for file in files
    ]
    limits = Limits(max_rejects=_share(max_rejects), allow_shrink=allow_shrink)
    summary = run_async(_load(settings, sources, RejectFile(rejects), limits, keep))
    if as_json:
        print_json(summary)
    else:
        _print(summary, rejects)


async def _load(
    settings: Settings, sources: list[CsvSource], rejects: RejectFile, limits: Limits, keep: int
) -> Summary:
    loader = open_loader(settings.engine, keep)
    sizes = [source.size for source in sources]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    try:
        with ProgressBar(total) as progress:
            return await Job(sources, loader, rejects, limits, progress).run()
    finally:
        rejects.close()
        await loader.close()


def _print(summary: Summary, rejects: Path) -> None:
    console = Console()
    table = Table(show_header=False, box=None)
    table.add_row("rows read", f"{summary.rows:,}")
    table.add_row("= indexed", f"{summary.indexed:,}")
    table.add_row("+ duplicates", f"{summary.duplicates:,}")
    table.add_row("+ rejected", f"{summary.rejected:,}")
    console.print(table)
    console.print(f"{summary.seconds:.1f} s, {int(summary.rows / max(summary.seconds, 0.01)):,} rows/s; now live.")
    if summary.unknown_columns:
        console.print(f"Dropped unknown columns: {', '.join(summary.unknown_columns)}", markup=False)
    if summary.rejected:
        console.print(f"Rejected rows are in {rejects}:", markup=False)
        for reason, count in sorted(summary.rejects_by_reason.items(), key=lambda entry: -entry[1])[:10]:
            console.print(f"  {count:,}  {reason}", markup=False)


def _overrides(given: tuple[str, ...]) -> dict[str, str]:
    overrides = {}
    for entry in given:
        column, equals, field = entry.rpartition("=")
        if not equals or not column or not field:
            raise click.BadParameter(f"{entry!r} is not COLUMN=FIELD", param_hint="--map")
        overrides[column] = field
    return overrides


def _share(text: str) -> float:
    try:
        share = float(text.removesuffix("%")) / 100
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise click.BadParameter(f"{text!r} is not a share such as 1% or 0.5%", param_hint="--max-rejects")
    return share
