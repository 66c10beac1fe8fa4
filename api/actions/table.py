"""THE table of actions: one row each. Both doors, their documents, the figures and the commands are made from it.

A new action is one row here and its function, which may stand in any module of this package. Fields that no action had
before are rows of `api.actions.fields`; a new combination of fields is a struct like those in `api.actions.requests`.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from api.actions.requests import (
    ActionRequest,
    AnalyzeRequest,
    Data,
    SearchRequest,
    SelectionRequest,
    UuidsRequest,
)
from api.actions.roles import Role
from api.actions.service import Body, ContactService
from api.actions.shapes import CountData, SearchData, SearchEnd, SearchPart, UuidsData, UuidsEnd, UuidsPart
from api.actions.streams import AnswerStream
from mappings.analysis import Analysis
from mappings.counting import CountedAnalysis
from mappings.counts import FEW, FEWEST

Shape = type[msgspec.Struct]
OpenStream = Callable[[ContactService, Data], Awaitable[AnswerStream]]
Asked = TypeVar("Asked", bound=ActionRequest)


class Streamed(msgspec.Struct, Generic[Asked], frozen=True):
    """How an action answers in parts, if its request has `stream`.

    Attributes:
        open: makes the stream; what is wrong with the request is raised here.
        part: the shape of the `data` of a partial message.
        end: the shape of the `data` of the message that ends them.
    """

    open: Callable[[ContactService, Asked], Awaitable[AnswerStream]]
    part: Shape
    end: Shape


class Action(msgspec.Struct, Generic[Asked], frozen=True, kw_only=True):
    """One row.

    Attributes:
        name: what messages, logs and figures call it.
        summary: it in a few words.
        description: whole sentences, for the documents.
        request: the struct whose attributes are the fields that it takes.
        function: makes the answer's `data`, as JSON.
        shape: what that JSON is.
        streamed: the answer in parts.
        error_code: the code of its error when the engine or something unforeseen fails.
        path: of the REST door, where it is a `POST`.
        command: what the command line calls it, with a flag if it shares a command with another; the id of its
            operation in the OpenAPI document is made of it.
        least: the role that a user needs for it at least; what has contacts or uuids in it needs `Role.USER`.
        uses_engine: it may wait for the engine, so it needs one of the connection's slots.
    """

    name: str
    summary: str
    description: str
    request: type[Asked]
    function: Callable[[ContactService, Asked], Awaitable[Body]]
    shape: Shape
    streamed: Streamed[Asked] | None = None
    error_code: str
    path: str
    command: str
    least: Role
    uses_engine: bool = True

    @property
    def operation(self) -> str:
        """The id of the operation in the OpenAPI document."""
        return re.sub(r"\W+", "_", self.command)

    def answer(self, service: ContactService, data: Data) -> Awaitable[Body]:
        """The answer's `data`, as JSON, to `data`. Raises `InvalidInput`, also before it is awaited."""
        return self.function(service, self.request.read(data))

    @property
    def stream(self) -> OpenStream | None:
        """Opens the answer in parts; `None` if it has none."""
        return None if self.streamed is None else self._open

    def _open(self, service: ContactService, data: Data) -> Awaitable[AnswerStream]:
        assert self.streamed is not None
        return self.streamed.open(service, self.request.read(data))


_FEW_WORDS = f'With the role `{Role.COUNTER}` a number under {FEWEST} is `"{FEW}"`.'

_ROWS: tuple[Action[Any], ...] = (
    Action(
        name="analyze",
        summary="Explain a URL",
        description="Take a URL apart: its parameters by category, with readable values. Nothing is searched.",
        request=AnalyzeRequest,
        function=ContactService.analyze,
        shape=Analysis,
        error_code="analysis_error",
        path="/analyze",
        command="analyze",
        least=Role.COUNTER,
        uses_engine=False,
    ),
    Action(
        name="count_by_filter",
        summary="Count a URL's parameters one by one",
        description="The analysis, with the number of contacts for every category, parameter and value, each on its "
        "own.\n\nPagination, sorting and what can't be mapped count 0; an exclusion counts the contacts that have the "
        f"value;\na category counts as its largest parameter.\n\n{_FEW_WORDS}",
        request=AnalyzeRequest,
        function=ContactService.count_by_filter,
        shape=CountedAnalysis,
        error_code="count_error",
        path="/analyze/count",
        command="count --by-filter",
        least=Role.COUNTER,
    ),
    Action(
        name="count_contacts",
        summary="Count contacts",
        description=f"How many contacts match the URL, exactly.\n\n{_FEW_WORDS}",
        request=SelectionRequest,
        function=ContactService.count,
        shape=CountData,
        error_code="count_error",
        path="/contacts/count",
        command="count",
        least=Role.COUNTER,
    ),
    Action(
        name="get_uuids",
        summary="Uuids of contacts",
        description="The uuids of the first `limit` contacts in order; without a limit all of them, in any order.",
        request=UuidsRequest,
        function=ContactService.uuids,
        shape=UuidsData,
        streamed=Streamed(ContactService.stream_uuids, UuidsPart, UuidsEnd),
        error_code="uuids_error",
        path="/contacts/count/uuids",
        command="uuids",
        least=Role.USER,
    ),
    Action(
        name="search_contacts",
        summary="Search contacts",
        description="Contacts in order; without a limit all of them, however many.",
        request=SearchRequest,
        function=ContactService.search,
        shape=SearchData,
        streamed=Streamed(ContactService.stream_search, SearchPart, SearchEnd),
        error_code="search_error",
        path="/contacts",
        command="search",
        least=Role.USER,
    ),
)

ACTIONS: Mapping[str, Action[Any]] = {row.name: row for row in _ROWS}
"""Name → row."""
