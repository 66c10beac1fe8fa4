"""Objects of texts: what `custom` and `foreign_ids` are in a CSV that was written here, one JSON cell each."""

import msgspec

from indexing.values.unreadable import Unreadable

_object = msgspec.json.Decoder(dict[str, str | int | float | bool | None]).decode


def texts_by_name(text: str) -> dict[str, str]:
    """The names and texts of a JSON object; what is null or empty in it is left out.

    Raises:
        Unreadable: it is no JSON object of plain values.
    """
    try:
        values = _object(text)
    except (msgspec.DecodeError, RecursionError):
        raise Unreadable('is not a JSON object of texts, e.g. {"hubspot": "17"}') from None
    return {name: _text(value) for name, value in values.items() if value not in (None, "")}


def _text(value: str | float | bool | None) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
