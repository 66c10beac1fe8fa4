from pathlib import Path

import pytest

from api.dotenv import read_dotenv
from api.settings import PREFIX, TABLE, Settings, load_settings
from mappings.errors import SettingsError
from search.engine import EngineSettings
from search.engines import DEFAULT, ENGINES, engine_module

SECRET = "x" * 32
NODES = (
    "a URL such as http://127.0.0.1:9200, or several of one cluster's nodes with commas between them, all http or all "
    "https, and with no more than one user and password"
)


def load(**environ: str) -> Settings:
    return load_settings({"CONTACTS_JWT_SECRET": SECRET, **environ})


def test_the_defaults_of_the_table_are_those_of_the_structs():
    assert load() == Settings(jwt_secret=SECRET, engine=EngineSettings(engine=DEFAULT))


def test_every_row_reaches_its_attribute():
    settings = load()
    own = {row.variable: engine_module(name).OwnSettings for name in ENGINES for row in engine_module(name).SETTINGS}
    for row in TABLE:
        target = settings.engine if row.attribute.startswith("engine.") else own.get(row.variable, settings)
        assert hasattr(target, row.attribute.rpartition(".")[2])
    assert len({row.variable for row in TABLE}) == len(TABLE)


def test_the_environment_wins_over_the_file(tmp_path: Path):
    file = tmp_path / ".env"
    file.write_text(
        "# a comment\n\nexport CONTACTS_PORT=9000\nCONTACTS_HOST='::1'\nCONTACTS_INDEX = \"people\"\n"
        f"CONTACTS_JWT_SECRET={SECRET}=#\n"
    )
    settings = load_settings({"CONTACTS_PORT": "9001", "CONTACTS_HOST": " "}, file)
    assert (settings.port, settings.host, settings.engine.index) == (9001, "::1", "people")
    assert settings.jwt_secret == SECRET + "=#"


def test_a_comment_behind_a_value(tmp_path: Path):
    file = tmp_path / ".env"
    file.write_text("CONTACTS_PORT=9000 # note\nCONTACTS_INDEX=people\t# note\nCONTACTS_LOG_LEVEL= # none\n")
    settings = load_settings({"CONTACTS_JWT_SECRET": SECRET}, file)
    assert (settings.port, settings.engine.index, settings.log_level) == (9000, "people", "info")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a", "a"),
        (" a b ", "a b"),
        ("a # b", "a"),
        ("a#b", "a#b"),
        ("#a", "#a"),
        ("a ## b # c", "a"),
        (" # a", ""),
        ("", ""),
        ("'a # b'", "a # b"),
        ('" a # b "', " a # b "),
        ("'a' # b", "a"),
        ('"a"\t#b', "a"),
        ("'a # b' # it's", "a # b"),
        ("'it's'", "it's"),
        ("''", ""),
        ("'a", "'a"),
        ("'", "'"),
        ("'a\"", "'a\""),
        ("'a'b", "'a'b"),
        ("'a'b # c", "'a'b"),
    ],
)
def test_what_a_line_of_the_file_sets(tmp_path: Path, text, value):
    (tmp_path / ".env").write_text(f"A={text}\n")
    assert read_dotenv(tmp_path / ".env") == {"A": value}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CONTACTS_MAX_CONECTIONS", "CONTACTS_MAX_CONNECTIONS"),
        ("CONTACTS_PROT", "CONTACTS_PORT"),
        ("CONTACTS_SECRET", "CONTACTS_JWT_SECRET"),
        ("CONTACTS_LOGLEVEL", "CONTACTS_LOG_LEVEL"),
        ("CONTACTS_DATABASE", "CONTACTS_DATABASE_URL"),
        ("contacts_port", "CONTACTS_PORT"),
        ("Contacts_Jwt_Secret", "CONTACTS_JWT_SECRET"),
    ],
)
def test_a_name_that_is_nearly_a_setting_is_refused(tmp_path: Path, name, meant):
    expected = f"^{name}: no such setting; did you mean {meant}\\? Else unset it$"
    with pytest.raises(SettingsError, match=expected):
        load(**{name: "5"})
    (tmp_path / ".env").write_text(f"{name}=5\n")
    with pytest.raises(SettingsError, match=expected):
        load_settings({"CONTACTS_JWT_SECRET": SECRET}, tmp_path / ".env")


def test_other_names_like_ours_are_told(tmp_path: Path):
    (tmp_path / ".env").write_text("CONTACTS_SHADE=dark\nOTHER=1\n")
    # What Kubernetes sets in every pod beside a service named `contacts`.
    kubernetes = {"CONTACTS_SERVICE_HOST": "10.0.0.1", "CONTACTS_PORT_8000_TCP": "tcp://10.0.0.1:8000"}
    environ = {"CONTACTS_JWT_SECRET": SECRET, **kubernetes, "CONTACTS_EMPTY": " ", "MY_CONTACTS_PORT": "1"}
    environ |= {"CONTACT_PORT": "tcp://10.0.0.1:80", "CONTACT_EMAIL": "a@b.c", "contacts_shade": "dark", "port": "1"}
    unknown = ("CONTACT_PORT", "CONTACTS_PORT_8000_TCP", "CONTACTS_SERVICE_HOST", "CONTACTS_SHADE")
    assert load_settings(environ, tmp_path / ".env").unknown == unknown


def test_a_file_that_is_no_text(tmp_path: Path):
    (tmp_path / ".env").write_bytes(b"A=\xff\n")
    with pytest.raises(SettingsError, match=r"^\.env: is no UTF-8 text; save it as such$"):
        load_settings({}, tmp_path / ".env")


def test_every_setting_has_the_prefix():
    assert all(row.variable.startswith(PREFIX) for row in TABLE)


def test_a_file_that_is_not_there_is_fine(tmp_path: Path):
    assert load_settings({"CONTACTS_JWT_SECRET": SECRET}, tmp_path / ".env").port == 8000


def test_a_file_that_is_a_directory(tmp_path: Path):
    """As a container engine makes one where it is to mount a file that is not there."""
    (tmp_path / ".env").mkdir()
    with pytest.raises(SettingsError, match=r"^\.env: can't be read: Is a directory$"):
        load_settings({}, tmp_path / ".env")


@pytest.mark.parametrize("line", ["nonsense", "CONTACTS_JWT_SECRET_FILE=a\0b"])
def test_a_line_that_sets_nothing(tmp_path: Path, line: str):
    (tmp_path / ".env").write_text(f"A=1\n{line}\n")
    with pytest.raises(SettingsError, match=r"^\.env, line 2: expected NAME=value$"):
        load_settings({}, tmp_path / ".env")


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("CONTACTS_PORT", "abc", "a whole number from 0 to 65535"),
        ("CONTACTS_PORT", "65536", "a whole number from 0 to 65535"),
        ("CONTACTS_MAX_IN_FLIGHT", "0", "a whole number from 1 to 10000"),
        ("CONTACTS_MAX_QUEUED", "-1", "a whole number from 0 to 1000000"),
        ("CONTACTS_MAX_MESSAGE_BYTES", "1_0000", "a whole number from 1024 to 1073741824"),
        ("CONTACTS_ENGINE", "sqlite", "duckdb or elasticsearch"),
        ("CONTACTS_ENGINE_TIMEOUT", "nan", "a number of seconds, more than 0 and at most 3600"),
        ("CONTACTS_ENGINE_TIMEOUT", "soon", "a number of seconds, more than 0 and at most 3600"),
        ("CONTACTS_STALL_SECONDS", "101", "a number of seconds, more than 0 and at most 100"),
        ("CONTACTS_CORS_ORIGINS", "*", "origins such as https://app.example.com, separated by commas"),
        ("CONTACTS_CORS_ORIGINS", "https://a.b/c", "origins such as https://app.example.com, separated by commas"),
        ("CONTACTS_ELASTICSEARCH_URL", "localhost:9200", NODES),
        ("CONTACTS_SHARDS", "0", "a whole number from 1 to 1024"),
        ("CONTACTS_REPLICAS", "one", "a whole number from 0 to 1024"),
        ("CONTACTS_ENV", "test", "production or development"),
        ("CONTACTS_REGISTRATION", "shut", "open or closed"),
    ],
)
def test_a_bad_value_is_named_with_what_is_expected(variable, value, expected):
    with pytest.raises(SettingsError) as caught:
        load(**{variable: value})
    assert str(caught.value) == f"{variable}: {value!r} can't be used; expected {expected}"


def test_origins_are_read_as_browsers_send_them():
    settings = load(CONTACTS_CORS_ORIGINS=" https://a.example/ ,,http://localhost:3000")
    assert settings.cors_origins == ("https://a.example", "http://localhost:3000")


def test_logs_are_json_in_production_unless_told_otherwise():
    assert load().logs_json
    assert not load(CONTACTS_ENV="development").logs_json
    assert not load(CONTACTS_LOG_FORMAT="text").logs_json
    assert load(CONTACTS_ENV="development", CONTACTS_LOG_FORMAT="json").logs_json


def test_a_short_secret_is_refused_and_not_shown():
    with pytest.raises(SettingsError, match=r"^CONTACTS_JWT_SECRET: a value of 6 bytes can't be used") as caught:
        load(CONTACTS_JWT_SECRET="hunter")
    assert "hunter" not in str(caught.value)


def test_production_needs_a_secret_and_says_how_to_get_one():
    with pytest.raises(SettingsError, match=r"token_urlsafe.*CONTACTS_ENV=development"):
        load_settings({})


def test_development_makes_a_secret_for_the_run():
    first, second = (load_settings({"CONTACTS_ENV": "development"}) for _ in range(2))
    assert first.jwt_secret_generated
    assert first.jwt_secret != second.jwt_secret
    assert not load(CONTACTS_ENV="development").jwt_secret_generated


def test_a_command_without_tokens_needs_no_secret():
    assert load_settings({}, need_secret=False).jwt_secret is None


@pytest.mark.parametrize("row", [row for row in TABLE if row.secret], ids=lambda row: row.variable)
def test_every_secret_may_stand_in_a_file(tmp_path: Path, row):
    file = tmp_path / "secret"
    file.write_text("y" * 40 + "\n")
    environ = {} if row.variable == "CONTACTS_JWT_SECRET" else {"CONTACTS_JWT_SECRET": SECRET}
    engine = next((name for name in ENGINES if row in engine_module(name).SETTINGS), None)
    settings = load_settings({**environ, "CONTACTS_ENGINE": engine or DEFAULT, f"{row.variable}_FILE": str(file)})
    assert settings.unknown == ()
    assert getattr(settings.engine.own if engine else settings, row.attribute) == "y" * 40
    with pytest.raises(SettingsError, match="both are set"):
        load_settings({**environ, row.variable: "z" * 40, f"{row.variable}_FILE": str(file)})


def test_a_secret_in_a_file_named_nearly_right():
    with pytest.raises(SettingsError, match="did you mean CONTACTS_DATABASE_URL_FILE"):
        load(CONTACTS_DATABASE_URLFILE="/run/secrets/url")


@pytest.mark.parametrize("variable", ["CONTACTS_DOCS", "CONTACTS_METRICS"])
def test_what_is_for_the_admin_port_needs_one(variable):
    with pytest.raises(SettingsError) as error:
        load(**{variable: "admin"})
    assert str(error.value) == f"{variable}: 'admin' needs CONTACTS_ADMIN_PORT, which is not set"
    assert load(**{variable: "ADMIN", "CONTACTS_ADMIN_PORT": "9100"}).admin_port == 9100
    assert getattr(load(**{variable: "off"}), variable.removeprefix("CONTACTS_").lower()) == "off"


@pytest.mark.parametrize("given", ["10.0.0.7", "10.0.0.0/8, fd00::/8,::1", "*", " 127.0.0.1 , ", "192.168.1.1/32"])
def test_proxies_are_addresses_and_networks(given):
    assert load(CONTACTS_TRUSTED_PROXIES=given).trusted_proxies == ",".join(
        filter(None, given.replace(" ", "").split(","))
    )


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ("10.0.0.1/8", "'10.0.0.1/8' is neither, and 10.0.0.0/8 may be meant"),
        ("10.0.0.0/33", "'10.0.0.0/33' is neither"),
        ("127.0.0.1,nginx", "'nginx' is neither"),
        ("10.0.0.7:80", "'10.0.0.7:80' is neither"),
        ("*,10.0.0.7", "'*' is neither"),
        ("10.0.0.7 10.0.0.8", "'10.0.0.7 10.0.0.8' is neither"),
    ],
)
def test_a_proxy_that_would_be_trusted_in_vain_is_refused(given, more):
    with pytest.raises(SettingsError) as error:
        load(CONTACTS_TRUSTED_PROXIES=given)
    assert str(error.value).startswith(f"CONTACTS_TRUSTED_PROXIES: {given!r} can't be used; expected addresses such as")
    assert str(error.value).endswith(more)


@pytest.mark.parametrize(
    "given", ["../contacts", "a/b", "a\\b", ".hidden", "x" * 181, "é" * 91, "a\tb", "a\x07b", "a\u202eb"]
)
def test_an_index_that_no_file_can_be_named_after(given):
    with pytest.raises(SettingsError, match=r"^CONTACTS_INDEX: .* can't be used; expected a name such as contacts"):
        load(CONTACTS_INDEX=given)


@pytest.mark.parametrize("given", ["people #1", "Leute", "é" * 90, "a.b", "contacts-2"])
def test_an_index_that_files_can_be_named_after(given):
    assert load(CONTACTS_INDEX=given).engine.index == given


@pytest.mark.parametrize("hosts", [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "::")])
def test_the_admin_port_is_another_one(hosts):
    host, admin = {"CONTACTS_HOST": hosts[0], "CONTACTS_ADMIN_HOST": hosts[1]}, {"CONTACTS_ADMIN_PORT": "8000"}
    with pytest.raises(SettingsError, match=r"^CONTACTS_ADMIN_PORT: 8000 is CONTACTS_PORT too; expected another one$"):
        load(**host, **admin)
    assert load(**host, **admin, CONTACTS_PORT="8001").admin_port == 8000
    assert load(**host, CONTACTS_ADMIN_PORT="0", CONTACTS_PORT="0").port == 0


def test_the_admin_port_may_be_the_same_on_another_address():
    assert load(CONTACTS_ADMIN_HOST="127.0.0.2", CONTACTS_ADMIN_PORT="8000").admin_port == 8000
