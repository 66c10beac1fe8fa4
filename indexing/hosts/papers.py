"""Structs and files beside a store that many hosts fill, as bytes of a size that an engine takes well."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import zstandard

from mappings.errors import Superseded
from search.shared_loader import SharedLoader

Kind = TypeVar("Kind")

CHUNK_BYTES = 2 * 1024 * 1024
"""Of a file, before it is compressed."""


class Papers:
    """What is kept beside the store of `loader`. All methods raise `EngineError`, and `Superseded` where it is gone."""

    def __init__(self, loader: SharedLoader) -> None:
        self._loader = loader

    async def put(self, name: str, value: msgspec.Struct | list[msgspec.Struct]) -> None:
        """Keep `value`."""
        await self._loader.keep(name, _packed(msgspec.msgpack.encode(value)))

    async def find(self, name: str, kind: type[Kind]) -> Kind | None:
        """What is kept, if anything is."""
        data = await self._loader.kept(name)
        return None if data is None else msgspec.msgpack.decode(_unpacked(data), type=kind)

    async def get(self, name: str, kind: type[Kind]) -> Kind:
        """What is kept. Raises `Superseded` if nothing is."""
        found = await self.find(name, kind)
        if found is None:
            raise Superseded(
                f"the plan of the load into {self._loader.name} is gone: it was finished or abandoned meanwhile"
            )
        return found

    async def put_file(self, name: str, path: Path) -> int:
        """Keep a file, if it is there; in how many chunks."""
        count = 0
        for chunk in _chunks(path):
            await self._loader.keep(f"{name}-{count}", await asyncio.to_thread(_packed, chunk))
            count += 1
        return count

    async def chunk(self, name: str, number: int) -> bytes:
        """One chunk of a file. Raises `Superseded` if it is gone."""
        data = await self._loader.kept(f"{name}-{number}")
        if data is None:
            raise Superseded(f"a part of the plan of {self._loader.name} is gone: abandon the load, and plan it anew")
        return _unpacked(data)


def _chunks(path: Path) -> Iterator[bytes]:
    """A file in chunks, each read when it is asked for; none of one that is not there."""
    if path.exists():
        with path.open("rb") as file:
            while data := file.read(CHUNK_BYTES):
                yield data


def _packed(data: bytes) -> bytes:
    return zstandard.compress(data)


def _unpacked(data: bytes) -> bytes:
    return zstandard.decompress(data)
