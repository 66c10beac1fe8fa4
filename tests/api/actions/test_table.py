"""The table of actions, held against everything that is made from it."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from litestar import Litestar
from websockets.asyncio.client import connect

from api.actions.fields import FIELDS, Place
from api.actions.requests import AnalyzeRequest, fields_of, least_of, required_by
from api.actions.roles import Role
from api.actions.service import ContactService
from api.actions.shapes import CountData
from api.actions.table import ACTIONS, Action
from api.app import create_app
from api.rest.routes import SPECIAL
from api.socket.asyncapi import document, error_codes
from indexing.cli.queries import OF_URLS, flags_of, query_commands
from tests.harness.clients import URL, ask, timeless

APOLLO = "/api/v2/apollo"


def needed(action: Action[Any]) -> dict[str, Any]:
    """The least that the action can be asked: what is required, each with the example of its row."""
    return least_of(action.request)


def test_every_field_is_of_some_action():
    assert {field.name for action in ACTIONS.values() for field in fields_of(action.request)} == set(FIELDS)


@pytest.mark.parametrize("action", ACTIONS.values(), ids=list(ACTIONS))
def test_what_an_action_requires_has_an_example(action):
    without = [name for name, example in needed(action).items() if example is None]
    assert not without, f"give these rows of api/actions/fields.py an `example`: {without}"


@pytest.mark.parametrize("action", ACTIONS.values(), ids=list(ACTIONS))
def test_a_request_holds_what_its_attributes_say(action):
    examples = {field.name: field.example for field in fields_of(action.request)}
    for name in action.request.one_of[1:]:
        del examples[name]
    request = action.request.read(examples)
    assert request != action.request.read(needed(action))
    # msgspec holds the values against the types.
    assert msgspec.convert(msgspec.structs.asdict(request), type=action.request) == request


@pytest.fixture
def app(settings, engine) -> Litestar:
    return create_app(settings, engine)


@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_is_in_the_documents(app, name):
    action = ACTIONS[name]
    fields = fields_of(action.request)
    operation = app.openapi_schema.to_schema()["paths"][f"{APOLLO}{action.path}"]
    operation = operation[action.method.lower()]
    assert operation["operationId"] == action.operation
    assert (operation["summary"], operation["description"].startswith(action.description)) == (action.summary, True)
    in_query = (Place.QUERY, Place.EITHER) if action.method == "POST" else (Place.QUERY, Place.EITHER, Place.BODY)
    parameters = {each["name"]: each for each in operation.get("parameters", [])}
    assert list(parameters) == [field.name for field in fields if field.place in in_query]
    if action.method == "POST":
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        assert list(body["properties"]) == [field.name for field in fields if field.place in (Place.BODY, Place.EITHER)]
    else:
        assert "requestBody" not in operation
        assert {name for name, each in parameters.items() if each["required"]} == set(required_by(action.request))
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": f"#/components/schemas/{action.shape.__name__}"}

    asyncapi = document()
    messages = asyncapi["components"]["messages"]
    assert {f"{name}Request", f"{name}Success"} <= set(messages)
    assert (f"{name}Partial" in messages) is (action.streamed is not None)
    data = asyncapi["components"]["schemas"][action.request.__name__]
    assert list(data["properties"]) == [field.name for field in fields]
    assert action.error_code in error_codes()
    for described in (operation["description"], messages[f"{name}Request"]["description"]):
        assert described.endswith(f"Least role: `{action.least}`.")
    assert ("403" in operation["responses"]) is (action.least is not Role.COUNTER)


def test_what_is_special_over_http_is_an_action():
    assert set(SPECIAL) <= set(ACTIONS)


@pytest.mark.anyio
async def test_every_action_is_behind_both_doors_and_in_the_figures(service):
    await service.take_role(Role.ADMIN)
    async with connect(service.url) as socket:
        for name, action in ACTIONS.items():
            over_websocket = (await ask(socket, name, **needed(action)))["data"]
            status, over_http = service.over_rest(action, needed(action))
            assert (status, timeless(over_http)) == (200, timeless(over_websocket))
            assert (await ask(socket, name, **needed(action) | {"strict": 1}))["error"]["code"] == "validation_error"
    figures = service.get("/metrics")[1]
    for name in ACTIONS:
        assert f'contacts_requests_total{{action="{name}",door="websocket",outcome="success"}} 1.0' in figures
        assert f'contacts_requests_total{{action="{name}",door="rest",outcome="200"}} 1.0' in figures


@pytest.mark.anyio
@pytest.mark.parametrize("role", Role)
async def test_what_a_role_may_is_the_same_behind_both_doors(service, engine, role):
    await service.take_role(role)
    async with connect(service.url) as socket:
        for name, action in ACTIONS.items():
            engine.asked.clear()
            answer = await ask(socket, name, **needed(action))
            status, over_http = service.over_rest(action, needed(action))
            if list(Role).index(role) >= list(Role).index(action.least):
                assert (answer["status"], status) == ("success", 200)
                continue
            words = f"Your role is {role}; this needs {action.least}. An administrator can change your role."
            assert (answer["data"], answer["error"]) == (None, {"code": "forbidden", "message": words})
            assert (status, over_http) == (403, {"detail": words})
            assert engine.asked == []
            for more in ({"url": None}, {"stream": True}):
                assert (await ask(socket, name, **needed(action) | more))["error"]["code"] == "forbidden"


@pytest.mark.anyio
@pytest.mark.parametrize("found", [0, 4, 5])
async def test_a_counter_is_not_told_how_few_there_are(service, engine, found):
    engine.hits = engine.hits[:found]
    url = f"{URL}&page=2&personNotTitles[]=CTO"
    await service.take_role(Role.COUNTER)
    async with connect(service.url) as socket:
        for name in ("count_contacts", "count_by_filter"):
            answer = (await ask(socket, name, url=url, ledger=True))["data"]
            over_http = service.post(f"{APOLLO}{ACTIONS[name].path}?ledger=true", {"url": url}, service.token)
            assert over_http == (200, answer)
            counts = [count for counted in objects(answer) if (count := counted.get("count")) is not None]
            shown = 5 if found == 5 else "<5"
            assert shown in counts
            assert set(counts) <= {shown, "<5"}, "those of pages and what is not mapped are few as well"


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """All objects in a JSON value."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from objects(each)


def test_operations_of_other_rooms_have_names_in_the_figures_and_foreign_paths_have_none(service):
    service.get("/health/live")
    service.get("/health/ready")
    service.get("/api/v2/auth/me/")
    service.get("/docs")
    service.get("/metrics")
    figures = service.get("/metrics")[1]
    for action, outcome, number in (("health", 200, 2), ("me", 401, 1), ("other", 200, 1), ("metrics", 200, 1)):
        assert f'{{action="{action}",door="rest",outcome="{outcome}"}} {number}.0' in figures


def test_every_action_is_a_command_or_a_flag_of_one():
    commands = {command.name: command for command in query_commands()}
    assert set(commands) == {action.command.partition(" ")[0] for action in ACTIONS.values()}
    for action in ACTIONS.values():
        name, _, flag = action.command.partition(" ")
        outcome = CliRunner().invoke(commands[name], ["--help"])
        assert outcome.exit_code == 0
        assert flag in outcome.output
        together = [other for other in ACTIONS.values() if other.command.partition(" ")[0] == name]
        names = {field.name for other in together for field in fields_of(other.request)}
        for field in fields_of(action.request):
            taken = all(option in outcome.output for option in flags_of(field)) or field.name.upper() in outcome.output
            # A command refuses what it does not know; `strict` is of the URL that it is given.
            wanted = field.place is not Place.MESSAGE and (field.name != "strict" or bool(OF_URLS & names))
            assert taken is wanted, (action.name, field.name)


def test_codes_of_errors_are_known_before_they_are_sent():
    """Those of every action, and that clients which know these codes go on getting them."""
    codes = document()["components"]["schemas"]["ErrorDetail"]["properties"]["code"]["enum"]
    assert codes == sorted(set(codes))
    assert {action.error_code for action in ACTIONS.values()} | {
        "analysis_error", "authentication_error", "count_error", "invalid_json", "missing_field", "search_error",
        "forbidden", "too_many_requests", "unknown_action", "uuids_error", "validation_error",
    } <= set(codes)  # fmt: skip


# A row that the table does not have


async def loud(_service: ContactService, request: AnalyzeRequest) -> bytes:
    return json.dumps({"count": len(request.url)}).encode()


LOUD: Action[Any] = Action(
    name="shout_url",
    summary="Shout a URL",
    description="Nothing is searched.",
    request=AnalyzeRequest,
    function=loud,
    shape=CountData,
    error_code="shout_error",
    path="/urls/shout",
    command="shout",
    least=Role.COUNTER,
)


def test_a_new_row_is_all_that_a_new_action_needs(serve, monkeypatch):
    monkeypatch.setitem(ACTIONS, "shout_url", LOUD)
    service = serve()
    status, answer = service.post(f"{APOLLO}/urls/shout", {"url": URL}, service.token)
    assert (status, answer) == (200, {"count": len(URL)})
    assert 'action="shout_url",door="rest",outcome="200"' in service.get("/metrics")[1]
    operation = service.get("/docs/openapi.json")[1]["paths"][f"{APOLLO}/urls/shout"]["post"]
    assert operation["operationId"] == "shout"
    assert "shout_urlRequest" in document()["components"]["messages"]
    assert "shout_error" in error_codes()
    assert "shout" in {command.name for command in query_commands()}


def test_an_action_without_a_stream_has_none():
    assert LOUD.stream is None
    assert ACTIONS["get_uuids"].stream is not None
