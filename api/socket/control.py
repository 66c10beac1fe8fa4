"""The messages about a connection itself: `cancel` and `authenticate`. They need no slot and are no actions."""

from collections.abc import Mapping

from api.actions.requests import ActionRequest, Data
from api.actions.table import Action
from api.errors import code_of
from mappings.errors import InvalidField, MissingField, Unauthorized

Actions = Mapping[str, Action[ActionRequest]]
"""The actions that can be asked for, by name."""

CANCEL, AUTHENTICATE = "cancel", "authenticate"

CANCELLED = "Request was cancelled"
"""What a cancelled request is answered with."""

CODES: Mapping[str, str] = {CANCEL: "validation_error", AUTHENTICATE: "authentication_error"}
"""What `Action.error_code` is of an action."""


def cancelled_id(data: Data) -> str | int:
    """The `request_id` in the `data` of a `cancel`. Raises `MissingField` or `InvalidField`."""
    request_id = data.get("request_id")
    if request_id is None or request_id == "":
        raise MissingField("data.request_id")
    if type(request_id) is str or type(request_id) is int:
        return request_id
    raise InvalidField("data.request_id must be a string or an integer")


def fresh_token(data: Data) -> str:
    """The `token` in the `data` of an `authenticate`. Raises `MissingField` or `InvalidField`."""
    token = data.get("token")
    if token is None or token == "":
        raise MissingField("data.token")
    if not isinstance(token, str):
        raise InvalidField("data.token must be a string")
    return token


def answer_code(name: str, error: Exception, actions: Actions) -> str:
    """The code of the answer that says `error`, to the action or control message `name`, be it known or not."""
    if name in actions:
        return code_of(error, actions[name].error_code)
    if name == AUTHENTICATE and isinstance(error, Unauthorized):
        return CODES[name]
    return code_of(error, CODES.get(name, "validation_error"))
