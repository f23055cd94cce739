"""The sheets of an xlsx workbook as rows of text: a zip of XML, read within bounds and without entities; and
one sheet written as a workbook.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from xml.etree import ElementTree
from xml.sax.saxutils import escape

MEMBER_CAP_BYTES, SHEET_CAP, ROW_CAP, COLUMN_CAP = 32 * 1024 * 1024, 64, 100_000, 200
_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SHEET = re.compile(r"xl/worksheets/sheet(\d{1,4})\.xml")
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
Row = tuple[int, list[str]]


class NoWorkbook(ValueError):
    """The bytes are no workbook that can be read; the text says why."""


def sheets(data: bytes) -> list[list[Row]]:
    """The rows of each sheet with their numbers, in the order of the file.

    Raises:
        NoWorkbook: no zip, no sheet, larger than any cable plan, or XML that is cut or declares entities.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as held:
            names = {name: int(found[1]) for name in held.namelist() if (found := _SHEET.fullmatch(name))}
            if not names or len(names) > SHEET_CAP:
                raise NoWorkbook(f"it has {len(names)} sheets")
            texts = _texts(held) if "xl/sharedStrings.xml" in held.namelist() else []
            return [_even(_rows(_member(held, name), texts)) for name in sorted(names, key=names.__getitem__)]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise NoWorkbook(f"it is no whole zip: {error}") from None
    except (ElementTree.ParseError, IndexError, ValueError) as error:
        if isinstance(error, NoWorkbook):
            raise
        raise NoWorkbook(f"its XML can't be read: {error}") from None


def workbook(name: str, rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet of text, the least that spreadsheets take; the same rows give the same bytes."""
    lines = "".join(
        f'<row r="{number}">'
        + "".join(f'<c t="inlineStr"><is><t>{_escaped(cell)}</t></is></c>' for cell in row)
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    main = _SPACE[1:-1]
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        f'<sheet name="{_escaped(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>',
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for part, text in parts.items():
            info = zipfile.ZipInfo(part)
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text)
    return held.getvalue()


def _escaped(text: str) -> str:
    """Text as XML can hold it: what it can't is shown."""
    harmless = "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
    return escape(harmless, {'"': "&quot;"})


def _even(rows: Iterator[Row]) -> list[Row]:
    """Rows of one width: a sheet leaves out what is empty at their ends."""
    held = list(rows)
    width = max((len(cells) for _, cells in held), default=0)
    return [(number, cells + [""] * (width - len(cells))) for number, cells in held]


def _member(held: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """One part, never more of it than the cap, whatever its header claims."""
    with held.open(name) as part:
        raw = part.read(MEMBER_CAP_BYTES + 1)
    if len(raw) > MEMBER_CAP_BYTES:
        raise NoWorkbook(f"{name} is too large")
    # Entities are what makes a small file large; they are declared nowhere else, and UTF-16 would hide them.
    if b"<!" in raw.replace(b"<!--", b"").replace(b"<![CDATA[", b"") or b"\x00" in raw:
        raise NoWorkbook(f"{name} declares types or entities")
    return ElementTree.fromstring(raw)


def _texts(held: zipfile.ZipFile) -> list[str]:
    return [_text(item) for item in _member(held, "xl/sharedStrings.xml").findall(f"{_SPACE}si")]


def _text(item: ElementTree.Element) -> str:
    return "".join(part.text or "" for part in item.iter(f"{_SPACE}t"))


def _rows(sheet: ElementTree.Element, texts: list[str]) -> Iterator[Row]:
    for count, row in enumerate(sheet.iter(f"{_SPACE}row"), 1):
        if count > ROW_CAP:
            raise NoWorkbook(f"it has more than {ROW_CAP} rows")
        cells: list[str] = []
        for cell in row.findall(f"{_SPACE}c"):
            at = _column(cell.get("r", ""), len(cells))
            cells += [""] * (at + 1 - len(cells))
            cells[at] = _value(cell, texts)
        yield int(row.get("r", str(count))), cells


def _column(reference: str, otherwise: int) -> int:
    found = _CELL.fullmatch(reference)
    at = otherwise
    if found is not None:
        at = 0
        for letter in found[1]:
            at = at * 26 + ord(letter) - 64
        at -= 1
    if at >= COLUMN_CAP:
        raise NoWorkbook(f"it has more than {COLUMN_CAP} columns")
    return at


def _value(cell: ElementTree.Element, texts: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return _text(cell)
    raw = cell.findtext(f"{_SPACE}v") or ""
    if cell.get("t") == "s":
        at = int(raw)
        if at < 0:
            raise NoWorkbook("a cell names a text that is not there")
        return texts[at]
    # Numbers are kept as they were typed wherever a spreadsheet writes 3 as 3.0.
    return raw.removesuffix(".0")
