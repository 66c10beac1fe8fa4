"""A search on the page: how it is understood, what its parts cost, and what changes it."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from api.console.filters import filters
from mappings.rules import Reason
from tests.console.conftest import both_engines
from tests.console.desk import Desk, Line, url_of
from tests.harness.browser import screenshot
from tests.harness.service import Service

MESSY = url_of(
    ("page", "3"),
    ("contactEmailStatusV2[]", "verified"),
    ("title", "ceo"),
    ("personTitles[]", "founder"),
    ("personLocations[]", "United States"),
    ("personLocations[]", "Germany"),
    ("personSeniorities[]", "cxo"),
    ("foo", "bar"),
    ("sortByField", "recommendations_score"),
)

USED = [
    ("personTitles[]", "ceo"),
    ("personTitles[]", "founder"),
    ("personLocations[]", "United States"),
    ("personLocations[]", "Germany"),
    ("personSeniorities[]", "cxo"),
    ("contactEmailStatusV2[]", "verified"),
]


@pytest.fixture
def desk(page: Page, service: Service, signed_in: BrowserContext) -> Desk:
    return Desk(page, service).open()


@both_engines
def test_a_search_is_shown_with_all_its_numbers(desk: Desk) -> None:
    told = desk.service.data("explain_count", url=MESSY)
    desk.search(MESSY).shows(told["count"])
    page = desk.page
    expect(page.locator(".beside")).to_contain_text(f"at {told['companies']['count']:,} companies")
    expect(page.locator(".beside")).to_contain_text(f"of {told['total']:,}")
    for parameter in told["parameters"]:
        card = desk.parameter(parameter["name"])
        expect(card.locator("h3 code")).to_have_text(parameter["name"])
        expect(page.get_by_role("heading", name=parameter["category"], exact=True)).to_be_visible()
        expect(card.locator(".cost")).to_contain_text(f"{parameter['count']:,} fit")
        expect(card.locator(".cost")).to_contain_text(f"without it {parameter['without']:,}")
        expect(card.locator(".chip")).to_have_count(len(parameter["values"]))
    expect(desk.chip("personLocations[]", "Germany")).to_contain_text(
        f"{told['parameters'][1]['values'][1]['count']:,}"
    )
    expect(desk.parameter("personSeniorities[]")).to_contain_text("cxo read as c_suite: another spelling of it")
    expect(desk.parameter("personTitles[]")).to_contain_text("title is another spelling of personTitles[]")
    # What makes the number too large stands beside it; what does not, apart and quietly.
    expect(page.locator(".unheard")).to_contain_text("A filter of this search was not used")
    expect(page.locator(".unheard")).to_contain_text("foo")
    assert "sortByField" not in page.locator(".unused").inner_text()
    expect(page.locator(".reading")).to_contain_text("sortByField Your contacts have no such order.")
    unused = page.locator(".unused li").filter(has_text="foo")
    expect(unused).to_contain_text("bar")
    expect(unused).to_contain_text("Not known here")
    expect(page.locator("[aria-live]")).to_contain_text(f"{told['count']:,} contacts at")
    # The page of Apollo's does not count: the table begins with the first contact.
    first = desk.service.data("search_contacts", url=MESSY, limit=1, offset=0)["results"][0]
    expect(desk.rows().first).to_contain_text(first["last_name"])
    screenshot(page, "search")


def test_every_number_follows_a_chip_that_is_muted_and_back_brings_it_again(desk: Desk) -> None:
    desk.search(MESSY)
    counts = [desk.counts(MESSY)]
    for muted in ([("personTitles[]", "founder")], [("personSeniorities[]", "cxo")]):
        rest = [pair for pair in USED if pair not in muted]
        counts.append(desk.counts(url_of(*rest)))
    desk.mute("personTitles[]", "founder").shows(counts[1])
    expect(desk.chip("personTitles[]", "founder").locator("button").first).to_have_attribute("aria-pressed", "false")
    desk.mute("personTitles[]", "founder").shows(counts[0])
    desk.mute("personSeniorities[]").shows(counts[2])
    expect(desk.parameter("personSeniorities[]").get_by_role("switch")).to_have_attribute("aria-checked", "false")
    # What is muted keeps its number, and how it was read.
    expect(desk.parameter("personSeniorities[]")).to_contain_text("cxo read as c_suite")
    desk.page.go_back()
    desk.settled().shows(counts[0])
    desk.page.go_back()
    desk.settled().shows(counts[1])
    desk.page.go_forward()
    desk.settled().shows(counts[0])
    desk.page.keyboard.press("Control+z")
    desk.settled().shows(counts[1])
    desk.page.keyboard.press("Control+Shift+z")
    desk.settled().shows(counts[0])
    # What is looked at is no change of what is asked.
    desk.view("Breakdown").view("As code")
    desk.page.keyboard.press("Control+z")
    desk.settled().shows(counts[1])


def test_the_address_of_the_page_is_the_search(desk: Desk, signed_in: BrowserContext) -> None:
    desk.search(MESSY).mute("personLocations[]", "Germany")
    page, count = desk.page, desk.page.locator(".large").inner_text()
    address = page.url
    assert "#/people?page=3" in address
    assert ".off=personLocations" in address
    page.reload()
    desk.settled()
    expect(page.locator(".large")).to_have_text(count)
    other = Desk(signed_in.new_page(), desk.service).open(address[address.index("#") :])
    expect(other.page.locator(".large")).to_have_text(count)
    expect(other.chip("personLocations[]", "Germany").locator("button").first).to_have_attribute(
        "aria-pressed", "false"
    )
    expect(other.page.locator(".unused")).to_contain_text("foo")
    link = page.get_by_role("link", name="Open in Apollo")
    expect(link).to_have_attribute("href", MESSY)
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    assert "eyJ" not in address


def test_values_are_added_removed_and_turned_into_their_opposite(desk: Desk) -> None:
    desk.search(url_of(("personTitles[]", "ceo"), ("personLocations[]", "Germany"), ("foo", "bar")))
    desk.parameter("personLocations[]").get_by_role("button", name="Add a value").click()
    field = desk.page.get_by_label("A value more")
    expect(desk.page.locator("[role=option]").first).to_be_visible()
    # What has what is typed in it is asked of the service, and picked by keys or by a click.
    field.press_sequentially("ranc")
    expect(desk.page.locator("[role=option]").filter(has_not_text=re.compile("ranc"))).to_have_count(0)
    field.press("Escape")
    expect(desk.parameter("personLocations[]").get_by_role("button", name="Add a value")).to_be_focused()
    desk.page.keyboard.press("Enter")
    field.press_sequentially("ranc")
    expect(desk.page.locator("[role=option]").filter(has_not_text=re.compile("ranc"))).to_have_count(0)
    picked = desk.page.locator("[role=option]").filter(has_text="France")
    while picked.get_attribute("aria-selected") != "true":
        field.press("ArrowDown")
    field.press("Enter")
    added = url_of(("personTitles[]", "ceo"), ("personLocations[]", "Germany"), ("personLocations[]", "France"))
    desk.settled().shows(desk.counts(added))
    desk.chip("personLocations[]", "Germany").hover()
    desk.chip("personLocations[]", "Germany").get_by_role("button", name="Remove").click()
    desk.settled().shows(desk.counts(url_of(("personTitles[]", "ceo"), ("personLocations[]", "France"))))
    desk.chip("personLocations[]", "France").get_by_role("button", name="Turn France into its opposite").click()
    desk.settled().shows(desk.counts(url_of(("personTitles[]", "ceo"), ("personNotLocations[]", "France"))))
    desk.chip("personNotLocations[]", "France").locator("button").first.press("n")
    expect(desk.parameter("personLocations[]")).to_be_visible()
    desk.chip("personLocations[]", "France").locator("button").first.press("n")
    desk.settled()
    desk.chip("personNotLocations[]", "France").locator("button").first.press("Delete")
    desk.settled().shows(desk.counts(url_of(("personTitles[]", "ceo"))))
    # Keys are for what is left.
    expect(desk.parameter("personTitles[]").get_by_role("switch")).to_be_focused()
    # What was not used is there all the while.
    expect(desk.page.locator(".unused")).to_contain_text("foo")


def test_a_filter_that_the_search_lacks_is_found_by_typing(desk: Desk) -> None:
    desk.search(url_of(("personTitles[]", "ceo")))
    page = desk.page

    def add(words: str) -> None:
        page.get_by_role("button", name="+ Add a filter…").click()
        page.get_by_role("searchbox", name="Filter").fill(words)
        page.keyboard.press("Enter")

    page.get_by_role("button", name="+ Add a filter…").click()
    known = page.locator("dialog li code")
    expect(known.first).to_be_visible()
    assert known.all_inner_texts() == [each.name for each in filters()]
    page.keyboard.press("Escape")
    add("indust excl")
    field = page.get_by_label("A value more")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(desk.parameter("organizationNotIndustryTagIds[]")).to_have_count(0)
    add("sizes")
    expect(field).to_have_attribute("placeholder", "such as 11-50")
    page.keyboard.type("11 to 50")
    page.keyboard.press("Enter")
    sizes = ("organizationNumEmployeesRanges[]", "11,50")
    desk.settled().shows(desk.counts(url_of(("personTitles[]", "ceo"), sizes)))
    expect(desk.chip(sizes[0], "11 to 50")).to_be_in_viewport()
    # The field is there for the next; half a value is none.
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
    page.keyboard.type("51 t")
    page.locator("#url").focus()
    page.wait_for_timeout(300)
    expect(field).to_have_value("51 t")
    expect(desk.parameter(sizes[0]).locator(".chip")).to_have_count(1)
    field.fill("")
    field.blur()
    expect(field).to_have_count(0)
    # Yes or no takes no value.
    add("similar")
    desk.settled().shows(desk.counts(url_of(("personTitles[]", "ceo"), sizes, ("includeSimilarTitles", "true"))))
    page.locator("#url").fill("half an address")
    desk.mute(*sizes[:1])
    assert page.locator("#url").input_value().startswith("https://app.apollo.io/#/people?personTitles[]=ceo")


def test_what_is_done_while_the_search_is_still_read_is_done_then(
    page: Page, service: Service, signed_in: BrowserContext
) -> None:
    line = Line(page)
    titles = [("personTitles[]", "ceo"), ("personTitles[]", "cto"), ("personTitles[]", "founder")]
    desk = Desk(page, service).open().search(url_of(*titles, ("personLocations[]", "Germany")))
    line.holding = True
    for value in ("ceo", "cto"):
        desk.chip("personTitles[]", value).get_by_role("button", name="Remove").click()
    desk.parameter("personLocations[]").get_by_role("button", name="Add a value").click()
    field = page.get_by_label("A value more")
    for value in ("Canada", "France"):
        field.fill(value)
        field.press("Enter")
    wanted = [titles[2], *[("personLocations[]", country) for country in ("Germany", "Canada", "France")]]
    line.release()
    expect(page.locator("#url")).to_have_value(url_of(*wanted))
    desk.settled().shows(desk.counts(url_of(*wanted)))
    # Suggestions for other words are none for these.
    field.fill("ran")
    expect(page.locator("[role=option]").filter(has_not_text=re.compile("ran"))).to_have_count(0)
    line.holding = True
    field.fill("spai")
    field.press("ArrowDown")
    field.press("Enter")
    line.release()
    expect(page.locator("#url")).to_have_value(url_of(*wanted, ("personLocations[]", "spai")))


def test_domains_of_an_unknown_name_can_be_a_list(desk: Desk) -> None:
    desk.search(url_of(("companyDomainz[]", "a.example"), ("companyDomainz[]", "b.example")))
    expect(desk.page.locator(".reading")).to_contain_text("Nothing that this search asks for can be used")
    desk.page.get_by_role("button", name="Use as Only these domains").click()
    desk.settled().shows(0)
    expect(desk.parameter("include_domain_list").locator(".chip")).to_have_count(2)
    expect(desk.page.locator(".unheard")).to_have_count(0)


def test_what_is_pasted_may_be_anything_with_a_search_in_it(desk: Desk) -> None:
    page = desk.page
    url = url_of(("personTitles[]", "ceo"))
    paste = """(text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text", text);
        document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    }"""
    page.evaluate(paste, f"Have a look at this:\n\n{url}\n\nYours, A.")
    page.locator(".large").wait_for()
    desk.settled().shows(desk.counts(url))
    expect(page.locator(".remark")).to_contain_text("Found in what you pasted")
    drop = """(text) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.setData("text/plain", text);
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }"""
    other = url_of(("personTitles[]", "cto"))
    page.evaluate(drop, other)
    expect(page.locator("#url")).to_have_value(other)
    desk.settled().shows(desk.counts(other))
    # A picture has no text in it; a file of text is as good as the text.
    page.evaluate(drop, "")
    file = """([text, name, type]) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([text], name, { type }));
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }"""
    page.evaluate(file, [url, "a.png", "image/png"])
    expect(page.locator("#url")).to_have_value(other)
    page.evaluate(file, [f"[InternetShortcut]\nURL={url}\n", "search.url", ""])
    expect(page.locator("#url")).to_have_value(url)
    page.evaluate(file, [f"See this:\n{other}\n", "mail.txt", "text/plain"])
    expect(page.locator("#url")).to_have_value(other)
    page.evaluate(paste, f"{url}\n{other}")
    expect(page.get_by_role("button", name="Compare").first).to_have_attribute("aria-current", "page")
    page.evaluate(paste, "buy milk")
    expect(page.locator(".remark")).to_contain_text("no address of Apollo’s")


def test_as_many_values_as_a_url_can_have_are_there_without_being_drawn(desk: Desk) -> None:
    values = [f"{number:x}" for number in range(256, 3456)]
    desk.search(url_of(("personTitles[]", "ceo"), *[("personTitles[]", value) for value in values]))
    card, page = desk.parameter("personTitles[]"), desk.page
    expect(card).to_contain_text(f"{len(values) + 1 - 12:,} more…")
    assert page.locator(".chip").count() == 12
    desk.shows(desk.counts(url_of(("personTitles[]", "ceo"))))
    desk.mute("personTitles[]", "ceo").shows(0)
    card.get_by_role("button", name="more…").click()
    assert page.locator("dialog .chip").count() == 200
    page.get_by_label("Filter").fill("CE")
    expect(page.locator("dialog .chip").first).to_contain_text("ceo")
    page.locator("dialog .chip button").first.click()
    page.keyboard.press("Escape")
    desk.settled().shows(desk.counts(url_of(("personTitles[]", "ceo"))))


def test_each_reason_of_the_service_has_plain_words(desk: Desk) -> None:
    told = desk.run('() => import("./console/screens/chips.js").then(({ PLAIN }) => [...PLAIN.keys()])')
    assert set(told) == {reason.value for reason in Reason}


def test_a_search_that_the_service_refuses_says_why(desk: Desk) -> None:
    page = desk.page
    page.locator("#url").fill("https://apollo.io.evil.example/#/people?personTitles[]=ceo")
    page.locator("#url").press("Enter")
    expect(page.locator(".remark")).to_contain_text("URL must be from apollo.io domain")
    page.locator("#url").fill(url_of(("organizationNumEmployeesRanges[]", "many")))
    page.locator("#url").press("Enter")
    expect(page.locator(".number .failure")).to_contain_text("organizationNumEmployeesRanges[]")
    # No number of another search is taken for this one's.
    expect(page.locator(".large")).to_have_text("–")
    expect(desk.rows()).to_have_count(0)
    grow = "change({ ...search.value, query: `q=${'a'.repeat(70_000)}` })"
    desk.run(f'() => void import("./console/page.js").then(({{ change, search }}) => {grow})')
    expect(page.locator(".number .failure")).to_contain_text("more values than the service reads")
    page.get_by_role("button", name="Take the last change back").click()
    # What is wrong stands among what is not used, with a way to be rid of it.
    page.locator(".unused").get_by_role("button", name="Remove organizationNumEmployeesRanges[]").click()
    desk.settled().shows(desk.counts(url_of()))
    screenshot(page, "everybody")
