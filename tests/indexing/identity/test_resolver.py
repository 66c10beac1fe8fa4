"""Which contact each row is of, against a model of the rules that keeps everything in memory."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexing.identity import number_map
from indexing.identity.key_table import KeyTable, Record
from indexing.identity.keys import Claim, claim_of, uuid_of
from indexing.identity.names import agree, full_name
from indexing.identity.resolver import Decision, Resolver
from search.fields import ContactCompleteItem


def person(
    first: str | None = None,
    last: str | None = None,
    email: str | None = None,
    profile: str | None = None,
    foreign: str | None = None,
    uuid: str = "",
) -> ContactCompleteItem:
    return ContactCompleteItem(
        uuid=uuid,
        first_name=first,
        last_name=last,
        email=email,
        person_linkedin_url=profile and f"https://www.linkedin.com/in/{profile}",
        foreign_ids={"file": foreign} if foreign else None,
    )


def claims_of(*people: ContactCompleteItem) -> list[Claim]:
    return [claim_of(row, each) for row, each in enumerate(people, 1)]


def add(table: KeyTable, decisions: list[Decision]) -> None:
    table.add(
        [
            Record(each.known, each.keys, each.marked, before=-2 - each.within if each.within >= 0 else each.place)
            for each in decisions
        ]
    )


def decided(*people: ContactCompleteItem) -> list[Decision]:
    with TemporaryDirectory() as directory:
        table = KeyTable(Path(directory) / "keys")
        decisions = Resolver(table).decide(claims_of(*people))
        table.close()
        return decisions


def uuids(*people: ContactCompleteItem) -> list[str]:
    return [decision.known.uuid for decision in decided(*people)]


ANN = "Ann", "Alpha"
MAIL, PROFILE = "ann@one.example", "ann-alpha"


def test_a_new_contact_is_named_after_its_strongest_key() -> None:
    assert uuids(
        person(*ANN, "Ann@One.example"),
        person("Bob", "Beta", "bob@one.example", "Bob-Beta/de"),
        person("Cleo", "Gamma", "info@one.example"),
        person("Dora", foreign="7"),
        person("Eve", uuid="own"),
        person("Finn", "Zeta"),
    ) == [
        uuid_of("ann@one.example"),
        uuid_of("linkedin.com/in/bob-beta"),
        uuid_of("info@one.example\ncleo gamma"),
        uuid_of("file:7"),
        "own",
        uuid_of("first_name=Finn\nlast_name=Zeta"),
    ]


def test_a_person_who_gains_keys_stays_the_same() -> None:
    rows = [
        person(*ANN, foreign="7"),
        person(*ANN, MAIL, foreign="7"),
        person("A.", "Alpha", MAIL, PROFILE),
        person("Ann", "Miller", None, PROFILE),
        person(None, None, MAIL),
    ]
    assert len(set(uuids(*rows))) == 1


@pytest.mark.parametrize(
    "rows",
    [
        (person(*ANN, MAIL, PROFILE), person(*ANN, MAIL, "another")),
        (person(*ANN, MAIL), person("Bob", "Beta", MAIL)),
        (person(*ANN, foreign="7"), person("Bob", "Beta", foreign="7")),
        (person(*ANN, MAIL, foreign="7"), person(*ANN, "ann@two.example", foreign="7")),
    ],
)
def test_who_shares_a_key_may_be_somebody_else(rows: tuple[ContactCompleteItem, ...]) -> None:
    first, second, third = decided(*rows, rows[1])
    assert [first.apart, second.apart, third.apart] == [False, True, False]
    assert first.known.uuid != second.known.uuid == third.known.uuid


def test_a_list_of_namesakes_is_nobodys_profile() -> None:
    by_name = [person("John", "Beta", f"{at}@one.example", "x") for at in range(2)]
    lists = [
        msgspec.structs.replace(each, person_linkedin_url="https://www.linkedin.com/pub/dir/John/Beta")
        for each in by_name
    ]
    assert len(set(uuids(*lists))) == 2


def test_the_mailbox_of_a_role_tells_nothing_without_a_name() -> None:
    decisions = decided(
        person(*ANN, "info@one.example"),
        person("Bob", "Beta", "info@one.example"),
        person(None, None, "info@one.example"),
        person(*ANN, "INFO@one.example"),
    )
    assert [decision.known.contact == decisions[0].known.contact for decision in decisions] == [
        True,
        False,
        False,
        True,
    ]
    assert not any(decision.apart for decision in decisions)


def test_where_keys_lead_to_several_the_strongest_wins() -> None:
    by_mail, by_profile, both = decided(person(*ANN, MAIL), person(*ANN, None, PROFILE), person(*ANN, MAIL, PROFILE))
    assert both.known.contact == by_profile.known.contact
    *_, again = decided(person(*ANN, MAIL), person(*ANN, None, PROFILE), *[person(*ANN, MAIL, PROFILE)] * 2)
    # What its keys lead to, too, is told once, however many rows it has.
    assert (again.known.contact, again.doubles) == (both.known.contact, ())
    assert (both.doubles, both.apart) == ((by_mail.known.uuid,), False)


def test_an_own_uuid_is_stronger_than_all_else() -> None:
    first, second, third = decided(
        person(*ANN, MAIL, PROFILE), person(*ANN, MAIL, PROFILE, uuid="own"), person(*ANN, "x@y.example", uuid="own")
    )
    assert (second.known.uuid, second.doubles, third.known.uuid) == ("own", (first.known.uuid,), "own")
    assert not third.doubles


def test_an_address_of_hundreds_is_found_by_name() -> None:
    names = [f"Name{at:03}" for at in range(300)]
    rows = [person(name, f"Of {name}", MAIL) for name in names]
    decisions = decided(*rows, *rows)
    contacts = [decision.known.contact for decision in decisions]
    assert contacts[:300] == contacts[300:]
    assert len(set(contacts)) == 300


class Model:
    """The rules in the fewest words: everybody known so far, in a list."""

    def __init__(self) -> None:
        self.people: dict[str, dict[str, object]] = {}
        self.owners: dict[tuple[str, object], list[str]] = {}

    def add(self, claim: Claim) -> str:
        keys = [("mail" if at else "profile", key) for at, key in enumerate((claim.profile, claim.mail)) if key]
        keys += [("foreign", key) for key in claim.foreign]
        candidates = [(kind, uuid) for kind, key in keys for uuid in self.owners.get((kind, key), [])]
        if not claim.own:
            kind = keys[0][0] if keys else "row"
            made = [claim.uuid, uuid_of(f"{claim.uuid}\n{full_name(claim.name)}")]
            candidates = [(kind, uuid) for uuid in (made if claim.uuid in self.people else made[:1])] + candidates
        known = [(kind, uuid) for kind, uuid in candidates if uuid in self.people]
        same = [uuid for kind, uuid in known if self.same(claim, kind, self.people[uuid])]
        uuid = claim.uuid
        if not claim.own:
            if same:
                uuid = same[0]
            elif known:
                kind, turn = keys[0][0], 0
                while uuid in self.people and not (turn and self.same(claim, kind, self.people[uuid])):
                    turn += 1
                    parts = [claim.uuid, full_name(claim.name)] + ([str(turn)] if turn > 1 else [])
                    uuid = uuid_of("\n".join(parts))
        before = self.people.get(uuid, {"profile": 0, "mail": 0, "name": ["", ""]})
        names = zip(claim.name.split("\n"), before["name"], strict=True)
        self.people[uuid] = {
            "profile": claim.profile or before["profile"],
            "mail": claim.mail or before["mail"],
            "name": [old if old.startswith(new) else new for new, old in names],
        }
        for key in keys:
            owners = self.owners.setdefault(key, [])
            if uuid not in owners:
                owners.append(uuid)
        return uuid

    @staticmethod
    def same(claim: Claim, kind: str, known: dict[str, object]) -> bool:
        if kind in ("profile", "row"):
            return True
        if claim.profile and known["profile"] not in (0, claim.profile):
            return False
        if kind == "foreign" and claim.mail and known["mail"] not in (0, claim.mail):
            return False
        return agree(claim.name, "\n".join(known["name"]))


people = st.builds(
    person,
    st.sampled_from([None, "Ann", "A.", "Bob"]),
    st.sampled_from([None, "Alpha", "Beta"]),
    st.sampled_from([None, "a@x.example", "B@x.example", "info@x.example"]),
    st.sampled_from([None, None, "p1", "p2"]),
    st.sampled_from([None, "1", "2"]),
    st.sampled_from(["", "", "", "u1", "u2"]),
)


@settings(max_examples=100)
@given(st.lists(people, max_size=30), st.randoms(use_true_random=False))
def test_batches_files_and_crashes_change_nothing(rows: list[ContactCompleteItem], chance: random.Random) -> None:
    """Rows in batches of any size, the map in its file or not, and a crash in between: always the model's uuids."""
    claims = claims_of(*rows)
    model = Model()
    expected = [model.add(claim) for claim in claims]
    with TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patched:
        patched.setattr(number_map, "MOST", chance.choice([1, 5, 20, 1000]))
        path = Path(directory) / "keys"
        table = KeyTable(path)
        found: list[str] = []
        right = done = 0
        while done < len(claims):
            batch = claims[done : done + chance.randint(1, 8)]
            decisions = Resolver(table).decide(batch)
            add(table, decisions)
            if chance.random() < 0.2:
                # It was not acknowledged: after the crash the same rows come again.
                table.close()
                with path.open("ab") as stream:
                    stream.write(b"\xff\x00\x00\x00torn")
                table = KeyTable(path, right)
                continue
            found += [decision.known.uuid for decision in decisions]
            done += len(batch)
            right = table.size
        table.close()
    assert found == expected
