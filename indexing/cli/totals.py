"""How many contacts a search finds, as people are told: `contacts why` and `contacts facets`."""

from api.actions.shapes import Companies
from indexing.cli.terminal import say
from mappings.counts import Count


def number(count: Count | None) -> str:
    """A number for people; what is withheld is a dash."""
    return "-" if count is None else f"{count:,}" if isinstance(count, int) else count


def say_found(count: Count, total: Count, companies: Companies) -> None:
    """Say how many of `total` contacts are found, and of how many companies they are."""
    about = "" if companies.exact else "about "
    noun = "company" if companies.count == 1 else "companies"
    say(f"{number(count)} of {number(total)} contacts, of {about}{number(companies.count)} {noun}")
