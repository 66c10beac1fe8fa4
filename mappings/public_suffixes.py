"""Public suffixes: the names beneath which registries, or owners of domains, let others register theirs.

The list (https://publicsuffix.org/list/) is the snapshot that comes with `tldextract`. It is read without that package,
which imports a whole HTTP client to be able to fetch a newer one: a fifth of a second of every process of a load.
"""

import re
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import idna
import msgspec

_RULE = re.compile(r"^[.*!]*\w\S*", re.MULTILINE)
_PRIVATE = "// ===BEGIN PRIVATE DOMAINS==="
_OTHER_DOTS = str.maketrans("。．｡", "...")


class Split(msgspec.Struct, frozen=True):
    """A host, taken apart at its public suffix.

    Attributes:
        domain: the label before the suffix; `""` if there is none, or no suffix.
        suffix: `""` if there is none.
        private: the owner of a domain, not a registry, lets others register beneath the suffix.
    """

    domain: str = ""
    suffix: str = ""
    private: bool = False


class _List(msgspec.Struct, frozen=True):
    """The rules of registries, and all."""

    registries: frozenset[str]
    all: frozenset[str]


def split(host: str, *, registries: bool = False) -> Split:
    """`host` taken apart at the longest suffix that the list knows, or that it knows of `registries`."""
    labels = host.translate(_OTHER_DOTS).split(".")
    names, known = list(map(_in_unicode, labels)), _known()
    rules = known.registries if registries else known.all
    for at in range(len(labels)):
        name, any_name = ".".join(names[at:]), ".".join(["*", *names[at + 1 :]])
        rule = next((rule for rule in (f"!{name}", name, any_name) if rule in rules), None)
        if rule == any_name and f"*.{name}" in rules:
            # Beneath it is another such rule: it is left to that, as `tldextract` has it.
            continue
        if rule is not None:
            begins = at + rule.startswith("!")
            return Split(labels[begins - 1] if begins else "", ".".join(labels[begins:]), rule not in known.registries)
    return Split()


def suffixes() -> frozenset[str]:
    """The list as it is written: `com`, `co.uk`, `github.io`, `*.ck`, `!www.ck`; no Punycode."""
    return _known().all


@cache
def _known() -> _List:
    package = find_spec("tldextract")
    assert package is not None
    assert package.origin is not None
    text = Path(package.origin).with_name(".tld_set_snapshot").read_text(encoding="utf-8")
    of_registries, _, of_others = text.partition(_PRIVATE)
    registries, private = map(frozenset, map(_RULE.findall, (of_registries, of_others)))
    return _List(registries, registries | private)


def _in_unicode(label: str) -> str:
    if label.startswith("xn--"):
        with suppress(UnicodeError, IndexError):
            return idna.decode(label)
    return label
