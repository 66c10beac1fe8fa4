"""What is little goes from step to step on the event loop; what is more is packed, and unpacked aside."""

import os
import pickle
import threading
from collections.abc import Callable
from typing import Any

import pytest

from api.actions.aside import MOST_AT_ONCE, Aside, Maker
from api.actions.made import following, following_each, made
from api.actions.service import ContactService
from api.actions.table import ACTIONS
from api.settings import Settings
from mappings.facets import facet_rows
from mappings.predicates import ContactFilter
from search.apart import Apart
from search.fields import ContactCompleteItem
from tests.harness.oracle_engine import OracleEngine

PEOPLE = "https://app.apollo.io/#/people"

pytestmark = pytest.mark.anyio


def doubled(number: int) -> tuple[int, int, str]:
    return 2 * number, os.getpid(), threading.current_thread().name


def failed(number: int) -> None:
    raise ValueError(number)


async def test_a_little_thing_is_used_at_once() -> None:
    thing = made(4, MOST_AT_ONCE)
    here = (8, os.getpid(), threading.current_thread().name)
    assert (thing.little, thing.packed) == (4, b"")
    assert await following(Aside(), thing, doubled) == here
    assert await following(Aside(), thing, doubled, MOST_AT_ONCE) == here


@pytest.mark.parametrize(("size", "weight"), [(MOST_AT_ONCE + 1, 0), (1, MOST_AT_ONCE + 1)])
async def test_what_is_much_is_used_aside(size: int, weight: int) -> None:
    thing = made(4, size)
    assert (thing.little is None) is (size > MOST_AT_ONCE)
    number, process, thread = await following(Aside(), thing, doubled, weight)
    assert (number, process) == (8, os.getpid())
    assert thread != threading.current_thread().name
    with pytest.raises(ValueError, match="4"):
        await following(Aside(), thing, failed, weight)


@pytest.mark.parametrize(
    ("size", "weights", "at_once"),
    [
        (1, [], True),
        (1, [MOST_AT_ONCE] * 4, True),
        (1, [MOST_AT_ONCE] * 5, False),
        (1, [0, MOST_AT_ONCE + 1], False),
        (MOST_AT_ONCE + 1, [1, 1], False),
    ],
)
async def test_several_works_take_turns_with_others_or_are_done_aside(
    size: int, weights: list[int], at_once: bool
) -> None:
    aside = Sent()
    found = await following_each(aside, made(4, size), [(doubled, weight) for weight in weights])
    assert [number for number, _, _ in found] == [8] * len(weights)
    assert len(aside.sent) == (not at_once)


async def test_there_it_is_another_process() -> None:
    aside = Aside(Apart(Maker))
    try:
        number, process, _ = await following(aside, made(4, MOST_AT_ONCE + 1), doubled)
        assert (number, process != os.getpid()) == (8, True)
    finally:
        await aside.close()


def as_it_is(contact_filter: ContactFilter) -> ContactFilter:
    return contact_filter


class Sent(Aside):
    """A place that is reached as another process is, and notes what went there and came back."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[int] = []

    async def run(self, work: Callable[[], Any]) -> Any:
        there = pickle.dumps(work)
        back = pickle.dumps(pickle.loads(there)())
        self.sent.append(len(back))
        return pickle.loads(back)


CONTACTS = [
    ContactCompleteItem(
        uuid=str(number), title="CEO", seniority="vp", keywords=("saas",), employees=number, city="Rome"
    )
    for number in range(30)
]
URL = f"{PEOPLE}?personTitles[]=CEO&personSeniorities[]=vp&personLocations[]=Rome&page=2"
MANY = URL + "".join(f"&personTitles[]=title{number}" for number in range(120))
PARAMETERS = {"personTitles[]": ["CEO"], "personLocations[]": ["Rome"]}


@pytest.mark.parametrize(
    ("action", "little", "much"),
    [
        ("explain_count", {"url": URL}, {"url": MANY}),
        ("explain_count", {"url": URL}, {"url": f"{MANY}&personSeniorities[]=entry&personNotTitles[]=cto"}),
        ("facet_contacts", {"url": URL, "facets": ["seniority", "keywords"]}, {"url": MANY}),
        (
            "facet_contacts",
            {"url": URL, "facets": ["title"], "special": True},
            {"url": MANY, "facets": [*facet_rows()]},
        ),
        ("compare_urls", {"urls": [URL, PEOPLE]}, {"urls": [MANY, URL, PEOPLE]}),
        ("explain_contact", {"url": URL, "uuid": "7"}, {"url": MANY, "uuid": "7", "ledger": True}),
        ("build_url", {"parameters": PARAMETERS}, {"parameters": {"personTitles[]": [f"t{at}" for at in range(250)]}}),
        ("count_by_filter", {"url": URL}, {"url": MANY}),
        ("analyze", {"url": URL}, {"url": MANY}),
    ],
)
async def test_steps_of_actions_stay_where_they_are_little_and_can_be_sent_else(
    action: str, little: dict[str, Any], much: dict[str, Any]
) -> None:
    engine = OracleEngine(CONTACTS)
    engine.compile = as_it_is  # type: ignore[method-assign]
    aside = Sent()
    service, row = ContactService(engine, Settings(), aside=aside), ACTIONS[action]
    await row.answer(service, little)
    assert aside.sent == []
    answer = await row.answer(service, much)
    assert aside.sent
    assert answer == await row.answer(ContactService(engine, Settings()), much)
