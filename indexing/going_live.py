"""From a store that is filled to the live one, for loads of any kind: guards, what the engine gives back, swap."""

import logging

import msgspec

from indexing.filled import Counts
from indexing.golden import check_golden, checked, decoded, opened
from indexing.guard import check_contacts, check_filled
from indexing.progress import ProgressBar
from indexing.request import LoadRequest
from indexing.tally import Before
from search.loader import Loader
from search.stores import LoadFigures

_log = logging.getLogger(__name__)


class Filling(msgspec.Struct, frozen=True, kw_only=True):
    """What a store was filled with.

    Attributes:
        figures: what the load came to.
        accepted: contacts, by the ledger.
        live: contacts that are live now.
        before: those that were when the load began, and what they had.
        filled: how many contacts have each field now.
        alone: nobody else has written into the store, so that it has no contact but those accepted.
    """

    figures: LoadFigures
    accepted: int
    live: int
    before: Before
    filled: Counts
    alone: bool = False


async def go_live(loader: Loader, request: LoadRequest, filling: Filling, progress: ProgressBar) -> int:
    """Make the store of `loader` the live one; the contacts in it.

    Raises:
        LoadRefused: a guard.
        Superseded: another load was let in.
        EngineError: the engine could not go on.
    """
    rows, limits = filling.figures.rows, request.limits
    progress.stage("building", rows)
    contacts = await loader.finish(filling.figures)
    check_contacts(limits, contacts, filling.accepted, filling.live, alone=filling.alone)
    if not request.rebuild:
        check_filled(limits, filling.before, contacts, filling.filled)
    golden = decoded(await loader.noted())
    if golden:
        progress.stage("counting golden URLs", rows)
        async with opened(loader.reader()) as engine:
            check_golden(limits, await checked(engine, golden))
    await _merge(loader, request.merge_seconds, rows, progress)
    await loader.swap(lambda stage: progress.stage(stage, rows))
    return contacts


async def _merge(loader: Loader, seconds: float, rows: int, progress: ProgressBar) -> None:
    """Have the engine give back the room that it took for the load's sake, before anybody reads."""
    if not seconds:
        return
    progress.stage("merging", rows)
    if not await loader.merge(seconds):
        _log.warning(
            "Not all is merged within %s s (--merge-seconds); the engine goes on with it by itself, and the new "
            "contacts take more room until then",
            f"{seconds:,.0f}",
        )
