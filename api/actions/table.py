"""THE table of actions: one row each. Both doors, their documents, the figures and the commands are made from it.

A new action is one row here and its function, which may stand in any module of this package. Fields that no action had
before are rows of `api.actions.fields`; a new combination of fields is a struct like those in `api.actions.requests`.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, Literal, TypeVar

import msgspec

from api.actions.building import BuildData, build_url
from api.actions.checking import MOST_CONTACTS, CheckData, CheckRequest, explain_contact
from api.actions.comparing import compare_urls
from api.actions.explaining import ExplainData, ExplainRequest, explain_count
from api.actions.facets import FacetData, FacetRequest, facet_contacts
from api.actions.loads import LoadsData, LoadsRequest, loads
from api.actions.requests import (
    ActionRequest,
    AnalyzeRequest,
    BuildRequest,
    CompareRequest,
    Data,
    SearchRequest,
    SelectionRequest,
    UuidsRequest,
)
from api.actions.roles import Role
from api.actions.searches import (
    DeleteSearchRequest,
    SavedSearchesRequest,
    SaveSearchRequest,
    SearchesData,
    delete_search,
    save_search,
    saved_searches,
)
from api.actions.service import Body, ContactService
from api.actions.shapes import CountData, SearchData, SearchEnd, SearchPart, UuidsData, UuidsEnd, UuidsPart
from api.actions.streams import AnswerStream
from mappings.analysis import Analysis
from mappings.comparison import Comparison
from mappings.counting import CountedAnalysis
from mappings.counts import FEW, FEWEST
from mappings.explanation import MOST_COUNTS
from mappings.facets import facet_rows

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
        path: of the REST door.
        method: of the REST door. All but a `POST` have no body: their fields are in the query.
        command: what the command line calls it, with a flag if it shares a command with another; the id of its
            operation in the OpenAPI document is made of it.
        least: the role that a user needs for it at least; what has contacts or uuids in it needs `Role.USER`.
        uses_engine: it may wait for the engine, so it needs one of the connection's slots.
        of_user: it is about what belongs to the user who asks, so its command has to be told who that is.
        statuses: of errors over HTTP, beside those that any action may answer with.
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
    method: Literal["POST", "GET", "DELETE"] = "POST"
    command: str
    least: Role
    uses_engine: bool = True
    of_user: bool = False
    statuses: tuple[int, ...] = ()

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

_COUNTED_WORDS = (
    "Each with the number of contacts that it found then and finds now; null where it can't be read any longer, all of "
    "them together ask for more than one request may, or there are too many companies to count in time."
)
_FACETS = ", ".join(f"`{name}`" for name in facet_rows())

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
    Action(
        name="compare_urls",
        summary="Compare URLs",
        description="Who is found by which of 2 to 6 URLs: for each set of them how many contacts these find and no "
        "other does.\nFor each parameter in which they differ, how many more or fewer the first would find with the "
        f"values of another.\n\n{_FEW_WORDS}",
        request=CompareRequest,
        function=compare_urls,
        shape=Comparison,
        error_code="count_error",
        path="/urls/compare",
        command="compare",
        least=Role.COUNTER,
    ),
    Action(
        name="build_url",
        summary="Make a URL",
        description="The canonical URL of a search by its parameters, and its fingerprint: searches with the same one "
        "find the same.\nNames and values may be written in any way that is understood in URLs. Nothing is searched.",
        request=BuildRequest,
        function=build_url,
        shape=BuildData,
        error_code="analysis_error",
        path="/urls/build",
        command="canonical",
        least=Role.COUNTER,
        uses_engine=False,
    ),
    Action(
        name="saved_searches",
        summary="Saved searches",
        description=f"The searches that the user has saved, the latest first.\n\n{_COUNTED_WORDS}",
        request=SavedSearchesRequest,
        function=saved_searches,
        shape=SearchesData,
        error_code="searches_error",
        path="/searches",
        method="GET",
        command="searches",
        least=Role.USER,
        of_user=True,
    ),
    Action(
        name="save_search",
        summary="Save a search",
        description="Save a URL, or several that are combined, with the lists and options beside it, under a name of "
        f"the user's own, in place of what was saved under that name; all saved searches.\n\n{_COUNTED_WORDS}",
        request=SaveSearchRequest,
        function=save_search,
        shape=SearchesData,
        error_code="searches_error",
        path="/searches",
        command="searches --save",
        least=Role.USER,
        of_user=True,
    ),
    Action(
        name="delete_search",
        summary="Delete a saved search",
        description="Forget what the user has saved under a name, if there is any; all searches that are left.\n\n"
        f"{_COUNTED_WORDS}",
        request=DeleteSearchRequest,
        function=delete_search,
        shape=SearchesData,
        error_code="searches_error",
        path="/searches",
        method="DELETE",
        command="searches --delete",
        least=Role.USER,
        of_user=True,
    ),
    Action(
        name="loads",
        summary="Loads",
        description="The loads that are kept, the oldest first, and what each came to. With `rollback` the load before "
        "the live one goes live first, with `go_to` any that is named, in one step.",
        request=LoadsRequest,
        function=loads,
        shape=LoadsData,
        error_code="loads_error",
        path="/loads",
        command="loads",
        least=Role.ADMIN,
        statuses=(409,),
    ),
    Action(
        name="explain_count",
        summary="Why so many contacts",
        description="For each parameter of the URL, each list and each of their values: how many contacts have it "
        "alone, and how many the search\nwould find without the parameter, or with that value only. For few hits or "
        "none `rescue`: what to drop. For values of closed\nvocabularies that nobody has `instead`: the nearest that "
        f"somebody has. At most {MOST_COUNTS} numbers are counted.\n\n{_FEW_WORDS}",
        request=ExplainRequest,
        function=explain_count,
        shape=ExplainData,
        error_code="count_error",
        path="/contacts/explain",
        command="why",
        least=Role.COUNTER,
    ),
    Action(
        name="facet_contacts",
        summary="Who these contacts are",
        description="The contacts that match the URL, counted by the values of fields, each value with the URL that "
        f"has it switched: all other\nparameters hold, the facet's own does not. Facets are {_FACETS}.\n"
        f"The role `{Role.COUNTER}` has the closed ones, which are those that are counted by default. With `special` "
        f"the values\nthat these contacts have more often than others.\n\n{_FEW_WORDS}",
        request=FacetRequest,
        function=facet_contacts,
        shape=FacetData,
        error_code="count_error",
        path="/contacts/facets",
        command="facets",
        least=Role.COUNTER,
    ),
    Action(
        name="explain_contact",
        summary="Why this contact, or why not",
        description="Of the contacts with a uuid, an e-mail address or a LinkedIn profile, at most "
        f"{MOST_CONTACTS}: whether the search finds them,\nand for each parameter whether it lets them in, what it "
        "wants, and what they have there.",
        request=CheckRequest,
        function=explain_contact,
        shape=CheckData,
        error_code="search_error",
        path="/contacts/check",
        command="check",
        least=Role.USER,
    ),
)

ACTIONS: Mapping[str, Action[Any]] = {row.name: row for row in _ROWS}
"""Name → row."""
