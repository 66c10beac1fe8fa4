"""Files that are kept in memory and sent to browsers: no request waits for a disk, and a slow reader holds no copy."""

import gzip
import hashlib
from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from litestar import Request, Response
from litestar.datastructures import State

from api.rest.preferences import coding

_LEVEL = 9
"""Of gzip: it is done once."""


class Form(msgspec.Struct, frozen=True):
    """A file as it is sent, and the tag by which a browser asks whether what it kept is still that."""

    body: bytes
    tag: str


class KeptFile(msgspec.Struct, frozen=True):
    """A file: its media type, and its forms; `packed` is that for who takes gzip, if there is one."""

    media_type: str
    plain: Form
    packed: Form | None = None


def file_of(body: bytes, media_type: str) -> KeptFile:
    """A file with this content, in one form."""
    return KeptFile(media_type, Form(body, f'"{_digest(body)}"'))


def packed_file_of(body: bytes, media_type: str) -> KeptFile:
    """The same in both forms."""
    # Two forms of one file are two things to a cache, RFC 9110, 8.8.1.
    packed = Form(gzip.compress(body, _LEVEL, mtime=0), f'"{_digest(body)}-gzip"')
    return msgspec.structs.replace(file_of(body, media_type), packed=packed)


def sent(request: Request[None, None, State], file: KeptFile, headers: Mapping[str, str]) -> Response[bytes]:
    """The answer with `file` and these headers, or that the browser has it already (RFC 9110, 13.1.2)."""
    packed = file.packed if coding(request.headers.getall("accept-encoding", []), "gzip") else None
    form = packed or file.plain
    headers = {**headers, "etag": form.tag}
    if _has(request.headers.getall("if-none-match", []), form.tag):
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, headers=headers, media_type=file.media_type)
    if packed is not None:
        headers["content-encoding"] = "gzip"
    return Response(form.body, headers=headers, media_type=file.media_type)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]


def _has(kept: list[str], tag: str) -> bool:
    """Whether `tag` is among those of what a browser kept; a proxy may have called them weak."""
    tags = [each.strip().removeprefix("W/") for header in kept for each in header.split(",")]
    return tag in tags or "*" in tags
