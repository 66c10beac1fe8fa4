"""What no schema can say, and schemathesis must know. Everything else about an answer is checked all the same."""

from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import RejectedPositiveData

from api.actions.fields import URL_FORMAT
from api.actions.views import VIEWS
from tests.harness.urls import wrapped

schemathesis.openapi.format(URL_FORMAT, st.just("https://app.apollo.io/#/people?personTitles[]=CEO").flatmap(wrapped))

REFUSED = "Invalid filter parameters: "


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Whether a failure is one. These are not:

    - A part of a `split` is one of so many as there are, and the lists in `combine` have so many URLs together.
    - To JSON Schema `2.0` is an integer.
    - A made-up cursor is refused: it has a checksum, belongs to one filter and order, and excludes an offset.
    - Fields that exclude each other are in the query and in the body.
    - With `strict`, of which no schema can make the rest depend, names are refused that are left alone without it.
    - A view that there is not is taken for the full one; that there are no others is said for those who choose one.
    - A link from an answer without the id that it is about leads to a path without one, which is another.
    """
    if "" in (case.path_parameters or {}).values():
        return False
    query = case.query or {}
    if isinstance(failure, RejectedPositiveData) and response.status_code == 400:
        cursor = "cursor" in query and f"{REFUSED}cursor " in response.text
        together = " exclude each other" in response.text
        fraction = " must be an integer" in response.text and response.text.endswith('.0"}')
        return not (
            fraction
            or cursor
            or together
            or f"{REFUSED}split.part " in response.text
            or f"{REFUSED}combine must " in response.text
            or f"{REFUSED}strict: " in response.text
        )
    return not (isinstance(failure, AcceptedNegativeData) and query.get("view", "full") not in [*VIEWS])
