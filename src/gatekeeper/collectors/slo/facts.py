"""Service level objectives: OpenSLO, Sloth, Pyrra, Nobl9, Google Cloud Monitoring and Datadog.

Several documents in a file and several files are merged; other objects of OpenSLO and Kubernetes in them are
skipped. What an SLO is about is declared by a label or annotation `gatekeeper/objective`, or recognised by
whole words of its names: see the fact `objectives`.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gatekeeper.model.evidence import Finding


class SloFacts(NamedTuple):
    """Facts about definitions of service level objectives; null if a query is not understood."""

    objectives: Mapping[str, Any] | None = None
    """Target by name, in per cent, 0 to 100: the promised share of good events or time.

    The names are `availability`, `error_rate`, `latency_p50`, `latency_p95` and `latency_p99`; if none of
    them is recognised, the name of the SLO. An annotation or label `gatekeeper/objective` of an OpenSLO
    object, or a label `gatekeeper_objective` of an SLO of Sloth, declares the name. It may declare several,
    separated by commas; only then does one SLO count both as availability and as error rate. Otherwise the
    names, labels (`category`, `slo-type`), descriptions and finally the queries are searched for whole words:
    "availability" or "uptime"; "errors" or "success rate"; "latency", "duration" or "response time" together
    with "p95", "95th" or "median". If no percentile is named, 99 % of the requests below a bound is a p99,
    and likewise for 95 and 50. If several SLOs have one name, the lowest target counts.
    """
    bounds: Mapping[str, Any] | None = None
    """What the objectives promise as limits: `p50_ms`, `p95_ms` and `p99_ms`, and `error_pct` in per cent.

    The bound of a latency is `le` of the buckets, or `value` of a threshold, in the unit in the name of the
    metric (`seconds`, `milliseconds`); if they do not show it, the label or annotation `gatekeeper/bound`
    (`250ms`), or the objective itself. A limit that is not known is left out. Of several SLOs, the least
    limit counts.
    """
    unmeasured: tuple[Finding, ...] | None = None
    """Objectives that measure nothing, and are not among `objectives`.

    Their indicator is not in the files, has no query, a placeholder, a constant, or a ratio of a query with
    itself; or the SLO names no service, or one of OpenSLO has no time window, or no bound (`op` and `value`)
    for a threshold; or it promises a percentile for a smaller share of the events: 95 % of them are no p99.
    """
    slos: tuple[str, ...] | None = None
    """The names of the SLOs, in their order; two services may have SLOs of the same name."""


FACTS = SloFacts
PLACES = {"query": frozenset({"objectives", "bounds", "unmeasured"})}
