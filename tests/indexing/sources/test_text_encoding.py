"""Encodings: by mark, UTF-8, or found."""

import io

import pytest

from indexing.sources import text_encoding
from indexing.sources.text_encoding import Encoding, check_encoding, detect_encoding
from mappings.errors import SourceError

HEADER = "First Name,Last Name,Company\n"


def found(text: str | bytes, encoding: str = "utf-8") -> Encoding:
    content = text if isinstance(text, bytes) else (HEADER + text).encode(encoding)
    return detect_encoding(io.BytesIO(content))


@pytest.mark.parametrize(
    ("mark", "encoding", "codec"),
    [
        (b"\xef\xbb\xbf", "utf-8", "utf-8-sig"),
        (b"\xff\xfe", "utf-16-le", "utf-16"),
        (b"\xfe\xff", "utf-16-be", "utf-16"),
        (b"\xff\xfe\0\0", "utf-32-le", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32-be", "utf-32"),
    ],
)
def test_a_mark_decides(mark: bytes, encoding: str, codec: str) -> None:
    content = mark + "Name,株式\n".encode(encoding)
    assert found(content) == Encoding(codec)
    assert content.decode(codec) == "Name,株式\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_shows_by_its_nuls(encoding: str) -> None:
    assert found("Ann,Alpha,Acme\n", encoding) == Encoding(encoding, "UTF-16")
    assert found("Жанна,Петрова,株式会社\n", encoding) == Encoding(encoding, "UTF-16")


def test_a_nul_here_and_there_is_no_utf_16() -> None:
    assert found("Ann\0,Alpha,Acme\0\n") == Encoding("utf-8")
    assert found(b"\0" * 100) == Encoding("utf-8")


@pytest.mark.parametrize(
    ("text", "encoding", "guess"),
    [
        ("Jürgen,Müller,Köln\n", "cp1252", "Windows-1252"),
        ("José,Café,x\n", "cp1252", "Windows-1252"),
        ("François,Lefèvre,Besançon\n", "cp1252", "Windows-1252"),
        ("João,Gonçalves,São Paulo\n", "cp1252", "Windows-1252"),
        ("Søren,Kjær,Århus\n", "cp1252", "Windows-1252"),
        ("Ann,Alpha,Acme™ – 5 €\n", "cp1252", "Windows-1252"),
        ("René,Muñoz,Zürich Café\n", "mac_roman", "Mac OS Roman"),
        ("Łukasz,Żółć,Łódź\nWałęsa,x,Gdańsk\n", "cp1250", "Windows-1250"),
        ("İsmail,Yılmaz,İstanbul\nGüneş,x,Eskişehir\n", "cp1254", "Windows-1254"),
        ("Иван,Петров,Москва\nОльга,Сидорова,Казань\n", "cp1251", "Windows-1251"),
        ("Иван,Петров,Москва\nОльга,Сидорова,Казань\n", "koi8_r", "KOI8-R"),
        ("Γιώργος,Παπαδόπουλος,Αθήνα\n", "cp1253", "Windows-1253"),
        ("田中,太郎,株式会社サンプル\n鈴木,花子,東京\n", "cp932", "Shift JIS"),
        ("王,小明,北京公司\n李,雷,上海有限公司\n", "gb18030", "GB 18030"),
    ],
)
def test_what_is_no_utf_8_is_found(text: str, encoding: str, guess: str) -> None:
    for content in (text, text * 200):
        assert found(content, encoding) == Encoding(encoding, guess)
        assert found(content) == Encoding("utf-8")


def test_the_first_byte_beyond_ascii_may_come_late() -> None:
    late = "Ann,Alpha,Acme\n" * 100_000
    assert found(late + "Jürgen,Müller,Köln\n", "cp1252").codec == "cp1252"
    assert found(late + "Jürgen,Müller,Köln\n").codec == "utf-8"


def test_past_the_bound_a_text_is_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.BytesIO(b"Ann,Alpha,Acme\n" * 100_000 + b"J\xfcrgen")
    assert detect_encoding(text, 300_000) == Encoding("utf-8")
    assert text.tell() < 1_000_000


@pytest.mark.parametrize("chunk", [30, 31, 32, 33])
def test_a_character_may_be_cut_where_the_sample_ends(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(text_encoding, "_CHUNK", chunk)
    assert found("株式会社" * 20) == Encoding("utf-8")


def test_utf_8_with_some_wrong_bytes_stays_utf_8() -> None:
    assert found((HEADER + "Jürgen,Müller,Köln\n").encode() + b"caf\xe9,x,y\n") == Encoding("utf-8")
    assert found(HEADER.encode() + b"caf\xe9,x,y\nJ\xfcrgen,M\xfcller,x\n" + "Köln,x,y\n".encode()).codec == "cp1252"


def test_what_nothing_fits_is_windows_text() -> None:
    assert found(bytes(range(1, 256)) * 3).codec in (*text_encoding._LATIN, *text_encoding._OTHER_SCRIPTS)


def test_wrong_bytes_cost_no_load() -> None:
    assert b"\xff\xfea\0\x00\xd8".decode("utf-16", Encoding("utf-16").errors) == "a\ud800"
    assert b"caf\xe9".decode("utf-8", Encoding("utf-8").errors) == "caf\udce9"


def test_an_unknown_encoding_is_told() -> None:
    check_encoding("cp1252")
    with pytest.raises(SourceError, match="unknown encoding"):
        check_encoding("klingon")
