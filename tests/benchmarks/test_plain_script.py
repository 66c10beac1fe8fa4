"""The script that loads are compared with makes the very documents that ours makes."""

import json
from pathlib import Path

from benchmarks.loading import action, documents
from benchmarks.loads import sample
from benchmarks.plain_script import actions


def test_its_documents_are_ours(tmp_path: Path) -> None:
    path = sample(tmp_path / "sample.csv", 30)
    plain = [*actions(path)]
    ours = [action(document) for document in documents(path)]
    assert [_same(each) for each in plain] == [_same(each) for each in ours]
    assert len(plain) == 30


def _same(asked: dict[str, object]) -> object:
    """Without the order in which absent fields are named, and in the words of JSON."""
    made = json.loads(json.dumps(asked))
    source = made["_source"]
    source["search"]["absent"].sort()
    if "more" in source:
        source["more"] = json.loads(source["more"])
    return made
