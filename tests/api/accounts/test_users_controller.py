"""What administrators do, over HTTP, on both databases."""

import asyncio
import json
import urllib.error
import urllib.request

import pytest
from websockets.asyncio.client import connect

from api.actions.roles import Role
from tests.harness.clients import ask, close_code

AUTH = "/api/v2/auth"
USERS = f"{AUTH}/users"
BOB = {"email": "bob@example.com", "password": "analytical"}


@pytest.fixture(params=["sqlite", "postgres"])
def service(request, serve):
    url = request.getfixturevalue("postgres_database") if request.param == "postgres" else None
    service = serve(database_url=url)
    asyncio.run(service.take_role(Role.ADMIN))
    return service


def sent(service, method, path, body=None, token=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token or service.token}"}
    request = urllib.request.Request(service.address + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            content = answer.read()
            return answer.status, json.loads(content) if content else None
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def test_create_list_change_and_delete(service):
    ada = service.session["user"]
    status, bob = sent(service, "POST", USERS, BOB | {"name": "Bob", "role": "counter"})
    assert status == 201
    assert bob == {"uuid": bob["uuid"], "email": BOB["email"], "name": "Bob", "active": True, "role": "counter"}
    status, eve = sent(service, "POST", f"{USERS}/", BOB | {"email": "eve@example.com"})
    assert (status, eve["role"], eve["name"]) == (201, "user", "")
    assert sent(service, "GET", USERS) == (200, [ada | {"active": True, "role": "admin"}, bob, eve])
    for change in ({}, {"role": "user"}, {"active": False}, {"active": True, "role": "admin", "password": None}):
        status, changed = sent(service, "PATCH", f"{USERS}/{bob['uuid']}", change)
        bob |= {name: value for name, value in change.items() if name != "password"}
        assert (status, changed) == (200, bob)
    assert sent(service, "DELETE", f"{USERS}/{eve['uuid']}") == (204, None)
    assert sent(service, "DELETE", f"{USERS}/{eve['uuid']}") == (404, {"detail": "There is no such user."})
    assert [user["email"] for user in sent(service, "GET", USERS)[1]] == ["ada@example.com", "bob@example.com"]
    assert service.post(f"{AUTH}/login", BOB)[0] == 200
    assert sent(service, "PATCH", f"{USERS}/{bob['uuid']}", {"password": "differential"})[0] == 200
    assert service.post(f"{AUTH}/login", BOB)[0] == 401
    assert service.post(f"{AUTH}/login", BOB | {"password": "differential"})[0] == 200


def test_what_is_wrong(service):
    bob, unseen = f"{USERS}/{service.registered('bob@example.com')['user']['uuid']}", "ad\u200ba@example.com"
    for method, path, body, status, detail in (
        ("POST", USERS, BOB, 409, "A user with this email exists already."),
        (
            "POST",
            USERS,
            {**BOB, "email": unseen},
            400,
            "email must not hold U+200B, which can't be seen",
        ),
        ("POST", USERS, {**BOB, "email": "eve@example.com", "role": "root"}, 400, "role must be counter, user, admin"),
        ("PATCH", bob, {"role": ["admin"]}, 400, "role must be counter, user, admin"),
        ("PATCH", bob, {"active": "no"}, 400, "active must be true or false"),
        ("PATCH", bob, {"password": "short"}, 400, "password must have 8 to 1024 characters"),
        ("PATCH", bob, {"password": 12345678}, 400, "password must be a string"),
        ("PATCH", bob, {"activ": False}, 400, "activ is no field of this request; there are active, role, password"),
        ("PATCH", bob, [], 400, "The body is not a JSON object"),
        ("PATCH", f"{USERS}/nonsense", {"active": False}, 404, "There is no such user."),
        ("PATCH", f"{USERS}/00000000-0000-4000-8000-000000000000", {"active": False}, 404, "There is no such user."),
    ):
        assert sent(service, method, path, body) == (status, {"detail": detail})


def test_nobody_does_it_to_oneself(service):
    own = f"{USERS}/{service.session['user']['uuid']}"
    words = "You can't do this to yourself; another administrator or the command line can."
    for method, body in (("PATCH", {"active": False}), ("PATCH", {"role": "user"}), ("DELETE", None)):
        assert sent(service, method, own, body) == (409, {"detail": words})
    assert sent(service, "GET", USERS)[0] == 200


@pytest.mark.parametrize("role", ["counter", "user"])
def test_who_is_no_administrator(service, role):
    sent(service, "POST", USERS, BOB | {"role": role})
    issued = service.post(f"{AUTH}/login", BOB)[1]
    own = f"{USERS}/{issued['user']['uuid']}"
    words = f"Your role is {role}; this needs admin. An administrator can change your role."
    for method, path in (("GET", USERS), ("POST", USERS), ("PATCH", own), ("DELETE", own)):
        body = {"role": "admin"} if method in ("POST", "PATCH") else None
        assert sent(service, method, path, body, issued["access_token"]) == (403, {"detail": words})
        assert sent(service, method, path, body, "nonsense")[0] == 401
    assert service.get(f"{AUTH}/me", issued["access_token"])[0] == 200


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "change"),
    [
        ("PATCH", {"active": False}),
        ("PATCH", {"role": "counter"}),
        ("PATCH", {"password": "new" * 3}),
        ("DELETE", None),
    ],
)
async def test_a_change_closes_the_websockets_of_the_user_at_once(service, method, change):
    bob = service.registered(BOB["email"])
    refresh = {"refresh_token": bob["refresh_token"]}
    async with (
        connect(f"{service.bare_url}?token={bob['access_token']}") as socket,
        connect(service.url) as other,
    ):
        assert (await ask(socket, "count_contacts"))["status"] == "success"
        await asyncio.to_thread(sent, service, method, f"{USERS}/{bob['user']['uuid']}", change)
        assert await close_code(socket, 5) == 4401
        assert (await ask(other, "count_contacts"))["status"] == "success"
    assert service.get(f"{AUTH}/me", bob["access_token"])[0] == 401
    assert service.post(f"{AUTH}/refresh", refresh)[0] == 401


def test_a_change_that_changes_nothing_ends_nothing(service):
    bob = service.registered(BOB["email"])
    path = f"{USERS}/{bob['user']['uuid']}"
    assert sent(service, "PATCH", path, {"active": True, "role": "user"})[0] == 200
    assert service.get(f"{AUTH}/me", bob["access_token"])[0] == 200


@pytest.mark.anyio
async def test_one_s_own_password_and_sessions(service):
    bob = service.registered(BOB["email"])
    other = service.post(f"{AUTH}/login", BOB)[1]
    status, sessions = service.get(f"{AUTH}/sessions", bob["access_token"])
    assert (status, [session["current"] for session in sessions].count(True)) == (200, 1)
    [second] = [session["uuid"] for session in sessions if not session["current"]]
    async with connect(f"{service.bare_url}?token={other['access_token']}") as socket:
        assert (await ask(socket, "count_contacts"))["status"] == "success"
        path = f"{AUTH}/sessions/{second}"
        assert await asyncio.to_thread(sent, service, "DELETE", path, None, bob["access_token"]) == (204, None)
        assert await close_code(socket, 5) == 4401
    assert sent(service, "DELETE", path, None, bob["access_token"]) == (404, {"detail": "You have no such session."})
    change = {"password": "analytical", "new_password": "differential"}
    async with connect(f"{service.bare_url}?token={bob['access_token']}") as socket:
        status, fresh = await asyncio.to_thread(service.post, f"{AUTH}/password", change, bob["access_token"])
        assert (status, list(fresh)) == (200, list(bob))
        assert await close_code(socket, 5) == 4401
    refused = 403, {"detail": "password is not the one that you have now."}
    assert service.post(f"{AUTH}/password", change, fresh["access_token"]) == refused
    assert service.post(f"{AUTH}/password", change)[0] == 401
    assert sent(service, "DELETE", f"{AUTH}/sessions", None, fresh["access_token"]) == (204, None)
    assert service.get(f"{AUTH}/sessions", fresh["access_token"])[0] == 401


def test_what_these_are_called_in_the_figures(service):
    uuid = service.session["user"]["uuid"]
    sent(service, "DELETE", f"{USERS}/{uuid}")
    sent(service, "GET", f"{USERS}/")
    figures = service.get("/metrics")[1]
    for action, outcome in (("delete_user", 409), ("list_users", 200)):
        assert f'{{action="{action}",door="rest",outcome="{outcome}"}} 1.0' in figures
    assert uuid not in figures


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        (USERS, "GET, OPTIONS, POST"),
        (f"{USERS}/x", "DELETE, OPTIONS, PATCH"),
        (f"{AUTH}/sessions", "DELETE, GET, OPTIONS"),
        (f"{AUTH}/login", "OPTIONS, POST"),
    ],
)
def test_all_methods_of_a_path_are_told_to_anybody(serve, path, methods):
    request = urllib.request.Request(serve().address + path, method="OPTIONS")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert (answer.status, answer.headers["Allow"]) == (204, methods)
