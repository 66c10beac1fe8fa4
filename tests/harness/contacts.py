"""Contacts of all kinds, for hypothesis."""

from typing import Any

from hypothesis import strategies as st

from search.fields import FORMS, ContactCompleteItem
from search.kinds import Form

_TEXTS = st.sampled_from(["", "a", "Ann", "Zoë \u200d", 'say "hi"', "a@one.example", "info@one.example", "c++, C#"])
_LINKS = ["https://www.linkedin.com/in/ann", "https://linkedin.com/company/x", "one.example", "x" * 3000]
_URLS = st.sampled_from(_LINKS)
_DATES = st.sampled_from(["2024-01-02T03:04:05", "2024-02-30T00:00:00", "2024-01-02"])
_VALUES: dict[Form, st.SearchStrategy[Any]] = {
    Form.TEXT: _TEXTS | _URLS | st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    Form.PHONE: st.sampled_from(["+1 555-0100", "1"]),
    Form.LIST: st.lists(_TEXTS, max_size=3).map(tuple),
    Form.INTEGER: st.sampled_from([0, 1, 2024, -(2**63), 2**63]),
    Form.DATETIME: _DATES,
    Form.TRUTH: st.booleans(),
    Form.MAP: st.dictionaries(_TEXTS, _TEXTS, max_size=2),
}

CONTACTS: st.SearchStrategy[ContactCompleteItem] = st.builds(
    ContactCompleteItem,
    **{name: st.none() | _VALUES[form] for name, form in FORMS.items() if name != "uuid"},
    uuid=st.sampled_from(["a", "b", "c ü"]),
)
"""A contact with any fields, a few values of each, so that some are alike."""
