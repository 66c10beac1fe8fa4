"""Who a row is of: the same for a batch as for each of its contacts."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from indexing.identity.keys import claim_of, claims_of
from search.contact_columns import columns_of
from search.fields import ContactCompleteItem
from tests.harness.contacts import CONTACTS

WITHOUT_UUID = CONTACTS.map(lambda contact: msgspec.structs.replace(contact, uuid=""))
WITHOUT_KEYS = st.builds(ContactCompleteItem, uuid=st.just(""), first_name=st.sampled_from(["Ann", "Bob"]))


@given(st.lists(CONTACTS | WITHOUT_UUID | WITHOUT_KEYS, max_size=5))
def test_the_claims_of_a_batch(contacts: list[ContactCompleteItem]) -> None:
    rows = range(3, 3 + len(contacts))
    expected = [claim_of(row, contact) for row, contact in zip(rows, contacts, strict=True)]
    assert claims_of(rows, columns_of(contacts)) == expected
