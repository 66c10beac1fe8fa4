"""Where contacts, loads and users are, as a message says where nothing is found: perhaps another was meant."""

from api.settings import Settings
from search.engine import EngineSettings
from search.engines import engine_module


def contacts_place(settings: EngineSettings) -> str:
    """Where the contacts are: an engine without processes of its own keeps them in files."""
    engine = engine_module(settings.engine)
    if engine.OWN_PROCESSES:
        return f"the index {settings.index} (CONTACTS_INDEX) of {engine.TITLE}"
    return f"the index {settings.index} (CONTACTS_INDEX) in {files_place(settings)}"


def files_place(settings: EngineSettings) -> str:
    """Where the files of engines and loads are."""
    return f"{settings.data_dir.resolve()} (CONTACTS_DATA_DIR)"


def users_place(settings: Settings) -> str:
    """Where the users are. The address of a database may hold a password."""
    return files_place(settings.engine) if settings.database_url is None else "the database of CONTACTS_DATABASE_URL"
