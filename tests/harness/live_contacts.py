"""Live contacts in memory, for tests of what a load asks about them."""

from collections.abc import AsyncGenerator, Sequence

from indexing.filled import FIELDS
from search.fields import ContactCompleteItem
from search.loader import Identity


class LiveMemory:
    """The contacts that it is made with.

    Attributes:
        asked: the uuids of the contacts that were asked for.
    """

    def __init__(self, *contacts: ContactCompleteItem) -> None:
        self.by_uuid = {contact.uuid: contact for contact in contacts}
        self.asked: list[str] = []

    async def identities(self) -> AsyncGenerator[list[Identity]]:
        names = Identity.__struct_fields__
        for contact in list(self.by_uuid.values()):
            yield [Identity(**{name: getattr(contact, name) for name in names})]

    async def contacts(self, uuids: Sequence[str]) -> dict[str, ContactCompleteItem]:
        self.asked += uuids
        return {uuid: self.by_uuid[uuid] for uuid in uuids if uuid in self.by_uuid}

    async def filled(self) -> dict[str, int]:
        contacts = self.by_uuid.values()
        return {name: sum(getattr(each, name) is not None for each in contacts) for name in FIELDS} if contacts else {}
