from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from api.settings import Settings
from indexing.cli.options import with_settings
from indexing.cli.terminal import print_json


@click.command()
@with_settings()
def shown(settings: Settings) -> None:
    print_json({"port": settings.port, "index": settings.engine.index})


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, **environ: str) -> Result:
        return CliRunner().invoke(shown, arguments, env=environ)

    return run


def test_flags_win_over_the_environment_and_that_over_the_file(run, tmp_path):
    (tmp_path / ".env").write_text("CONTACTS_PORT=9000 # note\nCONTACTS_INDEX=people # note\n")
    assert run().stdout == '{"port":9000,"index":"people"}\n'
    outcome = run("--index", "mine", CONTACTS_PORT="9001", CONTACTS_INDEX="theirs")
    assert (outcome.stdout, outcome.stderr) == ('{"port":9001,"index":"mine"}\n', "")


def test_unknown_settings_are_told_on_standard_error(run):
    outcome = run(CONTACTS_SERVICE_HOST="10.0.0.1")
    assert outcome.stdout == '{"port":8000,"index":"contacts"}\n'
    words = "warning: CONTACTS_SERVICE_HOST is set and is no setting of this service; see docs/settings.md\n"
    assert outcome.stderr == words


def test_what_others_could_read_is_closed_and_told(run, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "users.sqlite3").touch()
    (tmp_path / "data" / "users.sqlite3").chmod(0o644)
    (tmp_path / "data").chmod(0o755)
    place = f"{tmp_path / 'data'} (CONTACTS_DATA_DIR)"
    assert run().stderr == f"note: users.sqlite3 and 1 more in {place} could be read by others; closed to them now\n"
    assert run().stderr == ""


def test_what_only_its_owner_can_close_is_told(run, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "users.sqlite3").touch()
    (tmp_path / "data" / "users.sqlite3").chmod(0o644)

    def refused(path: Path, mode: int) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refused)
    words = "can be read by others; run chmod go= on it as its owner"
    assert run().stderr == f"warning: users.sqlite3 in {tmp_path / 'data'} (CONTACTS_DATA_DIR) {words}\n"
