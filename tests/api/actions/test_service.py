import json
import tracemalloc

import msgspec
import pytest

from api.actions import plans
from api.actions.aside import LONGEST_AT_ONCE, Aside, Maker
from api.actions.plans import Plan
from api.actions.requests import AnalyzeRequest, CountRequest, SearchRequest, UuidsRequest
from api.actions.service import ContactService, SearchAnswer
from api.actions.streams import CHUNK
from api.operations.metrics import Metrics
from api.operations.timed_engine import TimedEngine
from api.settings import Settings
from mappings.errors import EngineTimeout, ForeignUrl, InvalidCursor, InvalidField, ResponseTooLarge
from mappings.url import parse
from search.apart import Apart
from search.cursor import Position, encode, fingerprint
from search.elasticsearch.compile import CompiledQuery, compile_filter
from search.engine import Hit
from tests.harness.memory_engine import MemoryEngine

URL = "https://app.apollo.io/#/people?personTitles[]=CEO"
OTHER = "https://app.apollo.io/#/people?personTitles[]=CTO"

pytestmark = pytest.mark.anyio


@pytest.fixture
def contacts(engine: MemoryEngine, settings: Settings) -> ContactService:
    return ContactService(engine, settings)


async def search(contacts: ContactService, url: str = URL, **fields: object) -> dict:
    return json.loads(await contacts.search(SearchRequest.read({"url": url, **fields})))


def numbers(answer: dict) -> list[int]:
    return [int(item["uuid"][-12:]) for item in answer["results"]]


async def test_a_search_has_the_keys_of_the_contract_in_order(contacts):
    answer = await search(contacts, limit=2)
    assert list(answer) == ["next", "previous", "results", "apollo_url", "mapping_summary", "unmapped_categories"]
    assert answer["apollo_url"] == URL
    assert answer["results"][0]["city"] == "Zürich"
    assert answer["results"][0]["technologies"] is None


@pytest.mark.parametrize("items", [[], [b"1"], [b"1", b"2", b"3"]])
def test_an_answer_of_any_number_of_items(items):
    answer = SearchAnswer(items, Plan(b"", 1, None, b',"apollo_url":"u"', None), "n")
    assert answer.encode() == b'{"next":"n","previous":null,"results":[%b],"apollo_url":"u"}' % b",".join(items)
    assert answer.encode(str.upper).startswith(b'{"next":"N","previous":null,')


def test_an_answer_is_put_together_in_one_step():
    items = [b'"%b"' % (b"x" * 100_000)] * 100
    answer = SearchAnswer(items, Plan(b"", 1, None, b"", None))
    tracemalloc.start()
    try:
        size, (_, peak) = len(answer.encode()), tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size <= peak < 1.1 * size


async def test_the_simple_view(contacts):
    [item] = (await search(contacts, limit=1, view="simple"))["results"]
    assert list(item) == [
        "uuid", "first_name", "last_name", "title", "company", "email", "email_status", "created_at", "updated_at"
    ]  # fmt: skip
    assert item["title"] == "CEO"
    assert list((await search(contacts, view="simple"))["results"][9]) == list(item)


async def test_cursors_lead_forwards_and_back(contacts):
    first = await search(contacts, limit=4)
    second = await search(contacts, limit=4, cursor=first["next"])
    third = await search(contacts, limit=4, cursor=second["next"], offset=0)
    assert [numbers(page) for page in (first, second, third)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert first["previous"] is None
    assert third["next"] is None
    back = await search(contacts, limit=4, cursor=third["previous"])
    assert back == second
    assert numbers(await search(contacts, limit=4, cursor=back["previous"])) == [0, 1, 2, 3]


async def test_a_cursor_without_a_limit_gives_the_rest(contacts):
    second = await search(contacts, limit=4, offset=4)
    assert numbers(await search(contacts, cursor=second["next"])) == [8, 9]
    assert numbers(await search(contacts, cursor=second["previous"])) == [0, 1, 2, 3]


async def test_the_filter_that_cursors_are_bound_to_is_digested_once(contacts, monkeypatch):
    digested = []
    monkeypatch.setattr(plans, "fingerprint", lambda asked: digested.append(asked) or fingerprint(asked))
    first = await search(contacts, limit=4)
    second = await search(contacts, limit=4, cursor=first["next"])
    assert second["next"]
    assert second["previous"]
    assert len(digested) == 1


async def test_a_cursor_refuses_another_filter(contacts):
    cursor = (await search(contacts, limit=1))["next"]
    for fields in ({"url": OTHER}, {"include_company_name": "Acme"}):
        with pytest.raises(InvalidCursor):
            await search(contacts, **{"cursor": cursor, "limit": 1, **fields})
    for cursor in ("x", "ü", "A" * 10_000):
        with pytest.raises(InvalidCursor):
            await search(contacts, cursor=cursor)


@pytest.mark.parametrize("value", ["a text", 2**63 - 1, -(2**63)])
async def test_a_forged_cursor_is_refused_before_the_engine_is_asked(contacts, engine, value):
    plan = await contacts.plan(SearchRequest(url=URL))
    forged = encode(Position(value, "u"), plan.fingerprint)
    for act in (contacts.search, contacts.stream_search):
        with pytest.raises(InvalidCursor, match="cursor is not one of ours"):
            await act(SearchRequest(url=URL, cursor=forged))
    assert engine.started == 0


async def test_the_page_of_the_url_matters_with_a_limit_only(contacts):
    paged = URL + "&page=3"
    assert numbers(await search(contacts, paged, limit=2)) == [4, 5]
    assert numbers(await search(contacts, paged, limit=2, offset=0)) == [0, 1]
    assert numbers(await search(contacts, paged)) == list(range(10))
    cursor = (await search(contacts, paged, limit=2))["next"]
    assert numbers(await search(contacts, paged, limit=2, cursor=cursor)) == [6, 7]


async def test_without_a_limit_everything_from_the_offset(contacts):
    answer = await search(contacts, offset=7)
    assert numbers(answer) == [7, 8, 9]
    assert answer["next"] is None
    assert answer["previous"] is None


async def test_huge_numbers_are_an_empty_answer_or_all(contacts, engine):
    assert numbers(await search(contacts, offset=10**30)) == []
    assert numbers(await search(contacts, limit=10**30)) == list(range(10))
    assert numbers(await search(contacts, URL + "&page=999999999999", limit=10**30)) == []
    assert max(offset for _, offset in engine.asked) < 2**63


async def test_a_large_limit_is_taken_in_chunks_in_both_directions(settings):
    engine = MemoryEngine(2 * CHUNK + 500)
    contacts = ContactService(engine, settings)
    answer = await search(contacts, limit=2 * CHUNK + 100, offset=10)
    assert numbers(answer) == list(range(10, 2 * CHUNK + 110))
    assert engine.asked == [(CHUNK, 10), (CHUNK, 0), (100, 0)]
    rest = await search(contacts, limit=2, cursor=answer["next"])
    assert numbers(rest) == [2 * CHUNK + 110, 2 * CHUNK + 111]
    back = await search(contacts, limit=2 * CHUNK + 100, cursor=rest["previous"])
    assert numbers(back) == numbers(answer)
    assert numbers(await search(contacts, limit=20, cursor=back["previous"])) == list(range(10))
    assert numbers(await search(contacts, limit=2, cursor=back["next"])) == numbers(rest)


async def test_answers_have_a_largest_size(engine, settings):
    contacts = ContactService(engine, msgspec.structs.replace(settings, max_response_bytes=3000))
    for fields in ({}, {"limit": 10}, {"limit": 10**12}):
        with pytest.raises(ResponseTooLarge, match="limit"):
            await search(contacts, **fields)
    assert engine.scans_closed == 1
    assert len((await search(contacts, limit=2))["results"]) == 2
    assert len((await search(contacts, view="simple"))["results"]) == 10


async def test_uuids(contacts, engine):
    everything = json.loads(await contacts.uuids(UuidsRequest.read({"url": URL})))
    assert everything == {"count": 10, "uuids": [hit.uuid for hit in engine.hits]}
    some = json.loads(await contacts.uuids(UuidsRequest.read({"url": URL, "limit": 3})))
    assert some == {"count": 3, "uuids": [hit.uuid for hit in engine.hits[:3]]}
    assert json.loads(await contacts.uuids(UuidsRequest.read({"url": URL, "limit": 10**30})))["count"] == 10
    engine.hits = []
    for fields in ({}, {"limit": 3}):
        assert await contacts.uuids(UuidsRequest.read({"url": URL, **fields})) == b'{"count":0,"uuids":[]}'


async def test_batches_without_uuids_leave_no_trace(contacts, engine, monkeypatch):
    scan = engine.scan_uuids

    async def with_gaps(compiled):
        async for uuids in scan(compiled):
            yield []
            yield uuids

    monkeypatch.setattr(engine, "scan_uuids", with_gaps)
    request = UuidsRequest.read({"url": URL})
    everything = json.loads(await contacts.uuids(request))
    assert everything == {"count": 10, "uuids": [hit.uuid for hit in engine.hits]}
    parts = [json.loads(b"[%b]" % part) async for part in (await contacts.stream_uuids(request)).parts()]
    assert [uuid for part in parts for uuid in part] == everything["uuids"]
    assert all(parts)


async def test_batches_without_contacts_leave_no_trace(contacts, engine, monkeypatch):
    scan = engine.scan

    async def with_gaps(*args, **named):
        async for items in scan(*args, **named):
            yield []
            yield items

    request = SearchRequest.read({"url": URL})
    expected = await contacts.search(request)
    monkeypatch.setattr(engine, "scan", with_gaps)
    assert await contacts.search(request) == expected


async def test_uuids_have_a_largest_size(engine, settings):
    contacts = ContactService(engine, msgspec.structs.replace(settings, max_response_bytes=200))
    for fields in ({}, {"limit": 10**12}):
        with pytest.raises(ResponseTooLarge):
            await contacts.uuids(UuidsRequest.read({"url": URL, **fields}))
    assert b'"count":5' in await contacts.uuids(UuidsRequest.read({"url": URL, "limit": 5}))


@pytest.mark.parametrize("uuids", [6, 7, 12, 13, 50])
async def test_short_uuids_are_counted_exactly_or_refused(engine, settings, uuids):
    """A uuid that came with a row is kept, whatever it looks like: `"07",` has 5 bytes, of which 40 fit into 200."""
    engine.hits = [Hit(b"{}", 1, f"{number:02}") for number in range(uuids)]
    contacts = ContactService(engine, msgspec.structs.replace(settings, max_response_bytes=200))
    for fields in ({}, {"limit": 10**12}, {"limit": uuids}):
        request = UuidsRequest.read({"url": URL, **fields})
        if uuids > 40:
            with pytest.raises(ResponseTooLarge, match="limit"):
                await contacts.uuids(request)
        else:
            assert json.loads(await contacts.uuids(request))["count"] == uuids
    assert json.loads(await contacts.uuids(UuidsRequest.read({"url": URL, "limit": 6})))["count"] == 6


async def test_count(contacts):
    assert await contacts.count(CountRequest.read({"url": URL})) == b'{"count":10}'


async def test_a_count_of_companies_that_takes_too_long_names_the_stream(contacts, engine):
    engine.error = EngineTimeout("too slow")
    with pytest.raises(EngineTimeout, match="stream"):
        await contacts.count(UuidsRequest.read({"url": URL, "per_company": 2}))


async def test_a_ledger_is_made_when_it_is_asked_for_and_not_kept(contacts, monkeypatch):
    made = []
    monkeypatch.setattr(plans, "ledger", lambda url, today: made.append(url.text) or ())
    for url in (URL, f"{URL}&x={'a' * LONGEST_AT_ONCE}"):
        for wanted in (False, True, True, False):
            answer = json.loads(await contacts.count(CountRequest(url=url, ledger=wanted)))
            assert answer == ({"count": answer["count"], "ledger": []} if wanted else {"count": answer["count"]})
        assert made == [url, url]
        made.clear()


async def test_every_answer_may_have_a_ledger(contacts):
    expected = {"name": "personTitles[]", "value": "CEO", "status": "applied", "read_as": None}
    for answer in (
        await contacts.analyze(AnalyzeRequest(url=URL, ledger=True)),
        await contacts.count_by_filter(AnalyzeRequest(url=URL, ledger=True)),
        await contacts.count(CountRequest(url=URL, ledger=True)),
        await contacts.search(SearchRequest(url=URL, ledger=True)),
        await contacts.uuids(UuidsRequest(url=URL, ledger=True)),
        await contacts.uuids(UuidsRequest(url=URL, ledger=True, limit=1)),
        (await contacts.stream_search(SearchRequest(url=URL, ledger=True))).end(0),
        (await contacts.stream_uuids(UuidsRequest(url=URL, ledger=True))).end(0),
    ):
        [entry] = json.loads(answer)["ledger"]
        assert entry.pop("reason")
        assert entry == expected
        assert answer.endswith(b"]}")


async def test_analyze_needs_no_engine(contacts, engine):
    assert json.loads(await contacts.analyze(AnalyzeRequest.read({"url": URL})))["url"] == URL
    long = URL + "&qKeywords=" + "x" * 30_000
    assert json.loads(await contacts.analyze(AnalyzeRequest.read({"url": long})))["url"] == long
    assert engine.started == 0


@pytest.mark.parametrize("strict", [False, True])
async def test_a_url_is_read_once(contacts, monkeypatch, strict):
    read = []
    monkeypatch.setattr("api.actions.aside.parse", lambda text: read.append(text) or parse(text))
    for url in (URL, URL + "&qKeywords=" + "x" * LONGEST_AT_ONCE):
        for act in (contacts.analyze, contacts.count_by_filter):
            read.clear()
            await act(AnalyzeRequest.read({"url": url, "strict": strict}))
            assert read == [url]


async def test_what_takes_long_is_counted_in_another_process_with_the_same_answer(engine, settings):
    asked = AnalyzeRequest.read({"url": URL + "".join(f"&personTitles[]=title {at}" for at in range(250))})
    engine.compile = compile_filter
    aside = Aside(Apart(Maker))
    here, there = ContactService(engine, settings), ContactService(TimedEngine(engine, Metrics()), settings, aside)
    try:
        assert json.loads(await there.count_by_filter(asked)) == json.loads(await here.count_by_filter(asked))
        assert await there.analyze(asked) == await here.analyze(asked)
        plan, same = await there.plan(CountRequest(url=asked.url)), await here.plan(CountRequest(url=asked.url))
        assert (plan.fingerprint, plan.metadata, plan.search) == (same.fingerprint, same.metadata, same.search)
        assert isinstance(plan.compiled, CompiledQuery)
    finally:
        await aside.close()


async def test_foreign_urls_and_domains_without_a_dot(contacts):
    for request, act in ((AnalyzeRequest, contacts.analyze), (SearchRequest, contacts.search)):
        with pytest.raises(ForeignUrl):
            await act(request.read({"url": "https://example.com/"}))
    with pytest.raises(InvalidField):
        await contacts.count(CountRequest.read({"url": URL, "include_domain_list": ["localhost"]}))


async def test_everything_before_a_place_is_counted_as_it_is_read(settings):
    engine = MemoryEngine(5000)
    contacts = ContactService(engine, settings)
    last = json.loads(await contacts.search(SearchRequest(url=URL, limit=1, offset=4999)))
    before = SearchRequest(url=URL, cursor=last["previous"])
    answer = json.loads(await contacts.search(before))
    assert (len(answer["results"]), answer["next"], answer["previous"]) == (4999, None, None)
    everything = json.loads(await contacts.search(SearchRequest(url=URL)))
    assert answer["results"] == everything["results"][:-1]
    engine.asked.clear()
    contacts = ContactService(engine, msgspec.structs.replace(settings, max_response_bytes=1000))
    with pytest.raises(ResponseTooLarge):
        await contacts.search(before)
    assert len(engine.asked) == 1, "of three pages"
    assert not engine.scans_closed - 1
