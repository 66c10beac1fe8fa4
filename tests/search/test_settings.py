"""Rows of settings: how their texts are read, and what is said of those that can't be."""

import pytest

from mappings.errors import SettingsError
from search.settings import Setting, choice, http_url, read, seconds, text, whole, without_user


@pytest.mark.parametrize(
    ("parse", "given", "value"),
    [
        (text, "anything", "anything"),
        (choice("HS256", "EdDSA"), "eddsa", "EdDSA"),
        (whole(0, 10), "10", 10),
        (seconds(100), "0.5", 0.5),
        (seconds(100), "100", 100.0),
        (http_url, "https://es.example.com:9200/", "https://es.example.com:9200"),
        (http_url, "https://es.example.com", "https://es.example.com"),
        (http_url, "http://[::1]:9200", "http://[::1]:9200"),
    ],
)
def test_values(parse, given, value) -> None:
    assert parse(given) == value


@pytest.mark.parametrize(
    ("parse", "given", "expected"),
    [
        (choice("a", "b"), "c", "a or b"),
        (whole(0, 10), "11", "a whole number from 0 to 10"),
        (whole(0, 10), "-1", "a whole number from 0 to 10"),
        (whole(0, 10), "١", "a whole number from 0 to 10"),
        (whole(0, 10), "1" * 5000, "a whole number from 0 to 10"),
        (seconds(100), "nan", "a number of seconds, more than 0 and at most 100"),
        (seconds(100), "101", "a number of seconds, more than 0 and at most 100"),
        (seconds(100), "soon", "a number of seconds, more than 0 and at most 100"),
        (http_url, "localhost:9200", "a URL such as http://127.0.0.1:9200"),
        (http_url, "http://", "a URL such as http://127.0.0.1:9200"),
        (http_url, "http://es", "a URL such as http://127.0.0.1:9200"),
        (http_url, "http://es:92000", "a URL such as http://127.0.0.1:9200"),
        (http_url, "http://es:many", "a URL such as http://127.0.0.1:9200"),
        (http_url, "http://es:0", "a URL such as http://127.0.0.1:9200"),
        (http_url, "http://[::1:9200", "a URL such as http://127.0.0.1:9200"),
        (http_url, "http://me:pa/ss@es:9200", "a URL such as http://127.0.0.1:9200"),
        (http_url, "http://es:9200/?pretty", "a URL such as http://127.0.0.1:9200"),
    ],
)
def test_what_is_expected(parse, given, expected) -> None:
    with pytest.raises(ValueError, match=f"^{expected}$"):
        parse(given)


ROWS = (
    Setting("CONTACTS_DEPTH", "depth", "7", "how deep", whole(1, 9)),
    Setting("CONTACTS_KEY", "key", None, "a key", whole(1, 9), secret=True),
)


def test_rows_are_read_by_attribute() -> None:
    assert read(ROWS, {}) == {"depth": 7, "key": None}
    assert read(ROWS, {"CONTACTS_DEPTH": "  ", "CONTACTS_KEY": " 3 ", "OTHER": "1"}) == {"depth": 7, "key": 3}


def test_a_bad_value_is_named_unless_it_is_secret() -> None:
    with pytest.raises(SettingsError, match=r"^CONTACTS_DEPTH: 'deep' can't be used; expected a whole number"):
        read(ROWS, {"CONTACTS_DEPTH": "deep"})
    with pytest.raises(SettingsError, match=r"^CONTACTS_KEY: a value of 6 bytes can't be used") as caught:
        read(ROWS, {"CONTACTS_KEY": "hunter"})
    assert "hunter" not in str(caught.value)


SECRET = Setting("CONTACTS_KEY", "key", None, "a key", text, secret=True)


def test_a_secret_may_stand_in_a_file(tmp_path) -> None:
    path = tmp_path / "key"
    path.write_text("of the file\r\n")
    assert read([SECRET], {"CONTACTS_KEY_FILE": f" {path} ", "CONTACTS_KEY": " "}) == {"key": "of the file"}
    assert read([SECRET], {"CONTACTS_KEY_FILE": " ", "CONTACTS_KEY": "given"}) == {"key": "given"}


def test_what_is_no_secret_stands_in_no_file(tmp_path) -> None:
    depth = ROWS[0]
    assert depth.file_variable is None
    assert read([depth], {"CONTACTS_DEPTH_FILE": str(tmp_path)}) == {"depth": 7}


def test_a_secret_is_given_once(tmp_path) -> None:
    with pytest.raises(SettingsError) as error:
        read([SECRET], {"CONTACTS_KEY_FILE": str(tmp_path / "absent"), "CONTACTS_KEY": "hush"})
    assert str(error.value) == "CONTACTS_KEY, CONTACTS_KEY_FILE: both are set; expected one of them"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "can't be read (No such file or directory)"),
        (b"\xff\xfehush", "is no UTF-8"),
        (b" \n", "is empty"),
        (b"hush" * 16_385, "is too large"),
    ],
)
def test_a_file_that_holds_no_secret(tmp_path, content, why) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError) as error:
        read([SECRET], {"CONTACTS_KEY_FILE": str(path)})
    assert str(error.value).startswith(f"CONTACTS_KEY_FILE: {str(path)!r} {why}; expected a file with the secret")
    assert "hush" not in repr(error.value.__cause__)


def test_a_secret_in_a_file_that_can_not_be_used_is_not_shown(tmp_path) -> None:
    path = tmp_path / "key"
    path.write_text("hush")
    with pytest.raises(SettingsError, match=r"^CONTACTS_KEY_FILE: a value of 4 bytes can't be used; expected a whole"):
        read([ROWS[1]], {"CONTACTS_KEY_FILE": str(path)})


@pytest.mark.parametrize(
    "given",
    [
        "es://me:hush@es.example:9200",
        "http://me:hush@es.example:port",
        "http://me:hush/hush@es.example",
        "http://me:hush,hush hush@es.example:port",
        "http://me:hush@hush@es.example:port",
        "//me:hush@es.example",
        "me:hush@es.example:9200",
        "me:hush/hush@es.example",
        "http://a.example:1,http://me:hush@es.example:2",
    ],
)
def test_a_password_in_a_url_that_can_not_be_used_is_not_shown(given) -> None:
    row = Setting("CONTACTS_URL", "url", None, "a cluster", http_url)
    with pytest.raises(SettingsError) as caught:
        read([row], {"CONTACTS_URL": given})
    assert "hush" not in str(caught.value)
    assert "es.example" in str(caught.value)


@pytest.mark.parametrize("given", ["me@example.com", "10.0.0.0/8", "https://a.example,https://b.example", "a: b"])
def test_what_is_no_user_of_a_url_is_shown(given) -> None:
    assert without_user(given) == given


def test_bytes_that_are_no_text() -> None:
    for row in ROWS:
        with pytest.raises(SettingsError, match=rf"^{row.variable}: expected text in UTF-8$"):
            read([row], {row.variable: "hush\udcff" * 20})
