"""Places of contacts in orders, and which comes first."""

from itertools import permutations

import pytest

from mappings.predicates import Order, Ordering, PerCompany, Sample
from search.fields import ContactCompleteItem
from search.standing import Place, fields_of, standing, stands_before

CASES: list[tuple[Ordering, list[Place]]] = [
    (Order(), [(5, "b"), (3, "a"), (3, "c"), (None, "a"), (None, "b")]),
    (Order("last_name", ascending=True), [("a", "b"), ("b", "a"), (None, "a")]),
    (Sample(9, 5), [(5, "b"), (9, "a"), (1, "a"), (4, "z")]),
    (
        PerCompany(2),
        [
            (("a", 1, 3), "x"), (("a", 1, 2), "a"), (("a", 1, 2), "b"), (("a", 1, None), "a"), (("a", 2, 9), "a"),
            (("a", None, 9), "a"), (("b", 1, 1), "a"), (None, "a"), (None, "b"),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("order", "places"), CASES)
def test_places_stand_in_order(order: Ordering, places: list[Place]) -> None:
    for one, other in permutations(places, 2):
        assert stands_before(one, other, order) is (places.index(one) < places.index(other))
    assert not any(stands_before(place, place, order) for place in places)


def test_a_contact_stands_by_what_it_is() -> None:
    contact = ContactCompleteItem(
        uuid="u", company="Acme", website="https://acme.example", seniority="founder", created_at="1970-01-02T00:00:00"
    )
    assert standing(contact, Order()) == 86_400
    assert standing(contact, Sample(1, 2)) == standing(contact, Order("shuffle"))
    key, rank, created = standing(contact, PerCompany(1))  # type: ignore[misc]
    assert (key, created) == (standing(contact, Order("company_key")), 86_400)
    assert rank == standing(contact, Order("seniority_rank"))
    assert standing(ContactCompleteItem(uuid="u", seniority="founder"), PerCompany(1)) is None
    bare = ContactCompleteItem(uuid="u", company="Acme")
    assert standing(bare, PerCompany(1)) == ("acme", None, None)


def test_the_fields_of_a_place_are_told() -> None:
    assert fields_of(Sample(1, 2)) == {"uuid"}
    assert fields_of(Order()) == {"created_at"}
    assert fields_of(PerCompany(1)) == {"website", "company", "seniority", "created_at"}
