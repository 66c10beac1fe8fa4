"""What an action asks for: structs whose attributes are rows of the table of request fields, read from JSON.

Null counts as absent, unknown keys are ignored. A message of an error names the field, its value and what was
expected, which is why requests are read field by field.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, ClassVar, Self

import msgspec

from api.actions.fields import FIELDS, Field
from api.actions.kinds import Schema, shown
from api.actions.options import Asked, Combine, Sample, Split
from api.actions.views import DEFAULT, MATCHED, VIEWS, View, picked, tagged
from mappings.company_lists import CompanyLists
from mappings.errors import InvalidField, InvalidInput, MissingField, shorten

Data = Mapping[str, object]
"""A message's `data`, or what another door makes of its own notation: names and JSON values."""


class ActionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What any action can be asked. An attribute without a default is required.

    Attributes:
        one_of: names of fields exactly one of which is required; clients that know only one of them know the first.
        strict: refuse what would otherwise be left out: unknown fields, and parameters that can't be mapped.
        body: what the OpenAPI document calls its body; nothing: that is made of the name of the struct.
    """

    body: ClassVar[str] = ""
    one_of: ClassVar[tuple[str, ...]] = ()

    strict: bool = False

    @classmethod
    def read(cls, data: Data) -> Self:
        """The request in `data`; of several mistakes the first there is named.

        Raises:
            MissingField: a required field is absent, null or empty; looked at before all else.
            InvalidField: a value is not what its row in the table allows, or does not go with another; none or
                several are there of which one is required; or, with `strict`, a field is unknown.
        """
        readers, required = _readers(cls)
        for name in required:
            if _absent(data, name):
                raise MissingField(name)
        # An empty URL is none, as ever; any other empty text is a value that nobody has.
        given = [name for name in cls.one_of if data.get(name) is not None and (name, data[name]) != ("url", "")]
        if cls.one_of and not given:
            raise cls._none_given()
        values: dict[str, Any] = {}
        for name, value in data.items():
            if value is not None and (read := readers.get(name)) is not None:
                values[name] = read(name, value)
        request = cls(**values)
        if len(given) > 1:
            raise InvalidField(f"exactly one of {', '.join(cls.one_of)} is needed, not {len(given)}")
        if request.strict:
            _refuse_ignored(data, cls)
        return request

    @classmethod
    def _none_given(cls) -> InvalidInput:
        """What is raised where none is there of which one is required. The protocol has words for a missing URL."""
        if "url" in cls.one_of:
            return MissingField("url")
        return InvalidField(f"exactly one of {', '.join(cls.one_of)} is needed, not none")


class AnalyzeRequest(ActionRequest, frozen=True, kw_only=True):
    """Something about `url`.

    Attributes:
        ledger: the answer is to say what became of each parameter and value of the URL.
    """

    url: str
    ledger: bool = False


class CountRequest(AnalyzeRequest, frozen=True, kw_only=True):
    """Something about the contacts that match `url` and the lists of companies."""

    include_company_name: tuple[str, ...] = ()
    exclude_company_name: tuple[str, ...] = ()
    include_domain_list: tuple[str, ...] = ()
    exclude_domain_list: tuple[str, ...] = ()

    @property
    def lists(self) -> CompanyLists:
        """The four lists."""
        return CompanyLists(
            self.include_company_name, self.exclude_company_name, self.include_domain_list, self.exclude_domain_list
        )

    @property
    def asked(self) -> Asked:
        """Which contacts it is about."""
        return Asked(self.url, self.lists)


class SelectionRequest(CountRequest, frozen=True, kw_only=True):
    """The same, or a selection of these contacts.

    Attributes:
        url: nothing where there is a `combine`.
        combine: several URLs in place of one.
        split: one part only of all contacts.
        sample: some of the contacts, at random.
        per_company: most contacts of one company.
    """

    # Clients that were generated of the document know it by this name.
    body: ClassVar[str] = "CountBody"
    one_of: ClassVar[tuple[str, ...]] = ("url", "combine")

    url: str = ""
    combine: Combine | None = None
    split: Split | None = None
    sample: Sample | None = None
    per_company: int | None = None

    def __post_init__(self) -> None:
        """Raises `InvalidField` for what does not go together."""
        exclude(url=self.url, combine=self.combine)
        exclude(sample=self.sample, per_company=self.per_company)

    @property
    def asked(self) -> Asked:
        """Which contacts it is about."""
        return Asked(self.url, self.lists, self.combine, self.split, self.sample, self.per_company)


class CompareRequest(ActionRequest, frozen=True, kw_only=True):
    """Several searches beside each other."""

    urls: tuple[str, ...]


class BuildRequest(ActionRequest, frozen=True, kw_only=True):
    """A URL that has `parameters`: names, in any spelling, and the values of each."""

    parameters: Mapping[str, tuple[str, ...]]


class UuidsRequest(SelectionRequest, frozen=True, kw_only=True):
    """The first `limit` contacts; all, in any order, when it is `None`.

    Attributes:
        stream: the answer is wanted in parts.
    """

    limit: int | None = None
    stream: bool = False


class SearchRequest(UuidsRequest, frozen=True, kw_only=True):
    """Contacts in order, at most `limit`.

    Attributes:
        offset: contacts to skip; `None`: not given, so the page in the URL decides where a limited result starts.
        cursor: continue beside this place instead.
        view: how much of each contact, by its name in `api.actions.views`.
        tag: each contact is to say which of the URLs find it.
        columns: the fields of each contact instead, in their order.
        spreadsheet_safe: a spreadsheet is to read CSV as UTF-8, and no cell of it as a formula.
        comment: CSV is to begin with the search in words, and files are to be named after it.
    """

    # Beside what it shares with others it has a field of its own.
    body: ClassVar[str] = "SearchBody"

    offset: int | None = None
    cursor: str | None = None
    view: str = DEFAULT
    tag: bool = False
    columns: tuple[str, ...] = ()
    spreadsheet_safe: bool = False
    comment: bool = False

    def __post_init__(self) -> None:
        """Raises `InvalidField` for what does not go together."""
        super().__post_init__()
        if self.cursor is not None and self.offset:
            raise InvalidField(
                f"cursor and offset exclude each other: send offset {shown(self.offset)} or the cursor, not both"
            )
        exclude(per_company=self.per_company, offset=self.offset)

    @property
    def shown(self) -> View:
        """The view."""
        if self.columns:
            further = (MATCHED,) if self.tag and MATCHED not in self.columns else ()
            return picked((*self.columns, *further))
        view = VIEWS[self.view]
        return tagged(view) if self.tag else view

    @property
    def tagging(self) -> bool:
        """Whether an answer says which of the URLs find a contact, as it is asked to in either way."""
        return self.tag or MATCHED in self.columns


def exclude(**fields: object) -> None:
    """Raise `InvalidField` if more than one of them has a value."""
    given = [name for name, value in fields.items() if value]
    if len(given) > 1:
        raise InvalidField(f"{' and '.join(given)} exclude each other; send one of them")


def is_streamed(data: Data) -> bool:
    """Whether the answer is wanted in parts, of an action that can be. Raises `InvalidField`."""
    value = data.get("stream")
    return value is not None and bool(FIELDS["stream"].kind.read("stream", value))


@cache
def fields_of(request: type[ActionRequest]) -> tuple[Field, ...]:
    """The rows of a request's attributes, in the order of the table.

    Raises:
        LookupError: an attribute is in no row.
    """
    names = frozenset(request.__struct_fields__)
    if unknown := names - FIELDS.keys():
        raise LookupError(f"{request.__name__}: not in the table of request fields: {', '.join(sorted(unknown))}")
    return tuple(field for name, field in FIELDS.items() if name in names)


def request_schema(request: type[ActionRequest], description: str) -> Schema:
    """The JSON Schema of a message's `data` with this request."""
    return {
        "title": request.__name__,
        "description": description,
        "type": "object",
        **properties_schema(request, fields_of(request)),
    }


def properties_schema(request: type[ActionRequest], fields: Iterable[Field]) -> Schema:
    """What the schema of an object with some of a request's fields says of these, and which of them there must be."""
    fields = tuple(fields)
    required = [field.name for field in fields if field.name in required_by(request)]
    properties = {field.name: field.json_schema(required=field.name in required) for field in fields}
    return {"properties": properties, "required": required, **_one_of_schema(request)}


def _one_of_schema(request: type[ActionRequest]) -> Schema:
    """What a JSON Schema says of the fields exactly one of which is required, if there are such. Null is absent.

    Of alternatives as `oneOf` has them generators of clients make a type each.
    """
    schema: Schema = {}
    for name in request.one_of:
        there: Schema = {"required": [name], "properties": {name: {"type": FIELDS[name].kind.schema["type"]}}}
        others: Schema = {"properties": {other: {"type": "null"} for other in request.one_of if other != name}}
        schema = {"if": there, "then": others, "else": schema} if schema else there
    return schema if len(request.one_of) > 1 else {}


def required_by(request: type[ActionRequest]) -> tuple[str, ...]:
    """The names of the fields that must be there, whichever others are."""
    return _readers(request)[1]


def needs_some(request: type[ActionRequest]) -> bool:
    """Whether there is no such request without any field."""
    return bool(required_by(request) or request.one_of)


def least_of(request: type[ActionRequest]) -> dict[str, object]:
    """The least that can be asked, of the examples in the table: what is required, and the first of what else is."""
    return {name: FIELDS[name].example for name in (*required_by(request), *request.one_of[:1])}


@cache
def _readers(request: type[ActionRequest]) -> tuple[dict[str, Callable[[str, object], object]], tuple[str, ...]]:
    """What the hot path needs of a request's fields: a reader by name, and the names that are required."""
    readers = {field.name: field.kind.read for field in fields_of(request)}
    needed = {field.name for field in msgspec.structs.fields(request) if field.required}
    return readers, tuple(name for name in readers if name in needed)


def _absent(data: Data, name: str) -> bool:
    return (value := data.get(name)) is None or value == ""


def _refuse_ignored(data: Data, request: type[ActionRequest]) -> None:
    for name, value in data.items():
        if name not in request.__struct_fields__:
            raise InvalidField(f"strict: {shorten(str(name))} is not a field of this action")
        if value is not None and (check := FIELDS[name].kind.check) is not None:
            check(name, value)
