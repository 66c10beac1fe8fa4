"""The OpenAPI and AsyncAPI documents, held against real requests and answers."""

import asyncio
import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from websockets.asyncio.client import ClientConnection, connect

from api.accounts.bodies import LoginBody, LogoutBody, RefreshBody, RegisterBody
from api.actions.examples import example_item
from api.actions.fields import URL_FORMAT, Place
from api.actions.requests import SearchRequest, fields_of, least_of
from api.actions.roles import Role
from api.actions.table import ACTIONS, Action
from api.actions.views import VIEWS
from api.actions.words import ANY, words
from mappings.company_lists import CompanyLists
from mappings.errors import InvalidField
from mappings.url import LONGEST_URL
from search.engine import Hit
from tests.api.conftest import Service
from tests.harness.clients import URL, receive, request, timeless
from tests.harness.memory_engine import MemoryEngine

APOLLO = "/api/v2/apollo"
URLS = (Path(__file__).parent.parent / "data" / "urls.txt").read_text().splitlines()
PARAMETERS = "&personNotTitles[]=CTO&page=2&finderViewId=x&organizationNumEmployeesRanges[]=1,10&sortByField=employees"


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    """A validator for a schema in `document`, whose references are from the document's root."""
    return Draft202012Validator({**schema, "components": {"schemas": document["components"]["schemas"]}})


def body_of(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """The schema of an operation's body, which is a component."""
    found: dict[str, Any] = document["components"]["schemas"][body_name(operation)]
    return found


def operation_of(document: dict[str, Any], action: Action[Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][APOLLO + action.path][action.method.lower()]
    return found


def body_name(operation: dict[str, Any]) -> str:
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    assert reference.startswith("#/components/schemas/")
    return reference.rpartition("/")[2]


def undescribed(schemas: dict[str, Any]) -> list[str]:
    """The fields of components that nobody has a word for."""
    return [
        f"{shape}.{name}"
        for shape, schema in schemas.items()
        for name, field in schema.get("properties", {}).items()
        if not any(words.get("description") for words in (field, *field.get("anyOf", ()), *field.get("oneOf", ())))
    ]


def exampled(value: Any) -> Iterator[dict[str, Any]]:
    """All schemas with examples."""
    if isinstance(value, dict):
        if isinstance(value.get("examples"), list):
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from exampled(each)


# OpenAPI


@pytest.fixture
def openapi(service: Service) -> dict[str, Any]:
    return service.get("/docs/openapi.json")[1]


def test_there_is_a_page_and_a_document(service, openapi):
    status, page = service.get("/docs")
    assert (status, "<html" in page) == (200, True)
    assert openapi["openapi"].startswith("3.1")
    assert {path for path in openapi["paths"] if path.startswith(APOLLO)} == {
        *(f"{APOLLO}{action.path}" for action in ACTIONS.values()),
        f"{APOLLO}/downloads/csv",
        f"{APOLLO}/downloads/ndjson",
        f"{APOLLO}/downloads",
    }


def test_every_operation_on_contacts_says_what_it_takes_and_answers(openapi):
    for action in ACTIONS.values():
        operation = operation_of(openapi, action)
        assert operation["summary"]
        assert operation["description"]
        assert operation["security"] == [{"BearerToken": []}]
        assert {"200", "400", "401", "413", "429", "500", "503"} <= set(operation["responses"])
        if "url" in least_of(action.request):
            url = body_of(openapi, operation)["properties"]["url"]
            # Where something may stand in its place it may be null.
            [example] = url["examples"] if "examples" in url else url["anyOf"][0]["examples"]
            assert example.startswith("https://app.apollo.io/")
    assert openapi["components"]["securitySchemes"]["BearerToken"]["scheme"] == "bearer"
    found = openapi["paths"][f"{APOLLO}/contacts"]["post"]
    assert set(found["responses"]["200"]["content"]) == {"application/json", "application/x-ndjson", "text/csv"}
    parameters = {each["name"]: each["schema"] for each in found["parameters"]}
    assert parameters["limit"]["minimum"] == 1
    assert parameters["offset"]["minimum"] == 0
    assert parameters["exclude_domain_list"]["type"] == "array"
    in_query, in_body = (Place.QUERY, Place.EITHER), (Place.BODY, Place.EITHER)
    assert list(parameters) == [field.name for field in fields_of(SearchRequest) if field.place in in_query]
    properties = body_of(openapi, found)["properties"]
    assert list(properties) == [field.name for field in fields_of(SearchRequest) if field.place in in_body]
    assert {"include_domain_list", "exclude_domain_list"} <= properties.keys() & parameters.keys()
    assert "anyOf" not in json.dumps(found["parameters"])


def test_every_operation_says_what_it_takes_and_what_may_go_wrong(openapi):
    found = {operation["operationId"]: operation for item in openapi["paths"].values() for operation in item.values()}
    # Generated clients name their methods by these: what there is stays.
    assert {action.operation for action in ACTIONS.values()} | {
        "analyze", "count_by_filter", "count", "uuids", "search", "register", "login", "refresh", "logout", "me",
        "live", "ready", "metrics_page",
    } <= set(found)  # fmt: skip
    for operation in found.values():
        assert operation["summary"]
        assert operation["description"]
        assert len(operation["tags"]) == 1
        for status, response in operation["responses"].items():
            if not status.startswith("2"):
                schema = response["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}
        assert "500" in operation["responses"]
    for name, shape in {
        "register": RegisterBody,
        "login": LoginBody,
        "refresh": RefreshBody,
        "logout": LogoutBody,
    }.items():
        assert list(body_of(openapi, found[name])["properties"]) == list(shape.__struct_fields__)
        assert found[name]["requestBody"]["required"] is (name != "logout")
    assert {"400", "403", "409", "413", "429", "503"} <= set(found["register"]["responses"])
    assert found["login"]["responses"]["429"]["headers"]["Retry-After"]["required"] is True
    assert found["me"]["security"] == [{"BearerToken": []}]
    assert found["logout"]["security"] == [{"BearerToken": []}, {}]
    assert "security" not in found["login"]
    assert list(found["metrics_page"]["responses"]["200"]["content"]) == ["text/plain"]
    for link in found["login"]["responses"]["200"]["links"].values():
        assert link["operationId"] in found


def test_bodies_are_there_once(openapi):
    bodies = {
        path.removeprefix(APOLLO): body_name(operation)
        for path, item in openapi["paths"].items()
        for operation in item.values()
        if "requestBody" in operation
    }
    assert bodies["/analyze"] == bodies["/analyze/count"] == "AnalyzeBody"
    assert bodies["/contacts/count"] == bodies["/contacts/count/uuids"] == "CountBody"
    assert bodies["/contacts"] == "SearchBody"
    assert len(bodies) > 5


def test_every_field_and_status_is_described_in_words_of_ours(openapi, service):
    assert undescribed(openapi["components"]["schemas"]) == []
    told = openapi["components"]["schemas"]["ContactListItem"]["properties"]["first_name"]
    assert "First name" in json.dumps(told)
    for item in openapi["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                assert parameter["description"]
            for status, response in operation["responses"].items():
                assert response["description"] not in ("", HTTPStatus(int(status)).description)
    asyncapi = service.get("/asyncapi.json")[1]
    assert undescribed(asyncapi["components"]["schemas"]) == []


def test_there_are_no_words_for_what_is_not_there(openapi, service):
    asyncapi = service.get("/asyncapi.json")[1]
    shapes = asyncapi["components"]["schemas"] | openapi["components"]["schemas"]
    for shape, fields in words().items():
        if shape != ANY:
            assert fields.keys() <= shapes[shape]["properties"].keys()


def test_the_views_are_listed(openapi):
    parameters = openapi["paths"][f"{APOLLO}/contacts"]["post"]["parameters"]
    [view] = [each["schema"] for each in parameters if each["name"] == "view"]
    assert (view["enum"], view["default"]) == (list(VIEWS), "full")


def test_examples_are_as_their_schemas_say(openapi):
    examples = list(exampled(openapi))
    assert len(examples) > 15
    for schema in examples:
        for example in schema["examples"]:
            resolved(openapi, schema).validate(example)


def test_answers_have_examples_as_their_schemas_say(openapi):
    contents = {
        name: operation_of(openapi, action)["responses"]["200"]["content"]["application/json"]
        for name, action in ACTIONS.items()
    }
    for content in contents.values():
        resolved(openapi, content["schema"]).validate(content["example"])
    found = contents["search_contacts"]["example"]["results"][0]
    assert found["email"] == "ada@engines.example"
    forms = openapi["paths"][f"{APOLLO}/contacts"]["post"]["responses"]["200"]["content"]
    [line] = forms["application/x-ndjson"]["example"].splitlines()
    assert json.loads(line) == found
    assert "ada@engines.example" in forms["text/csv"]["example"].splitlines()[1]


@pytest.mark.anyio
async def test_examples_are_what_the_service_answers(serve, engine, openapi):
    """Of the one contact in them, to the examples of the requests."""
    item = example_item()
    engine.hits = [Hit(item=item, value=0, uuid=json.loads(item)["uuid"])]
    service = serve()
    await service.take_role(Role.ADMIN)
    for action in ACTIONS.values():
        operation = operation_of(openapi, action)
        asked = least_of(action.request)
        if action.method == "POST":
            assert body_of(openapi, operation)["examples"] == [asked]
        status, found = service.over_rest(action, asked)
        example = operation["responses"]["200"]["content"]["application/json"]["example"]
        assert (status, timeless(found)) == (200, timeless(example))


def test_a_url_is_a_text_that_no_pattern_bounds(openapi):
    schema = body_of(openapi, openapi["paths"][f"{APOLLO}/analyze"]["post"])["properties"]["url"]
    assert (schema["format"], schema["maxLength"]) == (URL_FORMAT, LONGEST_URL)
    assert "pattern" not in schema


def test_the_pattern_of_domains_is_what_is_read(openapi):
    parameters = openapi["paths"][f"{APOLLO}/contacts"]["post"]["parameters"]
    [pattern] = {each["schema"]["items"]["pattern"] for each in parameters if each["name"].endswith("domain_list")}
    for text in ("acme.com", "shop.Acme.co.uk", "müller.de", "a.b,c.d", "a.com,", "", ","):
        assert re.search(pattern, text), text
        CompanyLists(include_domain_list=tuple(text.split(","))).predicate()
    for text in ("nodot", "a.com,nodot", "acme", "a b.com", "a.b;c.d", ".com", "a.com,b c.d"):
        assert not re.search(pattern, text), text
        with pytest.raises(InvalidField):
            CompanyLists(include_domain_list=tuple(text.split(","))).predicate()


@pytest.mark.parametrize(
    "path",
    [
        "/analyze",
        "/analyze/count",
        "/contacts",
        "/contacts?limit=3&view=simple",
        "/contacts?limit=3&view=complete",
        "/contacts/count",
        "/contacts/count/uuids?limit=2",
    ],
)
def test_real_answers_are_as_the_document_says(service, openapi, path):
    operation = openapi["paths"][APOLLO + path.partition("?")[0]]["post"]
    for body, token, expected in (
        ({"url": URL + PARAMETERS}, service.token, 200), ({}, service.token, 400), ({"url": URL}, None, 401)
    ):  # fmt: skip
        status, found = service.post(APOLLO + path, body, token)
        assert status == expected
        schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
        resolved(openapi, schema).validate(found)


# AsyncAPI


@pytest.fixture
def asyncapi(service: Service) -> dict[str, Any]:
    return service.get("/asyncapi.json")[1]


def message(document: dict[str, Any], name: str) -> Draft202012Validator:
    return resolved(document, document["components"]["messages"][name]["payload"])


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for each in value.values() for found in references(each)]
    return [found for each in value for found in references(each)] if isinstance(value, list) else []


def test_the_document_is_whole(asyncapi):
    assert asyncapi["asyncapi"] == "3.0.0"
    assert set(references(asyncapi))
    for reference in references(asyncapi):
        at = asyncapi
        for part in reference.removeprefix("#/").split("/"):
            at = at[part]
    for name, each in asyncapi["components"]["messages"].items():
        Draft202012Validator.check_schema(each["payload"])
        for example in each.get("examples", ()):
            message(asyncapi, name).validate(example["payload"])
    for action in ACTIONS:
        assert asyncapi["components"]["messages"][f"{action}Success"]["examples"]
    for schema in asyncapi["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    assert {f"{action}Request" for action in ACTIONS} <= set(asyncapi["components"]["messages"])
    for kind in ("messages", "schemas", "securitySchemes"):
        declared = {f"#/components/{kind}/{name}" for name in asyncapi["components"][kind]}
        assert declared <= set(references(asyncapi)), "declared, and nothing refers to it"


@pytest.mark.anyio
async def test_real_messages_are_as_the_document_says(serve, engine):
    engine.hits = MemoryEngine(2500).hits
    service = serve()
    await service.take_role(Role.ADMIN)
    asyncapi = service.get("/asyncapi.json")[1]

    async def exchange(socket: ClientConnection, action: str, **data: Any) -> None:
        sent = request(action, 7, **{"url": URL + PARAMETERS, **data})
        message(asyncapi, f"{action}Request").validate(json.loads(sent))
        await socket.send(sent)
        while (answer := await receive(socket))["status"] == "partial":
            message(asyncapi, f"{action}Partial").validate(answer)
        assert answer["status"] == "success"
        # Aside, since it takes so long on a busy machine that a ping would go unanswered.
        await asyncio.to_thread(message(asyncapi, f"{action}Success").validate, answer)
        assert bool(data.get("stream")) is ("parts" in answer["data"])

    async with connect(service.url, max_size=None) as socket:
        for name, action in ACTIONS.items():
            await exchange(socket, name, **least_of(action.request) | {"url": URL + PARAMETERS})
        await exchange(socket, "search_contacts", limit=3, view="simple", include_company_name="Acme", strict=False)
        await exchange(socket, "search_contacts", stream=True, limit=None)
        await exchange(socket, "get_uuids", stream=True, exclude_domain_list=["a.com"])
        for frame in ("{", "{}", '{"request_id": 1}', request("fly"), request("get_uuids", limit=0)):
            await socket.send(frame)
            message(asyncapi, "error").validate(await receive(socket))
        for action, data in (("cancel", {"request_id": 9}), ("authenticate", {"token": service.token})):
            sent = json.dumps({"action": action, "request_id": 1, "data": data})
            message(asyncapi, f"{action}Request").validate(json.loads(sent))
            await socket.send(sent)
            message(asyncapi, f"{action}Success").validate(await receive(socket))


def test_a_wrong_message_is_found_wrong(asyncapi):
    good = {"request_id": 1, "action": "count_contacts", "status": "success", "data": {"count": 1}}
    check = message(asyncapi, "count_contactsSuccess")
    check.validate(good)
    for change in ({"data": {}}, {"data": {"count": "1"}}, {"status": "error"}, {"request_id": None}, {"more": 1}):
        with pytest.raises(ValidationError):
            check.validate(good | change)


@pytest.mark.parametrize("request_", dict.fromkeys(action.request for action in ACTIONS.values()))
def test_every_field_is_described(asyncapi, request_):
    schema = asyncapi["components"]["schemas"][request_.__name__]
    assert set(schema["properties"]) == set(request_.__struct_fields__)
    for name, field in schema["properties"].items():
        assert "description" in json.dumps(field), name
