"""What a service says of itself when it starts: its version, what it serves from, and how it is set up."""

import logging
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path

from api.settings import TABLE, Setting, Settings
from api.version import service_version
from search.engines import DEFAULT, ENGINES, engine_module
from search.fields import MAPPING_VERSION
from search.settings import without_user

SET = "(set)"
"""What is shown in place of a secret."""

_OF_ENGINE = "engine."

_log = logging.getLogger(__name__)


def tell_start(settings: Settings) -> None:
    """One line of the log."""
    build, given = build_info(settings), configuration(settings)
    words = " ".join([f"{name}={value}" for name, value in given.items()])
    _log.info("version %s, %s", build["version"], words, extra={"fields": {"build": build, "settings": given}})


def build_info(settings: Settings) -> Mapping[str, str]:
    """What runs."""
    return {
        "version": service_version(),
        "engine": settings.engine.engine or DEFAULT,
        "mapping_version": str(MAPPING_VERSION),
        "python": platform.python_version(),
    }


def configuration(settings: Settings) -> Mapping[str, str]:
    """Settings by variable: those that commands have flags for, which say what is served, and all that are not as they
    would be by themselves. There is no secret in it, and no URL with one.
    """
    return dict(_given(settings))


def _given(settings: Settings) -> Iterator[tuple[str, str]]:
    for row, value in _values(settings):
        if row.attribute == "jwt_secret" and settings.jwt_secret_generated:
            continue
        given = value is not None and value != (None if row.default is None else row.parse(row.default))
        if given or (row.flag and value is not None):
            yield row.variable, SET if row.secret else shown(value)


def _values(settings: Settings) -> Iterator[tuple[Setting, object]]:
    """Each row with its value; of engines, those of the one that is used."""
    chosen = settings.engine.engine or DEFAULT
    of_engines = {row.variable: name for name in ENGINES for row in engine_module(name).SETTINGS}
    for row in TABLE:
        if row.variable in of_engines:
            if of_engines[row.variable] == chosen and settings.engine.own is not None:
                yield row, getattr(settings.engine.own, row.attribute)
        elif row.attribute.startswith(_OF_ENGINE):
            yield row, getattr(settings.engine, row.attribute.removeprefix(_OF_ENGINE))
        else:
            yield row, getattr(settings, row.attribute)


def shown(value: object) -> str:
    """A value as text; of URLs without what stands before `@` in their host, which may be a password."""
    if isinstance(value, list | tuple):
        return ",".join(map(shown, value))
    return without_user(str(value.resolve() if isinstance(value, Path) else value))
