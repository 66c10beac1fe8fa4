"""The AsyncAPI document of the WebSocket, made from the table of actions and the shapes in it, at `/asyncapi.json`."""

from collections.abc import Iterable
from functools import cache

import msgspec
from litestar import MediaType, Response, get

from api.actions.examples import example_answer
from api.actions.kinds import Schema
from api.actions.requests import ActionRequest, least_of, request_schema
from api.actions.table import ACTIONS, Action, Shape
from api.actions.views import VIEWS
from api.actions.words import described
from api.errors import CODES
from api.openapi import least_role
from api.socket import gateway, msgpack
from api.socket.envelope import LONGEST_ID
from api.version import service_version

_REF = "#/components/schemas/{name}"
_REQUEST_ID: Schema = {
    "type": ["string", "integer"],
    "maxLength": LONGEST_ID,
    "description": "Echoed in every answer to the request. In MessagePack an integer has 64 bits",
}
_ECHOED: Schema = {"type": ["string", "integer", "null"], "description": "That of the request, if it was readable"}


@get("/asyncapi.json", media_type=MediaType.JSON, include_in_schema=False)
async def asyncapi_page() -> Response[bytes]:
    """The document."""
    return Response(_encoded(), media_type=MediaType.JSON)


@cache
def _encoded() -> bytes:
    return msgspec.json.encode(document())


def document() -> Schema:
    """The AsyncAPI 3 document."""
    messages = _messages()
    received = [name for name in messages if name.endswith("Request")]
    sent = [name for name in messages if name not in received]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Apollo contact search",
            "version": service_version(),
            "description": "Requests with a `request_id` of their own run concurrently; answers come as they are done.",
        },
        "defaultContentType": "application/json",
        "servers": {"service": _server("token", "bearer")},
        "channels": {"gateway": _channel(messages)},
        "operations": {
            "receive": _operation("receive", received, "Requests that the service takes"),
            "send": _operation("send", sent, "Answers that the service gives"),
        },
        "components": {
            "messages": messages,
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {"type": "httpApiKey", "in": "query", "name": "token", "description": "An access token"},
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            },
        },
    }


def _server(*security: str) -> Schema:
    """Wherever the service runs: where that is, it does not know. One of the ways to send a token is enough."""
    return {
        "host": "{host}",
        "protocol": "ws",
        "variables": {"host": {"default": "localhost:8000", "description": "Where the service is reached"}},
        "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in security],
    }


def _channel(messages: Iterable[str]) -> Schema:
    return {
        "address": gateway.PATH,
        "description": (
            "One connection for everything. The token comes in the query, in `Authorization: Bearer` or behind "
            f"`{gateway.SUBPROTOCOL}` among the subprotocols. With the subprotocol `{msgpack.SUBPROTOCOL}` binary "
            "frames hold the same messages as MessagePack."
        ),
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"ws": {"method": "GET", "query": {"type": "object", "properties": {"token": {"type": "string"}}}}},
    }


def _operation(direction: str, messages: Iterable[str], summary: str) -> Schema:
    return {
        "action": direction,
        "channel": {"$ref": "#/channels/gateway"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/gateway/messages/{name}"} for name in messages],
    }


def _messages() -> dict[str, Schema]:
    messages: dict[str, Schema] = {}
    for name, action in ACTIONS.items():
        request = _request(name, _ref(action.request.__name__))
        asked = _message(f"{name}, asked", request, _example(action))
        messages[f"{name}Request"] = asked | {"description": f"{action.description}\n\n{least_role(action.least)}"}
        shapes = [action.shape] if action.streamed is None else [action.shape, action.streamed.end]
        data: Schema = {"anyOf": [_ref(shape.__name__) for shape in shapes]}
        answered = _message(f"{name}, answered", _answer(name, "success", data), _example_of_answer(name))
        messages[f"{name}Success"] = answered
        if action.streamed is not None:
            part = _answer(name, "partial", _ref(action.streamed.part.__name__))
            messages[f"{name}Partial"] = _message(f"{name}, a part of a streamed answer", part)
    return messages | _control_messages()


def _control_messages() -> dict[str, Schema]:
    """Those about requests and the connection rather than contacts."""
    cancel = _object({"request_id": _REQUEST_ID}, "request_id")
    token = _object({"token": {"type": "string", "description": "A fresh access token of the same user"}}, "token")
    seconds = _object({"expires_in": {"type": "integer", "minimum": 0}}, "expires_in")
    expiring = _answer("authenticate", "expiring", seconds, request_id={"type": "null"})
    failure = _object(
        {
            "request_id": _ECHOED,
            "action": {"type": ["string", "null"]},
            "status": {"const": "error"},
            "data": {"type": "null"},
            "error": _ref("ErrorDetail"),
        },
        "request_id", "action", "status", "data", "error",
    )  # fmt: skip
    cancelled = _object({"cancelled": {"type": "boolean"}}, "cancelled")
    return {
        "cancelRequest": _message("End a running request", _request("cancel", cancel)),
        "cancelSuccess": _message("Whether there was one", _answer("cancel", "success", cancelled)),
        "authenticateRequest": _message("Go on with a fresh token", _request("authenticate", token)),
        "authenticateSuccess": _message("Until when", _answer("authenticate", "success", seconds)),
        "authenticateExpiring": _message("The token expires soon", expiring),
        "error": _message("Any request that could not be carried out", failure),
    }


def _message(title: str, payload: Schema, example: Schema | None = None) -> Schema:
    return {"title": title, "payload": payload} | ({"examples": [{"payload": example}]} if example else {})


def _request(action: str, data: Schema) -> Schema:
    return _object(
        {"action": {"const": action}, "request_id": _REQUEST_ID, "data": data}, "action", "request_id", "data"
    )


def _answer(action: str, status: str, data: Schema, request_id: Schema | None = None) -> Schema:
    properties: dict[str, Schema] = {
        "request_id": request_id or {"type": ["string", "integer"]},
        "action": {"const": action},
        "status": {"const": status},
        "data": data,
    }
    return _object(properties, *properties) | {"additionalProperties": False}


def _example(action: Action[ActionRequest]) -> Schema:
    data = least_of(action.request)
    return {"action": action.name, "request_id": "req-1", "data": data}


def _example_of_answer(action: str) -> Schema | None:
    """What the service answers to `_example`."""
    data = example_answer(action)
    return None if data is None else {"request_id": "req-1", "action": action, "status": "success", "data": data}


def _object(properties: dict[str, Schema], *required: str) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _ref(name: str) -> Schema:
    return {"$ref": _REF.format(name=name)}


def _schemas() -> dict[str, Schema]:
    shapes: set[Shape] = {action.shape for action in ACTIONS.values()} | {view.shape for view in VIEWS.values()}
    for action in ACTIONS.values():
        if action.streamed is not None:
            shapes.update((action.streamed.part, action.streamed.end))
    ordered = sorted(shapes, key=lambda shape: shape.__name__)
    _, schemas = msgspec.json.schema_components(ordered, ref_template=_REF)
    return described(schemas | _request_schemas() | {"ErrorDetail": _error_detail()})


def _request_schemas() -> dict[str, Schema]:
    takers: dict[type[ActionRequest], list[str]] = {}
    for name, action in ACTIONS.items():
        takers.setdefault(action.request, []).append(f"`{name}`")
    return {
        request.__name__: request_schema(request, f"`data` of {' and '.join(names)}.")
        for request, names in takers.items()
    }


def error_codes() -> list[str]:
    """All codes of errors: those that any action may answer with, each action's own, and that of `authenticate`."""
    return sorted({*CODES, *(action.error_code for action in ACTIONS.values()), "authentication_error"})


def _error_detail() -> Schema:
    words = "What went wrong, for people and for programs."
    properties: dict[str, Schema] = {"message": {"type": "string"}, "code": {"enum": error_codes()}}
    return {"title": "ErrorDetail", "description": words, **_object(properties, *properties)}
