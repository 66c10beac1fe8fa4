"""Opaque cursors: a place in an ordered result, bound to the filter and order it belongs to.

A cursor holds the sort value and uuid of the hit it stands at, never a row number or an engine's handle, so it
outlives restarts, index swaps and even a change of engine. A checksum tells a tampered cursor from a real one; no
secret is needed, since a cursor grants nothing that the same filter would not.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from hashlib import blake2b

import msgspec

from mappings.errors import InvalidCursor
from mappings.predicates import ContactFilter, Ordering, PerCompany, Sample
from search.fields import LONG_MAX, LONG_MIN, ORDERS

_CHECKSUM_BYTES = 8

Value = int | str | None | tuple[str, int | None, int | None]
"""Where a contact stands in an order, but for its uuid; `None`: it has no value there. Of contacts that are taken
company by company: the company's key, the rank of the seniority and the time, in seconds, at which it was created."""

_CHANGED = "cursor is not one of ours or was changed; use a `next` or `previous` as it was sent"


class Position(msgspec.Struct, frozen=True):
    """A place in the order, beside the hit with this sort value (`None`: missing) and uuid.

    `backward` asks for what stands before it, else for what stands after.
    """

    value: Value
    uuid: str
    backward: bool = False


class _Payload(msgspec.Struct, frozen=True, array_like=True):
    fingerprint: bytes
    value: Value
    uuid: str
    backward: bool


def fingerprint(contact_filter: ContactFilter) -> bytes:
    """A short digest of a filter and its order: equal for URLs that mean the same. It costs an encoding of the whole
    filter, so who has one keeps it."""
    return blake2b(msgspec.json.encode(contact_filter), digest_size=_CHECKSUM_BYTES).digest()


def encode(position: Position, of: bytes) -> str:
    """`position` in the result of the filter with the fingerprint `of`, as an opaque token of URL-safe characters."""
    payload = msgspec.msgpack.encode(_Payload(of, position.value, position.uuid, position.backward))
    return _token(_checksum(payload) + payload)


def decode(token: str, of: bytes, order: Ordering) -> Position:
    """The position in `token`, in the result of the filter with the fingerprint `of` and in its `order`.

    Raises:
        InvalidCursor: unreadable, tampered with, made for another filter or order, or of no value that the order has.
    """
    try:
        raw = urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4))
        # Base64 is read over characters that are not its own, so the text itself has to be the same too.
        if _token(raw) != token or raw[:_CHECKSUM_BYTES] != _checksum(raw[_CHECKSUM_BYTES:]):
            raise InvalidCursor(_CHANGED)
        payload = msgspec.msgpack.decode(raw[_CHECKSUM_BYTES:], type=_Payload)
    except (Base64Error, ValueError, msgspec.MsgspecError) as error:
        raise InvalidCursor("cursor is unreadable; use a `next` or `previous` as it was sent") from error
    if payload.fingerprint != of:
        raise InvalidCursor("cursor belongs to another filter or order; send it with the request that it came from")
    if not _has(order, payload.value):
        # The checksum is no secret, so whoever forges a cursor can make it right.
        raise InvalidCursor(_CHANGED)
    return Position(payload.value, payload.uuid, payload.backward)


def _has(order: Ordering, value: Value) -> bool:
    """Whether a contact may have `value` in this order. Engines compare with it as it is."""
    if isinstance(order, PerCompany):
        return value is None or (isinstance(value, tuple) and all(map(_is_long, value[1:])))
    if isinstance(order, Sample):
        return isinstance(value, int) and _is_long(value)
    if isinstance(value, int):
        return ORDERS[order.field] and _is_long(value)
    return not isinstance(value, tuple) and (value is None or not ORDERS[order.field])


def _is_long(value: object) -> bool:
    return value is None or (isinstance(value, int) and LONG_MIN <= value <= LONG_MAX)


def _token(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _checksum(payload: bytes) -> bytes:
    return blake2b(payload, digest_size=_CHECKSUM_BYTES, person=b"contact-cursor").digest()
