"""Whatever a client, the engine and the time do: no request is lost or answered twice, and no bound is passed."""

from collections import Counter
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from api.socket import limits
from api.socket.effects import Renew
from mappings.errors import EngineUnavailable
from tests.api.socket.sessions import Talk, claims

WIDTH, DEPTH = 3, 4
BYTES = 1000
SIZES = (2, BYTES // 3, BYTES * 2)
ANSWERS = tuple(b'"' + b"x" * size + b'"' for size in SIZES)

actions = st.sampled_from(("count_contacts", "search_contacts", "analyze"))
picks = st.integers(0, 100)


class Rules(RuleBasedStateMachine):
    """`asked` and `answered` count request ids, of which some are used twice at the same time."""

    def __init__(self) -> None:
        super().__init__()
        with patch.object(limits, "ANSWERS_BYTES", BYTES):
            self.talk = Talk(max_in_flight=WIDTH, max_queued=DEPTH, stall_seconds=60, token_seconds=400)
        self.parts_waiting: set[int] = set()
        self.asked: Counter[object] = Counter()
        self.answered: Counter[object] = Counter()

    @rule(action=actions, request_id=st.integers(0, 20), stream=st.booleans())
    def ask(self, action: str, request_id: int, stream: bool) -> None:
        if self.talk.session.over is None:
            self.asked[request_id] += 1
        self.talk.send(action, request_id, stream=stream)

    @rule(frame=st.sampled_from(("{", '{"request_id": "bad"}', '{"request_id": "bad", "action": "fly"}')))
    def say_nonsense(self, frame: str) -> None:
        if self.talk.session.over is None:
            self.asked["bad" if "bad" in frame else None] += 1
        self.talk.say(frame)

    @rule(request_id=st.integers(0, 20))
    def cancel(self, request_id: int) -> None:
        if self.talk.session.over is None:
            self.asked["control"] += 1
        self.talk.control("cancel", request_id=request_id)

    @rule()
    def authenticate(self) -> None:
        if self.talk.session.over is None:
            self.asked["control"] += 1
        self.talk.control("authenticate", token="t")

    @precondition(lambda self: self.talk.running)
    @rule(pick=picks, answer=st.sampled_from(ANSWERS), fails=st.booleans())
    def end_one(self, pick: int, answer: bytes, fails: bool) -> None:
        """Something that runs ends: as it likes, or as it was told to."""
        talk = self.talk
        number = list(talk.running)[pick % len(talk.running)]
        effect = talk.running.pop(number)
        if number in talk.cancelled and fails:
            talk.session.stopped(number, talk.now)
        elif fails:
            talk.session.failed(number, EngineUnavailable("away"), talk.now)
        elif isinstance(effect, Renew):
            talk.session.renewed(number, claims(int(talk.now) + 100 + pick), talk.now)
        else:
            talk.session.succeeded(number, answer, talk.now)
        talk.collect()

    @precondition(lambda self: self.talk.running)
    @rule(pick=picks, enters=st.booleans())
    def move(self, pick: int, enters: bool) -> None:
        """Something that runs is given a slot, or gives it back."""
        talk = self.talk
        number = list(talk.running)[pick % len(talk.running)]
        (talk.session.entered if enters else talk.session.left)(number)

    @precondition(lambda self: self.talk.running)
    @rule(pick=picks, part=st.sampled_from(ANSWERS))
    def send_part(self, pick: int, part: bytes) -> None:
        talk = self.talk
        number, effect = list(talk.running.items())[pick % len(talk.running)]
        waits = number in self.waiting
        if effect.request.data.get("stream") and not waits:
            if not talk.session.part(number, 1, "results", part, talk.now):
                self.talk.resumed = [each for each in talk.resumed if each != number]
                self.parts_waiting.add(number)
            talk.collect()

    @property
    def waiting(self) -> set[int]:
        """Streams whose part waits for room: they make no other."""
        self.parts_waiting -= set(self.talk.resumed)
        return self.parts_waiting & self.talk.running.keys()

    @rule(messages=st.integers(1, 5))
    def read(self, messages: int) -> None:
        for _ in range(messages):
            answer = self.talk.read_one()
            if answer is not None and answer["status"] in ("success", "error"):
                self.answered[answer["request_id"]] += 1

    @rule(seconds=st.sampled_from((0.5, 10.0, 31.0)))
    def wait(self, seconds: float) -> None:
        self.talk.pass_time(seconds)

    @rule(seconds=st.sampled_from((0.0, 5.0)))
    @precondition(lambda self: self.talk.now > 60)
    def stop(self, seconds: float) -> None:
        self.talk.session.finish(seconds, self.talk.now)
        self.talk.collect()

    @invariant()
    def no_more_run_than_may(self) -> None:
        running = [effect.request.action for effect in self.talk.running.values()]
        assert sum(action in ("count_contacts", "search_contacts") for action in running) <= WIDTH
        assert running.count("analyze") <= limits.ANALYSES_AT_ONCE
        assert running.count("authenticate") <= 1

    @invariant()
    def nothing_is_answered_that_was_not_asked(self) -> None:
        assert self.answered <= self.asked

    def teardown(self) -> None:
        """In the end all that runs ends and all is read."""
        talk = self.talk
        while talk.session.over is None and (talk.running or talk.session.has_message):
            for number in list(talk.running):
                del talk.running[number]
                talk.session.succeeded(number, b"{}", talk.now)
            talk.collect()
            self.read(1000)
        if talk.session.over is None:
            assert self.answered == self.asked
            assert not talk.session.has_message
        assert talk.figures.in_flight == 0
        assert sum(number for (action, _), number in talk.figures.answers.items()) <= sum(self.asked.values())


TestRules = Rules.TestCase
TestRules.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
