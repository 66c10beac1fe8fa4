"""The complete view in every form of an answer, and what the others keep of it: nothing."""

import csv
import io
import json

import msgspec
import pytest

from api.actions import exports
from api.actions.requests import SearchRequest
from api.actions.service import ContactService
from api.actions.views import VIEWS
from api.settings import Settings
from search.fields import ALL_FIELDS, ITEM_FIELDS, MORE_FIELDS, ContactCompleteItem, complete_json, more_json
from tests.harness.memory_engine import MemoryEngine

URL = "https://app.apollo.io/#/people?personTitles[]=CEO"

CONTACT = ContactCompleteItem(
    "id",
    title="CEO",
    departments=("Sales", "Legal"),
    keywords=("b2b, cloud", "saas"),
    sub_departments=("Inside Sales", "Legal Counsel"),
    sic_codes=("7372",),
    founded_year=1999,
    lists=("Trade fair; 2024",),
    do_not_call=False,
    foreign_ids={"hubspot": "71", "file": "å"},
    custom={'The "score", of\nall': "=1+1", "": " "},
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def contacts(engine: MemoryEngine, settings: Settings) -> ContactService:
    engine.more = more_json(CONTACT)
    return ContactService(engine, settings)


def asked(view: str, **fields: object) -> SearchRequest:
    return SearchRequest.read({"url": URL, "view": view, **fields})


@pytest.mark.parametrize("fields", [{"limit": 3}, {}, {"offset": 2}, {"limit": 10**30}])
async def test_the_complete_view_is_the_full_one_and_more(contacts: ContactService, fields: dict[str, object]) -> None:
    full = json.loads(await contacts.search(asked("full", **fields)))
    complete = json.loads(await contacts.search(asked("complete", **fields)))
    more = msgspec.to_builtins({name: getattr(CONTACT, name) for name in MORE_FIELDS})
    assert [tuple(contact) for contact in full["results"]] == [ITEM_FIELDS] * len(full["results"])
    assert [tuple(contact) for contact in complete["results"]] == [ALL_FIELDS] * len(full["results"])
    assert complete["results"] == [contact | json.loads(json.dumps(more)) for contact in full["results"]]
    assert {name: value for name, value in complete.items() if name != "results"} == {
        name: value for name, value in full.items() if name != "results"
    }


@pytest.mark.parametrize("view", list(VIEWS))
@pytest.mark.parametrize("fields", [{}, {"limit": 4}, {"backward": 5}, {"backward": 5, "limit": 3}])
async def test_a_stream_has_the_view_of_the_answer(
    contacts: ContactService, view: str, fields: dict[str, object]
) -> None:
    given = dict(fields)
    if size := given.pop("backward", None):
        first = json.loads(await contacts.search(asked("full", limit=size)))
        second = json.loads(await contacts.search(asked("full", limit=size, cursor=first["next"])))
        given["cursor"] = second["previous"]
    answer = json.loads(await contacts.search(asked(view, **given)))
    stream = await contacts.stream_search(asked(view, **given))
    assert [json.loads(item) async for items in stream.batches() for item in items] == answer["results"]
    assert answer["results"]
    assert list(answer["results"][0]) == list(VIEWS[view].shape.__struct_fields__)


def rows(view: str, *contacts: bytes) -> list[list[str]]:
    text = exports.Sheet(VIEWS[view]).header() + exports.Sheet(VIEWS[view]).rows(contacts)
    return list(csv.reader(io.StringIO(text.decode(), newline="")))


def test_a_whole_contact_as_a_row_can_be_read_again() -> None:
    header, row, empty = rows("complete", complete_json(CONTACT), complete_json(ContactCompleteItem("other")))
    assert tuple(header) == ALL_FIELDS
    cells = {name: cell for name, cell in zip(header, row, strict=True) if cell}
    assert cells == {
        "uuid": "id",
        "title": "CEO",
        "departments": "Sales, Legal",
        "keywords": '["b2b, cloud","saas"]',
        "sub_departments": "Inside Sales, Legal Counsel",
        "sic_codes": "7372",
        "founded_year": "1999",
        "lists": '["Trade fair; 2024"]',
        "do_not_call": "false",
        "foreign_ids": '{"hubspot":"71","file":"å"}',
        "custom": '{"The \\"score\\", of\\nall":"=1+1","":" "}',
    }
    assert empty == ["other"] + [""] * (len(ALL_FIELDS) - 1)
    assert dict(zip(*rows("complete", complete_json(ContactCompleteItem("x", do_not_call=True))), strict=True))[
        "do_not_call"
    ] == ("true")


@pytest.mark.parametrize("texts", [("[a]",), ("",), (" a",), ("a", "b\n"), ("a,b",), ("a;b", "c"), ("a|b",), ("a\nb",)])
def test_a_list_that_would_be_read_otherwise_is_json_in_a_whole_contact(texts: tuple[str, ...]) -> None:
    contact = complete_json(ContactCompleteItem("id", keywords=texts))
    at = ALL_FIELDS.index("keywords")
    assert rows("complete", contact)[1][at] == msgspec.json.encode(texts).decode()
    assert rows("full", contact)[1][at] == ", ".join(texts)
