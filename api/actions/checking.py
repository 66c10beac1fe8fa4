"""Whether a search finds one contact, and what keeps it out: `explain_contact`."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, ClassVar

import msgspec
from msgspec import UNSET, Meta

from api.actions.aside import mapping
from api.actions.made import Made, following, made
from api.actions.plans import ledger_part, mapped_strictly, refuse_over
from api.actions.requests import CountRequest
from api.actions.service import ContactService
from api.actions.shapes import Ledger
from mappings.algebra import extent
from mappings.clauses import Clause, clauses_of, clauses_of_lists
from mappings.company_lists import CompanyLists
from mappings.fingerprint import fingerprint
from mappings.ledger import ledger
from mappings.predicates import ContactFilter, Predicate, Range, Terms, any_of
from mappings.url import ApolloUrl
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
        """The contacts that are meant, and perhaps others: see `means`."""
        if self.email is not None:
            return Terms("email", (email_key(self.email),))
        if self.linkedin is not None:
            return Terms("linkedin", (linkedin_key(self.linkedin),))
        return any_of([_of_uuid(uuid) for uuid in self._uuids])

    def means(self, contact: ContactCompleteItem) -> bool:
        """Whether a contact that `meant` finds is one of them, and not one that has the place of another's uuid."""
        return not self._uuids or contact.uuid in self._uuids

    @property
    def _uuids(self) -> tuple[str, ...]:
        """The uuid that is asked for, as it is written and in lower case; none where something else is asked for."""
        return () if self.uuid is None else (self.uuid.strip(), self.uuid.strip().lower())


class CheckedParameter(msgspec.Struct, frozen=True):
    """One parameter or list: whether it lets the contact in, what it wants, and what the contact has there."""

    name: str
    matches: bool
    wanted: list[str]
    has: list[Has]


class CheckedContact(msgspec.Struct, frozen=True):
    """A contact, and whether the search finds it."""

    contact: ContactListItem
    matches: bool
    parameters: list[CheckedParameter]


class CheckData(msgspec.Struct, frozen=True):
    """The contacts that are meant, in default order; nobody, if there is none."""

    contacts: Annotated[list[CheckedContact], Meta(max_length=MOST_CONTACTS)]
    ledger: Ledger = UNSET


class _Asked(msgspec.Struct, frozen=True):
    """A search, taken apart.

    Attributes:
        compiled: whom each of the clauses lets in, in the engine's form.
        ledger: what comes after all else in the answer.
    """

    clauses: Made[tuple[Clause, ...]]
    compiled: list[object]
    fingerprint: str
    ledger: bytes


class _Found(msgspec.Struct, frozen=True):
    """A contact that is meant: as it is sent, whole, and which of the clauses let it in."""

    item: bytes
    contact: ContactCompleteItem
    met: list[bool]


async def explain_contact(service: ContactService, request: CheckRequest) -> bytes:
    """`CheckData`, as JSON."""
    aside, engine, lists = service.aside, service.engine, request.lists
    take_apart = partial(
        _asked, lists=lists, strict=request.strict, with_ledger=request.ledger, compile_filter=engine.compile
    )
    asked = await aside.of_url(request.url, take_apart, mapping, lists.effort())
    service.searched(asked.fingerprint)
    page = await engine.search(engine.compile(ContactFilter(request.meant())), MOST_CONTACTS, complete=True)
    meant = [(item, contact) for item in page.items if request.means(contact := contact_of(item))]
    contacts = [contact for _, contact in meant]
    service.found(len(contacts))
    uuids = [contact.uuid for contact in contacts]
    met = await engine.matching(asked.compiled, uuids) if asked.compiled and uuids else []
    found = [_Found(halves(item)[0], contact, [contact.uuid in those for those in met]) for item, contact in meant]
    checked = await following(aside, asked.clauses, partial(_checked, found))
    return b'{"contacts":[%b]%b}' % (checked, asked.ledger)


def _of_uuid(uuid: str) -> Predicate:
    """The contact with this uuid, by its place in the shuffled order: 63 bits of a hash, which hardly two share."""
    place = shuffle_key(uuid)
    return Range("shuffle", place, place)


def _asked(
    url: ApolloUrl,
    *,
    lists: CompanyLists,
    strict: bool,
    with_ledger: bool,
    compile_filter: Callable[[ContactFilter], object],
) -> _Asked:
    """The search, taken apart. Raises what a plan does."""
    today = datetime.now(UTC).date()
    mapped = mapped_strictly(url, today, strict)
    clauses = (*clauses_of(url, today), *clauses_of_lists(lists))
    size = sum([extent(clause.predicate).predicates for clause in clauses])
    refuse_over(size)
    return _Asked(
        made(clauses, size),
        [compile_filter(ContactFilter(clause.predicate)) for clause in clauses],
        fingerprint(url, mapped, lists),
        ledger_part(ledger(url, today)) if with_ledger else b"",
    )


def _checked(found: Sequence[_Found], clauses: Sequence[Clause]) -> bytes:
    """The inside of the list of contacts."""
    encode = msgspec.json.encode
    checked = []
    for one in found:
        parameters = [
            CheckedParameter(clause.name, matches, [value.value for value in clause.values], _has(one.contact, clause))
            for clause, matches in zip(clauses, one.met, strict=True)
        ]
        checked.append(
            b'{"contact":%b,"matches":%b,"parameters":%b}' % (one.item, encode(all(one.met)), encode(parameters))
        )
    return b",".join(checked)


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
