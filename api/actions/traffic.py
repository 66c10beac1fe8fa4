"""What both doors share of a request on its way: the user's rate limit, a slot for the engine, the figures."""

from api.actions.rates import Rates
from api.actions.slots import Slots
from api.operations.metrics import Metrics
from api.settings import Settings
from mappings.errors import TooManyRequests


class Traffic:
    """One for the application, so that a user who comes through two doors has no more than through one.

    Args:
        width: requests that the engine works on well at once, for where the settings do not say how many.
    """

    def __init__(self, settings: Settings, metrics: Metrics, width: int) -> None:
        self._rates = Rates(settings.rate_limit)
        self.slots = Slots(settings.max_running or width, settings.engine.timeout)
        self.metrics = metrics

    @property
    def busy(self) -> bool:
        """Whether any request is being answered."""
        return self.metrics.in_flight > 0

    def count(self, user: str) -> None:
        """Count a request of `user`. Raises `TooManyRequests` over the limit."""
        if seconds := self._rates.take(user):
            words = f"Too many requests; your limit is reached, the next is possible in {seconds:.0f} s"
            raise TooManyRequests(words, retry_after=seconds)
