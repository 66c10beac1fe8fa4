"""Answers to what never becomes a request of the application: written as bytes, without it."""

from collections.abc import Iterable
from http import HTTPStatus

import msgspec

from api.errors import problem
from api.operations.headers import Header, completed


class Refusal(msgspec.Struct, frozen=True):
    """An answer after which the connection ends.

    Attributes:
        status: of HTTP.
        detail: what is wrong and the cure, as in every answer of ours.
        headers: beside those of any refusal.
    """

    status: int
    detail: str
    headers: tuple[Header, ...] = ()

    def answer(self, more: Iterable[Header] = ()) -> bytes:
        """The whole answer, with `more` headers, such as the date."""
        body = problem(self.detail)
        headers = (
            *more,
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
            *self.headers,
        )
        lines = b"".join(b"%b: %b\r\n" % header for header in completed(headers))
        return b"HTTP/1.1 %d %b\r\n%b\r\n%b" % (self.status, HTTPStatus(self.status).phrase.encode(), lines, body)
