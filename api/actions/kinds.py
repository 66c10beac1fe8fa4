"""Kinds of request fields: how the values of a field are read, of JSON and of texts, and what schemas say of them.

Rows of `api.actions.fields` name them; many fields may be of one kind. The value of a field is a text, a number, a flag
or a list of texts, or, of kinds that are `nested`, an object of such.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from api.actions.views import COLUMNS, DEFAULT, VIEWS
from mappings.errors import InvalidField, shorten

Schema = dict[str, object]
"""A JSON Schema."""

MOST_MEMBERS = 256
"""Of an object that a request holds: more than Apollo has parameters."""

# U+001C to U+001F and U+0085 are white space to Python, and not to the patterns of JSON Schema. U+00AD, a soft hyphen,
# is nothing in a domain.
_LABEL = r"[^\s\u001c-\u001f\u0085\u00ad,;:@/?#\[\]\\.]+"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})+"

_DIGITS = re.compile(r"-?[0-9]{1,100}", re.ASCII)

_CURSOR_IN_LINK = re.compile(r"[?&]cursor=([A-Za-z0-9_-]*)(?=&|$)")


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
        nested: the value is an object. It has `MOST_MEMBERS` at most, each a text, a number, a flag or a list of these;
            of what is none of that no more is read than it takes to refuse it.
        members: those that the object has, where they are known.
        required: the names of those that it must have.
    """

    read: Callable[[str, object], object]
    from_texts: Callable[[str, Sequence[str]], object]
    join: Callable[[str, object, object], object] = _same
    schema: Schema
    also: Schema | None = None
    text_schema: Schema | None = None
    text_note: str = ""
    check: Callable[[str, object], None] | None = None
    nested: bool = False
    members: Mapping[str, "Kind"] = {}
    required: tuple[str, ...] = ()


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


def text(**more: object) -> Kind:
    """Texts; `more` is what the schema says of them."""
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


def integer(least: int | None = None, most: int | None = None) -> Kind:
    """Integers within bounds, both of which may be; an absent one is open."""
    bounds = {"minimum": least, "maximum": most}
    expected = f"an integer{_span(least, most)}"

    def read(name: str, value: object) -> int:
        # A truth is an int to Python.
        if type(value) is not int or (least is not None and value < least) or (most is not None and value > most):
            raise InvalidField(f"{name} must be {expected}, not {shown(value)}")
        return value

    def from_texts(name: str, texts: Sequence[str]) -> int | str:
        text = _one(name, texts)
        return int(text) if _DIGITS.fullmatch(text) else text

    known: Schema = {name: bound for name, bound in bounds.items() if bound is not None}
    return Kind(read=read, from_texts=from_texts, schema={"type": "integer", **known})


def _span(least: int | None, most: int | None) -> str:
    match least, most:
        case None, None:
            return ""
        case _, None:
            return f" of {least} or more"
        case None, _:
            return f" of {most} or less"
    return f" from {least} to {most}"


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


def several(least: int, most: int, **more: object) -> Kind:
    """Lists of so many texts; `more` is what the schema says of each."""
    expected = f"a list of {f'{least} to' if least else 'at most'} {most} strings"
    strings = _strings_reader(expected, single=False)

    def read(name: str, value: object) -> tuple[str, ...]:
        texts = strings(name, value)
        if not least <= len(texts) <= most:
            raise InvalidField(f"{name} must be {expected}, not {len(texts)}")
        return texts

    schema = {"type": "array", "items": {"type": "string", **more}, "minItems": least, "maxItems": most}
    return Kind(read=read, from_texts=_all, schema=schema)


def several_of(what: str, known: Iterable[str]) -> Kind:
    """Lists of names out of those that are `known`; `what` is what one of them is called."""
    names = tuple(known)

    def read(name: str, value: object) -> tuple[str, ...]:
        texts = _read_strings(name, value)
        for text in texts:
            if text not in names:
                raise InvalidField(f"{name}: {shown(text)} is no {what}; there are {', '.join(names)}")
        return texts

    schema: Schema = {"type": "array", "items": {"type": "string", "enum": list(names)}}
    return Kind(read=read, from_texts=_all, schema=schema)


_Object = TypeVar("_Object", bound=msgspec.Struct)


def an_object(make: type[_Object], members: Mapping[str, Kind], **more: object) -> Kind:
    """Objects with some `members`, of which requests hold a `make`: its attributes, as it encodes them, are these.

    A member that is null counts as absent; those whose attributes have no default are required. `make` may raise
    `InvalidField` for values that don't go together, of which the schema says `more`.
    """
    attributes = {field.encode_name: field for field in msgspec.structs.fields(make)}
    required = tuple(name for name, field in attributes.items() if field.required)
    names = " and ".join([", ".join([*members][:-1]), [*members][-1]])

    def read(name: str, value: object) -> _Object:
        if not isinstance(value, dict):
            raise InvalidField(f"{name} must be an object of {names}, not {shown(value)}")
        for member in value:
            if member not in members:
                raise InvalidField(f"{name} has no {shorten(str(member))!r}; it is an object of {names}")
        for member in required:
            if value.get(member) is None:
                raise InvalidField(f"{name}.{member} is missing; {name} is an object of {names}")
        given = {member: one for member, one in value.items() if one is not None}
        return make(
            **{attributes[member].name: members[member].read(f"{name}.{member}", one) for member, one in given.items()}
        )

    schema: Schema = {
        "type": "object",
        "properties": {
            member: kind.schema if member in required else {"anyOf": [kind.schema, {"type": "null"}]}
            for member, kind in members.items()
        },
        "required": list(required),
        "additionalProperties": False,
        **more,
    }
    return Kind(read=read, from_texts=_json_from_texts, schema=schema, nested=True, members=members, required=required)


def _json_from_texts(name: str, texts: Sequence[str]) -> object:
    """What a text says as JSON; the text itself if it is none."""
    text = _one(name, texts)
    try:
        value: object = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return text
    return value


def _read_named(name: str, value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise InvalidField(f"{name} must be an object of lists of strings, not {shown(value)}")
    if len(value) > MOST_MEMBERS:
        raise InvalidField(f"{name} must have at most {MOST_MEMBERS} names, not {len(value)}")
    return {member: _read_strings(shorten(f"{name}.{member}"), texts) for member, texts in value.items()}


def _named_from_texts(name: str, texts: Sequence[str]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for text in texts:
        member, sign, value = text.partition("=")
        if not sign:
            raise InvalidField(f"{name} must be NAME=VALUE, not {shown(text)}")
        named.setdefault(member, []).append(value)
    return named


def _read_columns(name: str, value: object) -> tuple[str, ...]:
    """Each once, and none that is blank."""
    texts = dict.fromkeys(filter(None, map(str.strip, _read_strings(name, value))))
    for text in texts:
        if text not in COLUMNS:
            raise InvalidField(f"{name}: {shown(text)} is no field of a contact; there are {', '.join(COLUMNS)}")
    return tuple(texts)


TEXT = text()
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
NAMED = Kind(
    read=_read_named,
    from_texts=_named_from_texts,
    schema={"type": "object", "additionalProperties": _strings(), "maxProperties": MOST_MEMBERS},
    text_schema=_strings("="),
    text_note=": `NAME=VALUE`, repeated for more",
    nested=True,
)
"""Objects of lists of texts, whatever their names."""
DOMAINS = Kind(
    read=_read_strings,
    from_texts=_parts,
    join=NAMES.join,
    schema=_strings(f"^(?:{_DOMAIN})?$"),
    text_schema=_strings(f"^(?:(?:{_DOMAIN})?,)*(?:{_DOMAIN})?$"),
    text_note=": repeated or separated by commas",
)
_COLUMN = "|".join(COLUMNS)
CHOSEN = Kind(
    read=_read_columns,
    from_texts=_parts,
    join=_joining(_read_columns),
    schema={"type": "array", "items": {"type": "string", "enum": list(COLUMNS)}},
    text_schema=_strings(f"^(?:(?:{_COLUMN})?,)*(?:{_COLUMN})?$"),
    text_note=": repeated or separated by commas",
)
"""Names of fields of a contact."""
VIEW = Kind(
    read=_read_view,
    check=_check_view,
    from_texts=_one,
    schema={},
    text_schema={"type": "string", "enum": list(VIEWS), "default": DEFAULT},
)
"""Anything: as the protocol has it, what is no view that there is, is the full one; unless the request is strict."""
