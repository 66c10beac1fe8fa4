"""The searches that users save, in their database: see `api.actions.kept_searches` for what they are."""

from uuid import UUID

from sqlalchemy import delete, func, insert, select

from api.accounts.database import Database
from api.accounts.tables import SEARCHES, USERS
from api.accounts.tokens import INVALID
from api.actions.kept_searches import KeptSearch
from mappings.errors import InvalidField, Unauthorized

_SEARCH = select(
    SEARCHES.c.name, SEARCHES.c.request, SEARCHES.c.fingerprint, SEARCHES.c.saved_at, SEARCHES.c.count_then
).order_by(SEARCHES.c.saved_at.desc(), SEARCHES.c.name)
"""The columns of a `KeptSearch`, by their names."""


class Searches:
    """See `api.actions.kept_searches.KeptSearches` for the methods. Each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, user: str) -> list[KeptSearch]:
        async with self._database.reading() as connection:
            rows = await connection.execute(_SEARCH.where(SEARCHES.c.user_id == UUID(user)))
            return [KeptSearch(**row._mapping) for row in rows]

    async def keep(self, user: str, search: KeptSearch, most: int, most_bytes: int) -> None:
        user_id = UUID(user)
        own = SEARCHES.c.user_id == user_id
        # Two that save at once take turns here; in SQLite nobody else writes anyway.
        there = select(USERS.c.id).where(USERS.c.id == user_id).with_for_update()
        sums = select(func.count(), func.coalesce(func.sum(func.length(SEARCHES.c.request)), 0)).where(own)
        async with self._database.transaction() as connection:
            if (await connection.execute(there)).one_or_none() is None:
                raise Unauthorized(INVALID)
            await connection.execute(delete(SEARCHES).where(own, SEARCHES.c.name == search.name))
            number, size = (await connection.execute(sums)).one()
            if number >= most:
                raise InvalidField(f"name: you have {number} saved searches, as many as there may be; delete some")
            if size + len(search.request) > most_bytes:
                raise InvalidField(
                    f"url: your saved searches would take {size + len(search.request)} bytes, more than {most_bytes}; "
                    "delete some, or save it with shorter lists"
                )
            values = {name: getattr(search, name) for name in KeptSearch.__struct_fields__}
            await connection.execute(insert(SEARCHES).values(user_id=user_id, **values))

    async def remove(self, user: str, name: str) -> None:
        own = SEARCHES.c.user_id == UUID(user)
        async with self._database.transaction() as connection:
            await connection.execute(delete(SEARCHES).where(own, SEARCHES.c.name == name))
