"""What users may do: THE order of roles, and the one place where one is held against what something needs.

Actions say the least role that they need in their row (`api.actions.table`), routes about users in their guard. Both
doors come by `Traffic.let_in` before they look at what is asked, and that asks here.
"""

from enum import StrEnum

from mappings.errors import Forbidden


class Role(StrEnum):
    """A user's role; each may do what those before it may."""

    COUNTER = "counter"
    """Learns how many contacts there are, never who they are."""
    USER = "user"
    """Reads contacts."""
    ADMIN = "admin"
    """Looks after the users too."""

    @property
    def sees_few(self) -> bool:
        """Whether a number of very few contacts is shown as it is: from few people one can tell who they are."""
        return self is not Role.COUNTER

    def require(self, least: "Role") -> None:
        """Raises `Forbidden` unless this role may do what `least` may."""
        if _ORDER.index(self) < _ORDER.index(least):
            raise Forbidden(f"Your role is {self}; this needs {least}. An administrator can change your role.")


_ORDER = tuple(Role)
