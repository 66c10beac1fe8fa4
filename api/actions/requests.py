"""What an action asks for, read from a message's `data` and checked field by field.

Null counts as absent, unknown keys are ignored. A message of an error names the field, its value and what was
expected, which is why the fields are read by hand here.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from api.actions.shapes import AnalyzeFields, CountFields, SearchFields, UuidsFields
from mappings.company_lists import CompanyLists
from mappings.errors import InvalidField, MissingField, shorten

Data = Mapping[str, Any]


class AnalyzeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Explain `url`.

    Attributes:
        strict: refuse what would otherwise be left out: unknown fields, and parameters that can't be mapped.
    """

    url: str
    strict: bool = False


class CountRequest(AnalyzeRequest, frozen=True, kw_only=True):
    """How many contacts match `url` and `lists`."""

    lists: CompanyLists


class UuidsRequest(CountRequest, frozen=True, kw_only=True):
    """The uuids of the first `limit` contacts; of all, in any order, when it is `None`."""

    limit: int | None = None


class SearchRequest(CountRequest, frozen=True, kw_only=True):
    """Contacts in order.

    Attributes:
        limit: most contacts to answer; `None`: all.
        offset: contacts to skip; `None`: not given, so the page in the URL decides where a limited result starts.
        cursor: continue beside this place instead.
        simple: answer `ContactSimpleItem` instead of `ContactListItem`.
    """

    limit: int | None = None
    offset: int | None = None
    cursor: str | None = None
    simple: bool = False


def analyze_request(data: Data) -> AnalyzeRequest:
    """Raises `MissingField` or `InvalidField`, as all of these do."""
    return AnalyzeRequest(url=_url(data), strict=_strict(data, AnalyzeFields))


def count_request(data: Data) -> CountRequest:
    """The request in `data`."""
    return CountRequest(url=_url(data), lists=_lists(data), strict=_strict(data, CountFields))


def uuids_request(data: Data) -> UuidsRequest:
    """The request in `data`."""
    return UuidsRequest(
        url=_url(data),
        lists=_lists(data),
        limit=_integer(data, "limit", least=1),
        strict=_strict(data, UuidsFields),
    )


def search_request(data: Data) -> SearchRequest:
    """The request in `data`."""
    url = _url(data)
    offset = _integer(data, "offset", least=0)
    cursor = data.get("cursor")
    if cursor is not None and not isinstance(cursor, str):
        raise InvalidField(f"cursor must be a string, not {_shown(cursor)}")
    if cursor is not None and offset:
        raise InvalidField(
            f"cursor and offset exclude each other: send offset {_shown(offset)} or the cursor, not both"
        )
    return SearchRequest(
        url=url,
        lists=_lists(data),
        limit=_integer(data, "limit", least=1),
        offset=offset,
        cursor=cursor,
        simple=data.get("view") == "simple",
        strict=_strict(data, SearchFields),
    )


def is_streamed(data: Data) -> bool:
    """Whether the answer is wanted in parts, of an action that can be. Raises `InvalidField`."""
    return _flag(data, "stream")


def _url(data: Data) -> str:
    url = data.get("url")
    if url is None or url == "":
        raise MissingField("url")
    if not isinstance(url, str):
        raise InvalidField(f"url must be a string, not {_shown(url)}")
    return url


def _strict(data: Data, known: type[msgspec.Struct]) -> bool:
    """The flag; if it is set, all fields are known."""
    if not _flag(data, "strict"):
        return False
    for name in data:
        if name not in known.__struct_fields__:
            raise InvalidField(f"strict: {shorten(str(name))} is not a field of this action")
    return True


def _flag(data: Data, name: str) -> bool:
    value = data.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise InvalidField(f"{name} must be true or false, not {_shown(value)}")
    return value


def _integer(data: Data, name: str, least: int) -> int | None:
    value = data.get(name)
    if value is None:
        return None
    if type(value) is not int or value < least:
        raise InvalidField(f"{name} must be an integer of {least} or more, not {_shown(value)}")
    return value


def _lists(data: Data) -> CompanyLists:
    return CompanyLists(
        include_company_name=_strings(data, "include_company_name", single=True),
        exclude_company_name=_strings(data, "exclude_company_name"),
        include_domain_list=_strings(data, "include_domain_list"),
        exclude_domain_list=_strings(data, "exclude_domain_list"),
    )


def _strings(data: Data, name: str, *, single: bool = False) -> tuple[str, ...]:
    value = data.get(name)
    if value is None:
        return ()
    if single and isinstance(value, str):
        return (value,)
    expected = "a string or a list of strings" if single else "a list of strings"
    if not isinstance(value, list | tuple):
        raise InvalidField(f"{name} must be {expected}, not {_shown(value)}")
    for entry in value:
        if not isinstance(entry, str):
            raise InvalidField(f"{name} must be {expected}, but holds {_shown(entry)}")
    return tuple(value)


def _shown(value: object) -> str:
    """A value as a message shows it: short, and never the inside of a list or object."""
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, str):
        return repr(shorten(value))
    return shorten(msgspec.json.encode(value).decode())
