"""The query for the stock schema: contacts and companies, each with its metadata beside it.

Every contact is in it, also one without metadata or company. A contact changes when its company does. Which column a
field is taken from stands in its row of `search.fields`, by the names that the tables have here.
"""

from search.fields import CONTACT_FIELDS


def _selected(field: str, stock: str) -> str:
    return stock if stock.endswith(f".{field}") else f"{stock} AS {field}"


_COLUMNS = ",\n    ".join(_selected(field, row.stock) for field, row in CONTACT_FIELDS.items() if row.stock is not None)

STOCK_QUERY = f"""\
SELECT
    {_COLUMNS},
    greatest(contact.updated_at, company.updated_at) AS changed_at
FROM contacts AS contact
LEFT JOIN contacts_metadata AS contact_more ON contact_more.uuid = contact.uuid
LEFT JOIN companies AS company ON company.uuid = contact.company_id
LEFT JOIN companies_metadata AS company_more ON company_more.uuid = company.uuid"""  # noqa: S608 - nothing in it comes from outside
