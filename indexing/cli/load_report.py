"""What a load or a dry run says on the terminal when it is done."""

from collections.abc import Mapping, Sequence

from indexing.cli.terminal import Table, print_json_indented, print_table, say
from indexing.dry_run import DryRun
from indexing.job import Summary
from indexing.outcome import Outcome
from indexing.request import LoadRequest

_MOST_REASONS = 10
_MEANINGS = {None: "(left out)", "custom": "(custom)"}


def show_load(summary: Summary, request: LoadRequest) -> None:
    """What became of the rows of `request`, and what is live now."""
    _show_outcome(summary, {"= indexed": summary.indexed})
    rate = int(summary.rows / max(summary.seconds, 0.01))
    say(f"{summary.seconds:.1f} s, {rate:,} rows/s; {summary.live:,} contacts are live.")
    if summary.kept or summary.gone:
        _show_replaced(summary, request)
    if summary.repaired:
        say(f"The values that could not be read are in {request.repairs}.")
    if summary.rejected:
        say(f"Rejected rows are in {request.rejects}:")
        _show_reasons(summary.rejects_by_reason)


def _show_replaced(summary: Summary, request: LoadRequest) -> None:
    if request.update or request.rebuild:
        return
    after = "which `contacts index rollback` brings back" if request.keep else "which are not kept (--keep 0)"
    say(f"They replace {summary.kept + summary.gone:,} contacts, {after}; with --update they are put among those.")


def show_dry_run(outcome: DryRun) -> None:
    """What would become of the rows, with the meaning of the columns and examples."""
    for source, columns in outcome.columns.items():
        rows = [(header, _MEANINGS.get(field) or str(field)) for header, field in columns.items()]
        print_table(Table(("column", "field"), rows, title=source, framed=False))
    for example in outcome.examples:
        present = {name: value for name, value in example.items() if value is not None}
        print_json_indented(present)
    _show_outcome(outcome, {"= accepted": outcome.accepted})
    if outcome.rejected:
        say("Rejected rows:")
        _show_reasons(outcome.rejects_by_reason)
    if outcome.refusal is not None:
        say(f"A load would be refused: {outcome.refusal}")
    say("Nothing was written.")


def _show_outcome(outcome: Outcome, accepted: dict[str, int]) -> None:
    """What loads and dry runs have in common: rows, contacts, fields."""
    for said in outcome.notes:
        say(said)
    lines = outcome.lines
    if lines.read:
        others = {"= header": lines.header, "+ notes": lines.notes, "+ blank": lines.blank, "+ inner": lines.further}
        where = {label: count for label, count in others.items() if count or label == "= header"}
        _show_counts({"lines read": lines.read, **where, "+ rows": outcome.rows})
    counts = {"rows read": outcome.rows, **accepted, "+ repeated": outcome.repeated, "+ rejected": outcome.rejected}
    _show_counts(counts)
    if lines.short:
        say(f"{lines.short:,} rows have fewer cells than the header; what is missing is empty.")
    if outcome.unknown_columns:
        say(f"Kept as custom: {', '.join(outcome.unknown_columns)}")
    say(f"uuids: {outcome.kept:,} kept, {outcome.new:,} new, {outcome.gone:,} gone")
    if outcome.shared:
        say(f"{outcome.shared:,} rows share an address or id with somebody else, and are contacts of their own:")
        _show_examples(outcome.shared_examples)
    if outcome.possible_duplicates:
        say(f"{outcome.possible_duplicates:,} possible duplicates:")
        _show_examples(outcome.possible_duplicate_examples)
    if outcome.repairs:
        say(f"Values that can't be read, and are null: {outcome.repaired:,}")
        kinds = sorted(outcome.repairs, key=lambda each: -each.count)[:_MOST_REASONS]
        shown = [(each.field, each.reason, f"{each.count:,}", "; ".join(each.examples)) for each in kinds]
        print_table(Table(("field", "reason", "count", "examples"), shown, framed=False))
    if outcome.emptied:
        say("Emptied by empty cells (--keep-filled keeps them):")
        _show_reasons(outcome.emptied)
    if outcome.filled:
        rows = [(name, f"{filled.before:,}", f"{filled.now:,}") for name, filled in outcome.filled.items()]
        print_table(Table(("field", "before", "now"), rows, framed=False))


def _show_examples(examples: Sequence[str]) -> None:
    for example in examples:
        say(f"  {example}")


def _show_counts(counts: dict[str, int]) -> None:
    print_table(Table((), [(label, f"{count:,}") for label, count in counts.items()], framed=False))


def _show_reasons(reasons: Mapping[str, int]) -> None:
    for reason, count in sorted(reasons.items(), key=lambda entry: -entry[1])[:_MOST_REASONS]:
        say(f"  {count:,}  {reason}")
