"""Contacts with the columns that were asked for, by both doors and in every form."""

import csv
import json
from urllib.parse import urlencode

import pytest
from websockets.asyncio.client import connect

from api.actions.views import COLUMNS
from tests.harness.clients import URL, ask

PATH = "/api/v2/apollo/contacts"
NDJSON, CSV = "application/x-ndjson", "text/csv"


def found(service, accept="application/json", body=None, **query):
    asked = json.dumps({"url": URL} | (body or {})).encode()
    return service.open(f"{PATH}?{urlencode(query, doseq=True)}", asked, service.token, accept=accept)


@pytest.mark.parametrize("limit", [{}, {"limit": 3}])
def test_columns_in_every_form(service, limit):
    columns = ["title", "uuid", "departments"]
    whole = found(service, **limit)[1]["results"]
    expected = [{name: contact[name] for name in columns} for contact in whole]
    assert len(expected) == limit.get("limit", 10)
    for given in (columns, ",".join(columns), "title, uuid,,departments,title"):
        assert found(service, columns=given, **limit)[1]["results"] == expected
    lines = found(service, NDJSON, columns=columns, **limit)[1].splitlines()
    assert [json.loads(line) for line in lines] == expected
    assert [list(json.loads(line)) for line in lines] == [columns] * len(lines)
    header, *rows = csv.reader(found(service, CSV, columns=columns, **limit)[1].splitlines())
    assert header == columns
    assert [row[1] for row in rows] == [contact["uuid"] for contact in expected]


def test_links_to_further_pages_repeat_them(service):
    answer = found(service, columns="title,email", limit=2)[1]
    status, page, _ = service.open(
        answer["next"].partition(service.address)[2], json.dumps({"url": URL}).encode(), service.token
    )
    assert status == 200
    assert [list(contact) for contact in page["results"]] == [["title", "email"]] * 2


def test_they_are_of_any_view(service):
    answer = found(service, columns="custom,email", view="simple", limit=1)[1]
    assert list(answer["results"][0]) == ["custom", "email"]


def test_a_column_that_there_is_not_is_named(service):
    status, answer, _ = found(service, columns="title,nope")
    assert status == 400
    assert answer["detail"].endswith(f"columns: 'nope' is no field of a contact; there are {', '.join(COLUMNS)}")


def test_which_urls_find_a_contact_is_a_column_too(service):
    body = {"url": None, "combine": {"any": [URL, "https://app.apollo.io/#/people"]}}
    contact = found(service, body=body, columns="matched,title", limit=1)[1]["results"][0]
    assert list(contact) == ["matched", "title"]
    assert contact["matched"]
    tagged = found(service, body=body, columns="title", tag="true", limit=1)[1]["results"][0]
    assert list(tagged) == ["title", "matched"]
    once = found(service, body=body, columns="matched,title", tag="true", limit=1)[1]["results"][0]
    assert list(once) == ["matched", "title"]


@pytest.mark.anyio
async def test_over_the_websocket_as_well(service):
    async with connect(service.url) as socket:
        data = (await ask(socket, "search_contacts", url=URL, limit=2, columns=["email", "uuid"]))["data"]
        assert [list(contact) for contact in data["results"]] == [["email", "uuid"]] * 2
        refused = await ask(socket, "search_contacts", url=URL, columns=["nope"])
        assert refused["error"]["message"].startswith("columns: 'nope' is no field of a contact")


@pytest.mark.parametrize("limit", [{}, {"limit": 2}])
def test_a_file_says_what_it_is_where_that_is_asked_for(service, engine, limit):
    _, text, headers = found(service, CSV, comment="true", **limit)
    comment = next(csv.reader(text.splitlines()))[0]
    assert comment.startswith("# Job titles to include: ")
    assert headers["Content-Disposition"].startswith(
        "attachment; filename=\"contacts.csv\"; filename*=UTF-8''contacts-"
    )
    _, lines, headers = found(service, NDJSON, comment="true", **limit)
    assert not lines.startswith("#")
    assert headers["Content-Disposition"].endswith(".ndjson")
    plain = found(service, CSV, **limit)[2]["Content-Disposition"]
    assert plain == 'attachment; filename="contacts.csv"'


def test_names_of_files_may_be_of_any_script(service):
    body = {"url": "https://app.apollo.io/#/people?personTitles[]=Geschäftsführer"}
    headers = found(service, CSV, body, comment="true")[2]
    assert headers["Content-Disposition"].endswith("filename*=UTF-8''contacts-gesch%C3%A4ftsf%C3%BChrer.csv")
