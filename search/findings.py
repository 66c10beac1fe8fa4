"""What an examination finds: that a part is as it should be, or what is wrong with it and the cure."""

from enum import StrEnum

import msgspec


class Level(StrEnum):
    """How bad it is. A fault keeps something from working; a warning may later, or weakens something."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at. `cure` is for those that are not ok."""

    subject: str
    level: Level
    found: str
    cure: str = ""


def ok(subject: str, found: str) -> Finding:
    """All is well."""
    return Finding(subject, Level.OK, found)


def warning(subject: str, found: str, cure: str) -> Finding:
    """It works, and should be mended all the same."""
    return Finding(subject, Level.WARNING, found, cure)


def fault(subject: str, found: str, cure: str) -> Finding:
    """Something does not work."""
    return Finding(subject, Level.FAULT, found, cure)
