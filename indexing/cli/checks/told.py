"""What an error says to the operator."""

from mappings.errors import ContactsError


def told(error: ContactsError) -> str:
    """All that there is to know of it."""
    return error.for_operator or str(error)
