"""Read evidence of the kind `quality_gate`."""

from collections.abc import Iterator, Sequence

from gatekeeper.collectors.quality_gate._report import GateCondition, GateReport, GateVerdict, worst
from gatekeeper.collectors.quality_gate.facts import QualityGateFacts
from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options

__all__ = ["FORMATS", "GateCondition", "GateReport", "GateVerdict", "collect"]

FORMATS = Formats[GateReport]("quality_gate")


def collect(artefact: Artefact, options: Options) -> Collected[QualityGateFacts]:
    """Read every file of the artefact and merge the results."""
    reports = FORMATS.read_each(artefact, options)
    if not any(report.conditions for report in reports):
        raise Absent(f"{artefact.path} holds no condition and no check")
    return collected(reports, _facts(reports))


def _facts(reports: Sequence[GateReport]) -> QualityGateFacts:
    every = [one for report in reports for one in report.conditions]
    gates = [report for report in reports if report.is_gate]
    facts = QualityGateFacts(
        undecided=tuple(one.place for one in every if one.verdict is None and one.score is None),
        score=min((report.score for report in reports if report.score is not None), default=None),
        scores=_lowest(every) or None,
    )
    if not gates:
        return facts
    passed = (one.name for one in every if one.verdict is GateVerdict.PASSED)
    return facts._replace(
        status=worst([verdict for gate in gates for verdict in _verdicts(gate)]),
        failed=tuple(finding for gate in gates for finding in _unmet(gate)),
        passed=tuple(dict.fromkeys(passed)),
    )


def _lowest(conditions: Sequence[GateCondition]) -> dict[str, float]:
    lowest: dict[str, float] = {}
    for one in conditions:
        if one.score is not None:
            lowest[one.name] = min(one.score, lowest.get(one.name, one.score))
    return lowest


def _verdicts(gate: GateReport) -> Iterator[GateVerdict | None]:
    yield gate.verdict
    yield from (one.verdict for one in gate.conditions if one.verdict)


def _unmet(gate: GateReport) -> Iterator[Finding]:
    unmet = [one.place for one in gate.conditions if one.verdict not in (GateVerdict.PASSED, None)]
    yield from unmet
    if gate.verdict not in (GateVerdict.PASSED, None) and not unmet:
        yield Finding(f"the gate is {gate.verdict}, and no condition shows why", gate.origin.file)
