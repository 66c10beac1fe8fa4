"""The columns of the stock schema's query. What it gives on a real server is in `test_postgres`."""

from indexing.sources.columns import map_columns
from indexing.sources.stock_schema import STOCK_QUERY
from search.fields import ITEM_FIELDS


def test_it_selects_the_fields_by_their_names() -> None:
    first, *columns, last = STOCK_QUERY.partition("\nFROM ")[0].replace(",\n", "\n").splitlines()
    assert (first, last) == ("SELECT", "    greatest(contact.updated_at, company.updated_at) AS changed_at")
    assert columns[:2] == ["    contact.uuid", "    contact.first_name"]
    assert "    company.name AS company" in columns
    assert "    coalesce(company_more.twitter_url, contact_more.twitter_url) AS twitter_url" in columns
    fields = map_columns([column.split()[-1].rpartition(".")[2] for column in columns]).fields
    assert fields == tuple(name for name in ITEM_FIELDS if name != "primary_email_catch_all_status")
