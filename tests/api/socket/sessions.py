"""A session as tests see it: what goes in is said in words, what comes out is collected."""

import json
from collections import Counter
from typing import Any

import msgspec

from api.accounts.tokens import Claims
from api.actions.roles import Role
from api.actions.table import ACTIONS
from api.actions.traffic import Traffic
from api.settings import Settings
from api.socket.effects import Cancel, Effect, End, Renew, Resume, Start
from api.socket.expiry import Expiry
from api.socket.session import Session
from search.engine import EngineSettings
from tests.harness.clients import request

EPOCH = 1_000_000
"""Seconds since 1970 when the session's clock stood at 0."""

TOKEN_SECONDS = 1800
TIMEOUT = 30.0


class Figures:
    """A recorder that keeps what it was told."""

    def __init__(self) -> None:
        self.in_flight = 0
        self.answers: Counter[tuple[str, str]] = Counter()
        self.seconds: list[float] = []

    def answered(self, door: str, action: str, outcome: str, seconds: float | None = None) -> None:
        assert door == "websocket"
        self.answers[action, outcome] += 1
        if seconds is not None:
            self.seconds.append(seconds)


def claims(seconds: int = TOKEN_SECONDS, user: str = "ada", role: Role = Role.USER) -> Claims:
    return Claims(user, "login", EPOCH + seconds, "token", role)


class Talk:
    """A session and its client; `now` is the time. Starts are kept in `running` until their outcome is given."""

    def __init__(self, token_seconds: int = TOKEN_SECONDS, **settings: Any) -> None:
        self.now = 0.0
        self.figures = Figures()
        self.settings = Settings(engine=EngineSettings(timeout=TIMEOUT), **settings)
        self.traffic = Traffic(self.settings, self.figures, 64)
        self.session = Session(self.settings, Expiry(claims(token_seconds), EPOCH), self.traffic, ACTIONS)
        self.effects: list[Effect] = []
        self.running: dict[int, Start | Renew] = {}
        self.cancelled: dict[int, str] = {}
        self.resumed: list[int] = []

    def send(self, action: str, request_id: object = "r", **data: object) -> float | None:
        """A request that is in good order."""
        return self.say(request(action, request_id, **data))

    def control(self, action: str, **data: object) -> None:
        self.say(json.dumps({"action": action, "request_id": "control", "data": data}))

    def say(self, frame: str | bytes) -> float | None:
        pause = self.session.frame(frame, self.now)
        self.collect()
        return pause

    def number(self, request_id: object) -> int:
        """What the session calls the running request with this id."""
        return next(n for n, effect in self.running.items() if effect.request.request_id == request_id)

    def enter(self, request_id: object) -> None:
        """The request is given a slot."""
        self.session.entered(self.number(request_id))

    def leave(self, request_id: object) -> None:
        """The request gives its slot back."""
        self.session.left(self.number(request_id))

    def succeed(self, request_id: object, data: bytes = b"{}") -> None:
        number = self.number(request_id)
        del self.running[number]
        self.session.succeeded(number, data, self.now)
        self.collect()

    def fail(self, request_id: object, error: Exception) -> None:
        number = self.number(request_id)
        del self.running[number]
        self.session.failed(number, error, self.now)
        self.collect()

    def stop(self, request_id: object) -> None:
        """The cancelled request ends."""
        number = self.number(request_id)
        assert number in self.cancelled
        del self.running[number]
        self.session.stopped(number, self.now)
        self.collect()

    def part(self, request_id: object, sequence: int, part: bytes = b"1") -> bool:
        fits = self.session.part(self.number(request_id), sequence, "results", part, self.now)
        self.collect()
        return fits

    def pass_time(self, seconds: float) -> None:
        """Let time go by, and wake the session whenever it wants to be woken."""
        until, wakes = self.now + seconds, 0
        while self.session.over is None and self.session.moments.next <= until:
            wakes += 1
            assert wakes < 1000, "it would be woken again and again"
            self.now = max(self.now, self.session.moments.next)
            self.session.time(self.now)
            self.collect()
        self.now = until

    def collect(self) -> None:
        for effect in self.session.effects():
            self.effects.append(effect)
            match effect:
                case Start(number) | Renew(number):
                    self.running[number] = effect
                case Cancel(number, reason):
                    assert number not in self.cancelled
                    self.cancelled[number] = str(reason)
                case Resume(number):
                    self.resumed.append(number)
                case End(close):
                    assert close is self.session.over

    def read(self) -> list[dict[str, Any]]:
        """All that waits for the client."""
        answers = []
        while (answer := self.read_one()) is not None:
            answers.append(answer)
        return answers

    def read_one(self) -> dict[str, Any] | None:
        message = self.session.message(self.now)
        if message is None or self.session.over is not None:
            return None
        self.session.sent(self.now)
        self.collect()
        answer: dict[str, Any] = msgspec.json.decode(message)
        return answer

    def outcomes(self) -> list[tuple[object, str]]:
        """What waits for the client in short: each request's id, and `success` or the code of its error."""
        return [
            (answer["request_id"], answer["error"]["code"] if answer["status"] == "error" else answer["status"])
            for answer in self.read()
        ]

    def ids(self) -> list[object]:
        """The requests that run."""
        return [effect.request.request_id for effect in self.running.values()]
