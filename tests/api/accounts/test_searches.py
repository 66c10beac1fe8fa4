"""Where saved searches are kept: each user's own, bounded, gone with the user."""

import sqlite3

import pytest
from sqlalchemy import select
from websockets.asyncio.client import connect

from api.accounts.database import FILE, Database
from api.accounts.searches import Searches
from api.accounts.tables import SEARCHES
from api.accounts.users import Users
from api.actions.kept_searches import KeptSearch
from api.actions.table import ACTIONS
from mappings.errors import InvalidField, Unauthorized
from tests.harness.clients import URL, ask

pytestmark = pytest.mark.anyio

NOBODY = "00000000-0000-4000-8000-000000000000"


def search(name: str, saved_at: int = 1, request: bytes = b"{}") -> KeptSearch:
    return KeptSearch(name=name, request=request, fingerprint="f", saved_at=saved_at, count_then=2**40)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path) -> str:
    if request.param == "postgres":
        return request.getfixturevalue("postgres_database")
    return f"sqlite+aiosqlite:///{tmp_path / FILE}"


async def test_searches_are_kept_for_each_user_apart_and_go_with_the_user(url, tmp_path):
    database = Database(url, tmp_path)
    await database.open()
    try:
        users, searches = Users(database), Searches(database)
        ada, bob = [(await users.add(f"{name}@example.com", "", "")).uuid for name in ("ada", "bob")]
        odd = "Ünïcode 'quoted' \n%_"
        for one in (search("a", 1), search(odd, 3), search("b", 2)):
            await searches.keep(ada, one, 10, 1000)
        await searches.keep(bob, search("a", 9, b'{"url":"x\\u0000"}'), 10, 1000)
        assert [one.name for one in await searches.of(ada)] == [odd, "b", "a"]
        assert await searches.of(bob) == [search("a", 9, b'{"url":"x\\u0000"}')]

        await searches.keep(ada, search("a", 4, b"[]"), 3, 1000)
        assert (await searches.of(ada))[0] == search("a", 4, b"[]")
        await searches.remove(ada, "A")
        await searches.remove(ada, "a")
        assert [one.name for one in await searches.of(ada)] == [odd, "b"]

        await users.delete(ada)
        async with database.reading() as connection:
            assert [row.name for row in await connection.execute(select(SEARCHES.c.name))] == ["a"]
    finally:
        await database.close()


async def test_there_are_bounds_of_number_and_bytes(url, tmp_path):
    database = Database(url, tmp_path)
    await database.open()
    try:
        searches = Searches(database)
        ada = (await Users(database).add("ada@example.com", "", "")).uuid
        await searches.keep(ada, search("a"), 2, 10)
        await searches.keep(ada, search("b"), 2, 10)
        with pytest.raises(InvalidField, match="you have 2 saved searches, as many as there may be"):
            await searches.keep(ada, search("c"), 2, 10)
        with pytest.raises(InvalidField, match="would take 11 bytes, more than 10"):
            await searches.keep(ada, search("b", 2, b" " * 9), 2, 10)
        assert await searches.of(ada) == [search("a"), search("b")], "what was refused changed nothing"
        await searches.keep(ada, search("b", 2, b" " * 8), 2, 10)
        with pytest.raises(Unauthorized):
            await searches.keep(NOBODY, search("a"), 2, 10)
    finally:
        await database.close()


async def test_a_database_that_is_locked_refuses_who_saves_and_answers_who_reads(serve, settings, monkeypatch):
    monkeypatch.setattr("api.accounts.database.WRITE_SECONDS", 0.1)
    service = serve()
    save, listed = ACTIONS["save_search"], ACTIONS["saved_searches"]
    assert service.over_rest(save, {"name": "a", "url": URL})[0] == 200
    with sqlite3.connect(settings.engine.data_dir / FILE, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        words = "Users can't be looked up at the moment; try again later."
        assert service.over_rest(save, {"name": "b", "url": URL}) == (503, {"detail": words})
        async with connect(service.url) as socket:
            for action in ("save_search", "delete_search"):
                answer = await ask(socket, action, name="a")
                assert answer["error"] == {"code": "searches_error", "message": words}
        assert [one["name"] for one in service.over_rest(listed, {})[1]["searches"]] == ["a"]
        other.execute("ROLLBACK")
    other.close()
    assert service.over_rest(save, {"name": "b", "url": URL})[0] == 200
