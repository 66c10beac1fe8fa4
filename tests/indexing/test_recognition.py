"""Whose rows they are, from batch to store: joined rows, updates, refusals and crashes, against plain sums."""

import asyncio
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from indexing.encoders import Encoders
from indexing.encoding import Batch, encode_batch
from indexing.filled import FIELDS, filled_in
from indexing.pipeline import Portion
from indexing.recognition import Recognised, Recognition
from indexing.request import LoadRequest
from indexing.sources.base import Row, RowBatch
from indexing.sources.columns import ColumnMapping, map_columns
from indexing.tally import Before, Tally, first_tally
from search.fields import ContactCompleteItem, complete_json, contact_of
from search.loader import Document
from tests.harness.encoders import OneByOne
from tests.harness.live_contacts import LiveMemory

HEADERS = ("First Name", "Last Name", "Email", "Person Linkedin Url", "Title", "City")
COLUMNS = map_columns(HEADERS)

Cells = tuple[str, ...]


class Whole(OneByOne):
    """Documents that are the contacts, whole."""

    @staticmethod
    def encode(row: int, contact: ContactCompleteItem, complete: bytes | None = None) -> Document:
        return Document(row, complete or complete_json(contact))


class Load:
    """One load beside `live`, whose store is a dictionary.

    Attributes:
        store: uuid → contact, as readers would see it.
        tally: of what was acknowledged.
    """

    def __init__(self, directory: str, live: LiveMemory, columns: ColumnMapping = COLUMNS, **options: bool) -> None:
        self.request = LoadRequest(rejects=Path("unused"), **options)
        self.path, self.live, self.columns = Path(directory) / "keys", live, columns
        self.encoders = Encoders(Whole, 1)
        self.recognition = Recognition(self.path, self.encoders, live, self.request)
        self.store = dict(live.by_uuid) if self.request.update else {}
        self.rows, self.size = 0, 0
        self.refused: dict[int, set[int]] = {}

    async def meet(self) -> None:
        before = Before(await self.recognition.meet(), await self.live.filled(), self.request.update)
        self.tally, self.before, self.size = first_tally(before), before, self.recognition.size

    async def recognise(self, rows: Sequence[Cells]) -> Recognised:
        numbers = list(range(self.rows + 1, self.rows + len(rows) + 1))
        read = RowBatch([Row(number, cells) for number, cells in zip(numbers, rows, strict=True)])
        batch = Batch(self.columns, numbers, list(rows), documents=not self.request.update)
        portion = Portion("people.csv", self.columns, self.rows + 1, read, encode_batch(Whole, batch))
        return await self.recognition.recognise(portion)

    def write(self, recognised: Recognised, refused: Iterable[int] = ()) -> None:
        """Write and acknowledge; what is `refused` is in no store."""
        for document in recognised.documents:
            if document.row in refused:
                self.refused.setdefault(recognised.contacts[document.row], set()).add(document.row)
            else:
                contact = contact_of(document.body)
                self.store[contact.uuid] = contact
        self.rows += len(recognised.portion.rows)
        self.tally += recognised.tally
        self.size = recognised.size

    def crash(self) -> None:
        """The process ends, and another one goes on."""
        self.recognition.close()
        self.recognition = Recognition(self.path, self.encoders, self.live, self.request, self.size)

    def final(self) -> Tally:
        return self.tally + self.recognition.correct(self.refused)


def loaded(live: LiveMemory, rows: Sequence[Cells], columns: ColumnMapping = COLUMNS, **options: bool) -> Load:
    async def run() -> None:
        await load.meet()
        load.write(await load.recognise(rows))

    with TemporaryDirectory() as directory:
        load = Load(directory, live, columns, **options)
        asyncio.run(run())
        load.tally = load.final()
        load.recognition.close()
    return load


def live_of(load: Load) -> LiveMemory:
    return LiveMemory(*load.store.values())


ANN = ("Ann", "Alpha", "ann@one.example", "https://www.linkedin.com/in/ann", "CEO", "Bonn")


def test_repeated_rows_fill_each_others_gaps() -> None:
    rows = [
        ANN,
        ("Ann", "Alpha", "ann@one.example", "", "CTO", ""),
        ("", "", "", "http://linkedin.com/in/Ann/", "", "Ulm"),
    ]
    load = loaded(LiveMemory(), rows)
    (contact,) = load.store.values()
    assert (contact.first_name, contact.title, contact.city) == ("Ann", "CTO", "Ulm")
    assert (load.tally.new, load.tally.kept) == (1, 0)
    assert load.tally.filled == filled_in([contact])


def test_a_whole_load_takes_only_the_uuid_of_who_is_live() -> None:
    live = LiveMemory(ContactCompleteItem("theirs", "Ann", "Alpha", email="ann@one.example", country="Germany"))
    load = loaded(live, [ANN])
    assert (load.store["theirs"].country, load.store["theirs"].title) == (None, "CEO")
    assert (load.tally.kept, load.tally.new, live.asked) == (1, 0, [])


def test_uuids_may_begin_afresh() -> None:
    live = LiveMemory(ContactCompleteItem("theirs", "Ann", "Alpha", email="ann@one.example"))
    load = loaded(live, [ANN], new_uuids=True)
    assert (list(load.store) != ["theirs"], load.tally.kept, load.tally.new) == (True, 0, 1)
    # Who is given the same uuid as before is kept.
    assert loaded(live_of(load), [ANN], new_uuids=True).tally.kept == 1


def test_an_update_empties_what_it_has_a_column_for() -> None:
    live = LiveMemory(
        ContactCompleteItem("theirs", "Ann", "Alpha", email="ann@one.example", title="CTO", country="Peru")
    )
    row = ("Ann", "Alpha", "ann@one.example", "", "", "Bonn")
    load = loaded(live, [row], update=True)
    contact = load.store["theirs"]
    assert (contact.title, contact.country, contact.city) == (None, "Peru", "Bonn")
    assert load.tally.emptied == {"title": 1}
    load = loaded(live, [row], update=True, keep_filled=True)
    assert (load.store["theirs"].title, load.tally.emptied) == ("CTO", {})


def test_the_second_row_of_an_update_only_fills() -> None:
    live = LiveMemory(ContactCompleteItem("theirs", "Ann", "Alpha", email="ann@one.example", title="CTO"))
    rows = [("Ann", "Alpha", "ann@one.example", "", "CEO", ""), ("Ann", "Alpha", "ann@one.example", "", "", "Ulm")]
    contact = loaded(live, rows, update=True).store["theirs"]
    assert (contact.title, contact.city) == ("CEO", "Ulm")


def test_what_a_later_row_of_an_update_fills_was_not_emptied() -> None:
    theirs = ContactCompleteItem("theirs", "Ann", "Alpha", email="ann@one.example", title="CTO", city="Rome")
    empty = ("Ann", "Alpha", "ann@one.example", "", "", "")
    load = loaded(LiveMemory(theirs), [empty, (*empty[:4], "CEO", ""), empty], update=True)
    assert (load.store["theirs"].title, load.store["theirs"].city) == ("CEO", None)
    assert load.tally.emptied == {"city": 1}


def test_live_contacts_that_may_be_one_are_told_with_every_load() -> None:
    live = LiveMemory(
        ContactCompleteItem("one", "Ann", "Alpha", email=ANN[2], person_linkedin_url=ANN[3]),
        ContactCompleteItem("two", "Ann", "Alpha", email=ANN[2]),
    )
    for update in (True, False):
        load = loaded(live, [ANN, ANN], update=update)
        assert (load.tally.doubles, load.tally.double_examples) == (1, ("people.csv, line 1: one and two",))


def test_examples_name_lines_and_uuids_only() -> None:
    rows = [
        ANN,
        ("Bob", "Beta", *ANN[2:3], "https://www.linkedin.com/in/bob", "CTO", ""),
        ("Ann", "Alpha", "a@x.example", "", "", ""),
    ]
    load = loaded(LiveMemory(), [*rows, ("Ann", "Alpha", "a@x.example", ANN[3], "", "")])
    assert (load.tally.shared, load.tally.doubles) == (1, 1)
    ann, bob, other = load.store
    assert load.tally.shared_examples == (f"people.csv, line 2: {bob}",)
    assert load.tally.double_examples == (f"people.csv, line 4: {ann} and {other}",)


names = st.sampled_from(["Ann", "Bob", "Cleo", ""])
rows_of_people = st.lists(
    st.tuples(
        names,
        st.sampled_from(["Alpha", "Beta", ""]),
        st.sampled_from(["a@x.example", "b@x.example", "c@x.example", ""]),
        st.sampled_from(["https://www.linkedin.com/in/a", "http://linkedin.com/in/b", "", ""]),
        st.sampled_from(["CEO", "CTO", ""]),
        st.sampled_from(["Bonn", ""]),
    ).filter(any),
    max_size=25,
)
live_people = st.lists(
    st.builds(
        ContactCompleteItem,
        uuid=st.sampled_from([f"live-{at}" for at in range(6)]),
        first_name=st.sampled_from(["Ann", "Bob", None]),
        email=st.sampled_from(["a@x.example", "c@x.example", None]),
        person_linkedin_url=st.sampled_from(["https://www.linkedin.com/in/a", None]),
        title=st.sampled_from(["VP", None]),
        country=st.sampled_from(["Peru", None]),
    ),
    max_size=5,
)


@settings(max_examples=60)
@given(live_people, rows_of_people, st.booleans(), st.randoms(use_true_random=False))
def test_the_sums_are_those_of_the_store_whatever_happens(
    live: list[ContactCompleteItem], rows: list[Cells], update: bool, chance: random.Random
) -> None:
    """Batches of any size, refused documents and crashes: what is counted is what is there in the end."""

    async def run() -> None:
        await load.meet()
        while load.rows < len(rows):
            recognised = await load.recognise(rows[load.rows : load.rows + chance.randint(1, 6)])
            if chance.random() < 0.2:
                load.crash()
                continue
            load.write(recognised, [each.row for each in recognised.documents if chance.random() < 0.2])

    with TemporaryDirectory() as directory:
        load = Load(directory, LiveMemory(*live), update=update)
        before = set(load.live.by_uuid)
        asyncio.run(run())
        tally, touched = load.final(), {uuid for uuid, contact in load.store.items() if contact not in live}
        load.recognition.close()
    assert tally.filled == filled_in(load.store.values())
    assert tally.new == len(load.store.keys() - before)
    assert len(touched & before) <= tally.kept <= len(before)
    if not update:
        assert tally.kept == len(before & load.store.keys())
    there = [(contact, load.store[uuid]) for uuid, contact in load.live.by_uuid.items() if update]
    emptied = {name: sum(_has(was, name) and not _has(now, name) for was, now in there) for name in FIELDS}
    assert tally.emptied == {name: count for name, count in emptied.items() if count}


def _has(contact: ContactCompleteItem, name: str) -> bool:
    return getattr(contact, name) is not None


@settings(max_examples=40)
@given(rows_of_people, st.booleans(), st.randoms(use_true_random=False))
def test_a_crash_changes_nothing(rows: list[Cells], update: bool, chance: random.Random) -> None:
    async def run(load: Load, crashes: bool) -> None:
        await load.meet()
        while load.rows < len(rows):
            at = load.rows
            recognised = await load.recognise(rows[at : at + 4])
            if crashes and chance.random() < 0.4:
                if update:
                    # What was written in place before the crash is what is live now.
                    load.live.by_uuid |= {
                        contact_of(each.body).uuid: contact_of(each.body) for each in recognised.documents
                    }
                load.crash()
                continue
            load.write(recognised)

    people = [ContactCompleteItem("one", "Ann", email="a@x.example", title="VP", country="Peru", custom={"x": "y"})]
    outcomes = []
    for crashes in (False, True):
        with TemporaryDirectory() as directory:
            load = Load(directory, LiveMemory(*people), update=update)
            asyncio.run(run(load, crashes))
            outcomes.append((load.store, load.final()))
            load.recognition.close()
    assert outcomes[0] == outcomes[1]


NAMED = {"https://www.linkedin.com/in/a": ("Ann", "Alpha"), "http://linkedin.com/in/b": ("Bob", "Beta")}


@settings(max_examples=60)
@given(rows_of_people)
def test_the_same_file_again_changes_no_uuid(rows: list[Cells]) -> None:
    """Whatever rows lack and share, if only a profile is not told of two names: the store keeps one."""
    rows = [(*NAMED.get(row[3], row[:2]), *row[2:]) for row in rows]
    first = loaded(LiveMemory(), rows)
    again, update = loaded(live_of(first), rows), loaded(live_of(first), rows, update=True)
    assert set(again.store) == set(update.store) == set(first.store)
    assert (again.tally.kept, again.tally.new) == (update.tally.kept, update.tally.new) == (len(first.store), 0)


def test_fields_are_counted_in_order() -> None:
    contact = ContactCompleteItem("a", first_name="Ann", do_not_call=False, employees=0, custom={"x": "y"})
    counted = dict(zip(FIELDS, filled_in([contact, ContactCompleteItem("b")]), strict=True))
    assert {name for name, count in counted.items() if count} == {"first_name", "do_not_call", "employees", "custom"}
