"""What a URL was pasted in: mails, chats, documents and programs put something around it, or write it their own way.

`unwrapped` takes it out, layer by layer, and says in words what it took away. It decides nothing about hosts: what
comes out is checked like any other URL, and one of a host that is unknown here stays as it is, whatever it holds.

Texts come from anybody: nothing here takes more than a time proportional to the text's length.
"""

import re
from binascii import a2b_qp
from collections.abc import Callable, Iterable
from html import unescape
from itertools import islice
from urllib.parse import unquote

from mappings import redirectors
from mappings.errors import InvalidField

Layer = tuple[str, str]
"""The text without one layer, and in words what was done."""

_DEEPEST = 12
"""Layers that are taken away; what is wrapped deeper stays so, and is refused."""

_CLOSING = {
    '"': '"', "'": "'", "`": "`", "“": "”", "”": "”", "„": "“", "‘": "’", "’": "’", "«": "»", "»": "«", "‹": "›",
    "<": ">", "(": ")", "[": "]", "{": "}", "*": "*", "~": "~",
    "（": "）", "「": "」", "【": "】", "《": "》",
}  # fmt: skip
"""What opens → what closes it."""

_SEVERAL = "url: there is more than one URL in it; send one"
_MOST_LINKS = 50
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}
_OPENING = "".join(_CLOSING)
_QUOTE_ENDS = "\"'`”’“»*"
_SENTENCE_ENDS = ".,;:!?…"
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad\u200e\u200f"))
_LINE_BREAKS = dict.fromkeys(map(ord, "\t\r\n"))

_DOT = r"(?:\.|\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\))"
_SCHEME = r"h(?:tt|xx)ps?(?::|\[:\])//"
_HOST = rf"[a-z0-9_-]+(?:{_DOT}[a-z0-9_-]+)+"
_STARTS = re.compile(
    rf"(?:{_SCHEME}|//|https?%(?:25)*3a|{_HOST}\.?(?::[0-9]{{1,5}})?(?=[/?#]|\Z))", re.IGNORECASE | re.ASCII
)
"""How a URL begins, as opposed to words before one."""

_IN_WORDS = re.compile(
    rf"(?:(?<=[\s{re.escape(_OPENING)}|>])|(?<=\burl[:=])|(?<=\blink[:=])|(?<=^view-source:))"
    rf"(?:{_SCHEME}|https?%(?:25)*3a|(?://)?(?:[a-z0-9_-]+{_DOT})*apollo{_DOT}io(?=[/?#]))",
    re.IGNORECASE | re.ASCII,
)
_ANOTHER_HOST = re.compile(r"://|\w\.\w+/")
_TAG = re.compile(r"<(?:/|br|https?://)", re.IGNORECASE)
_NEXT_URL = re.compile(r"(?<!\s)(?P<gap>\s+)https?://(?P<ours>(?:[a-z0-9_-]+\.)*apollo\.io\b)?", re.IGNORECASE)

_NO_BLANKS = re.compile(
    r"[?&](?:page|per_?page|sort_?ascending|sort_?by_?field|include_?similar_?titles|unique_?url_?id|finder_?view_?id"
    r"|recommendation_?config_?id|contact_?email_?exclude_?catch_?all)=",
    re.IGNORECASE,
)
"""A parameter whose values have neither blanks nor punctuation at their end."""


def unwrapped(text: str) -> tuple[str, tuple[str, ...]]:
    """The URL in a pasted text, and what was done to get at it, in order.

    Raises:
        InvalidField: it can't be told where the URL ends or which of several is meant, or only a redirector knows it.
    """
    text = _visible(text)
    done: list[str] = []
    for _ in range(_DEEPEST):
        found = next((found for layer in _LAYERS if (found := layer(text)) is not None), None)
        if found is None:
            break
        text = _visible(found[0])
        done.append(found[1])
    return text, tuple(dict.fromkeys(done))


def _visible(text: str) -> str:
    return (text if text.isascii() else text.translate(_INVISIBLE)).strip()


# Layers around words and URL alike


_QUOTED_PRINTABLE = re.compile(r"=(?:\r?\n|3D(?!%20|[\s+&-]|\Z))")
"""An escape for sure. `3D` may also be a word that a value begins with."""

_NO_QUOTED_PRINTABLE = re.compile(r"=(?!\r?\n|3D|[C-F][0-9A-F]=|[89AB][0-9A-F])")

_ANCHOR = re.compile(
    r"""<a\s[^<>]*?href\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'>]+))""", re.IGNORECASE
)
_MARKDOWN = re.compile(rf"\]\(\s*<?(?={_STARTS.pattern})", re.IGNORECASE | re.ASCII)
_SLACK = re.compile(r"<(?P<url>(?:https?:)?//[^|<>]+)\|[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(
    r"&(?:amp;)*(?P<name>amp|quot|apos|lt|gt|num|equals|quest|sol|colon|lsqb|rsqb|lbrack|rbrack|percnt|plus|comma"
    r"|period|lowbar|#[0-9]{2,4}|#x[0-9a-f]{2,4});",
    re.IGNORECASE,
)
_JSON_ESCAPE = re.compile(
    r"""\\{1,8}(?:u00(?P<u>[2-7][0-9a-f])|x(?P<x>[2-7][0-9a-f])|(?P<as_is>[/&?#%="']))""", re.IGNORECASE
)
_ESCAPED_LINE_BREAKS = ("\\n", "\\r", "\\t")


def _quoted_printable(text: str) -> Layer | None:
    """A mail as it is sent: `=3D` stands for `=`, and an `=` at the end of a line for nothing."""
    if not _QUOTED_PRINTABLE.search(text) or _NO_QUOTED_PRINTABLE.search(text):
        return None
    return a2b_qp(text.encode()).decode(errors="replace"), "freed of a mail's escapes"


def _html_link(text: str) -> Layer | None:
    return _link(
        text,
        (found["double"] or found["single"] or found["bare"] or "" for found in _ANCHOR.finditer(text)),
        "an HTML link",
    )


def _markdown_link(text: str) -> Layer | None:
    return _link(text, (_target(text[found.end() :]) for found in _MARKDOWN.finditer(text)), "a Markdown link")


def _slack_link(text: str) -> Layer | None:
    return _link(text, (found["url"] for found in _SLACK.finditer(text)), "a Slack link")


def _link(text: str, targets: Iterable[str], kind: str) -> Layer | None:
    """The one target, or the one that looks like Apollo's, in a text that is not a URL itself."""
    if _STARTS.match(text) or not (several := dict.fromkeys(islice(targets, _MOST_LINKS))):
        return None
    ours = [target for target in several if "apollo" in target.lower()] if len(several) > 1 else list(several)
    if len(ours) != 1:
        raise InvalidField(_SEVERAL)
    return ours[0], f"taken out of {kind}"


def _target(rest: str) -> str:
    """What a Markdown link leads to, without a title and `<>`."""
    return rest[: _closed(rest, ")")].partition(' "')[0].rstrip().removesuffix(">")


def _html_escapes(text: str) -> Layer | None:
    if ";" not in text:
        return None
    plain = _ENTITY.sub(lambda found: unescape(f"&{found['name'].lower()};"), text)
    return None if plain == text else (plain, "freed of HTML's escapes")


def _json_escapes(text: str) -> Layer | None:
    if "\\" not in text:
        return None
    end = len(text)
    while text[end - 2 : end] in _ESCAPED_LINE_BREAKS:
        end -= 2
    plain = _JSON_ESCAPE.sub(_json_unescaped, text[:end])
    return None if plain == text else (plain, "freed of JSON's escapes")


def _json_unescaped(found: re.Match[str]) -> str:
    code = found["u"] or found["x"]
    return chr(int(code, 16)) if code else found["as_is"]


def _quotes(text: str) -> Layer | None:
    """A quote or bracket before the URL and, if it is there, its partner. One only at the end belongs to the URL."""
    if not text or (closing := _CLOSING.get(text[0])) is None:
        return None
    inner = text[1:].lstrip()
    if not _STARTS.match(inner.lstrip(_OPENING)):
        return None
    if closing in _BRACKETS or not inner.endswith(closing):
        end = _closed(inner, closing)
        inner, after = inner[:end], inner[end + 1 :]
        if after and closing not in _BRACKETS and not after[0].isspace() and after[0] not in _SENTENCE_ENDS:
            inner = text[1:]
        # As wikis write links: `[URL|our search]`.
        url, named, name = inner.rpartition("|") if closing == "]" else (inner, "", "")
        return url if named and not set(name) & {"&", "="} else inner, "freed of quotes or brackets around it"
    return inner[:-1], "freed of quotes or brackets around it"


def _closed(text: str, closing: str) -> int:
    """Where what was opened before the text is closed in it; its end if it is not."""
    opening, depth = _BRACKETS.get(closing, closing), 1
    for place, character in enumerate(text):
        if character == closing:
            depth -= 1
            if not depth:
                return place
        elif character == opening:
            depth += 1
    return len(text)


def _words_before(text: str) -> Layer | None:
    """The one URL in a text that begins with words. With another host in them it is anybody's guess: left alone."""
    if _STARTS.match(text) or (found := _IN_WORDS.search(text)) is None:
        return None
    before, url = text[: found.start()], text[found.start() :]
    if _ANOTHER_HOST.search(before):
        return None
    closing = "<" if before.endswith(">") else _CLOSING.get(before[-1:])
    end = len(url) if closing is None else _closed(url, closing)
    url = _end_in_words(url) if end == len(url) else url[:end]
    return url, "taken out of the words around it"


def _end_in_words(text: str) -> str:
    """A URL without the words after it, in a text that has words before it too."""
    _one_url(text)
    first, *others = text.splitlines()
    for line in map(str.strip, others):
        if len(line.split()) != 1 or not any(mark in line for mark in "&=%"):
            break
        first += line
    head, *tail = first.split(maxsplit=1)
    if not tail or any(mark in tail[0] for mark in "&="):
        return _without_end(first)
    if "?" in head and not (_ends_without_blanks(head) or "%20" in head or "+" in head or head[-1] in _SENTENCE_ENDS):
        raise InvalidField("url: it can't be told where it ends in the words around it; send the URL alone")
    return _without_end(head)


def _without_end(url: str) -> str:
    """Without punctuation at the end, and without closing brackets there that nothing in the URL opens."""
    plain = unquote(url)
    unopened = {closing: plain.count(closing) - plain.count(opening) for closing, opening in _BRACKETS.items()}
    end = len(url)
    while (last := url[end - 1]) in _SENTENCE_ENDS or unopened.get(last, 0) > 0:
        unopened[last] = unopened.get(last, 0) - 1
        end -= 1
    return url[:end]


# Layers of a text that begins with a URL


_DEFANGED = re.compile(rf"(?:(?P<scheme>{_SCHEME}))?(?P<host>{_HOST})", re.IGNORECASE | re.ASCII)
_ORIGIN = re.compile(
    r"(?:(?:https?:)?//)?(?:[a-z0-9_-]+\.)*apollo\.io\.?(?::[0-9]{1,5})?(?=[/?#])", re.IGNORECASE | re.ASCII
)
_LOGIN = re.compile(
    r"/?(?:#!?/?)?(?:log-?in|log-?out|sign-?in|sign-?up|sso|auth|register|onboarding|welcome)\b", re.IGNORECASE
)
_LEADS_TO = ("redirectTo", "redirect_to", "redirectUrl", "redirect_url", "redirect", "returnTo", "return_to", "next")
_WHOLE = re.compile(r"https?%(?:25)*3a", re.IGNORECASE)
_HASH_ENCODED = re.compile(
    r"(?P<origin>[a-z0-9_.:/-]+?/?)%(?:25)*23(?P<rest>(?:/|%(?:25)*2f).*)", re.IGNORECASE | re.ASCII | re.DOTALL
)
_QUESTION_MARK = re.compile("%(?:25)*3f", re.IGNORECASE)
_EQUALS_SIGN = re.compile("%(?:25)*3d", re.IGNORECASE)
_ENTITY_TAKEN = {"¬": "&not", "¤": "&curren"}
_TAKEN = re.compile("[¬¤](?=[a-zA-Z_])")
_CUT_SCHEME = re.compile(
    r"(?!https?://)h?t{1,2}ps?:?/{1,2}(?=(?:[a-z0-9_-]+\.)*apollo\.io[/?#])", re.IGNORECASE | re.ASCII
)
_BRACKETED = r"(?:\\?\[|%5B)\w*\\?(?:\]|%5D)"
_NAME = re.compile(rf"[a-z_][\w.]*(?:{_BRACKETED})*", re.IGNORECASE | re.ASCII)
_BEFORE_NAME = re.compile(
    rf"(?:(?<!amp);|%(?:25)*26)(?=[a-z_][\w.]{{3,}}(?:{_BRACKETED})*=)|\?(?=[a-z_][\w.]*{_BRACKETED}=)",
    re.IGNORECASE | re.ASCII,
)
"""What is an `&` that was mangled, because a name with its `=` follows: in values Apollo encodes theirs."""


def _defanged(text: str) -> Layer | None:
    if cut := _CUT_SCHEME.match(text):
        return f"https://{text[cut.end() :]}", "made a link again"
    if (found := _DEFANGED.match(text)) is None:
        return None
    scheme, host = found["scheme"] or "", re.sub(_DOT, ".", found["host"], flags=re.IGNORECASE)
    plain = f"{scheme.lower().replace('xx', 'tt').replace('[:]', ':')}{host}"
    return None if plain.lower() == found[0].lower() else (plain + text[found.end() :], "made a link again")


def _encoded(text: str) -> Layer | None:
    return (unquote(text, errors="replace"), "decoded as a whole") if _WHOLE.match(text) else None


def _line_breaks(text: str) -> Layer | None:
    """Inside a URL they mean nothing, as in a browser; after an empty line begins something else."""
    if not any(mark in text for mark in "\t\r\n") or not _STARTS.match(text):
        return None
    _one_url(text)
    url: list[str] = []
    for line in text.splitlines():
        if url and _is_no_more(url, line):
            break
        url.append(line)
    joined = "".join(url).translate(_LINE_BREAKS)
    return joined.strip(), "freed of line breaks and tabs"


def _is_no_more(url: list[str], line: str) -> bool:
    """Whether a line is not a part of the URL in the lines before it."""
    words = line.split()
    if any(mark in line for mark in "&=%"):
        return False
    return bool(words) and (not url[-1].strip() or (len(words) > 1 and _ends_without_blanks(_last_words(url))))


def _last_words(lines: list[str]) -> str:
    """The end of what the lines are together, with all of the last value in it and little else."""
    kept: list[str] = []
    for line in reversed(lines):
        kept.append(line)
        if "&" in line or len(line.split()) > 1:
            break
    return "".join(reversed(kept)).strip()


def _ends_without_blanks(text: str) -> bool:
    """Whether the last value in a text is of a parameter of `_NO_BLANKS`."""
    # Looked for only where nothing can come between: from each of many places one would look on to the end.
    end = text[max(text.rfind("&"), 0) :]
    return not end[-1:].isspace() and any(map(_NO_BLANKS.search, end.split()[-1:]))


def _one_url(text: str) -> None:
    """Raise if another URL follows the one that the text begins with, and is no value of it."""
    for found in _NEXT_URL.finditer(text):
        at_line_start = found["gap"].rstrip(" \t").endswith(("\n", "\r"))
        if (found["ours"] or at_line_start) and text[found.start() - 1 : found.start()] != "=":
            raise InvalidField(_SEVERAL)


def _words_after(text: str) -> Layer | None:
    """Words and punctuation that can't belong to the last value; where they can, they do."""
    if not _ORIGIN.match(text):
        return None
    _one_url(text)
    head, *tail = text.split(maxsplit=1)
    if tail and _ends_without_blanks(head.rstrip(_SENTENCE_ENDS)) and not any(mark in tail[0] for mark in "&=%"):
        return head, "freed of the words after it"
    if tagged := _TAG.search(text):
        return text[: tagged.start()].rstrip(), "freed of the words after it"
    ended = _without_end(text.rstrip(_QUOTE_ENDS))
    if ended == text:
        return None
    # A bracket that is not the URL's own shows a sentence around it; else a value may end so: "Acme Inc."
    if set(text[len(ended) :]) & _BRACKETS.keys() or "?" not in text or _ends_without_blanks(ended):
        return ended, "freed of the punctuation after it"
    return None


def _mangled(text: str) -> Layer | None:
    """A `#`, `?` or `&` that a program on the way took for something else."""
    if _TAKEN.search(text) and _ORIGIN.match(text):
        return _TAKEN.sub(lambda found: _ENTITY_TAKEN[found[0]], text), "freed of HTML's escapes"
    if found := _HASH_ENCODED.match(text):
        return f"{found['origin']}#{_with('?', _QUESTION_MARK, found['rest'])}", "decoded as a whole"
    if (origin := _ORIGIN.match(text)) is None:
        return None
    start = text.find("#") + 1 or origin.end()
    before, rest = text[:start], text[start:]
    path, asked, query = rest.partition("?")
    if asked and "=" not in query and _EQUALS_SIGN.search(query):
        return f"{before}{path}?{_with('=', _EQUALS_SIGN, query)}", "decoded as a whole"
    if asked:
        return None
    # Behind a name with its `=` it is part of a value.
    mark = _QUESTION_MARK.search(rest)
    if mark and before[-1] == "#" and "=" not in rest[: mark.start()]:
        return f"{before}{_with('?', _QUESTION_MARK, rest)}", "decoded as a whole"
    asking = _asking(rest)
    return None if asking is None else (f"{before}{asking}", "given the ? that it lacked")


def _asking(rest: str) -> str | None:
    """`/people&name=…`, `/people;name=…`, `/people/name=…` or `name=…` with a `?` where the first name begins."""
    path, equals, _ = rest.partition("=")
    mark = re.search("[&;]", path)
    end = mark.start() if mark else path.rfind("/")
    if not equals or not (mark or _NAME.fullmatch(path, end + 1)):
        return None
    return f"{rest[: max(end, 0)]}?{rest[end + 1 :]}"


def _separated(text: str) -> Layer | None:
    if not _ORIGIN.match(text):
        return None
    start = (text.find("?", text.find("#") + 1) + 1) or (text.find("?") + 1) or len(text)
    separated = _BEFORE_NAME.sub("&", text[start:])
    return None if separated == text[start:] else (text[:start] + separated, "given the & that it lacked")


def _with(mark: str, encoded: re.Pattern[str], text: str) -> str:
    """Decoded until a mark that is encoded in it is there, or as often as layers are taken away."""
    return _decoded_while(lambda text: mark not in text and encoded.search(text) is not None, text)


def _decoded_while(encoded: Callable[[str], bool], text: str) -> str:
    """Percent-decoded for as long as it is encoded, or as often as layers are taken away: nobody means more of that."""
    for _ in range(_DEEPEST):
        if not encoded(text):
            break
        text = unquote(text, errors="replace")
    return text


def _redirected(text: str) -> Layer | None:
    if (found := redirectors.taken_out(text)) is None:
        return None
    url, host = found
    return url, f"taken out of a link of {host}"


def _logged_in(text: str) -> Layer | None:
    """Where Apollo's login page leads: a URL, which may be of anybody and is checked, or a path."""
    if (origin := _ORIGIN.match(text)) is None or not _LOGIN.match(rest := text[origin.end() :]):
        return None
    url = (redirectors.held(rest, _LEADS_TO) or "").strip()
    url = _decoded_while(lambda text: text.startswith("%"), url)
    if not url:
        return None
    if url[0] in "#?" or (url[0] == "/" and url[1:2] != "/"):
        url = f"{origin[0]}/{url.removeprefix('/')}"
    return url, "taken out of the login page's link"


_LAYERS: tuple[Callable[[str], Layer | None], ...] = (
    _quoted_printable, _html_link, _markdown_link, _slack_link, _html_escapes, _json_escapes, _quotes, _words_before,
    _defanged, _encoded, _line_breaks, _words_after, _mangled, _redirected, _logged_in, _separated,
)  # fmt: skip
"""In this order; after each they are tried from the first again."""
