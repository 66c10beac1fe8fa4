"""The two ways to ask the same of a service, and the same shape of what comes back."""

from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

from api.actions.fields import FIELDS, Place
from api.actions.table import ACTIONS
from tests.harness.service import Service

APOLLO = "/api/v2/apollo"


class Door(Protocol):
    """A way in. `service` is what is behind it."""

    service: Service

    def __init__(self, service: Service) -> None: ...

    def data(self, action: str, **data: Any) -> Any:
        """The `data` of a successful answer."""

    def refusal(self, action: str, **data: Any) -> str:
        """The words of an answer that is an error of the caller's."""


class WebSocketDoor:
    """Each request on a connection of its own."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def data(self, action: str, **data: Any) -> Any:
        return self.service.data(action, **data)

    def refusal(self, action: str, **data: Any) -> str:
        answer = self.service.ask({"action": action, "request_id": "r", "data": data})
        assert answer["error"]["code"] == "validation_error", answer
        return str(answer["error"]["message"])


class RestDoor:
    """The links in `next` and `previous` are followed as they are, and shown as the cursors they hold."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def data(self, action: str, **data: Any) -> Any:
        status, answer, _ = self._ask(action, data)
        assert status == 200, answer
        for end in ("next", "previous"):
            if answer.get(end) is not None:
                assert answer[end].startswith(f"{self.service.base}{APOLLO}/contacts?")
                [answer[end]] = parse_qs(urlsplit(answer[end]).query)["cursor"]
        return answer

    def refusal(self, action: str, **data: Any) -> str:
        status, answer, _ = self._ask(action, data)
        assert (status, list(answer)) == (400, ["detail"])
        return str(answer["detail"]).removeprefix("Invalid filter parameters: ")

    def _ask(self, action: str, data: dict[str, Any]) -> tuple[int, Any, Any]:
        row = ACTIONS[action]
        in_body = {name for name in data if name in FIELDS and FIELDS[name].place is Place.BODY}
        body = {name: value for name, value in data.items() if row.method == "POST" and name in in_body}
        query = urlencode({name: _text(value) for name, value in data.items() if name not in body}, doseq=True)
        return self.service.post(f"{APOLLO}{row.path}?{query}", body, method=row.method)


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
