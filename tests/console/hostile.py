"""Contacts as somebody sends them who would like the page to do something: everything in them is text."""

import csv
from pathlib import Path

from indexing.sample.contacts import HEADERS

CITY = "Hostile"
"""Where all of them are, so that a search finds these and no others."""

SCRIPT = "<script>window.hacked = 1</script>"
IMAGE = '"><img src=x onerror="window.hacked = 2">'
TEMPLATE = "${window.hacked = 3}{{constructor.constructor('window.hacked = 3')()}}"
LINK = "javascript:window.hacked=4"
BIDI = "\u202egpj.exe\u2066abc"
ANSI = "\u001b[31mred\u001b[0m"
EMAIL = '<img src=x onerror="window.hacked = 9">@hostile.example'
"""No file brings one, since what reads files takes it for no address."""
RIGHT_TO_LEFT = "محمد"
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 3000

CONTACTS = (
    {"First Name": SCRIPT, "Last Name": IMAGE, "Title": TEMPLATE, "Company Name": f"{IMAGE} & Sons"},
    {"First Name": BIDI, "Last Name": "<b>bold</b>", "Title": ANSI, "Company Name": "&lt;i&gt;&amp;"},
    {
        "First Name": RIGHT_TO_LEFT,
        "Last Name": "עברית",
        "Title": "مدير",
        "Company Name": "<svg/onload=window.hacked=5>",
    },
    {"First Name": LONG, "Last Name": LONG, "Title": "=cmd|' /C calc'!A0", "Company Name": "</title></textarea>"},
)

LINKS = {
    "Person Linkedin Url": LINK,
    "Website": "https://safe.example@evil.example/",
    "Company Linkedin Url": "data:text/html,<script>window.hacked=6</script>",
    "Facebook Url": " javascript:window.hacked=7",
    "Twitter Url": "https://twitter.com/<script>window.hacked=8</script>",
}


def append(path: Path) -> None:
    """Add them to a file of sample contacts."""
    with path.open("a", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, HEADERS, restval="", lineterminator="\n")
        for number, contact in enumerate(CONTACTS):
            writer.writerow({**contact, **LINKS, "City": CITY, "Email": f"h{number}@hostile.example"})
