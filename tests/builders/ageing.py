"""A service whose load test ages."""

from builders.judging import (
    attested,
    case,
    load_test,
    milestone_of,
    service,
    signed,
)
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.model.verdict import CriterionResult

LOADED = "{M0: {level: L1, gates: {G7: }}}"


def loaded(on: str = "2026-11-10", name: str = "shop", **more: str) -> Case:
    """Return a skeleton whose load test may be 30 days old."""
    words = attested(L1__scaffold="ada owner", L1__no_customers="ada owner")
    given = {"attestations": words, "sign_offs": signed("L1"), "targets": "{p95_ms: 250}"} | more
    return case(service(service=name, plan=LOADED, **given), load_test(200, on=on))


def result_of(of: Case, name: str, milestone: str = "M0") -> CriterionResult:
    [found] = [
        one for one in milestone_of(of, milestone=milestone).services[0].criteria if one.rule.id == name
    ]
    return found
