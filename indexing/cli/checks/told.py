"""What an error says to the operator."""

from mappings.errors import ContactsError, detail_of


def told(error: ContactsError) -> str:
    """All that there is to know of it."""
    return detail_of(error) or str(error)
