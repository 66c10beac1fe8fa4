"""Code pages, by the words in them."""

import pytest

from indexing.sources.code_pages import CodePage, find_code_page

HEADER = "First Name,Last Name,Company\n"


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        ("Jürgen,Müller,Köln\n", "cp1252", "Windows-1252"),
        ("Ann,Alpha,Acme\xa0One\n", "cp1252", "Windows-1252"),
        ("José,Café,x\n", "cp1252", "Windows-1252"),
        ("François,Lefèvre,Besançon\n", "cp1252", "Windows-1252"),
        ("João,Gonçalves,São Paulo\n", "cp1252", "Windows-1252"),
        ("Søren,Kjær,Århus\nJÜRGEN,MÜLLER,KÖLN\n", "cp1252", "Windows-1252"),
        ("Ann,Alpha,Acme™ – 5 € for Bob’s Café\n", "cp1252", "Windows-1252"),
        ("René,Muñoz,Zürich Café\n", "mac_roman", "Mac OS Roman"),
        ("Jürgen,Müller,Köln\n", "mac_roman", "Mac OS Roman"),
        ("Łukasz,Żółć,Łódź\nWałęsa,x,Gdańsk\n", "cp1250", "Windows-1250"),
        ("Jiří,Dvořák,Plzeň\n", "cp1250", "Windows-1250"),
        ("Ivan,Kovačić,Šibenik\n", "cp1250", "Windows-1250"),
        ("İsmail,Yılmaz,İstanbul\nGüneş,x,Eskişehir\n", "cp1254", "Windows-1254"),
        ("Jānis,Bērziņš,Rīga\n", "cp1257", "Windows-1257"),
        ("Jürgen,Müller,Köln\n", "cp850", "DOS code page 850"),
        ("Иван,Петров,Москва\nОльга,Сидорова,Казань\n", "cp1251", "Windows-1251"),
        ("Иван,Петров,Москва\nОльга,Сидорова,Казань\n", "koi8_r", "KOI8-R"),
        ("Γιώργος,Παπαδόπουλος,Αθήνα\n", "cp1253", "Windows-1253"),
        ("محمد,علي,القاهرة\n", "cp1256", "Windows-1256"),
        ("田中,太郎,株式会社サンプル\n鈴木,花子,東京\n", "cp932", "Shift JIS"),
        ("王,小明,北京公司\n李,雷,上海有限公司\n", "gb18030", "GB 18030"),
        ("公司,王小明,台北有限公司\n", "big5", "Big5"),
    ],
)
def test_pages_are_found(text: str, codec: str, name: str) -> None:
    for content in (text, text * 200):
        assert find_code_page((HEADER + content).encode(codec)) == CodePage(codec, name)


def test_lines_past_the_sample_are_not_looked_at() -> None:
    german = "Jürgen,Müller,Köln\n".encode("cp1252") * 5000
    assert find_code_page(german + "Łukasz,Żółć,Łódź\n".encode("cp1250") * 50_000).codec == "cp1252"


def test_what_nothing_fits_is_some_page_all_the_same() -> None:
    assert find_code_page(bytes(range(1, 256)) * 3).codec
    assert find_code_page(b"\xff\xff\xff\x81\x8d\x8f\x90\x9d").codec
