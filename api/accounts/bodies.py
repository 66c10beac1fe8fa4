"""The bodies of requests about accounts: how they are documented, and how their fields are read."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from api.accounts.emails import FORMAT, LONGEST_EMAIL
from api.accounts.passwords import LONGEST, SHORTEST
from api.actions.roles import Role
from mappings.errors import InvalidField, InvalidJson, MissingField, shorten

MOST_BYTES = 16 * 1024
"""Of a body: it is read before anybody knows whose it is."""

LONGEST_NAME = 200
"""Characters."""

_NO_NUL = {"pattern": r"^[^\u0000]*$"}

_Token = Annotated[
    str,
    Meta(
        min_length=1,
        description="The `refresh_token` of an earlier answer; it is used up",
        extra_json_schema=_NO_NUL,
    ),
]


_NewPassword = Annotated[
    str, Meta(min_length=SHORTEST, max_length=LONGEST, examples=["analytical engine"], extra_json_schema=_NO_NUL)
]


_Role = Annotated[str, Meta(examples=[Role.USER.value], extra_json_schema={"enum": [role.value for role in Role]})]


class RegisterBody(msgspec.Struct, frozen=True):
    """Of `register`."""

    email: Annotated[
        str, Meta(max_length=LONGEST_EMAIL, examples=["ada@example.com"], extra_json_schema={"format": FORMAT})
    ]
    password: _NewPassword
    name: Annotated[str, Meta(max_length=LONGEST_NAME, examples=["Ada"], extra_json_schema=_NO_NUL)] | None = None


class CreateBody(RegisterBody, frozen=True):
    """Of `create_user`."""

    role: _Role = Role.USER.value


class ChangeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of `change_user`; what is absent or null stays as it is. There are no other fields, so that no change is lost."""

    active: Annotated[bool, Meta(examples=[True])] | None = None
    role: _Role | None = None
    password: _NewPassword | None = None


class PasswordBody(msgspec.Struct, frozen=True):
    """Of `change_password`."""

    password: Annotated[
        str,
        Meta(min_length=1, description="The one so far", examples=["analytical engine"], extra_json_schema=_NO_NUL),
    ]
    new_password: _NewPassword


class LoginBody(msgspec.Struct, frozen=True):
    """Of `login`."""

    email: Annotated[
        str, Meta(min_length=1, max_length=LONGEST_EMAIL, examples=["ada@example.com"], extra_json_schema=_NO_NUL)
    ]
    password: Annotated[str, Meta(min_length=1, examples=["analytical engine"], extra_json_schema=_NO_NUL)]


class RefreshBody(msgspec.Struct, frozen=True):
    """Of `refresh`."""

    refresh_token: _Token


class CodesBody(msgspec.Struct, frozen=True):
    """Of `make_code`."""

    refresh_token: Annotated[
        str,
        Meta(
            min_length=1,
            description="The `refresh_token` of an earlier answer; the code takes its place",
            extra_json_schema=_NO_NUL,
        ),
    ]


class RedeemBody(msgspec.Struct, frozen=True):
    """Of `redeem`."""

    code: Annotated[str, Meta(min_length=1, description="It is used up", extra_json_schema=_NO_NUL)]


class LogoutBody(msgspec.Struct, frozen=True):
    """Of `logout`, where no access token is sent."""

    refresh_token: _Token | None = None


def read_object(body: bytes) -> dict[str, object]:
    """The JSON object in `body`. Raises `InvalidJson`."""
    try:
        decoded = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise InvalidJson("The body is not valid JSON") from error
    if not isinstance(decoded, dict):
        raise InvalidJson("The body is not a JSON object")
    return decoded


def read_string(body: Mapping[str, object], name: str, longest: int | None = None) -> str:
    """The text `name` in `body`, which must be there. Raises `MissingField` or `InvalidField`."""
    value = body.get(name)
    if value is None or value == "":
        raise MissingField(name)
    if not isinstance(value, str):
        raise InvalidField(f"{name} must be a string")
    if longest is not None and len(value) > longest:
        raise InvalidField(f"{name} must have at most {longest} characters")
    if "\0" in value:
        # PostgreSQL can't hold it.
        raise InvalidField(f"{name} must not hold the character NUL")
    return value


def read_role(body: Mapping[str, object]) -> Role | None:
    """The `role` in `body`; `None` if it is absent or null. Raises `InvalidField`."""
    if (value := body.get("role")) is None:
        return None
    if not isinstance(value, str) or value not in list(Role):
        raise InvalidField(f"role must be {', '.join(Role)}")
    return Role(value)


def refuse_unknown(body: Mapping[str, object], shape: type[msgspec.Struct]) -> None:
    """Raises `InvalidField` for a field that `shape` has not."""
    for name in body:
        if name not in shape.__struct_fields__:
            raise InvalidField(
                f"{shorten(name)} is no field of this request; there are {', '.join(shape.__struct_fields__)}"
            )


def read_flag(body: Mapping[str, object], name: str) -> bool | None:
    """The flag `name` in `body`; `None` if it is absent or null. Raises `InvalidField`."""
    value = body.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise InvalidField(f"{name} must be true or false")
