"""What the packages log while a command runs: its warnings are notes like others, on standard error."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from indexing.cli.terminal import note

_OURS = frozenset({"api", "indexing", "mappings", "search"})


class _Notes(logging.Handler):
    """Shows our warnings, but for those that an error says as well: a command ends with that. Of others errors only."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Show one."""
        ours = record.name.partition(".")[0] in _OURS
        if (ours or record.levelno >= logging.ERROR) and not getattr(record, "raised", False):
            note(f"{record.levelname.lower()}: {record.getMessage()}")


@contextmanager
def shown() -> Iterator[None]:
    """Show them for the length of a block. A service that is begun in it has a log of its own."""
    handler = _Notes()
    logging.root.addHandler(handler)
    try:
        yield
    finally:
        logging.root.removeHandler(handler)
