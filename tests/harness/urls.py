"""URLs as they arrive: a plain one put into whatever people paste it out of, and names spelled as programs spell them.

Each wrapping here is made after the service that makes it, not after the code that takes it off.
"""

import base64
import json
import re
from binascii import b2a_qp
from collections.abc import Callable
from itertools import groupby
from urllib.parse import quote

from hypothesis import strategies as st

Wrapping = Callable[[str], str]


def encoded(text: str) -> str:
    return quote(text, safe="")


def origin(url: str) -> str:
    return url[: url.index("/", len("https://"))]


def path(url: str) -> str:
    return url.removeprefix(origin(url))


def proofpoint_v2(url: str) -> str:
    marked = re.sub(r"[^A-Za-z0-9/.]", lambda found: "".join(f"-{byte:02X}" for byte in found[0].encode()), url)
    return f"https://urldefense.proofpoint.com/v2/url?u={marked.replace('/', '_')}&d=DwMFaQ&c=abc&e="


def proofpoint_v3(url: str) -> str:
    runs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    marked, taken = "", ""
    for special, group in groupby(url, lambda character: not re.match(r"[A-Za-z0-9/:._?=-]", character)):
        text = "".join(group)
        for part in re.findall(".{1,65}", text) if special else [text]:
            marked += part if not special else "*" if len(part) == 1 else f"**{runs[len(part) - 2]}"
        taken += text if special else ""
    bytes_taken = base64.urlsafe_b64encode(taken.encode()).decode().rstrip("=")
    return f"https://urldefense.com/v3/__{marked}__;{bytes_taken}!!AbC1dEf!xYz-_012$"


def sophos(url: str) -> str:
    return f"https://eu-central-1.protection.sophos.com/?d=apollo.io&u={base64.b64encode(url.encode()).decode()}&i=Nj"


AROUND: dict[str, Wrapping] = {
    "quotes": lambda url: f'"{url}"',
    "typographic quotes": lambda url: f"„{url}“",
    "angle brackets": lambda url: f"<{url}>",
    "round brackets": lambda url: f"({url})",
    "square brackets": lambda url: f"[{url}]",
    "code": lambda url: f"`{url}`",
    "code block": lambda url: f"```\n{url}\n```",
    "quotes and a comma": lambda url: f'"{url}",',
    "Slack": lambda url: f"<{url}|Our search>",
    "Slack in words": lambda url: f"Have a look: <{url}|Our search> - thanks!",
    "Markdown": lambda url: f"[our search]({url})",
    "Markdown with a title": lambda url: f'See [our search](<{url}> "CEOs") please.',
    "Markdown of itself": lambda url: f"[{url}]({url})",
    "HTML link": lambda url: f'<p>Hi, <a class="x" href="{url.replace("&", "&amp;")}">here</a></p>',
    "XML": lambda url: f"<loc>{url.replace('&', '&amp;')}</loc>",
    "JSON": lambda url: json.dumps({"limit": 5, "url": url, "view": "simple"}),
    "JSON with escapes": lambda url: json.dumps({"url": url}).replace("&", "\\u0026").replace("/", "\\/"),
    "JSON in JSON": lambda url: json.dumps(json.dumps({"url": url}).replace("&", "\\u0026")),
    "shell": lambda url: f"curl -X POST '{url}' -H 'Accept: application/json'",
    "spreadsheet": lambda url: f'=HYPERLINK("{url}","our search")',
    "label": lambda url: f"Link: {url}",
    "form": lambda url: f"url={url}",
    "mail": lambda url: f"Hi Ann,\n\nhere is the list:\n{url}\nThanks,\nBob",
    "mail with a wrapped line": lambda url: f"Please use:\n{url[:50]}\n{url[50:]}\n\nBest\nBob",
    "signature": lambda url: f"{url}\n\nBest regards, Bob",
    "sentence": lambda url: f"Please take {url}.",
    "brackets in a sentence": lambda url: f"Please take our list (see {url}), thanks",
    "quoted mail": lambda url: f"> {url}",
    "list": lambda url: f"- {url}",
}
"""What stands around a URL, or any link to one."""

WRITTEN: dict[str, Wrapping] = {
    "zero-width space": lambda url: url.replace("?", "?\u200b"),
    "byte order mark": lambda url: f"\ufeff{url}",
    "HTML escapes": lambda url: url.replace("&", "&amp;"),
    "deep HTML escapes": lambda url: url.replace("&", "&amp;amp;amp;"),
    "numbered HTML escapes": lambda url: url.replace("&", "&#38;").replace("=", "&#x3D;"),
    "shell escapes": lambda url: url.replace("&", "\\&").replace("?", "\\?"),
    "hxxp": lambda url: url.replace("https://app.apollo.io", "hxxps://app[.]apollo[.]io"),
    "hxxp all over": lambda url: url.replace("https://app.apollo.io", "hxxps[:]//app(.)apollo[dot]io"),
    "no scheme": lambda url: url.removeprefix("https://"),
    "line break": lambda url: f"{url[:45]}\r\n{url[45:]}",
    "line break and tab": lambda url: url.replace("&", "\n\t&"),
    "percent-encoded": encoded,
    "percent-encoded twice": lambda url: encoded(encoded(url)),
    "encoded #": lambda url: url.replace("#", "%23"),
    "encoded after the host": lambda url: f"{origin(url)}/{encoded(path(url)[1:])}",
    "encoded after the path": lambda url: url.replace(url[url.index("?") :], encoded(url[url.index("?") :])),
    "encoded after the ?": lambda url: f"{url.partition('?')[0]}?{encoded(url.partition('?')[2])}",
    "HTML after it": lambda url: f"{url}</p>",
    "Outlook's plain text": lambda url: (
        f"{url}<https://nam02.safelinks.protection.outlook.com/?url={encoded(url)}&data=x>"
    ),
    "a quote after it": lambda url: f'{url}"',
    "quoted-printable": lambda url: b2a_qp(url.encode()).decode(),
    "no ?": lambda url: url.replace("?", "&", 1),
    "?? and &&": lambda url: url.replace("?", "??").replace("&", "&&") + "&",
    "slash": lambda url: f"{url}/",
    "campaign": lambda url: url.replace("/#/", "/?utm_source=mail&utm_medium=x#/"),
    "blanks": lambda url: f"  {url}\n",
}
"""How the URL itself is written differently."""

LINKS: dict[str, Wrapping] = {
    "Outlook": lambda url: (
        f"https://nam02.safelinks.protection.outlook.com/?url={encoded(url)}&data=05%7C01&reserved=0"
    ),
    "Outlook in HTML": lambda url: (
        f"https://eur05.safelinks.protection.outlook.com/?url={encoded(url)}&amp;data=05%7C01&amp;reserved=0"
    ),
    "Teams": lambda url: (
        f"https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url={encoded(url)}&locale=en"
    ),
    "Google": lambda url: f"https://www.google.com/url?q={encoded(url)}&sa=D&source=editors&ust=1&usg=x",
    "Google Docs": lambda url: f"https://www.google.com/url?q={quote(url, safe=':/?')}&sa=D&source=editors&ust=1&usg=x",
    "Google in German": lambda url: f"https://www.google.de/url?sa=t&source=web&url={encoded(url)}&usg=x",
    "Google without encoding": lambda url: f"https://www.google.com/url?q={url}",
    "Proofpoint 1": lambda url: f"https://urldefense.proofpoint.com/v1/url?u={encoded(url)}&k=x",
    "Proofpoint 2": proofpoint_v2,
    "Proofpoint 3": proofpoint_v3,
    "Slack redirect": lambda url: f"https://slack-redir.net/link?url={encoded(url)}&v=3",
    "LinkedIn": lambda url: f"https://www.linkedin.com/safety/go?url={encoded(url)}&trk=flagship-messaging-web",
    "LinkedIn profile": lambda url: f"https://www.linkedin.com/redir/redirect?url={encoded(url)}&urlhash=x",
    "Facebook": lambda url: f"https://l.facebook.com/l.php?u={encoded(url)}&h=AT3x",
    "Barracuda": lambda url: f"https://linkprotect.cudasvc.com/url?a={encoded(url)}&c=E,1,x&typo=1",
    "Cisco": lambda url: f"https://secure-web.cisco.com/1aBc-D_e/{encoded(url)}",
    "Sophos": sophos,
    "FireEye": lambda url: f"https://protect2.fireeye.com/v1/url?k=6f-30&q=1&e=77&u={encoded(url)}",
    "Symantec": lambda url: f"https://clicktime.symantec.com/38YrYPLxx?u={encoded(url)}",
    "Trend Micro": lambda url: (
        f"https://ddec1-0-en-ctp.trendmicro.com/wis/clicktime/v1/query?url={encoded(url)}&umid=5"
    ),
    "GMX": lambda url: f"https://deref-gmx.net/mail/client/Gm_x/dereferrer/?redirectUrl={encoded(url)}",
    "YouTube": lambda url: f"https://www.youtube.com/redirect?event=x&q={encoded(url)}&v=y",
    "DuckDuckGo": lambda url: f"https://duckduckgo.com/l/?uddg={encoded(url)}&rut=x",
    "Check Point": lambda url: f"https://protect.checkpoint.com/v2/r01/___{url}___.YXAzOm5hbWU6YTpvOjFm",
    "Avanan": lambda url: f"https://url.avanan.click/v2/___{url}___.YXAzOm5hbWU6YTpvOjFm",
    "EdgePilot": lambda url: f"https://link.edgepilot.com/s/1f2e/aB-c?u={encoded(url)}",
    "Reddit": lambda url: f"https://out.reddit.com/t3_x?url={encoded(url)}&token=AQ",
    "Telegram": lambda url: f"https://t.me/iv?url={encoded(url)}&rhash=1f",
    "login": lambda url: f"https://app.apollo.io/#/login?redirectTo={encoded(url)}",
    "login with more": lambda url: f"https://app.apollo.io/#/login?locale=en&redirectTo={encoded(url)}&_k=hpz0x5",
    "login encoded twice": lambda url: f"https://app.apollo.io/#/login?redirectTo={encoded(encoded(url))}",
    "login, path only": lambda url: f"https://app.apollo.io/login?redirectTo={encoded(path(url))}",
    "login, fragment only": lambda url: f"https://app.apollo.io/login?redirectTo={encoded(encoded(path(url)[1:]))}",
    "login without encoding": lambda url: f"https://app.apollo.io/#/login?redirectTo={url}",
}
"""What leads to the URL."""

WRAPPINGS = AROUND | WRITTEN | LINKS
"""Name → what a URL of the form `https://app.apollo.io/#/…?…=1` becomes."""

_OF_PLAIN_URLS = {name for name in LINKS if name.endswith(("without encoding", "only"))}


def wrapped(url: str) -> st.SearchStrategy[str]:
    """`url` in one of them, or in two or three that occur in each other: a redirector's link to another's in a mail."""
    links, around = sorted(LINKS.keys() - _OF_PLAIN_URLS), sorted(AROUND)
    one = st.sampled_from(sorted(WRAPPINGS))
    several = st.tuples(st.sampled_from(links), st.sampled_from(around + links), st.sampled_from(around))
    return one.map(lambda name: WRAPPINGS[name](url)) | several.map(lambda names: _in_all(url, names))


def _in_all(url: str, names: tuple[str, str, str]) -> str:
    """In the first, and that in the second if it is a link too, and that in the third."""
    inner, middle, outer = names
    link = LINKS[inner](url)
    return AROUND[outer](LINKS[middle](link) if middle in LINKS else link)


@st.composite
def respelled(draw: st.DrawFn, name: str) -> str:
    """A parameter's name as Apollo's app has it, spelled in any other way that is by rule."""
    if draw(st.booleans()):
        name = re.sub(r"(?<!^)[A-Z]", lambda hump: f"_{hump[0]}", name)
    name = draw(st.sampled_from([str, str.lower, str.upper]))(name)
    if name.endswith("[]"):
        name = name[:-2] + draw(st.sampled_from(["[]", "", "[0]", "[17]", " []", "[3][]", ".0"]))
    if draw(st.booleans()):
        name = name.replace("[", "\\[").replace("]", "\\]")
    for _ in range(draw(st.integers(0, 2))):
        name = encoded(name)
    return draw(st.sampled_from(["", " ", "amp;"])) + name
