"""The first customer operation of a service that leaves the skeleton, by the rules of the reference.

A skeleton may have no customer endpoint. Once a milestone is due that asks for more than a skeleton, its first
customer operation is progress, and the level that was signed must not be lost by it.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

import pytest

from builders.judging import parsed, signed
from builders.workspaces import ROOT
from gatekeeper import collectors
from gatekeeper.collectors.alerts.facts import AlertsFacts
from gatekeeper.collectors.dashboard.facts import DashboardFacts
from gatekeeper.collectors.document.facts import DocumentFacts
from gatekeeper.collectors.events.facts import EventsFacts
from gatekeeper.collectors.migrations.facts import MigrationsFacts
from gatekeeper.collectors.openapi.facts import OpenapiFacts
from gatekeeper.collectors.slo.facts import SloFacts
from gatekeeper.collectors.source.facts import SourceFacts
from gatekeeper.collectors.traces.facts import TracesFacts
from gatekeeper.collectors.typescript.facts import TypescriptFacts
from gatekeeper.judging.changes.causes import Side
from gatekeeper.judging.changes.verdict_changes import compare_verdicts
from gatekeeper.judging.outlook.deploy_gate import may_ship
from gatekeeper.judging.rules.binding import bind
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.services import judge_service
from gatekeeper.manifests.load import load_workspace
from gatekeeper.model.evidence import Evidence, EvidenceStatus, Part
from gatekeeper.model.milestone import ExitRecord
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Person
from gatekeeper.model.service import Service
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import ServiceResult
from gatekeeper.model.workspace import Manifests
from gatekeeper.trees.disk import DiskTree

SKELETONS = {
    "analytics-service": "M0",
    "assignment-service": "M2",
    "authoring-service": "M1",
    "search-service": "M1",
}
"""The services of which the plan asks for a skeleton, and the milestone at which it does."""
RULE = "L1.no-customer-endpoints"
AS_OF = date(2026, 11, 20)
SKELETON = {
    "domain_source": SourceFacts(
        files=("ports/a.ts",),
        folders=("domain", "ports"),
        languages=("typescript",),
        disallowed_imports=(),
    ),
    "domain_model": TypescriptFacts(files=("ports/a.ts",), any_types=(), aggregates=()),
    "events": EventsFacts(
        published=(), consumed=(), published_without_schema=(), envelope_missing=(), registered_consumers=()
    ),
    "migrations": MigrationsFacts(has_outbox=True, has_inbox=True),
    "slos": SloFacts(
        objectives=dict.fromkeys(
            ("availability", "latency_p50", "latency_p95", "latency_p99", "error_rate"), 99
        ),
        unmeasured=(),
    ),
    "traces": TracesFacts(crossings=1, broken=(), uncrossed=()),
    "dashboard": DashboardFacts(uid="a", signals=("traffic", "latency", "errors", "saturation")),
    "runbook": DocumentFacts(words=20, dashboards=("a",)),
    "alerts": AlertsFacts(alerts=1, without_threshold=(), without_escalation=()),
}
"""What a skeleton has to show, by slot; all but its API."""


@cache
def reference() -> Manifests:
    """Return the workspace of the reference, with people who may sign."""
    workspace = load_workspace(ROOT, DiskTree(str(ROOT))).workspace
    assert workspace
    teams = tuple(service.owner for service in workspace.services.values())
    roster = {
        "ada": Person(roles=("owner",), teams=teams),
        "bo": Person(roles=("architecture",)),
        "cy": Person(roles=("security",)),
    }
    governance = workspace.governance.model_copy(update={"roster": roster})
    return workspace._replace(governance=governance)


@cache
def rules() -> Rulebook:
    bound = bind(reference(), collectors.find)
    assert bound.mistakes == ()
    return bound.rulebook


TODAY = Part(produced_at=datetime.combine(AS_OF, time(8), UTC), commit="abcdef1")


def skeleton(name: str, customer_operations: int, *, exited: str | None, level: str = "L1") -> Case:
    """Return a service that is signed at a level; the milestones up to `exited` have exited."""
    known: Mapping[str, Any] = SKELETON | {"api": OpenapiFacts(customer_operations=customer_operations)}
    written = reference().services[name].model_dump(mode="json", by_alias=True, exclude_unset=True)
    signed_off = {"level": level, "sign_offs": parsed(signed(level))} if level != "L0" else {}
    mapped = {"evidence": {slot: {"path": slot} for slot in known}}
    milestones = reference().milestones
    past = milestones.until(exited) if exited else ()
    exit_ = {AS_OF: ExitRecord(by="ada")}
    return Case(
        Service.model_validate(written | signed_off | mapped),
        rules(),
        {
            (slot, ()): Evidence(slot, EvidenceStatus.OK, facts=facts, path=slot, parts=(TODAY,))
            for slot, facts in known.items()
        },
        AS_OF,
        Roadmap(
            (name, of.model_copy(update={"exits": exit_ if name in past else {}}))
            for name, of in milestones.items()
        ),
    )


def judged(one: Case, milestone: str) -> ServiceResult:
    result = judge_service(one, milestone)
    assert result
    return result


def status(result: ServiceResult) -> Status:
    return next(found.status for found in result.level_criteria if found.rule.id == RULE)


def side(one: Case) -> Side:
    return Side(one.service, one.evidence, (), one.as_of, one.roadmap)


def test_four_services_of_the_plan_start_as_skeletons() -> None:
    lowest = "L1"
    first = {
        name: next((m for m, cell in service.plan.items() if cell.level == lowest), None)
        for name, service in reference().services.items()
    }
    assert {name: milestone for name, milestone in first.items() if milestone} == SKELETONS
    for name, milestone in SKELETONS.items():
        later = list(reference().services[name].plan)
        assert later[0] == milestone
        assert reference().services[name].plan[later[1]].level > lowest


@pytest.mark.long
@pytest.mark.parametrize(("name", "milestone"), SKELETONS.items())
def test_the_first_customer_operation_is_no_regression_once_more_is_due(name: str, milestone: str) -> None:
    before, after = (skeleton(name, count, exited=milestone) for count in (0, 1))
    for one in (before, after):
        for planned in one.service.plan:
            result = judged(one, planned)
            assert (str(result.verified_level), str(result.signed_level)) == ("L1", "L1")
            assert not result.has_regressed
        assert may_ship(one, "internal").may_ship
    changes = list(compare_verdicts(side(before), side(after), rules(), "f", {milestone}))
    assert [change.id for change in changes] == []


@pytest.mark.long
@pytest.mark.parametrize(("name", "milestone"), SKELETONS.items())
def test_until_then_a_skeleton_has_no_customers(name: str, milestone: str) -> None:
    earlier = reference().milestones.before(milestone)
    before, after = (skeleton(name, count, exited=earlier) for count in (0, 1))
    assert not judged(before, milestone).reasons
    for planned in after.service.plan:
        [regression] = [reason for reason in judged(after, planned).reasons if reason.is_regression]
        assert (regression.code, regression.criteria) == ("regression", (RULE,))
        assert str(judged(after, planned).verified_level) == "L0"
    assert not may_ship(after, "internal").may_ship
    blocking = {
        change.id for change in compare_verdicts(side(before), side(after), rules(), "f") if change.blocks
    }
    assert blocking == {f"{name}:signed-level:L1", f"{name}:{RULE}"}


@pytest.mark.parametrize(("name", "milestone"), SKELETONS.items())
def test_the_milestone_of_the_skeleton_asks_for_it_even_afterwards(name: str, milestone: str) -> None:
    for exited in (reference().milestones.before(milestone), milestone):
        assert status(judged(skeleton(name, 1, exited=exited), milestone)) is Status.FAIL
        assert status(judged(skeleton(name, 0, exited=exited), milestone)) is Status.PASS
        later = list(reference().services[name].plan)[1]
        assert status(judged(skeleton(name, 1, exited=exited), later)) is Status.NOT_APPLICABLE


@pytest.mark.parametrize("name", SKELETONS)
def test_before_it_is_in_scope_at_all_a_signed_skeleton_has_no_customers(name: str) -> None:
    first = next(iter(reference().services[name].plan))
    assert judged(skeleton(name, 1, exited=None), first).has_regressed
    assert not judged(skeleton(name, 0, exited=None), first).has_regressed


def test_once_everything_has_exited_the_highest_target_counts() -> None:
    last = list(reference().milestones)[-1]
    assert not judged(skeleton("search-service", 1, exited=last), last).has_regressed


def test_an_exit_after_the_as_of_date_has_not_happened() -> None:
    one = skeleton("analytics-service", 1, exited="M0")
    assert judged(one._replace(as_of=date(2026, 11, 19)), "M1").has_regressed
