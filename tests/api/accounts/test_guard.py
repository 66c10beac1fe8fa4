from typing import Any

import pytest
from litestar import Litestar, Request
from litestar.datastructures import State

from api.accounts.accounts import Accounts
from api.accounts.guard import address_of, bearer_token, deed_of, let_in
from api.actions.roles import Role
from mappings.errors import Forbidden, TooManyRequests, Unauthorized


class TwoEach:
    """Traffic that lets each user send two requests."""

    def __init__(self) -> None:
        self.users: list[str] = []

    def let_in(self, user: str, role: Role, least: Role) -> None:
        role.require(least)
        if self.users.count(user) == 2:
            raise TooManyRequests("too many")
        self.users.append(user)


def request(app: Any = None, authorization: str | None = None, client: tuple[str, int] | None = None) -> Any:
    headers = [] if authorization is None else [(b"authorization", authorization.encode())]
    return Request({"type": "http", "headers": headers, "client": client, "app": app, "litestar_app": app})


def test_the_address_of_a_client():
    assert address_of(request(client=("192.0.2.7", 5000))) == "192.0.2.7"
    assert address_of(request()) == "?"


def test_the_token_of_a_request():
    assert bearer_token(request(authorization="Bearer abc")) == "abc"
    assert bearer_token(request()) is None


@pytest.mark.anyio
async def test_who_sends_a_request_and_how_often(settings):
    accounts, traffic = Accounts(settings), TwoEach()
    await accounts.open()
    issued = await accounts.register({"email": "ada@example.com", "password": "analytical"})
    app = Litestar(state=State({"accounts": accounts, "traffic": traffic}), openapi_config=None)
    asked = request(app, f"Bearer {issued.access_token}")
    for _ in range(2):
        deed = deed_of(asked, "search_contacts")
        assert (await let_in(asked, Role.USER, deed)).user == deed.user == issued.user.uuid
        assert asked.state.deed is deed
    with pytest.raises(TooManyRequests):
        await let_in(asked, Role.USER, deed)
    with pytest.raises(Forbidden):
        await let_in(asked, Role.ADMIN, deed)
    for wrong in (None, "Bearer nonsense", f"Bearer {issued.refresh_token}"):
        refused = request(app, wrong)
        with pytest.raises(Unauthorized):
            await let_in(refused, Role.COUNTER, deed_of(refused, "search_contacts"))
    assert traffic.users == [issued.user.uuid] * 2
    await accounts.close()
