"""The live contacts as a load asks about them: read of the file that is live when it first asks, whatever goes live."""

from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import msgspec

from mappings.errors import NothingIndexed
from search.duckdb.files import live_path
from search.duckdb.item_store import read_whole
from search.duckdb.live_files import LiveFile
from search.duckdb.meta import filled
from search.engine import SCAN_BATCH, EngineSettings
from search.fields import ALL_FIELDS, ContactCompleteItem, contact_of
from search.loader import Identity

_identity = msgspec.json.Decoder(Identity).decode


class LiveContacts:
    """See `search.loader.LiveContacts` for the methods; these block."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings

    @cached_property
    def _file(self) -> LiveFile | None:
        try:
            path = live_path(self._settings.data_dir, self._settings.index)
        except NothingIndexed:
            return None
        file = LiveFile(path)
        # All of it at once: when it is no longer live it may be removed.
        file.items.connect().close()
        return file

    def identities(self) -> Iterator[list[Identity]]:
        if self._file is None:
            return
        [(contacts,)] = self._rows(self._file, "SELECT count(*) FROM contacts")
        for first in range(0, contacts, SCAN_BATCH):
            rows = array("i", range(first, min(first + SCAN_BATCH, contacts)))
            yield list(map(_identity, self._whole(self._file, rows)))

    def contacts(self, uuids: Sequence[str]) -> dict[str, ContactCompleteItem]:
        if self._file is None or not uuids:
            return {}
        wanted = "SELECT row FROM items WHERE uuid IN (SELECT unnest(?::VARCHAR[])) ORDER BY row"
        rows = array("i", [row for (row,) in self._rows(self._file, wanted, list(uuids))])
        contacts = map(contact_of, self._whole(self._file, rows) if rows else ())
        return {contact.uuid: contact for contact in contacts}

    def filled(self) -> dict[str, int]:
        if self._file is None:
            return {}
        with self._file.connect() as connection:
            known = self._file.read(lambda: filled(connection))
        return {name: known.get(name, 0) for name in ALL_FIELDS if name != "uuid"}

    def close(self) -> None:
        """Give the file back, if it was opened."""
        if file := self.__dict__.pop("_file", None):
            file.close()

    def _rows(self, file: LiveFile, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        with file.connect() as connection:
            return file.read(lambda: connection.execute(statement, parameters).fetchall())

    def _whole(self, file: LiveFile, rows: "array[int]") -> list[bytes]:
        """The contacts at `rows`, whole, as JSON."""
        with file.items.connect() as items:
            return file.read(lambda: file.unpack.whole(read_whole(items, file.whole, rows)))
