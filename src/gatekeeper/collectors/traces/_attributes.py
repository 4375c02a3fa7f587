"""What the attributes of a span say: what it calls, and whether others were left out by sampling.

The names are those of OpenTelemetry's conventions, of OpenTracing's, which Jaeger's clients used, and of
Zipkin's.
"""

import re
from collections.abc import Mapping

from gatekeeper.syntax.json import Json

_NAMES_CALLED = (
    "peer.service",
    "server.address",
    "net.peer.name",
    "peer.hostname",
    "http.host",
    "rpc.service",
    "url.full",
    "http.url",
)
_LEAVES = re.compile(
    r"(?:db|messaging|message_bus|aws|gcp|faas|graphql|gen_ai|sql|cassandra|mongodb|redis|kafka|jms)\."
    r"|rpc\.system$"
)
"""Attributes of calls to what exports no spans."""
_NO_NAME = re.compile(r"localhost|[\d.\[]+|host\.docker\.internal")
_SHARES = frozenset({"sampling.probability", "sampling.ratio", "sampler.param"})
_ONE_OF = frozenset({"SampleRate", "sample_rate", "sampling.rate"})
_THINNING = ("ratelimiting", "lowerbound")
"""Samplers of Jaeger that leave spans out, whatever their parameter is."""
_THINNED = re.compile(r"(?:^|[,;])ot=(?:[^,]*;)?(?:th:0*[1-9a-f]|p:0*[1-9])")
"""A state of W3C Trace Context that says that spans were left out: a threshold or a p-value above 0."""


def called(attributes: Mapping[str, Json]) -> str | None:
    """Return the service or host that a call names, `*` for what has no spans; None if it names nothing."""
    for key in _NAMES_CALLED:
        if isinstance(name := attributes.get(key), str) and name:
            host = re.sub(r"^\w+://(?:[^/@]*@)?|[/?#].*$|:\d+$", "", name.lower()).split(":")[0]
            if host and not _NO_NAME.fullmatch(host):
                return host
    return "*" if any(_LEAVES.match(key) for key in attributes) else None


def is_thinned(state: Json, attributes: Mapping[str, Json]) -> bool:
    """Return whether a span says that it represents others, which were left out.

    Args:
        state: Its `tracestate` of W3C Trace Context.
        attributes: Its own and those of its resource.
    """
    if isinstance(state, str) and _THINNED.search(state.replace(" ", "")):
        return True
    if attributes.get("sampler.type") in _THINNING:
        return True
    numbers = {key: _number(attributes.get(key)) for key in _SHARES | _ONE_OF}
    return any(
        number < 1 if key in _SHARES else number > 1 for key, number in numbers.items() if number is not None
    )


def _number(value: Json) -> float | None:
    try:
        return float(value) if isinstance(value, str | int | float) else None
    except ValueError:
        return None
