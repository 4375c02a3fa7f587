"""Service level objectives: OpenSLO v1 and v1alpha, Sloth bare or in Kubernetes.

Several documents in a file and several files are merged; what else OpenSLO and Kubernetes have in them is
passed over. What an SLO is about is recognised by `gatekeeper/objective`, a label or annotation, or by whole
words of its names: see the fact.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class SloFacts(NamedTuple):
    """What definitions of service level objectives say; never null."""

    objectives: Mapping[str, Any] | None = None
    """Target by name, in per cent: the share of good events or time that is promised, 0 to 100.

    The names are `availability`, `error_rate`, `latency_p50`, `latency_p95`, `latency_p99`, and an SLO's own
    where none of these is recognised. `gatekeeper/objective`, an annotation or label of an OpenSLO, or
    `gatekeeper_objective`, a label of an SLO of Sloth, says outright which it is; it may name several,
    separated by commas, and only so does one SLO count both as availability and as error rate. Otherwise the
    names, labels (`category`, `slo-type`), description and at last the queries are searched for whole words:
    "availability" or "uptime"; "errors" or "success rate"; "latency", "duration" or "response time" together
    with "p95", "95th" or "median". Where no percentile is named, 99 % of the requests below a bound is a
    p99, and likewise for 95 and 50. Of several targets of one name the lowest counts.
    """
    slos: tuple[str, ...] | None = None
    """Names of the SLOs, in their order; two services may each have one of the same name."""


FACTS = SloFacts
