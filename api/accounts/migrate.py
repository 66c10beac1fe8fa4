"""`python -m api.accounts.migrate`: takes the missing steps on the database whose URL it reads from standard input.

`api.accounts.database` starts this at a start that finds steps missing. Alembic is needed once and never given back:
in a process of its own its memory does not stay with the service.
"""

import asyncio
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from api.accounts.database import HEAD, Database, version_of
from api.accounts.trouble import trouble_of


def upgrade(connection: Connection) -> None:
    """Take the missing steps, under the lock that the caller holds: another process may just have taken them."""
    if version_of(connection) == HEAD:
        return
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "api.accounts:migrations")
    command.upgrade(config, "head")


async def migrate(url: str) -> int:
    """Bring the database at `url` up to date; the exit code, 1 for a failure, of which standard output has a line."""
    database = Database(url, Path())
    try:
        await database.locked(upgrade)
    except (SQLAlchemyError, OSError) as error:
        print(trouble_of(error, database.engine.url))
        return 1
    except CommandError as error:
        print(f"a step is missing ({type(error).__name__})")
        return 1
    finally:
        await database.close()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(migrate(sys.stdin.readline().strip())))
