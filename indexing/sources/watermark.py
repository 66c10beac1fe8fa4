"""Up to when the last run from a database had read it: where the next `--update` begins."""

from datetime import datetime, timedelta
from pathlib import Path

from indexing.replacing import replace_file
from mappings.errors import IndexingError

OVERLAP = timedelta(minutes=10)
"""Read again each time: a transaction that was open during the last run had changed its rows before, unseen."""


class Watermark:
    """One small file beside the contacts of `index`."""

    def __init__(self, data_dir: Path, index: str) -> None:
        self._path = data_dir / f"{index}.watermark"

    def since(self) -> str | None:
        """From when on rows must be read; `None` before the first run."""
        try:
            text = self._path.read_text().strip()
            return (datetime.fromisoformat(text) - OVERLAP).isoformat()
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise IndexingError(f"{self._path.name} is damaged; give --since: {error}") from error

    def write(self, latest: str) -> None:
        """Note the latest change that was loaded."""
        replace_file(self._path, f"{latest}\n".encode())
