"""Whose tokens hold, also while the database of users does not answer for a while: those that held a moment ago.

Between a token (`api.accounts.tokens`) and its session (`api.accounts.sessions`), which is looked up for each request.
What was found is remembered, and used only where it can't be looked up: a lock on the tables, or a server that starts
again, is not to stop everybody who works. A session that is asked for many times at once is looked up once. A session
that ends in this process is forgotten at once; one that another process ends goes on here for `MOST_SECONDS` at most,
and only while the database does not answer.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from api.accounts.joined import Joined
from api.accounts.sessions import Sessions
from api.actions.roles import Role
from mappings.errors import AccountsUnavailable

MOST_SECONDS = 60
"""How long a session is taken for good since the database was asked for it last."""

MOST_SESSIONS = 20_000
"""How many are remembered: those that were looked up last."""

_log = logging.getLogger(__name__)


class _Held(msgspec.Struct, frozen=True):
    """What the database said of a session when it was asked, at `asked`."""

    user: str
    role: Role
    asked: float


class RecentSessions:
    """Looks sessions up, and remembers those that held.

    Args:
        clock: seconds that never go back.

    Attributes:
        relied_on: how often what was remembered had to do.
    """

    def __init__(self, sessions: Sessions, clock: Callable[[], float] = time.monotonic) -> None:
        self._looked_up = Joined[tuple[str, str], Role | None](lambda key: sessions.role_in(*key))
        self._clock = clock
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._told = False
        self.relied_on = 0

    async def role_in(self, session: str, user: str) -> Role | None:
        """As `Sessions.role_in`, or as it was a moment ago.

        Raises:
            AccountsUnavailable: it can't be looked up, and nothing that is recent enough is known of the session.
        """
        asked = self._clock()
        try:
            role = await self._looked_up.answer((session, user))
        except AccountsUnavailable as error:
            if (role := self._remembered(session, user)) is None:
                raise
            self._tell(error)
            return role
        self._told = False
        if role is None:
            self.forget(session)
        else:
            self._held[session] = _Held(user, role, asked)
            self._held.move_to_end(session)
            if len(self._held) > MOST_SESSIONS:
                self._held.popitem(last=False)
        return role

    def forget(self, session: str) -> None:
        """It has ended."""
        self._held.pop(session, None)

    def _remembered(self, session: str, user: str) -> Role | None:
        held = self._held.get(session)
        fresh = held is not None and held.user == user and self._clock() - held.asked <= MOST_SECONDS
        return held.role if held is not None and fresh else None

    def _tell(self, error: AccountsUnavailable) -> None:
        self.relied_on += 1
        if not self._told:
            self._told = True
            words = "users can't be looked up: tokens that held in the last %d s are taken until they can (%s)"
            _log.warning(words, MOST_SECONDS, error.detail)
