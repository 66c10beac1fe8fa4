"""What is kept: the searches that users save, and the loads; over WebSocket and REST, on both engines."""

import json
import secrets

import pytest

from tests.contract.conftest import SAMPLE
from tests.contract.doors import APOLLO, Door, RestDoor
from tests.harness.service import ANSWER_SECONDS, Service, contacts, post

PEOPLE = "https://app.apollo.io/#/people"
CEOS = f"{PEOPLE}?personTitles[]=CEO"


@pytest.fixture(scope="module")
def admin(service: Service) -> str:
    """The access token of an administrator, whom the command line has made."""
    email, password = f"admin-{secrets.token_hex(4)}@example.com", "long enough"
    arguments = ("users", "create", email, "--role", "admin", "--password-stdin")
    made = contacts(service.environment, *arguments, stdin=f"{password}\n")
    assert made.returncode == 0, made.stderr
    return str(post(f"{service.base}/api/v2/auth/login", {"email": email, "password": password})["access_token"])


def test_a_search_is_saved_listed_replaced_and_deleted(door: Door) -> None:
    assert door.data("saved_searches") == {"searches": []}
    count = door.data("count_contacts", url=CEOS)["count"]
    at_acme = door.data("count_contacts", url=CEOS, exclude_domain_list=["acme.example"])["count"]
    try:
        saved = door.data("save_search", name="CEOs", url=f"{CEOS}&page=2")
        assert saved == door.data("saved_searches")
        door.data("save_search", name="Ünïcode & more?", url=CEOS, exclude_domain_list=["acme.example"])
        [latest, first] = door.data("saved_searches")["searches"]
        assert (first["name"], first["url"], first["count_then"], first["count_now"]) == (
            "CEOs", f"{CEOS}&page=2", count, count
        )  # fmt: skip
        assert (latest["count_now"], latest["exclude_domain_list"]) == (at_acme, ["acme.example"])
        assert first["fingerprint"] != latest["fingerprint"]
        again = door.data("save_search", name="CEOs", url=CEOS)["searches"]
        assert [each["name"] for each in again] == ["CEOs", "Ünïcode & more?"]
        assert again[0]["fingerprint"] == first["fingerprint"], "a page asks for no other contacts"
        for data in ({"name": " "}, {"name": "x" * 201}):
            assert "name" in door.refusal("save_search", url=CEOS, **data) + door.refusal("delete_search", **data)
    finally:
        for name in ("CEOs", "Ünïcode & more?", "CEOs"):
            left = door.data("delete_search", name=name)["searches"]
            assert name not in [each["name"] for each in left]
    assert door.data("saved_searches") == {"searches": []}


def test_a_search_is_saved_with_its_options(door: Door) -> None:
    searches = {
        "several": {"combine": {"any": [CEOS, PEOPLE], "all": [], "not": [CEOS]}, "per_company": 1},
        "a sample": {"url": CEOS, "split": {"part": 1, "of": 2}, "sample": {"size": 40, "seed": 7}},
    }
    try:
        for name, search in searches.items():
            count = door.data("count_contacts", **search)["count"]
            saved = door.data("save_search", name=name, **search)["searches"][0]
            assert (saved["count_then"], saved["count_now"]) == (count, count)
            assert {field: saved[field] for field in search} == search
            assert saved["url"] == search.get("url")
        assert [one["name"] for one in door.data("saved_searches")["searches"]] == ["a sample", "several"]
        words = door.refusal("save_search", name="x", url=CEOS, per_company=1, sample={"size": 1, "seed": 1})
        assert words == "sample and per_company exclude each other; send one of them"
    finally:
        for name in searches:
            door.data("delete_search", name=name)


def test_nobody_sees_what_another_user_saved(service: Service, admin: str) -> None:
    path = f"{APOLLO}/searches"
    assert service.post(path, {"name": "mine", "url": CEOS}, admin)[0] == 200
    try:
        assert service.data("saved_searches") == {"searches": []}
        assert service.data("delete_search", name="mine") == {"searches": []}
        [kept] = service.post(path, None, admin, method="GET")[1]["searches"]
        assert kept["name"] == "mine"
    finally:
        assert service.post(f"{path}?name=mine", None, admin, method="DELETE")[1] == {"searches": []}


def test_an_administrator_sees_the_load(door: Door, admin: str) -> None:
    if isinstance(door, RestDoor):
        status, answer, _ = door.service.post(f"{APOLLO}/loads", {}, admin)
        assert status == 200
    else:
        with door.service.connect(admin) as connection:
            connection.send(json.dumps({"action": "loads", "request_id": "r", "data": {}}))
            answer = json.loads(connection.recv(ANSWER_SECONDS))["data"]
    [load] = answer["loads"]
    assert (load["live"], load["contacts"], load["rows"]) == (
        True,
        SAMPLE,
        SAMPLE + load["repeated"] + load["rejected"],
    )
    assert load["finished_at"].endswith("Z")
    assert 0.9 < load["filled"]["email"] + load["filled"]["title"] <= 2
    assert list(load["filled"])[:2] == ["first_name", "last_name"]
