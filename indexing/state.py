"""What a load needs to go on after a crash: one small file beside the contacts, replaced after every batch.

It says up to which row everything is safe in the store. What the crash left beyond that (rows in the store, lines in
the reject file) is cut off or written again to the same effect.
"""

from pathlib import Path
from typing import Self

import msgspec

from indexing.repairs import RepairKind
from indexing.replacing import replace_file
from indexing.sources.base import RowBatch
from indexing.sources.lines import Lines
from indexing.tally import Before, Reading, Tally
from mappings.errors import IndexingError
from search.directory_lock import DirectoryLock
from search.loader import check_left


class JobState(msgspec.Struct, kw_only=True):
    """The state of one load.

    Attributes:
        store: the store that is being filled; `in_place` if it is the live one.
        mapping: the `MAPPING_VERSION` of what is in it; 0 in states from before there were any.
        inputs: the identities of the sources.
        source: the number of the source that is being read.
        source_rows: rows of that source that are done, the last of them at `place`.
        numbered: rows of all sources that are done; their numbers are the versions of the documents, from `base`.
        lines: where the lines of that source have gone so far.
        reading: what else was read; its rows are those that the summary is about.
        carried_bytes: where in the ledger those begin.
        met: who is live has been taken into the key table: those `before`.
        tally: what was found out about the contacts of these rows; of an update, `filled` begins with those live.
        keys_bytes: how much of the key table's log is right.
        lost_bytes: how much of the file of rows that were rejected late is.
        unreadable: header → cells of its column that could not be read; `values_read` are those that could.
        mark: what the store needs to resume.
        watermark: the latest change that was read.
    """

    store: str
    in_place: bool
    base: int
    inputs: list[str]
    reject_path: str
    mapping: int = 0
    source: int = 0
    source_rows: int = 0
    place: str | None = None
    numbered: int = 0
    lines: Lines | None = None
    reading: Reading = Reading()
    rejected: int = 0
    rejects_by_reason: dict[str, int] = {}
    reject_examples: dict[str, str] = {}
    reject_bytes: int = 0
    repair_path: str = "repairs.ndjson"
    repairs: list[RepairKind] = []
    unreadable: dict[str, int] = {}
    values_read: dict[str, int] = {}
    repair_bytes: int = 0
    ledger_bytes: int = 0
    carried_bytes: int = 0
    met: bool = False
    before: Before = Before()
    tally: Tally = Tally()
    keys_bytes: int = 0
    lost_bytes: int = 0
    mark: str = ""
    watermark: str | None = None

    def next_source(self) -> None:
        """The source is done."""
        self.reading = self.reading.closed(self.lines)
        self.source, self.source_rows, self.place, self.lines = self.source + 1, 0, None, None

    def advance(self, read: RowBatch, carried: bool) -> None:
        """The rows of `read` are done. Those that were `carried` over are no part of the summary."""
        count = len(read.rows)
        self.numbered += count
        self.source_rows += count
        self.place, self.lines = read.rows[-1].place, read.lines
        if not carried:
            self.reading = msgspec.structs.replace(self.reading, rows=self.reading.rows + count)
            self.watermark = max(filter(None, (self.watermark, read.watermark)), default=None)


class StateFile:
    """The state of the load into `index`. A context manager: it has the lock of the directory, so that no two loads
    share the files at once.

    Attributes:
        holder: who loads, to be asked for within the block.
    """

    def __init__(self, data_dir: Path, index: str) -> None:
        self._path = data_dir / f"{index}.job.json"
        self._lock = DirectoryLock(data_dir, index)
        self.ledger_path = data_dir / f"{index}.job.ledger"
        self.lost_path = data_dir / f"{index}.job.lost"
        self.keys_path = data_dir / f"{index}.job.keys"
        self.index = index

    def __enter__(self) -> Self:
        self._lock.__enter__()
        self.holder = self._lock.holder
        return self

    def __exit__(self, *error: object) -> None:
        self._lock.__exit__(*error)

    def load(self) -> JobState | None:
        """The state of an interrupted load, if there is one."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=JobState)
        except FileNotFoundError:
            return None
        except (msgspec.DecodeError, UnicodeError) as error:
            raise IndexingError(f"{self._path.name} is damaged; delete it to load anew: {error}") from error

    def check(self, state: JobState) -> None:
        """Return if the files beside it still have what `state` says: not so after somebody removed some, or the whole
        machine went down, which may cost the end of a file.

        Raises:
            Superseded: they do not.
        """
        sizes = {
            self.ledger_path: state.ledger_bytes,
            self.lost_path: state.lost_bytes,
            self.keys_path: state.keys_bytes,
        }
        for path, size in sizes.items():
            check_left(path, size)

    def save(self, state: JobState) -> None:
        """Replace the file in one step."""
        replace_file(self._path, msgspec.json.encode(state))

    def remove(self) -> None:
        """Forget the load."""
        self._path.unlink(missing_ok=True)
        for path in (self.ledger_path, self.lost_path, *self.keys_path.parent.glob(f"{self.keys_path.name}*")):
            path.unlink(missing_ok=True)
