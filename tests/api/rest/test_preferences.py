import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rest.preferences import coding, media_type

JSON, NDJSON, CSV = OFFERED = ["application/json", "application/x-ndjson", "text/csv"]


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("image/png", JSON),
        ("text/csv", CSV),
        ("TEXT/CSV", CSV),
        ("text/*", CSV),
        ("application/*", JSON),
        ("*/*, text/csv", CSV),
        ("text/csv, application/json", CSV),
        ("application/json, text/csv", JSON),
        ("application/json, text/plain, */*", JSON),
        ("text/csv;q=0.5, application/x-ndjson", NDJSON),
        ("text/csv;q=0.5, application/x-ndjson;q=0.4", CSV),
        ("text/csv ; q = 0.5 , application/x-ndjson; q=0.501", NDJSON),
        ("text/csv;header=present;q=0.5, */*;q=0.4", CSV),
        # What is refused is not sent, as long as anything else is accepted.
        ("text/csv;q=0", JSON),
        ("text/csv;q=0.000, */*", JSON),
        ("text/csv;q=0, text/*, application/x-ndjson;q=0.1", NDJSON),
        ("application/json;q=0, */*", NDJSON),
        ("application/json;q=0, text/*", CSV),
        ("*/*;q=0, text/csv", CSV),
        ("application/json;q=0, text/csv;q=0, application/x-ndjson;q=0", JSON),
        ("*/*;q=0", JSON),
        # What is no weight is none.
        *(
            (f"text/csv;q={weight}", CSV)
            for weight in ("1e400", "inf", "nan", "-1", "x", "", "9" * 5000, "1.5", "1e-1")
        ),
        ("text/csv;q", CSV),
        (",,;;,;q=0,", JSON),
    ],
)
def test_the_form_that_is_asked_for(accept, form):
    assert media_type([accept], OFFERED) == form


def test_several_lines_are_one_header():
    assert media_type(["application/json;q=0.1", "text/csv;q=0.2"], OFFERED) == CSV
    assert media_type([], OFFERED) == JSON
    assert coding(["br", "gzip;q=0.5"], "gzip")


@pytest.mark.parametrize(
    ("accept", "taken"),
    [
        ("", False),
        ("gzip", True),
        ("br, gzip;q=0.8", True),
        ("GZIP", True),
        ("*", True),
        ("identity;q=0, *", True),
        ("gzip;q=1e400", True),
        ("gzip;q=0", False),
        ("gzip; q = 0.0", False),
        ("gzip;q=0.0000", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("br", False),
        ("identity, gzip;q=0.5", False),
        ("identity;q=0.5, gzip", True),
        ("gzip, identity", True),
    ],
)
def test_gzip_for_those_who_take_it(accept, taken):
    assert coding([accept], "gzip") is taken


@given(st.text(st.sampled_from('ax*/;,=q.019 -\t"é')))
def test_any_header_is_read(text):
    assert media_type([text], OFFERED) in OFFERED
    coding([text], "gzip")
