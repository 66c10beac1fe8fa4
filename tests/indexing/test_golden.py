"""Golden URLs: what counts as off, what is said of it, and that a load which is off does not go live."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.golden import (
    Checked,
    Found,
    GoldenUrl,
    check_golden,
    checked,
    decoded,
    difference,
    encoded,
    find,
    moved_most,
    name_of,
    with_golden,
    without_golden,
)
from indexing.guard import LoadRefused
from indexing.request import Limits
from mappings.errors import ForeignUrl, NotFound
from mappings.url import parse
from search.engine import EngineSettings
from search.fields import ContactCompleteItem
from tests.harness.stores import engine_of, load

PEOPLE = "https://app.apollo.io/#/people"
CEOS = f"{PEOPLE}?personTitles[]=CEO"


def golden(name: str = "g", count: int = 100, tolerance: float = 0.2, url: str = CEOS, **parameters: int) -> GoldenUrl:
    found = Found(count, parameters)
    return GoldenUrl(name=name, url=url, tolerance=tolerance, added_at="2026-01-31T12:00:00Z", found=found)


@pytest.mark.parametrize(
    ("count", "tolerance", "allowed", "off"),
    [(100, 0.2, (80, 100, 120), (79, 121, 0)), (0, 0.2, (0,), (1,)), (3, 0.2, (3,), (2, 4)), (10, 0, (10,), (9, 11)),
     (10, 1, (0, 20), (21,)), (10, 5, (0, 60), (61,))],
)  # fmt: skip
def test_what_a_load_may_find(count: int, tolerance: float, allowed: tuple[int, ...], off: tuple[int, ...]) -> None:
    one = golden(count=count, tolerance=tolerance)
    assert all(one.allows(number) for number in allowed)
    assert not any(one.allows(number) for number in off)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9))), st.sampled_from("abc"))
def test_a_name_is_there_once_and_what_is_noted_is_read_again(added: list[tuple[str, int]], gone: str) -> None:
    kept: list[GoldenUrl] = []
    for name, count in added:
        kept = with_golden(kept, golden(name, count))
    assert {each.name: each.found.count for each in kept} == dict(added)
    assert len(kept) == len(dict(added))
    assert list(decoded(encoded(kept))) == kept
    if gone in dict(added):
        assert {each.name for each in without_golden(kept, gone)} == set(dict(added)) - {gone}
    else:
        with pytest.raises(NotFound, match="no golden URL"):
            without_golden(kept, gone)


def test_nothing_is_noted_at_first() -> None:
    assert decoded(b"") == ()


def test_urls_that_ask_for_the_same_have_one_name() -> None:
    assert name_of(parse(CEOS)) == name_of(parse(f"{PEOPLE}?page=3&personTitles[]=ceo")) != name_of(parse(PEOPLE))


def test_the_parameter_that_moved_most_did_it() -> None:
    then, now = Found(100, {"a": 1000, "b": 10, "c": 5}), Found(10, {"a": 900, "b": 1, "c": 5})
    assert moved_most(then, now) == ["b", "a"]
    assert moved_most(Found(1), Found(2, {"new": 3})) == ["new"]
    said = difference(Checked(golden(a=1000, b=10, c=5), now))
    assert said == (
        "golden URL 'g' finds 10 contacts, and found 100 on 2026-01-31, which may be off by 20%: b did it; on their "
        "own they find b 10 → 1, a 1,000 → 900"
    )
    many = {f"p{number}": 1 for number in range(7)}
    assert difference(Checked(golden(**many), Found(0))).endswith("p4 1 → 0 and 2 more")


def test_nobody_did_it_alone() -> None:
    said = difference(Checked(golden(a=7), Found(0, {"a": 7})))
    assert "each of its parameters finds as many as then, but fewer or more contacts meet them all" in said


def test_a_load_that_is_off_is_refused_unless_that_is_allowed(caplog: pytest.LogCaptureFixture) -> None:
    fine, off = Checked(golden(), Found(90)), Checked(golden("x"), Found(9))
    check_golden(Limits(), [])
    check_golden(Limits(), [fine])
    with pytest.raises(LoadRefused, match=r"'x' finds 9 .*--allow-golden"):
        check_golden(Limits(), [fine, off])
    with pytest.raises(LoadRefused, match="; and 2 more"):
        check_golden(Limits(), [off] * 5)
    assert caplog.text == ""
    check_golden(Limits(allow_golden=True), [fine, off])
    assert "Golden URLs are off, which --allow-golden allows: golden URL 'x' finds 9" in caplog.text


def test_urls_are_counted_with_their_parameters(tmp_path: Path) -> None:
    settings = EngineSettings(engine="duckdb", data_dir=tmp_path)
    people = [ContactCompleteItem(uuid=str(n), title="CEO" if n < 3 else "CTO", country="Germany") for n in range(7)]

    async def run() -> tuple[Found, list[Any]]:
        await load(settings, people)
        async with engine_of(settings) as engine:
            url = f"{PEOPLE}?personLocations[]=Germany&personNotTitles[]=CEO&page=2&foo=1"
            found = await find(engine, parse(url))
            with pytest.raises(ForeignUrl):
                await find(engine, parse("https://example.com"))
            return found, await checked(engine, [golden(count=3), golden(url="https://example.com")])

    found, [fine, gone] = asyncio.run(run())
    assert (found.count, found.parameters) == (4, {"personLocations[]": 7, "personNotTitles[]": 3})
    assert (fine.found, fine.off) == (Found(3, {"personTitles[]": 3}), False)
    assert (gone.found, gone.off) == (None, True)
    assert difference(gone) == "golden URL 'g' can't be counted any longer: URL must be from apollo.io domain"
