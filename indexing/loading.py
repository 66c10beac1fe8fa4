"""One load from beginning to end, as the command line asks for it: new or resumed, whole or an update."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from indexing.job import Job, Summary, new_state
from indexing.progress import ProgressBar
from indexing.request import LoadRequest
from indexing.sources.base import total_size
from indexing.sources.fingerprints import SourceChanged
from indexing.sources.live import LiveSource
from indexing.state import JobState, StateFile
from mappings.errors import ContactsError, IndexingError, NoSuchLoad, NothingIndexed
from search.engine import EngineSettings
from search.engines import engine_module, open_loader, open_updater
from search.fields import MAPPING_VERSION
from search.loader import Loader

_log = logging.getLogger(__name__)


class OtherLoad(IndexingError):
    """`--resume` was said, and the interrupted load is not the one that was asked for."""


class Interrupted(IndexingError):
    """The load stopped on the way; nothing was swapped, and it can be resumed."""


async def load(settings: EngineSettings, request: LoadRequest) -> Summary:
    """Do what `request` asks for.

    Raises:
        OtherLoad: there is an interrupted load, and it can't be resumed with this request.
        Superseded: it can't be resumed any more.
        LoadRunning: there is another load.
        ContactsError: it failed; the live contacts are untouched (an update in place may have begun).
    """
    with told(), StateFile(settings.data_dir, settings.index) as file:
        state = file.load()
        if request.resume:
            file.check(_resumable(state))
        loader = _loader(settings, request, state if request.resume else None)
        try:
            async with loader.exclusively(file.holder):
                return await _load(settings, request, loader, state, file)
        finally:
            await loader.close()


@contextmanager
def told() -> Iterator[None]:
    """Turns what the system would not let us do into an `IndexingError`."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise IndexingError(_said(error)) from error


def _said(error: OSError) -> str:
    """What the system would not let us do. Of a disk that is full it does not say which: files of a load are in two
    places."""
    place = error.filename or "a file of the load in CONTACTS_DATA_DIR, or its rejects or repairs,"
    return f"{place} can't be read or written: {error.strerror or type(error).__name__}"


async def _load(
    settings: EngineSettings, request: LoadRequest, loader: Loader, state: JobState | None, file: StateFile
) -> Summary:
    state = await clear(loader, request, state, file)
    try:
        request = await _with_live(settings, loader, request, state)
        request = msgspec.structs.replace(request, workers=request.workers or default_workers(settings.engine))
        state = state or new_state(loader, request, await loader.base())
        with ProgressBar(total_size(request.sources)) as progress:
            return await Job(request, loader, state, file, progress).run()
    except OtherLoad:
        raise
    except (ContactsError, OSError) as error:
        if isinstance(error, BrokenPipeError) or file.load() is None:
            raise
        said = _said(error) if isinstance(error, OSError) else error
        go_on = "" if isinstance(error, SourceChanged) else "; --resume continues where it stopped"
        raise Interrupted(f"{said}; nothing was swapped{go_on}") from error


def default_workers(engine: str | None) -> int:
    """Two, if there are processors for them. One is left to an engine with processes of its own."""
    return min(2, max(1, (os.cpu_count() or 1) - engine_module(engine).OWN_PROCESSES))


def _resumable(state: JobState | None) -> JobState:
    if state is None:
        raise NoSuchLoad("there is no interrupted load to resume")
    if state.mapping != MAPPING_VERSION:
        raise OtherLoad("the interrupted load was of another version of this software; load anew without --resume")
    return state


def _loader(settings: EngineSettings, request: LoadRequest, state: JobState | None) -> Loader:
    loader = open_updater(settings) if request.update else None
    loader = loader or open_loader(settings, request.keep, state.store if state else None)
    if state is not None and (state.in_place, state.store) != (loader.in_place, loader.name):
        raise OtherLoad("the interrupted load was of another kind; give the same flags (--update) again")
    return loader


async def _with_live(
    settings: EngineSettings, loader: Loader, request: LoadRequest, state: JobState | None
) -> LoadRequest:
    """The request with the live contacts as first source, where those are needed; the same that `state` began with."""
    live = await loader.live()
    sources = request.sources
    swapped = live is not None and state is not None and live.name == state.store and not state.in_place
    if request.rebuild or (request.update and not loader.in_place):
        if live is None:
            raise NothingIndexed(
                "There are no contacts yet; load some without --update first.", "load some without --update first"
            )
        sources = [LiveSource(settings=settings, store=live, carried=request.update), *sources]
    if state is not None and not swapped and state.inputs != [source.identity for source in sources]:
        raise OtherLoad(
            "the sources are not those of the interrupted load, or have changed since; load anew without --resume"
        )
    return msgspec.structs.replace(request, sources=sources)


async def clear(loader: Loader, request: LoadRequest, state: JobState | None, file: StateFile) -> JobState | None:
    """Remove what loads left that this one does not go on with, of whatever host, and say so; the state it has then."""
    forgotten = None if request.resume else state
    abandoned = forgotten.store if forgotten is not None and not forgotten.in_place else None
    for name in await loader.clear(abandoned):
        _log.warning("Removed %s, which an earlier load that did not come to its end had left", name)
    if request.resume:
        return state
    file.remove()
    return None
