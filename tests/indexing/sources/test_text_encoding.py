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


def test_another_code_page_is_a_guess() -> None:
    assert found("Jürgen,Müller,Köln\n", "cp1252") == Encoding("cp1252", "Windows-1252")


def test_the_first_byte_beyond_ascii_may_come_late() -> None:
    late = "Ann,Alpha,Acme\n" * 100_000
    assert found(late + "Jürgen,Müller,Köln\n", "cp1252").codec == "cp1252"
    assert found(late + "Jürgen,Müller,Köln\n").codec == "utf-8"


def test_past_the_bound_a_text_is_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_encoding, "LOOKED_THROUGH", 300_000)
    text = io.BytesIO(b"Ann,Alpha,Acme\n" * 100_000 + b"J\xfcrgen")
    assert detect_encoding(text) == Encoding("utf-8")
    assert text.tell() < 1_000_000


@pytest.mark.parametrize("chunk", [30, 31, 32, 33])
def test_a_character_may_be_cut_where_the_sample_ends(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(text_encoding, "_CHUNK", chunk)
    assert found("株式会社" * 20) == Encoding("utf-8")


def test_utf_8_with_some_wrong_bytes_stays_utf_8() -> None:
    assert found((HEADER + "Jürgen,Müller,Köln\n").encode() + b"caf\xe9,x,y\n") == Encoding("utf-8")
    assert found(HEADER.encode() + b"caf\xe9,x,y\nJ\xfcrgen,M\xfcller,x\n" + "Köln,x,y\n".encode()).codec == "cp1252"


def test_wrong_bytes_cost_no_load() -> None:
    assert b"\xff\xfea\0\x00\xd8".decode("utf-16", Encoding("utf-16").errors) == "a\ud800"
    assert Encoding("UTF16").errors == "surrogatepass"
    assert b"caf\xe9".decode("utf-8", Encoding("utf-8").errors) == "caf\udce9"


def test_an_unknown_encoding_is_told() -> None:
    check_encoding("cp1252")
    with pytest.raises(SourceError, match="unknown encoding"):
        check_encoding("klingon")
    with pytest.raises(SourceError, match="not a text encoding"):
        check_encoding("hex")
