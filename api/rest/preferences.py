"""What a client would rather have: `Accept` and `Accept-Encoding` (RFC 9110, 12.4.2 and 12.5), be they written anyhow.

A weight that is none counts as 1, so that whoever names a form gets it. A weight of 0 is a refusal.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

_WEIGHT = re.compile(r"(?:0(?:\.[0-9]*)?|1(?:\.0*)?)", re.ASCII)

_ANY = "*"


def media_type(accept: Iterable[str], offered: Sequence[str]) -> str:
    """The one of `offered` that the lines of an `Accept` ask for.

    Each has the weight of the most specific range that it is in. Of equal weights the more specific range counts, then
    the one that is named first. Where none is accepted it is the first of `offered`: an answer in another form than was
    asked for says more than none.
    """
    ranges = _weights(accept)
    order = list(ranges)
    ranks = [_rank(form, ranges, order) for form in offered]
    return offered[ranks.index(max(ranks))]


def _rank(form: str, ranges: Mapping[str, float], order: Sequence[str]) -> tuple[float, int, int]:
    """What the best form has the largest of."""
    kind = form.partition("/")[0]
    for specificity, name in ((2, form), (1, f"{kind}/{_ANY}"), (0, f"{_ANY}/{_ANY}")):
        if ranges.get(name):
            return ranges[name], specificity, -order.index(name)
        if name in ranges:
            break
    return 0.0, 0, 0


def coding(accept_encoding: Iterable[str], name: str) -> bool:
    """Whether the lines of an `Accept-Encoding` take the coding `name`, and would not rather have none."""
    weights = _weights(accept_encoding)
    weight = weights.get(name, weights.get(_ANY, 0.0))
    return 0 < weight >= weights.get("identity", 0.0)


def _weights(lines: Iterable[str]) -> dict[str, float]:
    """Name, without its parameters, → weight, in the order of the header; of a name that comes twice the first."""
    weights: dict[str, float] = {}
    for entry in ",".join(lines).lower().split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        pairs = (parameter.partition("=") for parameter in parameters)
        weight = next((value.strip() for key, _, value in pairs if key.strip() == "q"), "1")
        if name:
            weights.setdefault(name, float(weight) if _WEIGHT.fullmatch(weight) else 1.0)
    return weights
