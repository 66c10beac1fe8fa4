"""Writes workbooks as a spreadsheet does, with cells of the types that it has."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from xml.sax.saxutils import escape

Value = str | int | float | bool | date | datetime | None

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DAY_ZERO = datetime(1899, 12, 30)


def workbook(**sheets: Sequence[Sequence[Value]]) -> bytes:
    """An `.xlsx` of `sheets`, by name; `None` is no cell at all."""
    parts = {"[Content_Types].xml": _types(), "_rels/.rels": _relations({"xl/workbook.xml": "officeDocument"})}
    listed = "".join(f'<sheet name="{name}" sheetId="{at}" r:id="rId{at}"/>' for at, name in enumerate(sheets, 1))
    parts["xl/workbook.xml"] = f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>'
    files = {f"worksheets/sheet{at}.xml": "worksheet" for at in range(1, len(sheets) + 1)}
    parts["xl/_rels/workbook.xml.rels"] = _relations(files | {"styles.xml": "styles"})
    formats = '<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/>'
    parts["xl/styles.xml"] = f'<styleSheet xmlns="{_MAIN}"><cellXfs count="3">{formats}</cellXfs></styleSheet>'
    for name, rows in zip(files, sheets.values(), strict=True):
        data = "".join(_row(at, row) for at, row in enumerate(rows, 1))
        parts[f"xl/{name}"] = f'<worksheet xmlns="{_MAIN}"><sheetData>{data}</sheetData></worksheet>'
    return archive({name: text.encode() for name, text in parts.items()})


def archive(files: Mapping[str, bytes]) -> bytes:
    """A zip archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return written.getvalue()


def _row(at: int, row: Sequence[Value]) -> str:
    cells = "".join(_cell(f"{chr(65 + column)}{at}", value) for column, value in enumerate(row) if value is not None)
    return f'<row r="{at}">{cells}</row>'


def _cell(place: str, value: Value) -> str:
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{value:d}</v></c>'
    if isinstance(value, date):
        style, moment = (2, value) if isinstance(value, datetime) else (1, datetime(value.year, value.month, value.day))
        return f'<c r="{place}" s="{style}"><v>{(moment - _DAY_ZERO).total_seconds() / 86400}</v></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def _types() -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}"/></Types>'
    )


def _relations(targets: Mapping[str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{at}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for at, (target, kind) in enumerate(targets.items(), 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'
