import csv
import io
import json

import pytest

from api.actions.exports import Sheet
from api.actions.views import COLUMNS, VIEWS, picked
from api.actions.views import DEFAULT as FULL
from indexing.sources.delimited import DelimitedTable
from indexing.sources.table_rows import TableRows
from indexing.sources.text_encoding import detect_encoding
from search.fields import ContactCompleteItem, ContactListItem, complete_json

FORMULAS = ["=1+1", "+49 30", "-x", "@x", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x"]


def cells(sheet, **fields):
    contact = ContactCompleteItem("id", **fields)
    text = (sheet.header() + sheet.rows(sheet.view.pick([complete_json(contact)]))).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_told_from_one_where_that_is_asked_for(text):
    fields = {"title": text, "departments": (text, "b"), "employees": -5}
    view = picked(("title", "departments", "employees", "uuid"))
    assert cells(Sheet(view), **fields)[1] == [text, f"{text}, b", "-5", "id"]
    assert cells(Sheet(view, safe=True), **fields)[1] == [f"'{text}", f"'{text}, b", "-5", "id"]


@pytest.mark.parametrize("text", ["", "a=b", " =1", "'=1", "CEO", "1-2"])
def test_any_other_text_stays_as_it_is(text):
    assert cells(Sheet(picked(("title",)), safe=True), title=text)[1:] in ([[text]], [[]])


def test_a_comment_is_one_cell_above_the_header():
    rows = cells(Sheet(picked(("uuid",)), comment='Titles: "CEO", CTO'))
    assert rows == [['# Titles: "CEO", CTO'], ["uuid"], ["id"]]


def test_only_what_is_for_spreadsheets_begins_with_a_byte_order_mark():
    view = picked(("uuid",))
    for comment, first in (("", b"uuid"), ("Germany", b"# Germany")):
        assert Sheet(view, comment=comment).header().startswith(first)
        assert Sheet(view, safe=True, comment=comment).header().startswith(b"\xef\xbb\xbf" + first)
    assert Sheet(view, safe=True).rows(view.pick([complete_json(ContactCompleteItem("id"))])) == b"id\r\n"


@pytest.mark.parametrize("comment", ["", "Germany", "Titles: ceo, cto"])
@pytest.mark.parametrize("safe", [True, False])
def test_a_file_is_read_back_with_the_mark_and_the_comment_passed_over(safe, comment):
    view = picked(("first_name", "last_name", "email"))
    contact = ContactCompleteItem("id", first_name="Jörg", last_name="Öz", email="j@a.example")
    sheet = Sheet(view, safe=safe, comment=comment)
    file = io.BytesIO(sheet.header() + sheet.rows(view.pick([complete_json(contact)])))
    encoding = detect_encoding(file).codec
    file.seek(0)
    table = DelimitedTable(io.TextIOWrapper(file, encoding, newline=""))
    assert table.header is not None
    assert table.header.cells == ("first_name", "last_name", "email")
    assert [row.cells for row in TableRows(table, table.header)] == [["Jörg", "Öz", "j@a.example"]]


def test_columns_are_in_the_order_in_which_they_are_asked_for():
    for columns in (("title", "uuid"), ("uuid", "title"), COLUMNS):
        view = picked(columns)
        [item] = view.pick([complete_json(ContactCompleteItem("id", title="CEO"))])
        assert list(json.loads(item)) == list(columns)
        assert json.loads(item)["title"] == "CEO"


def test_whole_contacts_are_read_for_columns_that_only_these_have():
    assert not picked(ContactListItem.__struct_fields__).complete
    assert not picked(("matched", "email")).complete
    assert picked(("email", "custom")).complete
    assert VIEWS[FULL].pick([b"x"]) == [b"x"]
