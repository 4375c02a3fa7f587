"""Reports to render: the pilot's, with every text of it replaced by others, and large ones."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from itertools import cycle
from typing import Any

import gatekeeper
from builders.workspaces import PILOT
from gatekeeper.errors import ExitCode
from gatekeeper.judging.verdicts.milestones import exit_code
from gatekeeper.model.action import Action
from gatekeeper.model.changes import Change, Comparison
from gatekeeper.model.evidence import Finding
from gatekeeper.model.forecast import Lapse
from gatekeeper.model.report import Filter, Places, Report, Where
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import FailOn, ReasonCode, Status
from gatekeeper.model.verdict import CriterionReason, CriterionResult, Reason, ServiceResult
from gatekeeper.workspace.judging import judge
from gatekeeper.workspace.loading import open_workspace

SCREEN = Screen()
AS_OF = date(2026, 11, 20)


@cache
def pilot(milestone: str = "M1", fail_on: FailOn = FailOn.BLOCKED) -> Report:
    """Return the report on a milestone of the pilot."""
    opened = open_workspace(PILOT)
    result = judge(opened, milestone, AS_OF, opened.manifests.services.values())
    return Report(
        result, opened.rulebook, "1.2.3", "abcdef", exit_code(result, fail_on=fail_on), fail_on=fail_on
    )


@cache
def with_dates(milestone: str) -> Report:
    """Return the report on a milestone of the pilot with its forecast and the roadmap."""
    verdict = gatekeeper.open(PILOT).judge(milestone, as_of=AS_OF)
    return verdict.report()._replace(forecast=verdict.forecast, tool_version="1.2.3", commit="abcdef")


def with_change(report: Report, *changes: Change, notes: tuple[str, ...] = ()) -> Report:
    """Return a report on a change, as `check --base` has it."""
    comparison = Comparison(
        "main", "the working tree", AS_OF, AS_OF, changes, notes=notes, sign_off_role="security",
        sign_off_file="governance.yaml", services=6,
    )  # fmt: skip
    code = ExitCode.BLOCKED if comparison.blocking else ExitCode.READY
    return report._replace(comparison=comparison, fail_on=FailOn.CHANGE, exit_code=code)


def nothing_in_scope() -> Report:
    """Return a report on a milestone in which nobody has a target."""
    report = pilot()
    result = report.result._replace(services=(), actions=())
    return report._replace(result=result, exit_code=ExitCode.BLOCKED)


def hostile(report: Report, texts: list[str]) -> Report:
    """Return a report in which all that people and tools wrote is replaced by these texts, in turn."""
    return _Hostile(cycle(texts)).report(report)


def large(services: int, findings: int = 1) -> Report:
    """Return a report on many services, each with the failures of the pilot's worst."""
    report = pilot()
    [worst] = [of for of in report.result.services if of.service.service == "orders-service"]
    many = tuple(Finding(f"{n} of 9 lines uncovered", f"src/{n}.ts", n + 1) for n in range(findings))
    results = tuple(
        _changed(worst, "G1.coverage", finding(*many))._replace(
            service=worst.service.model_copy(update={"service": f"service-{n:05}", "owner": f"team-{n}"})
        )
        for n in range(services)
    )
    return report._replace(result=report.result._replace(services=results, actions=()))


def with_files(report: Report) -> Report:
    """Return a report whose findings all lie in files of the repository."""
    return report._replace(
        places=Places(lambda service, _: Where(f"{service}.yaml", 7), lambda _, file: file)
    )


def only(report: Report, gate: str) -> Report:
    """Return a report that shows one gate."""
    return report._replace(filter=Filter(gates=(gate,)))


def changed(report: Report, criterion: str, change: Callable[[CriterionResult], CriterionResult]) -> Report:
    """Return a report in which one criterion of every service came out otherwise."""
    services = tuple(_changed(of, criterion, change) for of in report.result.services)
    return report._replace(result=report.result._replace(services=services))


def unproven(report: Report, criterion: str, code: ReasonCode, *places: Finding) -> Report:
    """Return a report in which one criterion is unproven, for a reason that is about one part."""
    why = "`load_test` does not show it"
    reason = CriterionReason(Status.UNPROVEN, why, code, "load_test", "reports/k6.json", places)

    def change(of: CriterionResult) -> CriterionResult:
        unshown = of._replace(status=Status.UNPROVEN, reason=why, reasons=(reason,), outcomes=())
        return unshown if of.is_open else of

    return changed(report, criterion, change)


def finding(*findings: Finding) -> Callable[[CriterionResult], CriterionResult]:
    """Return the change that gives a criterion these findings."""
    return lambda of: of._replace(outcomes=tuple(one._replace(findings=findings) for one in of.outcomes))


def _changed(
    result: ServiceResult, criterion: str, change: Callable[[CriterionResult], CriterionResult]
) -> ServiceResult:
    gates = tuple(
        gate._replace(criteria=tuple(change(of) if of.rule.id == criterion else of for of in gate.criteria))
        for gate in result.gates
    )
    return result._replace(gates=gates)


class _Hostile:
    def __init__(self, texts: Iterator[str]) -> None:
        self.texts = texts

    def report(self, report: Report) -> Report:
        result = report.result
        return report._replace(
            result=result._replace(
                services=tuple(map(self.service, result.services)),
                actions=tuple(map(self.action, result.actions)),
            ),
            filter=Filter(owners=(self.text(),)),
            comparison=self.comparison(report.comparison) if report.comparison else None,
            forecast=tuple(map(self.lapse, report.forecast)),
            roadmap={
                id_: milestone.model_copy(update={"name": self.text()})
                for id_, milestone in report.roadmap.items()
            },
        )

    def action(self, action: Action) -> Action:
        return action._replace(
            heading=self.text(),
            shares=tuple(
                share._replace(text=self.text(), title=self.text(), owner=self.text())
                for share in action.shares
            ),
        )

    def comparison(self, comparison: Comparison) -> Comparison:
        return comparison._replace(
            base=self.text(),
            head=self.text(),
            changes=tuple(map(self.change, comparison.changes)),
            notes=tuple(self.text() for _ in comparison.notes),
            sign_off_file=self.text(),
        )

    def change(self, change: Change) -> Change:
        return change._replace(
            id=f"{change.id}{self.text()}",
            message=self.text(),
            service=change.service and self.text(),
            milestones=tuple(self.text() for _ in change.milestones),
            lacks=tuple(self.text() for _ in change.lacks),
            signed_by=change.signed_by and self.text(),
            file=change.file and self.text(),
        )

    def text(self) -> str:
        return next(self.texts)

    def service(self, result: ServiceResult) -> ServiceResult:
        return result._replace(
            service=result.service.model_copy(update={"service": self.text(), "owner": self.text()}),
            reasons=tuple(Reason(reason.code, self.text(), reason.criteria) for reason in result.reasons),
            gates=tuple(
                gate._replace(name=self.text(), scope=self.text(), criteria=self.criteria(gate.criteria))
                for gate in result.gates
            ),
            level_criteria=self.criteria(result.level_criteria),
            capabilities=self.criteria(result.capabilities),
            held_up_by=self.criteria(result.held_up_by),
            exceptions=tuple(
                seen._replace(id=self.text(), message=self.text(), criteria=(self.text(),))
                for seen in result.exceptions
            ),
        )

    def criteria(self, results: tuple[CriterionResult, ...]) -> tuple[CriterionResult, ...]:
        return tuple(map(self.criterion, results))

    def criterion(self, result: CriterionResult) -> CriterionResult:
        texts: dict[str, Any] = {"question": self.text(), "why": self.text(), "remedy": self.text()}
        finding = Finding(self.text(), self.text(), 3, self.text())
        return result._replace(
            rule=result.rule._replace(id=f"{result.rule.id}{self.text()}", **texts),
            reason=self.text(),
            reasons=tuple(
                of._replace(message=self.text(), part=self.text(), places=(finding,)) for of in result.reasons
            ),
            exception=self.text() if result.exception else None,
            outcomes=tuple(outcome._replace(findings=(finding,)) for outcome in result.outcomes),
        )

    def lapse(self, lapse: Lapse) -> Lapse:
        return lapse._replace(id=self.text(), service=self.text(), owner=self.text(), remedy=self.text())
