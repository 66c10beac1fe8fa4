"""The one text normalisation, for contacts at load time and for filters at query time alike.

Both engines and the filter compare only what these functions produced, so they cannot disagree about case,
accents, punctuation or word boundaries. Pure and dependency-free but for `regex` (Unicode properties).
"""

import unicodedata
from functools import lru_cache

import regex

LONGEST_WORD = 64
"""Characters of a word that count. Elasticsearch's whitespace analyzer would split one at 255 by itself."""

LONGEST_TEXT = 8192
"""Characters of a text that are searched; a longer one is stored whole but found by its beginning only."""

LONGEST_TERM = 1024
"""Characters of an exact term that count. Lucene refuses terms of more than 32,766 bytes."""

_ASCII = bytes(
    ord(chr(code).lower()) if chr(code).isalnum() or chr(code) in "+#" else ord(" ") for code in range(128)
).ljust(256)
_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}][\p{L}\p{M}\p{Nd}+#]*")
_NO_WORD = regex.compile(r"[^\p{L}\p{M}\p{Nd}+#]")
_ACCENTED = regex.compile(r"([\p{Latin}\p{Greek}\p{Cyrillic}])\p{M}+")

# Diacritics that Unicode builds into the letter instead of decomposing: stroked letters and the dotless i.
_STROKED = str.maketrans("øłđħŧıƀɨɵ", "oldhtibio")

_LAST_PLAIN = 0x21FF
"""Latin letters, punctuation and signs such as `™` lie up to here."""

_CACHED_LENGTH = 128


def normalise(text: str) -> str:
    """`text` as its normalised words joined by one space; `""` when it has none.

    NFKC, case folded, without diacritics on Latin, Greek and Cyrillic letters. A word is a run of letters, marks
    and digits; `+` and `#` stay after a letter (`c++`, `c#`). Applying it twice changes nothing.
    """
    return _cached(text) if len(text) <= _CACHED_LENGTH else normalise_once(text)


def normalise_once(text: str) -> str:
    """`normalise` for a text that hardly comes again, such as an e-mail: it takes no others' place in the memory."""
    return _normalise(text[:LONGEST_TEXT])


def words(text: str) -> tuple[str, ...]:
    """The normalised words of `text`, in order, repeated ones included."""
    normalised = normalise(text)
    return tuple(normalised.split(" ")) if normalised else ()


def term(text: str) -> str:
    """The whole normalised text as one exact term."""
    return normalise(text)[:LONGEST_TERM]


def slug(text: str) -> str:
    """The normalised words joined by `_`, e.g. `c_suite` for `C-Suite`: the form of enumerated values."""
    return term(text).replace(" ", "_")


def _normalise(text: str) -> str:
    plain = text if text.isascii() else text.translate(_PLAIN)
    if plain.isascii():
        parts = plain.encode().translate(_ASCII).decode().split()
        if "+" in plain or "#" in plain:
            parts = [word for part in parts if (word := part.lstrip("+#"))]
    else:
        plain = _bare(text)
        parts = _WORD.findall(plain, concurrent=False)
    if len(plain) > LONGEST_WORD:
        parts = [word[:LONGEST_WORD] for word in parts]
    return " ".join(parts)


def _bare(text: str) -> str:
    """`text` folded and without diacritics, its words not yet cut out."""
    # `concurrent=False`: by default `regex` lets other threads run while it matches, which for a few letters is dear.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    bare = _ACCENTED.sub(r"\1", unicodedata.normalize("NFD", folded), concurrent=False).translate(_STROKED)
    return unicodedata.normalize("NFKC", bare)


class _Plain(dict[int, str | int]):
    """Character → what it is in ASCII, if it can be told without its neighbours: `é`, `ß`, `–`; else itself.

    Most text is ASCII after this, and normalised several times as fast. Combining marks are never ASCII, and nothing
    else in a text with none of them depends on its neighbours.
    """

    def __missing__(self, code: int) -> str | int:
        if code > _LAST_PLAIN:
            return code
        plain = _NO_WORD.sub(" ", _bare(chr(code)))
        self[code] = plain if plain.isascii() else code
        return self[code]


_PLAIN = _Plain()
_cached = lru_cache(maxsize=8192)(_normalise)
