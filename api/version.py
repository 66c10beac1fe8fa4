"""The version of this service, for its documents."""

from importlib import metadata

UNKNOWN = "0"


def service_version() -> str:
    """That of the installed package; `UNKNOWN` when it runs from a checkout that is not installed."""
    try:
        return metadata.version("apollo-contact-search")
    except metadata.PackageNotFoundError:
        return UNKNOWN
