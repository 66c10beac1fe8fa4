"""The part of docs/mapping.md about how a URL and its names are read: of each example it says what the code answers."""

from mappings.parameters import known_parameters, parameter_of
from mappings.redirectors import redirectors
from mappings.url import parse

_PLAIN = "https://app.apollo.io/#/people?personTitles[]=CEO&page=1"
_ENCODED = "https%3A%2F%2Fapp.apollo.io%2F%23%2Fpeople%3FpersonTitles%5B%5D%3DCEO%26page%3D1"

FORMS = (
    ("blanks and invisible characters around it", f"  {_PLAIN} "),
    ("quotes, code marks, stars, brackets", f"“{_PLAIN}”"),
    ("brackets around and a sentence's end", f"({_PLAIN})."),
    ("no scheme, a `/` at the end, `??`, `&&`", "app.apollo.io/#/people??personTitles[]=CEO&&page=1/"),
    ("`utm_…` before the `#`", "https://app.apollo.io/?utm_source=mail#/people?personTitles[]=CEO&page=1"),
    ("line breaks and tabs inside", "https://app.apollo.io/#/people?personTi\ntles[]=CEO&\tpage=1"),
    ("something else after an empty line", f"{_PLAIN}\n\nBest regards, Ann"),
    ("words around it", f"Please take {_PLAIN}, Ann"),
    ("a command, a formula, a JSON object", f"curl '{_PLAIN}' -H 'Accept: application/json'"),
    ("a Slack link", f"<{_PLAIN}|our search>"),
    ("a Markdown link", f"[our search]({_PLAIN})"),
    ("an HTML link", f'<a href="{_PLAIN}">our search</a>'),
    ("HTML's escapes, several deep", _PLAIN.replace("&", "&amp;amp;")),
    ("an `&not` or `&curren` that HTML took for a character", f"{_PLAIN}¬EmailerCampaignIds[]=5"),
    ("JSON's escapes", _PLAIN.replace("&", "\\u0026").replace("/", "\\/")),
    ("`hxxp`, `[.]` and the like", _PLAIN.replace("https://app.apollo.io", "hxxps://app[.]apollo[.]io")),
    ("encoded as a whole", _ENCODED),
    ("its `#` encoded", _PLAIN.replace("#", "%23")),
    ("an `&` for the `?`", _PLAIN.replace("?", "&")),
    ("no `?` at all", _PLAIN.replace("/people?", "")),
    ("a `;` or an encoded `&` before a name", _PLAIN.replace("&", ";")),
    ("a mail's escapes", "https://app.apollo.io/#/people?perso=\nnTitles[]=3DCEO&page=3D1"),
    ("a scheme that lost a letter", _PLAIN.removeprefix("h")),
    ("a redirector's link", f"https://nam02.safelinks.protection.outlook.com/?url={_ENCODED}&data=05"),
    ("Apollo's login page", f"https://app.apollo.io/#/login?redirectTo={_ENCODED}"),
    ("Apollo's API", "https://api.apollo.io/api/v1/mixed_people/search?person_titles[]=CEO&page=1"),
)
"""What is read as meant, and an example that asks for `personTitles[]=CEO&page=1`."""

NAMES = (
    ("case", "PersonTitles[]"),
    ("the API's spelling", "person_titles[]"),
    ("without brackets, with an index, with a blank", "personTitles"),
    ("", "personTitles[0]"),
    ("", "personTitles []"),
    ("backslashes", r"person\_titles\[\]"),
    ("encoded twice", "personTitles%5B%5D"),
    ("`amp;` of an escaped `&`", "amp;personTitles[]"),
    ("ends of ranges stay", "revenue_range_max"),
    ("singular, hand-made: from the list", "title"),
    ("another parameter, not another spelling", "q_person_title"),
    ("what may turn a name round", "!personTitles[]"),
)
"""A rule for names, and a name (decoded once) that it is about."""


def url_forms() -> list[str]:
    """The lines of the section."""
    forms = [f"| {kind} | {_code(text)} | {'; '.join(parse(text).unwrapped)} |" for kind, text in FORMS]
    names = [f"| {rule} | {_code(name)} | {_known(name)} |" for rule, name in NAMES]
    return [
        "",
        "## What a URL may come in",
        "",
        "All of these ask for `personTitles[]=CEO` and `page=1`. What was done to get at the URL is said in the",
        "ledger; nothing, where it makes no difference. Where it can't be told what is meant (two URLs, words right",
        "behind a value that may have blanks) the request is refused and says so. Of a URL alone the punctuation at",
        "its end is its own, unless the last value can't have any or a bracket is closed there that nothing opened.",
        "In the end the URL must be of `apollo.io` or a subdomain, whatever it came in.",
        "",
        "| what | example | said |",
        "| --- | --- | --- |",
        *forms,
        "",
        f"Redirectors that are known: {_hosts(holds=True)}.",
        "",
        f"Refused, with the advice to open them, are links that don't say where they lead: {_hosts(holds=False)}.",
        "",
        "## Names",
        "",
        "A name is known by its letters and digits. No two parameters have the same, and other words for one are in a",
        "list (`mappings/data/aliases.json`), each with where it was seen.",
        "",
        "| rule | written | read as |",
        "| --- | --- | --- |",
        *names,
        "",
        "`filters=` with a JSON object is read as its parameters, an inner object as `outer[inner]`:",
        '`{"personTitles":["CEO"],"revenueRange":{"min":1000000}}` asks for `personTitles[]=CEO` and',
        "`revenueRange[min]=1000000`. Only Apollo's names count there, of its app or its API, in any spelling. Other",
        "names are unmapped; if there is no other, the request is refused, except in `analyze` and `analyze/count`.",
    ]


def _known(name: str) -> str:
    parameter = parameter_of(name)
    return _code(parameter.name) if parameter in known_parameters() else "not known"


def _hosts(*, holds: bool) -> str:
    hosts = [row.hosts for row in redirectors() if (row.holds != "nothing") is holds]
    return ", ".join(
        dict.fromkeys(_code(first) + (" and its countries" if len(more) > 10 else "") for first, *more in hosts)
    )


def _code(text: str) -> str:
    """As code in a cell: what would end the cell or the line is escaped, or shown."""
    shown = text.replace("\n", "⏎").replace("\t", "⇥").replace("|", "\\|")
    return f"`` {shown} ``" if "`" in text else f"`{shown}`"
