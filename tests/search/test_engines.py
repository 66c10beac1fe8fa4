"""Engines are found by name in one place, are all alike from outside, and cost nothing before they are used."""

import ast
import inspect
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mappings.errors import SettingsError
from mappings.predicates import ContactFilter, Terms
from search.elasticsearch.settings import ElasticsearchSettings
from search.engine import EngineSettings
from search.engines import (
    DEFAULT,
    ENGINES,
    EngineModule,
    engine_module,
    explain,
    open_engine,
    open_loader,
    open_shared_loader,
    open_updater,
    own_settings,
)
from search.settings import Setting, whole

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "indexing", "mappings", "search")


@pytest.mark.usefixtures("naive")
@pytest.mark.parametrize("name", [*ENGINES, "naive"])
def test_every_engine_offers_what_the_protocol_says(name: str) -> None:
    module = engine_module(name)
    assert set(inspect.get_annotations(EngineModule)) <= set(vars(module))
    functions = {name: each for name, each in vars(EngineModule).items() if inspect.isfunction(each) and name[0] != "_"}
    assert functions
    for function, wanted in functions.items():
        offered = inspect.signature(getattr(module, function))
        _, *parameters = inspect.signature(wanted).parameters.values()
        assert [*offered.parameters.values()] == parameters, function
        assert offered.return_annotation == inspect.signature(wanted).return_annotation, function


SHORT = {"elasticsearch": ["CONTACTS_SHARDS", "CONTACTS_REPLICAS"]}
"""Variables without their engine's name: no other engine can have such a thing."""


@pytest.mark.usefixtures("naive")
@pytest.mark.parametrize("name", [*ENGINES, "naive"])
def test_the_rows_of_an_engine_are_the_attributes_of_its_settings(name: str) -> None:
    module = engine_module(name)
    if module.OwnSettings is None:
        assert module.SETTINGS == ()
    else:
        assert [row.attribute for row in module.SETTINGS] == list(module.OwnSettings.__struct_fields__)
        assert own_settings(name, {}) == module.OwnSettings()
        own = [row.variable for row in module.SETTINGS if not row.variable.startswith(f"CONTACTS_{name.upper()}_")]
        assert own == SHORT.get(name, [])


def test_settings_of_an_engine_that_was_not_chosen_are_read_all_the_same() -> None:
    values = {"CONTACTS_ELASTICSEARCH_URL": "https://es.example.com/"}
    assert own_settings("elasticsearch", values) == ElasticsearchSettings(nodes=("https://es.example.com:443",))
    assert own_settings("duckdb", values) is None
    with pytest.raises(SettingsError, match="CONTACTS_ELASTICSEARCH_URL"):
        own_settings("duckdb", {"CONTACTS_ELASTICSEARCH_URL": "localhost"})


def test_an_unknown_engine_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^engine 'sqlite' is not known; use duckdb or elasticsearch( or \w+)*$"):
        open_engine(EngineSettings(engine="sqlite", data_dir=tmp_path))
    assert engine_module(None) is engine_module(DEFAULT)


def test_own_settings_are_those_of_the_engine_that_asks() -> None:
    own = ElasticsearchSettings(nodes=("http://a",))
    assert EngineSettings(own=own).own_as(ElasticsearchSettings) is own
    assert EngineSettings().own_as(ElasticsearchSettings) == ElasticsearchSettings()
    with pytest.raises(AssertionError, match="settings of another engine"):
        EngineSettings(own=EngineSettings()).own_as(ElasticsearchSettings)


def test_a_filter_is_explained_by_every_engine_as_json() -> None:
    told = explain(ContactFilter(Terms("seniority", ("vp",))))
    # A second time: no module of an engine may have taken the place of the function.
    assert explain(ContactFilter(Terms("seniority", ("vp",)))) == told
    assert {"elasticsearch", "duckdb"} <= set(told) <= set(ENGINES)
    assert msgspec.json.decode(msgspec.json.encode(told["elasticsearch"])) == {
        "query": {"term": {"search.seniority": "vp"}},
        "sort": [{"search.created_at": {"order": "desc", "missing": "_last"}}, {"uuid": "asc"}],
        "size": 26,
    }
    assert msgspec.json.decode(msgspec.json.encode(told["duckdb"])) == {
        "sets": {"1": {"type": "terms", "field": "seniority", "values": ["vp"]}},
        "rows": "1",
        "order": {"field": "created_at", "ascending": False},
    }


class Cave(msgspec.Struct, frozen=True):
    depth: int = 7


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """An engine that is one module and one row."""
    module: Any = types.ModuleType("made_up_engine")
    module.TITLE, module.WIDTH, module.OWN_PROCESSES = "Cave", 3, False
    module.SETTINGS = (Setting("CONTACTS_CAVE_DEPTH", "depth", "7", "how deep it is", whole(1, 9)),)
    module.OwnSettings = Cave
    for function in ("open_engine", "open_loader", "open_updater", "open_shared_loader", "explain"):
        setattr(module, function, lambda *arguments, function=function: (function, *arguments))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(ENGINES, "cave", module.__name__)
    return module


def test_a_further_engine_is_one_module_and_one_row(made_up: types.ModuleType) -> None:
    settings = EngineSettings(engine="cave", own=own_settings("cave", {"CONTACTS_CAVE_DEPTH": "9"}))
    assert settings.own == Cave(9)
    assert open_engine(settings) == ("open_engine", settings)
    assert open_loader(settings, 2, "x") == ("open_loader", settings, 2, "x")
    assert open_updater(settings) == ("open_updater", settings)
    assert open_shared_loader(settings, 2) == ("open_shared_loader", settings, 2)
    assert explain(ContactFilter())["cave"] == ("explain", ContactFilter())


def test_reading_the_settings_and_opening_nothing_imports_no_engine() -> None:
    program = (
        "import sys, api.settings, indexing.cli.main; from search import engines; "
        "[engines.engine_module(name) for name in engines.ENGINES]; "
        "print([name for name in ('duckdb', 'elasticsearch', 'elastic_transport') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_nothing_else_in_the_packages_knows_the_name_of_an_engine() -> None:
    own = {ROOT / f"{path.replace('.', '/')}{suffix}" for path in ENGINES.values() for suffix in ("", ".py")}
    told = [
        f"{path.relative_to(ROOT)}:{line}: {word}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path != ROOT / "search" / "engines.py" and not own & {path, *path.parents}
        for line, word in words_of(ast.parse(path.read_text()))
        if any(name in word.lower() for name in ENGINES)
    ]
    assert told == []


def words_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Names, attributes, imported modules and single words as texts, but nothing that is written for people."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.FunctionDef(name=word) | ast.ClassDef(name=word):
                yield node.lineno, word
            case ast.arg(arg=word) | ast.keyword(arg=str(word)):
                yield node.lineno, word
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from ((node.lineno, each.name) for each in names)
                if isinstance(node, ast.ImportFrom):
                    yield node.lineno, node.module or ""
            case ast.Constant(value=str(word)) if " " not in word:
                yield node.lineno, word
