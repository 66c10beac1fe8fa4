"""The sources of `contacts index NAME`, one row each: a source's own flags, and what of them is to be loaded.

A row is a click command for its flags and its help only. Its function gets the settings of the engine, the request that
the flags of every load make (`indexing.cli.load_options`) and its own flags, and returns that request with the sources
in it; `indexing.cli.index` puts the two together and runs the load.
"""

from pathlib import Path

import click
import msgspec

from indexing.request import LoadRequest
from indexing.sources.csv import CsvSource
from indexing.sources.dates import Order
from indexing.sources.delimited import DELIMITERS
from indexing.sources.text_encoding import check_encoding
from indexing.sources.watermark import Watermark
from search.engine import EngineSettings

_map_option = click.option(
    "--map",
    "overrides",
    multiple=True,
    metavar="COLUMN=FIELD",
    help="What a column means, or COLUMN= to leave it out; repeat it.",
)


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_map_option
@click.option("--encoding", help="Of a text, e.g. cp1252; by default UTF-8, or what its bytes show.")
@click.option(
    "--delimiter",
    type=click.Choice([*DELIMITERS, "tab"]),
    metavar="CHARACTER",
    help="One of , ; | and tab; by default found in the header.",
)
@click.option("--sheet", metavar="NAME", help="Of a workbook; by default the first.")
@click.option(
    "--dates",
    type=click.Choice(["mdy", "dmy"]),
    help="What comes first in 3/4/2024, the month or the day; by default as the first 10,000 rows show.",
)
def csv_files(
    _settings: EngineSettings,
    request: LoadRequest,
    files: tuple[str, ...],
    overrides: tuple[str, ...],
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    dates: Order | None,
) -> LoadRequest:
    """Load one or more files, e.g. untouched Apollo.io exports, as the new set of contacts.

    FILE is a CSV of any kind or a workbook (.xlsx), and may be packed with gzip or zstandard; - is standard input.
    Readers see the old contacts until the load is complete.

    \b
    Examples:
      contacts index csv apollo-contacts-export.csv
      contacts index csv --dry-run --map "Work Email=email" people.csv
      contacts index csv --sheet Leads --dates dmy leads.xlsx
      contacts index csv --engine elasticsearch --workers 4 part1.csv.gz part2.csv.zst
      contacts index csv --update --max-rejects 0% new-people.csv
      contacts sample 10000 | contacts index csv -
    """
    if files.count("-") > 1:
        raise click.UsageError("Standard input can be read only once.")
    if encoding is not None:
        check_encoding(encoding)
    separator = "\t" if delimiter == "tab" else delimiter
    read = CsvSource(
        path="-",
        encoding=encoding,
        delimiter=separator,
        sheet=sheet,
        dates=dates,
        overrides=_overrides(overrides),
    )
    return msgspec.structs.replace(request, sources=[msgspec.structs.replace(read, path=file) for file in files])


@click.command()
@click.option("--dsn", required=True, help="Connection string or URL; a password can be in PGPASSWORD or ~/.pgpass.")
@click.option("--query", help="A SELECT whose columns carry our field names; the stock schema otherwise.")
@click.option("--query-file", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="The same, in a file.")
@_map_option
@click.option("--since", metavar="TIME", help="With --update: only rows changed since; the last run's end otherwise.")
@click.option("--delete-missing", is_flag=True, help="With --update: also drop live contacts the query does not have.")
def postgres_query(
    settings: EngineSettings,
    request: LoadRequest,
    dsn: str,
    query: str | None,
    query_file: Path | None,
    overrides: tuple[str, ...],
    since: str | None,
    delete_missing: bool,
) -> LoadRequest:
    """Load the rows of a PostgreSQL query as the new set of contacts, or into it with --update.

    A column `changed_at`, or else `updated_at`, tells what --update has to read again.

    \b
    Examples:
      contacts index postgres --dsn postgresql://reader@db.example.com/crm
      contacts index postgres --dsn service=crm --query-file contacts.sql --dry-run
      contacts index postgres --dsn service=crm --update
      contacts index postgres --dsn service=crm --update --since 2026-01-31T00:00:00Z
    """
    from indexing.sources.postgres import PostgresSource  # noqa: PLC0415 - only this source pays for the driver

    if query and query_file:
        raise click.UsageError("--query and --query-file exclude each other.")
    if (since or delete_missing) and not request.update:
        raise click.UsageError("--since and --delete-missing are for --update.")
    if since and delete_missing:
        raise click.UsageError("--delete-missing needs all rows, and --since leaves some out.")
    if request.update and not delete_missing:
        since = since or Watermark(settings.data_dir, settings.index).since()
    source = PostgresSource(dsn=dsn, since=since, overrides=_overrides(overrides))
    if text := query_file.read_text(encoding="utf-8") if query_file else query:
        source = msgspec.structs.replace(source, query=text)
    # All rows, and nothing but them: that is what a load is.
    return msgspec.structs.replace(request, sources=[source], update=request.update and not delete_missing)


def _overrides(given: tuple[str, ...]) -> dict[str, str]:
    overrides = {}
    for entry in given:
        column, equals, field = entry.rpartition("=")
        if not equals or not column:
            raise click.BadParameter(f"{entry!r} is not COLUMN=FIELD, nor COLUMN= to leave it out", param_hint="--map")
        overrides[column] = field
    return overrides


SOURCES = {
    "csv": csv_files,
    "postgres": postgres_query,
}
