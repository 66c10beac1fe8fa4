"""What an error says to the operator, and how a path stands in a command that is to be copied."""

import shlex
from pathlib import Path

from mappings.errors import ContactsError, detail_of


def told(error: ContactsError) -> str:
    """All that there is to know of it."""
    return detail_of(error) or str(error)


def quoted(path: Path) -> str:
    """`path` as a shell takes it, from whatever directory."""
    return shlex.quote(str(path.resolve()))
