"""The keys of a contact: what tells that two rows, or a row and a live contact, are of one person.

The strongest first: the source's own uuid, the LinkedIn profile, the e-mail, ids of other systems, the whole row.
Between processes and in the key table they are numbers of 64 bits. Two of ten million keys are one by chance in one
load of 200,000.
"""

import re
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b, sha1
from struct import Struct
from typing import Protocol
from uuid import NAMESPACE_URL

import msgspec

from indexing.data import read_data
from indexing.identity.names import full_name, name_of, names_of
from mappings.web import email_key, linkedin_key
from search.contact_columns import ContactColumns
from search.fields import ALL_FIELDS

_NAMESPACE = NAMESPACE_URL.bytes
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
"""The first digit of a digest's ninth byte → the same with the bits that make it a UUID's."""

_as_number = Struct("<q").unpack

_PROFILE = re.compile(r"linkedin\.com/(?:in/[^/]+|pub/(?!dir/).+)")
"""The part of a LinkedIn address that is a person's: after `/in/…` come languages and pages of the profile, and
`/pub/dir/…` lists all people of a name."""


class Claim(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Who a row says it is of.

    Attributes:
        row: its number in the run.
        uuid: the row's own, else made from its strongest key.
        contact: the number that stands for `uuid`.
        own: the source has a column of uuids.
        profile: the number of its LinkedIn profile, 0 if it has none.
        mail: of its e-mail; that of a role counts together with the name only.
        foreign: of its ids in other systems.
        name: as `identity.names` has it.
    """

    row: int
    uuid: str
    contact: int
    own: bool
    profile: int
    mail: int
    foreign: tuple[int, ...]
    name: str


class Person(Protocol):
    """What identity looks at: a contact of a load, or what a store tells of a live one (`search.loader.Identity`)."""

    @property
    def uuid(self) -> str: ...
    @property
    def first_name(self) -> str | None: ...
    @property
    def last_name(self) -> str | None: ...
    @property
    def email(self) -> str | None: ...
    @property
    def person_linkedin_url(self) -> str | None: ...
    @property
    def foreign_ids(self) -> dict[str, str] | None: ...


def claim_of(row: int, person: Person) -> Claim:
    """The keys of a row's contact, or of a live one. A uuid is made up for who has none."""
    name = name_of(person.first_name, person.last_name)
    profile, foreign = _profile_key(person.person_linkedin_url), _foreign_keys(person.foreign_ids)
    claim = _claim(row, person.uuid, name, (profile, _mail_key(person.email, name), foreign))
    return claim if claim.uuid else _under(uuid_of(_row_key(person)), claim)


def claims_of(rows: Sequence[int], contacts: ContactColumns) -> list[Claim]:
    """The same of the contacts of a batch, whose rows have these numbers."""
    names = names_of(contacts)
    profiles = contacts.of(["person_linkedin_url"]).made(_profile_key).rows()
    mails = map(_mail_key, contacts.of(["email"]).rows(), names)
    foreign = contacts.of(["foreign_ids"]).made(_foreign_keys).rows()
    uuids = contacts.of(["uuid"]).rows()
    claims = list(map(_claim, rows, uuids, names, zip(profiles, mails, foreign, strict=True)))
    for at, claim in enumerate(claims):
        if not claim.uuid:
            claims[at] = _under(uuid_of(_row_key(contacts.contact(at))), claim)
    return claims


def _claim(row: int, own: str | None, name: str, keys: tuple[str, str, tuple[str, ...]]) -> Claim:
    """The claim of who has these keys: profile, mail and ids; without a uuid where the whole row has to give one."""
    profile, mail, foreign = keys
    key = profile or mail or (foreign[0] if foreign else "")
    uuid = own or (uuid_of(key) if key else "")
    return Claim(
        row,
        uuid,
        number_of(uuid),
        bool(own),
        number_of(f"profile {profile}") if profile else 0,
        number_of(f"mail {mail}") if mail else 0,
        tuple([number_of(f"foreign {known_as}") for known_as in foreign]) if foreign else (),
        name,
    )


def _under(uuid: str, claim: Claim) -> Claim:
    return msgspec.structs.replace(claim, uuid=uuid, contact=number_of(uuid))


def _profile_key(url: str | None) -> str:
    return profile_key(url) if url else ""


def _mail_key(email: str | None, name: str) -> str:
    return mail_key(email, name) if email else ""


def _foreign_keys(ids: dict[str, str] | None) -> tuple[str, ...]:
    return tuple([f"{source}:{known_as}" for source, known_as in sorted(ids.items())]) if ids else ()


def profile_key(url: str) -> str:
    """The comparable form of a person's LinkedIn profile; empty for any other address, also of LinkedIn."""
    profile = _PROFILE.match(linkedin_key(url))
    return profile[0] if profile else ""


def mail_key(email: str, name: str) -> str:
    """The address in lower case; of a role's mailbox together with the name, and nothing for who has no name."""
    email = email_key(email)
    if email.partition("@")[0].partition("+")[0] not in _roles():
        return email
    person = full_name(name)
    return f"{email}\n{person}" if person else ""


def uuid_of(key: str) -> str:
    """The UUIDv5 (RFC 9562) of a key, as `uuid.uuid5(NAMESPACE_URL, key)` makes it, in a third of its time."""
    text = sha1(_NAMESPACE + key.encode(), usedforsecurity=False).hexdigest()
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:32]}"


def number_of(text: str) -> int:
    """What stands for a uuid or a key where numbers do. It is even: the key table marks numbers with the last bit."""
    number: int = _as_number(blake2b(text.encode(), digest_size=8).digest())[0]
    return number & ~1


def _row_key(person: Person) -> str:
    """All that a row says, so that the same row has the same uuid in every load."""
    named = [(field, getattr(person, field, None)) for field in ALL_FIELDS if field != "uuid"]
    return "\n".join([f"{field}={value}" for field, value in named if value is not None])


class _Roles(msgspec.Struct, frozen=True):
    source: str
    names: list[str]


@cache
def _roles() -> frozenset[str]:
    """What stands before the `@` of mailboxes that are a role's and not a person's."""
    return frozenset(name for roles in read_data("role_mailboxes", list[_Roles]) for name in roles.names)
