"""THE table of request fields: one row each, with all that is known of a field, whichever door it comes through.

Messages and bodies hold JSON. A query string and the command line hold texts, which are turned into the same JSON
first. What an action takes are the attributes of its struct in `api.actions.requests`, and each is a row here, found
by its name: the OpenAPI and AsyncAPI documents, the REST door and the commands are made from these rows.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum

import msgspec

from api.actions.views import DEFAULT, VIEWS
from mappings.errors import InvalidField, shorten
from mappings.url import LONGEST_URL

Schema = dict[str, object]
"""A JSON Schema."""

EXAMPLE_URL = "https://app.apollo.io/#/people?personTitles[]=CEO&personLocations[]=california"

URL_FORMAT = "apollo-url"
"""What `mappings.url` takes for a URL of apollo.io, also in a mail or a redirector's link: no pattern can say it."""

# U+001C to U+001F and U+0085 are white space to Python, and not to the patterns of JSON Schema. U+00AD, a soft hyphen,
# is nothing in a domain.
_LABEL = r"[^\s\u001c-\u001f\u0085\u00ad,;:@/?#\[\]\\.]+"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})+"

_DIGITS = re.compile(r"-?[0-9]{1,100}", re.ASCII)

OUT_OF_RANGE = "a number is out of range; send one of at most 4,300 digits, below 1.8e308"
"""Of a JSON number that there is no value for, such as `1e400`, wherever it stands."""

_CURSOR_IN_LINK = re.compile(r"[?&]cursor=([A-Za-z0-9_-]*)(?=&|$)")


class Place(Enum):
    """Where a field comes in. A message's `data` may hold any; the command line takes all but those of messages."""

    BODY = "in the body of a REST request"
    QUERY = "in the query of a REST request"
    EITHER = "in the query or the body of a REST request"
    MESSAGE = "in messages only"


def _same(name: str, one: object, other: object) -> object:
    if one != other:
        raise InvalidField(f"{name} is {shown(one)} in the query and {shown(other)} in the body; send it once")
    return one


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """The values of a field. Patterns in its schemas are documented only: the service refuses in words that say more.

    Attributes:
        read: makes what a request holds of a name and a JSON value other than null. Raises `InvalidField`.
        check: raises `InvalidField` for a value that `read` passes over, which with `strict` it must not be.
        from_texts: makes the JSON value, or `None` for none, of a name and the texts given for it, one or more. What
            is nothing of the kind stays a text, for `read` to refuse. Raises `InvalidField`.
        join: makes one JSON value of a name, the one in a query and the one in a body. Raises `InvalidField`.
        schema: of the JSON value.
        also: another form of the JSON value that is taken.
        text_schema: of what a query holds, where that is not `schema`.
        text_note: what the description says of a query beyond that.
    """

    read: Callable[[str, object], object]
    from_texts: Callable[[str, Sequence[str]], object]
    join: Callable[[str, object, object], object] = _same
    schema: Schema
    also: Schema | None = None
    text_schema: Schema | None = None
    text_note: str = ""
    check: Callable[[str, object], None] | None = None


class Field(msgspec.Struct, frozen=True):
    """One row.

    Attributes:
        example: a value for the documents, and for the tests of every action with the field. A field that an action
            requires needs one.
    """

    name: str
    kind: Kind
    place: Place
    description: str
    example: object = None

    def json_schema(self, *, required: bool) -> Schema:
        """Of the JSON value; null counts as absent, if it may be."""
        schema = self._described(self.kind.schema)
        if required or not self.kind.schema:
            return schema | ({} if required else {"default": None})
        forms = [form for form in (self.kind.also, schema, {"type": "null"}) if form]
        return {"anyOf": forms, "default": None}

    def query_schema(self) -> Schema:
        """Of what a query holds: there is no null, a field is there or not."""
        return self._described(self.kind.text_schema or self.kind.schema, self.kind.text_note)

    def _described(self, schema: Schema, note: str = "") -> Schema:
        examples: Schema = {} if self.example is None else {"examples": [self.example]}
        return {"description": self.description + note, **examples, **schema}


def shown(value: object) -> str:
    """A value as a message shows it: short, and never the inside of a list or object."""
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, str):
        return repr(shorten(value))
    return shorten(msgspec.json.encode(value).decode())


def _one(name: str, texts: Sequence[str]) -> str:
    if len(set(texts)) > 1:
        raise InvalidField(f"{name} must have one value, not {len(texts)}")
    return texts[0]


def _read_text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise InvalidField(f"{name} must be a string, not {shown(value)}")
    return value


def _text_from_texts(name: str, texts: Sequence[str]) -> str | None:
    return _one(name, texts) or None


def _text(**more: object) -> Kind:
    return Kind(read=_read_text, from_texts=_text_from_texts, schema={"type": "string", **more})


def _read_cursor(name: str, value: object) -> str | None:
    """The cursor, be it in a link; an empty text counts as absent, through both doors."""
    text = _read_text(name, value)
    if "?" not in text:
        return text or None
    cursors = set(_CURSOR_IN_LINK.findall(text.partition("#")[0]))
    if len(cursors) != 1 or cursors == {""}:
        raise InvalidField(f"{name} is a link without one cursor in it; send a `next` or `previous` as it came")
    return str(cursors.pop())


def _integer(least: int) -> Kind:
    def read(name: str, value: object) -> int:
        if type(value) is not int or value < least:
            raise InvalidField(f"{name} must be an integer of {least} or more, not {shown(value)}")
        return value

    def from_texts(name: str, texts: Sequence[str]) -> int | str:
        text = _one(name, texts)
        return int(text) if _DIGITS.fullmatch(text) else text

    return Kind(read=read, from_texts=from_texts, schema={"type": "integer", "minimum": least})


def _read_flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidField(f"{name} must be true or false, not {shown(value)}")
    return value


def _either(name: str, one: object, other: object) -> bool:
    return any([_read_flag(name, one), _read_flag(name, other)])


def _flag_from_texts(name: str, texts: Sequence[str]) -> bool | str:
    text = _one(name, texts)
    return text == "true" if text in ("true", "false") else text


def _strings_reader(expected: str, *, single: bool) -> Callable[[str, object], tuple[str, ...]]:
    def read(name: str, value: object) -> tuple[str, ...]:
        if single and isinstance(value, str):
            return (value,)
        if not isinstance(value, list | tuple):
            raise InvalidField(f"{name} must be {expected}, not {shown(value)}")
        for entry in value:
            if not isinstance(entry, str):
                raise InvalidField(f"{name} must be {expected}, but holds {shown(entry)}")
        return tuple(value)

    return read


def _joining(read: Callable[[str, object], tuple[str, ...]]) -> Callable[[str, object, object], list[str]]:
    def join(name: str, one: object, other: object) -> list[str]:
        return [*read(name, one), *read(name, other)]

    return join


def _all(_name: str, texts: Sequence[str]) -> list[str]:
    return list(texts)


def _parts(_name: str, texts: Sequence[str]) -> list[str]:
    return [part for text in texts for part in text.split(",")]


def _strings(pattern: str | None = None) -> Schema:
    return {"type": "array", "items": {"type": "string"} | ({"pattern": pattern} if pattern else {})}


def _read_view(_name: str, value: object) -> str:
    return value if isinstance(value, str) and value in VIEWS else DEFAULT


def _check_view(name: str, value: object) -> None:
    if not isinstance(value, str) or value not in VIEWS:
        raise InvalidField(f"strict: {name} must be {' or '.join(VIEWS)}, not {shown(value)}")


TEXT = _text()
CURSOR = Kind(
    read=_read_cursor,
    from_texts=_text_from_texts,
    schema={"type": "string", "pattern": r"^(?:[A-Za-z0-9_-]*|[^#]*[?&]cursor=[A-Za-z0-9_-]+(?:[&#].*)?)$"},
)
FLAG = Kind(read=_read_flag, from_texts=_flag_from_texts, join=_either, schema={"type": "boolean"})
_read_strings = _strings_reader("a list of strings", single=False)
_read_string_or_strings = _strings_reader("a string or a list of strings", single=True)
NAMES = Kind(
    read=_read_strings,
    from_texts=_all,
    join=_joining(_read_strings),
    schema=_strings(),
)
NAME_OR_NAMES = Kind(
    read=_read_string_or_strings,
    from_texts=_all,
    join=_joining(_read_string_or_strings),
    schema=_strings(),
    also={"type": "string"},
)
DOMAINS = Kind(
    read=_read_strings,
    from_texts=_parts,
    join=NAMES.join,
    schema=_strings(f"^(?:{_DOMAIN})?$"),
    text_schema=_strings(f"^(?:(?:{_DOMAIN})?,)*(?:{_DOMAIN})?$"),
    text_note=": repeated or separated by commas",
)
VIEW = Kind(
    read=_read_view,
    check=_check_view,
    from_texts=_one,
    schema={},
    text_schema={"type": "string", "enum": list(VIEWS), "default": DEFAULT},
)
"""Anything: as the protocol has it, what is no view that there is, is the full one; unless the request is strict."""

_ROWS = (
    Field("url", _text(format=URL_FORMAT, maxLength=LONGEST_URL), Place.BODY, "Apollo.io URL of a people search",
          EXAMPLE_URL),
    Field("include_company_name", NAME_OR_NAMES, Place.EITHER, "Parts of company names, any of them", ["Acme, Inc"]),
    Field("exclude_company_name", NAMES, Place.EITHER, "Parts of company names, any of them", ["Acme, Inc"]),
    Field("include_domain_list", DOMAINS, Place.EITHER, "Company domains, any of them", ["example.com"]),
    Field("exclude_domain_list", DOMAINS, Place.EITHER, "Company domains, any of them", ["example.com"]),
    Field("limit", _integer(1), Place.QUERY, "Most to answer; without it all", 25),
    Field("offset", _integer(0), Place.QUERY, "Contacts to skip", 0),
    Field("cursor", CURSOR, Place.QUERY,
          "A `next` or `previous` of an earlier answer to the same filter and order, as it came; of a link only its "
          "cursor counts"),
    Field("view", VIEW, Place.QUERY,
          "`simple` for contacts in short, `complete` for all that is stored of them; any other is `full`", "simple"),
    Field("ledger", FLAG, Place.QUERY, "Also say what became of each parameter and value of the URL, and why", True),
    Field("strict", FLAG, Place.EITHER, "Refuse unknown fields and parameters that can't be mapped", True),
    Field("stream", FLAG, Place.MESSAGE, "Answer in numbered partial messages: for results of any size", True),
)  # fmt: skip

FIELDS: Mapping[str, Field] = {row.name: row for row in _ROWS}
"""Name → row, in the order of the documents."""
