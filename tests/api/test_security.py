"""Tokens and messages that are meant to break something, against a running server."""

import base64
import json
import time

import jwt
import pytest
from websockets.asyncio.client import connect

from api.accounts.keys import Keys
from api.accounts.tokens import AUDIENCE, ISSUER, Tokens
from tests.api.conftest import SECRET
from tests.harness.clients import ask, close_code, receive, rejected

ME = "/api/v2/auth/me"

pytestmark = pytest.mark.anyio


def claims_of(service) -> dict[str, object]:
    found = Tokens(Keys("HS256", SECRET, SECRET), 60).verify(service.token)
    now = int(time.time())
    return {
        "iss": ISSUER, "aud": AUDIENCE, "sub": found.user, "sid": found.session,
        "iat": now, "exp": now + 600, "jti": "j", "typ": "access",
    }  # fmt: skip


def unsigned(claims: dict[str, object], algorithm: str) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": algorithm, "typ": "JWT"}, claims))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def forged(claims: dict[str, object]) -> dict[str, str]:
    """What is wrong → a token."""
    now = int(time.time())
    changes = {
        "audience": {"aud": "others"}, "audiences": {"aud": ["others"]}, "issuer": {"iss": "others"},
        "type": {"typ": "refresh"}, "a type of another kind": {"typ": ["access"]},
        "expired": {"exp": now - 1}, "from the future": {"iat": now + 3600}, "not yet": {"nbf": now + 3600},
        "user": {"sub": "00000000-0000-0000-0000-000000000000"}, "user by injection": {"sub": "' OR 1=1 --"},
        "session": {"sid": "00000000-0000-0000-0000-000000000000"}, "session of another kind": {"sid": None},
        "expiry of another kind": {"exp": "never"}, "injection": {"sid": "' OR 1=1 --"},
    }  # fmt: skip
    tokens = {
        name: jwt.encode(claims | change, SECRET, "HS256")
        for name, change in changes.items()
        if name != "user of another kind"
    }
    for name in claims:
        tokens[f"without {name}"] = jwt.encode({k: v for k, v in claims.items() if k != name}, SECRET, "HS256")
    for algorithm in ("none", "None", "NONE", ""):
        tokens[f"algorithm {algorithm!r}"] = unsigned(claims, algorithm)
    tokens["another algorithm"] = jwt.encode(claims, SECRET * 2, "HS512")
    tokens["another secret"] = jwt.encode(claims, "y" * 64, "HS256")
    tokens["a header that brings its key"] = jwt.encode(
        claims, "y" * 64, "HS256", headers={"jwk": {"kty": "oct", "k": "eQ"}, "kid": "../../dev/null"}
    )
    good = jwt.encode(claims, SECRET, "HS256")
    head, body, signature = good.split(".")
    tokens |= {
        "cut": good[:-1], "no signature": f"{head}.{body}.", "twice": good + good, "more parts": good + ".x",
        "other body": f"{head}.{body[:-2]}AA.{signature}", "deep": "[" * 4000, "huge": "x" * 60_000, "nul": "a\0b",
    }  # fmt: skip
    return tokens


async def test_no_forged_token_opens_either_door(service):
    claims = claims_of(service)
    good = jwt.encode(claims, SECRET, "HS256")
    assert service.get(ME, good)[0] == 200
    async with connect(f"{service.bare_url}?token={good}") as socket:
        assert (await ask(socket, "analyze"))["status"] == "success"
    for name, token in forged(claims).items():
        if "\0" not in token and len(token) < 10_000:
            status, body = service.get(ME, token)
            assert (status, list(body)) == (401, ["detail"]), name
            status, body = await rejected(f"{service.bare_url}?token={token}")
            assert (status, list(body)) == (401, ["detail"]), name
        async with connect(f"{service.bare_url}?token={good}") as socket:
            answer = await ask(socket, "authenticate", token=token)
            assert answer["error"]["code"] == "authentication_error", name


async def test_oversized_and_deeply_nested_messages(serve):
    service = serve(max_message_bytes=200_000)
    async with connect(service.url) as socket:
        for frame in (
            "[" * 150_000,
            '{"a":' * 30_000,
            '{"request_id":1,"action":"analyze","data":' + "[" * 100_000 + "]" * 80_000 + "}",
            '{"request_id":' + "9" * 150_000 + ',"action":"analyze"}',
            '{"request_id":1,"action":"analyze","data":{"url":"' + "\\u0000" * 20_000 + '"}}',
            "\0" * 1000,
        ):
            await socket.send(frame)
            assert (await receive(socket))["status"] == "error"
        assert (await ask(socket, "analyze"))["status"] == "success"
        await socket.send("x" * 200_001)
        assert await close_code(socket) == 1009
    for body in (b"[" * 150_000, b'{"a":' * 30_000, b"\xff" * 1000, b"9" * 100_000):
        assert service.post("/api/v2/apollo/analyze", body, service.token)[0] == 400
        assert service.post("/api/v2/auth/login", body[:16_384])[0] == 400
        assert service.post("/api/v2/auth/login", body[:1] * 16_385)[0] == 413
    assert service.post("/api/v2/apollo/analyze", b"x" * 200_001, service.token)[0] == 413


async def test_a_text_frame_that_is_not_utf_8_closes_with_1007(service):
    async with connect(service.url) as socket:
        await socket.send(b"\xff\xfe", text=True)
        assert await close_code(socket) == 1007
    assert service.get("/health/live")[0] == 200
