"""How single values are made. What becomes of whole contacts is in `test_documents`."""

from hashlib import sha256
from types import SimpleNamespace

import pytest

from search import derivation
from search.kinds import Form, Kind


def test_what_is_empty() -> None:
    forms = {"name": Form.TEXT, "phone": Form.PHONE, "words": Form.LIST, "day": Form.DATETIME}
    numbers = {f"number {at}": Form.INTEGER for at in range(5)}
    empty = derivation.empty(forms | numbers)
    assert empty((None, "", (), None, 1, None, 2, 3, 4)) == ("name", "phone", "words", "day", "number 1")
    for at in range(5):
        zero = [None] * 5
        zero[at] = 0
        assert empty(("a", "b", ("c",), "d", *zero)) == tuple(name for name in numbers if name != f"number {at}")


def test_false_is_something_and_an_empty_object_is_not() -> None:
    empty = derivation.empty({"truth": Form.TRUTH, "map": Form.MAP})
    assert empty((False, {})) == ("map",)
    assert empty((None, {"a": ""})) == ("truth",)


def test_seconds_of_what_is_no_datetime() -> None:
    assert derivation.epoch_seconds("2024-01-15T10:30:00") == 1_705_314_600
    assert [derivation.epoch_seconds(text) for text in (None, "", "soon", "2024-02-30T00:00:00")] == [None] * 4


def test_numbers_keep_within_what_engines_hold() -> None:
    held = [derivation.long(number) for number in (None, 0, -(2**70), 2**70)]
    assert held == [None, 0, derivation.LONG_MIN, derivation.LONG_MAX]


LONG = "Word " * 400


@pytest.mark.parametrize(
    ("kind", "form", "value", "made"),
    [
        (Kind.NUMBER, Form.INTEGER, 2**70, derivation.LONG_MAX),
        (Kind.NUMBER, Form.DATETIME, "1970-01-01T00:01:00", 60),
        (Kind.TERM, Form.TEXT, " Big-Deal ", "big deal"),
        (Kind.TERM, Form.TEXT, LONG, LONG.lower()[:1024]),
        (Kind.TERM, Form.TEXT, "!", None),
        (Kind.TERM, Form.TEXT, None, None),
        (Kind.TERM, Form.PHONE, "+49 (30) 1", "49 30 1"),
        (Kind.TERM, Form.LIST, ("VIP", "vip", "", "New"), ("vip", "new")),
        (Kind.TERM_AND_TEXT, Form.LIST, (LONG,), (LONG.lower()[:1024],)),
        (Kind.TEXT, Form.TEXT, LONG, LONG.lower().strip()),
        (Kind.TEXT, Form.LIST, None, ()),
        (Kind.NAME, Form.TEXT, "Acme, Inc.", "acme inc"),
    ],
)
def test_a_plain_field_is_normalised_as_its_kind_is(kind: Kind, form: Form, value: object, made: object) -> None:
    assert derivation.plain(kind, form)(value) == made


def test_words_and_sort_texts_of_several_names() -> None:
    assert derivation.person_name(("Ann Lee", "Lee")) == ("ann", "lee")
    assert derivation.joined_sort_text(("Ann Lee", None)) == "ann lee"
    assert derivation.joined_sort_text((None, "Lee")) == "lee"
    assert derivation.joined_sort_text((None, "")) is None
    assert derivation.joined_sort_text(("a" * 200, "b " * 200)) == f"{'a' * 64} {'b ' * 200}"[:256]


def test_the_words_of_a_place_that_its_location_lacks() -> None:
    assert derivation.location(("Austin", "TX", "USA")) == ("austin", "texas", "united states")
    assert derivation.search_words(("a@b.com", "Austin", "TX", "USA")) == ("a", "b", "com", "tx", "usa")
    assert derivation.search_words((None, None, None, "USA")) == ("usa",)


@pytest.mark.parametrize(
    ("website", "name", "key"),
    [
        ("https://www.shop.acme.co.uk/x", "Acme Ltd.", "acme.co.uk"),
        ("eu.acme.com", None, "acme.com"),
        (None, "Acme, Inc.", "acme inc"),
        ("https://www.facebook.com/acme", "Acme, Inc.", "acme inc"),
        ("acme.wixsite.com/home", "Acme", "acme"),
        ("acme.github.io", "Acme", "acme"),
        ("acme.uk.com", "Acme", "acme"),
        ("uk.com", "Acme", "acme"),
        ("sites.google.com/view/acme", "Acme", "acme"),
        ("google.com", "Google LLC", "google.com"),
        ("co.uk", "Acme", "acme"),
        ("localhost", "Acme", "acme"),
        ("192.168.0.1", "Acme", "acme"),
        ("[::1]", "Acme", "acme"),
        ("linkedin.com/company/acme", None, None),
        ("", "!", None),
        (None, "x " * 400, ("x " * 400)[:256]),
    ],
)
def test_what_makes_colleagues(website: str | None, name: str | None, key: str | None) -> None:
    assert derivation.company_key((website, name)) == key


def test_seniorities_have_ranks_from_the_top() -> None:
    ranks = [derivation.seniority_rank(text) for text in ("Owner", "Founder", "C-Level", "VP", "intern", "?", "", None)]
    assert ranks == [1, 2, 3, 5, 11, None, None, None]


def test_the_order_that_says_nothing_has_63_bits() -> None:
    first = int.from_bytes(sha256(b"a").digest()) >> 256 - 63
    assert derivation.shuffled("a") == derivation.shuffle_key("a") == first
    assert derivation.shuffled(None) is None
    keys = [derivation.shuffle_key(str(at)) for at in range(1000)]
    assert len(set(keys)) == 1000
    assert max(keys) > 2**62 > min(keys) >= 0
    assert 400 < sum(key < 2**62 for key in keys) < 600


def test_what_is_beyond_all_numbers_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derivation, "sha256", lambda _: SimpleNamespace(digest=lambda: b"\xff" * 32))
    assert derivation.shuffle_key("a") == derivation.LONG_MAX


@pytest.mark.parametrize(
    ("place", "parts"),
    [
        (("San Francisco", "CA", "USA"), ("san francisco", "california", "united states")),
        (("Austin, TX", None, None), ("austin", "texas", None)),
        (("London", None, "England"), ("london", None, "united kingdom")),
        (("Washington DC", None, "US"), ("washington", "district of columbia", "united states")),
        ((None, "Washington D.C.", None), (None, "district of columbia", None)),
        ((None, None, None), (None, None, None)),
    ],
)
def test_a_place_has_one_city_state_and_country(place: derivation.Place, parts: tuple[str | None, ...]) -> None:
    assert tuple(derivation.place_part(at)(place) for at in range(3)) == parts
    assert set(filter(None, parts)) <= set(derivation.location(place))


def test_months() -> None:
    assert derivation.month("2024-01-15T10:30:00") == "2024-01"
    assert [derivation.month(text) for text in (None, "", "2024-01", "2024-13-01T00:00:00")] == [None] * 4


@pytest.mark.parametrize(
    "make",
    [derivation.title_key, derivation.linkedin, derivation.company_text, derivation.sort_text,
     derivation.enumerated(str.lower)],
)  # fmt: skip
@pytest.mark.parametrize("text", [None, "", " "])
def test_of_nothing_comes_nothing(make, text: str | None) -> None:
    assert not (make(text) or "").strip()


def test_what_is_remembered_is_bounded() -> None:
    kept = derivation.words.__self__
    for at in range(3 * derivation.REMEMBERED_BYTES // 8 // 1000):
        derivation.words(f"{at} " + "x" * 1000)
    assert sum(map(len, kept)) * 8 < derivation.REMEMBERED_BYTES


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("7372", ("73", "737", "7372")),
        ("541511 - Custom Computer Programming Services", ("54", "541", "5415", "54151", "541511")),
        ("SIC 7372.0", ("73", "737", "7372")),
        ("31-33", ("31", "32", "33")),
        ("44 – 45", ("44", "45")),
        ("45-44", ()),
        ("7", ("7",)),
        ("none", ()),
        ("٣١", ()),
    ],
)
def test_a_code_is_also_what_it_begins_with(text: str, codes: tuple[str, ...]) -> None:
    assert derivation.codes((text,)) == codes


def test_codes_are_there_once() -> None:
    assert derivation.codes(("7372", "7371")) == ("73", "737", "7372", "7371")
    assert derivation.codes(None) == ()


def test_departments_of_several_lists() -> None:
    assert derivation.departments((("Sales", "C-Suite"), ("Inside Sales", "Sales"))) == (
        "sales", "c_suite", "inside_sales",
    )  # fmt: skip
    assert derivation.departments((None, None)) == ()
