"""Places in one cell, taken apart."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.values.places import Place, split_place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Austin, Texas, United States", ("Austin", "Texas", "United States")),
        ("Montreal, Canada", ("Montreal", None, "Canada")), ("Berlin", ("Berlin", None, None)),
        ("Germany", (None, None, "Germany")), ("Austin, TX", ("Austin", "TX", None)),
        ("Paris, Île-de-France", ("Paris", "Île-de-France", None)),
        ("Greater Boston Area", ("Greater Boston Area", None, None)),
        ("Texas, United States", (None, "Texas", "United States")), ("Texas", (None, "Texas", None)),
        ("New York", ("New York", None, None)), ("New York, USA", (None, "New York", "USA")),
        ("London, England, United Kingdom", ("London", "England", "United Kingdom")),
        ("1 Main St, Austin, Texas, US", ("1 Main St, Austin", "Texas", "US")),
        ("1 Main St, Austin, TX 78701, USA", ("1 Main St, Austin", "TX", "USA")),
        ("Newark, New Jersey 07102-1234", ("Newark", "New Jersey", None)),
        ("Bern, BE 30001", ("Bern", "BE 30001", None)),
        ("Seoul, Korea, Republic of", ("Seoul", None, "Korea, Republic of")),
        ("Berlin | Germany", ("Berlin", None, "Germany")),
        ("Austin; Texas", ("Austin", "Texas", None)),
        ("Singapore, Singapore", ("Singapore", None, "Singapore")), (" , ", (None, None, None)),
    ],
)  # fmt: skip
def test_places(text: str, place: Place) -> None:
    assert split_place(text) == place


@given(st.text(max_size=30))
def test_nothing_of_a_place_is_lost(text: str) -> None:
    kept = ", ".join(filter(None, split_place(text)))
    assert kept == ", ".join(part.strip() for part in re.split(r"[,;|•·]", text) if part.strip())
