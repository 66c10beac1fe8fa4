"""Whether a search finds one contact, and what keeps it out: `explain_contact`."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, ClassVar

import msgspec
from msgspec import UNSET, Meta

from api.actions.plans import refuse_over
from api.actions.requests import CountRequest
from api.actions.service import ContactService
from api.actions.shapes import Ledger
from mappings.algebra import extent
from mappings.clauses import Clause, clauses_of, clauses_of_lists
from mappings.predicates import ContactFilter, Predicate, Range, Terms, all_of, any_of
from mappings.url import parse
from mappings.web import email_key, linkedin_key
from search.derivation import shuffle_key
from search.fields import ContactCompleteItem, ContactListItem, contact_of, halves
from search.filled import fields_of

MOST_CONTACTS = 10
"""Of one answer: an address may be of a whole office."""

Has = str | int | bool
"""One value of a contact's."""


class CheckRequest(CountRequest, frozen=True, kw_only=True):
    """Whether `url` and the lists find the contacts with this uuid, e-mail address or LinkedIn profile."""

    one_of: ClassVar[tuple[str, ...]] = ("uuid", "email", "linkedin")

    uuid: str | None = None
    email: str | None = None
    linkedin: str | None = None

    def meant(self) -> Predicate:
        """The contacts that are meant."""
        if self.email is not None:
            return Terms("email", (email_key(self.email),))
        if self.linkedin is not None:
            return Terms("linkedin", (linkedin_key(self.linkedin),))
        uuid = (self.uuid or "").strip()
        return any_of([_of_uuid(uuid), _of_uuid(uuid.lower())])


class CheckedParameter(msgspec.Struct, frozen=True):
    """One parameter or list: whether it lets the contact in, what it wants, and what the contact has there."""

    name: str
    matches: bool
    wanted: Annotated[list[str], Meta(description="The values of the parameter, of an exclusion what must not be")]
    has: Annotated[list[Has], Meta(description="What the contact has in the fields that the parameter looks at")]


class CheckedContact(msgspec.Struct, frozen=True):
    """A contact, and whether the search finds it."""

    contact: ContactListItem
    matches: bool
    parameters: list[CheckedParameter]


class CheckData(msgspec.Struct, frozen=True):
    """The contacts that are meant, in default order; nobody, if there is none."""

    contacts: Annotated[list[CheckedContact], Meta(max_length=MOST_CONTACTS)]
    ledger: Ledger = UNSET


async def explain_contact(service: ContactService, request: CheckRequest) -> bytes:
    """`CheckData`, as JSON."""
    plan = await service.plan(request)
    compile_ = service.engine.compile
    page = await service.engine.search(compile_(ContactFilter(request.meant())), MOST_CONTACTS, complete=True)
    service.found(len(page.items))
    if not page.items:
        return b'{"contacts":[]%b}' % plan.ledger
    today = datetime.now(UTC).date()
    found = [contact_of(item) for item in page.items]
    clauses, compiled = await service.aside.run(lambda: _asked(service, request, found, today))
    counts = await service.engine.count_many(compiled)
    checked = []
    for at, (item, contact) in enumerate(zip(page.items, found, strict=True)):
        met = counts[at * len(clauses) : (at + 1) * len(clauses)]
        checked.append(_checked(halves(item)[0], contact, clauses, [count > 0 for count in met]))
    return b'{"contacts":[%b]%b}' % (b",".join(checked), plan.ledger)


def _of_uuid(uuid: str) -> Predicate:
    """The contact with this uuid, by its place in the shuffled order: 63 bits of a hash that no two contacts share."""
    place = shuffle_key(uuid)
    return Range("shuffle", place, place)


def _asked(
    service: ContactService, request: CheckRequest, contacts: Sequence[ContactCompleteItem], today: date
) -> tuple[tuple[Clause, ...], list[object]]:
    """The clauses of the search and, contact by contact, whether each is met, in the engine's form."""
    clauses = (*clauses_of(parse(request.url), today), *clauses_of_lists(request.lists))
    asked = [all_of((_of_uuid(contact.uuid), clause.predicate)) for contact in contacts for clause in clauses]
    refuse_over(sum([extent(predicate).predicates for predicate in asked]))
    return clauses, [service.engine.compile(ContactFilter(predicate)) for predicate in asked]


def _checked(item: bytes, contact: ContactCompleteItem, clauses: Sequence[Clause], met: Sequence[bool]) -> bytes:
    parameters = [
        CheckedParameter(clause.name, matches, [value.value for value in clause.values], _has(contact, clause))
        for clause, matches in zip(clauses, met, strict=True)
    ]
    encode = msgspec.json.encode
    return b'{"contact":%b,"matches":%b,"parameters":%b}' % (item, encode(all(met)), encode(parameters))


def _has(contact: ContactCompleteItem, clause: Clause) -> list[Has]:
    """What the contact has in the fields that a clause looks at, each value once."""
    values: list[Has] = []
    for name in fields_of(clause.having):
        value = getattr(contact, name)
        match value:
            case None | "":
                continue
            case tuple():
                values += value
            case dict():
                values += value.values()
            case _:
                values.append(value)
    # A truth is no number, although it equals one.
    return list({(type(value), value): value for value in values}.values())
