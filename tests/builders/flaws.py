"""Artefacts with one flaw, for law 3: no damage to what shows the flaw makes the artefact green."""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

from builders.artefacts import fixture
from gatekeeper.testing import Flawed

FLAWS: dict[str, Flawed] = {}
"""`kind/format: flaw` -> the artefact."""


def flaw(
    name: str,
    content: str,
    place: str,
    is_green: Callable[[Any], bool],
    repaired: str | tuple[str, str],
    **more: Any,
) -> None:
    """Add an artefact. `repaired` may be a text of it and what to write instead."""
    reader = import_module(f"gatekeeper.collectors.{name.partition('/')[0]}.read")
    whole = content.replace(*repaired) if isinstance(repaired, tuple) else repaired
    assert whole != content, name
    FLAWS[name] = Flawed(reader, content, place, is_green, whole, **more)


def text(kind: str, name: str) -> str:
    return fixture(kind, name).decode()


# --- coverage


def all_covered(facts: Any) -> bool:
    return bool(facts.lines_pct == 100)


LCOV = "SF:a.ts\nDA:1,1\nDA:2,0\nLF:2\nLH:1\nend_of_record\n"
flaw(
    "coverage/lcov: a line",
    LCOV,
    "3",
    all_covered,
    LCOV.replace("2,0", "2,1").replace("LH:1", "LH:2"),
    whole=True,
)


def counts(total: int, covered: int) -> dict[str, Any]:
    count = {"total": total, "covered": covered, "skipped": 0, "pct": 100 * covered / total}
    return dict.fromkeys(("lines", "statements", "functions", "branches"), count)


flaw(
    "coverage/istanbul: a file of the summary",
    json.dumps({"total": counts(4, 3), "/r/a.ts": counts(2, 2), "/r/b.ts": counts(2, 1)}),
    "/~1r~1b.ts",
    all_covered,
    json.dumps({"total": counts(4, 4), "/r/a.ts": counts(2, 2), "/r/b.ts": counts(2, 2)}),
    whole=True,
)

# --- tests

JUNIT = '<testsuite tests="2" failures="1"><testcase name="b"/><testcase name="a"><failure message="no">text</failure></testcase></testsuite>'
flaw(
    "tests/junit: a failure",
    JUNIT,
    "testcase[2]",
    lambda facts: facts.failed == (),
    '<testsuite tests="1"><testcase name="b"/></testsuite>',
    whole=True,
)
CTRF = json.dumps(
    {
        "results": {
            "tool": {"name": "x"},
            "summary": {
                "tests": 2,
                "passed": 1,
                "failed": 1,
                "skipped": 0,
                "pending": 0,
                "other": 0,
                "start": 1,
                "stop": 2,
            },
            "tests": [
                {"name": "a", "status": "passed", "duration": 1},
                {"name": "b", "status": "failed", "duration": 1},
            ],
        }
    }
)
flaw(
    "tests/ctrf: a failure",
    CTRF,
    "/results/tests/1",
    lambda facts: facts.failed == (),
    CTRF.replace('"failed": 1', '"failed": 0')
    .replace('"status": "failed"', '"status": "passed"')
    .replace('"passed": 1', '"passed": 2'),
    whole=True,
)

# --- load_test

flaw(
    "load_test/k6: a threshold",
    text("load_test", "handle-summary.json"),
    "/metrics/http_req_duration",
    lambda facts: facts.p95_ms is not None and facts.p95_ms <= 60,
    ('"p(95)": 66.7', '"p(95)": 6.7'),
    whole=True,
)
flaw(
    "load_test/k6: failed checks",
    text("load_test", "handle-summary.json"),
    "/metrics/checks",
    lambda facts: facts.checks_failed == 0,
    ('"passes": 2970, "fails": 30', '"passes": 2970, "fails": 0'),
)

# --- evals

PROMPTFOO = json.loads(text("evals", "promptfoo.json"))
PROMPTFOO["results"]["results"] = PROMPTFOO["results"]["results"][:2]
PROMPTFOO["results"]["stats"] = {"successes": 1, "failures": 1, "errors": 0}
ANSWERED = PROMPTFOO | {
    "results": PROMPTFOO["results"]
    | {"results": PROMPTFOO["results"]["results"][:1], "stats": {"successes": 1, "failures": 0, "errors": 0}}
}
INSPECT = text("evals", "inspect.json").replace("0.6", "1")
DEEPEVAL = json.loads(text("evals", "deepeval.json"))
RELEVANT = DEEPEVAL | {
    "testCases": DEEPEVAL["testCases"][:1],
    "conversationalTestCases": [],
    "testPassed": 1,
    "testFailed": 0,
}


def is_passed(facts: Any) -> bool:
    return bool(facts.failed == () and facts.unasserted == ())


flaw(
    "evals/promptfoo: a failed row",
    json.dumps(PROMPTFOO),
    "/results/results/1",
    is_passed,
    json.dumps(ANSWERED),
    whole=True,
)
flaw(
    "evals/inspect: a failed sample",
    INSPECT,
    "/samples/2",
    is_passed,
    INSPECT.replace('"I"', '"C"'),
    whole=True,
    allowed={"put True: *value": "a score of true is a pass"},
)
flaw(
    "evals/deepeval: a failed case",
    json.dumps(DEEPEVAL),
    "/testCases/1",
    is_passed,
    json.dumps(RELEVANT),
    whole=True,
)

# --- pen_test

OWN = {
    "engagement": "One",
    "findings": [
        {"id": "A-1", "title": "t", "severity": "high", "status": "open", "file": "a.ts", "line": 3},
        {"id": "A-2", "severity": "low", "status": "closed"},
    ],
}
ZAP = json.loads(text("pen_test", "zap.json"))


def is_closed(facts: Any) -> bool:
    return bool(facts.open == ())


flaw("pen_test/findings: an open finding", json.dumps(OWN), "/findings/0", is_closed, ("open", "closed"))
flaw(
    "pen_test/zap: an open alert",
    json.dumps(ZAP),
    "/site/0/alerts/0",
    is_closed,
    json.dumps(ZAP | {"site": [ZAP["site"][0] | {"alerts": ZAP["site"][0]["alerts"][1:2]}]}),
)

# --- traces


def of_service(name: str, *spans: Any) -> Any:
    return {
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": name}}]},
        "scopeSpans": [{"spans": spans}],
    }


def span(number: int, parent: int | None = None, **more: Any) -> Any:
    value = {
        "traceId": "5b8efff798038103d269b633813fc60c",
        "spanId": f"{number:016x}",
        "name": f"GET {number}",
        "startTimeUnixNano": f"17{number:017}",
        "endTimeUnixNano": f"18{number:017}",
    }
    return value | ({} if parent is None else {"parentSpanId": f"{parent:016x}"}) | more


def traces(*of_b: Any) -> str:
    return json.dumps(
        {
            "resourceSpans": [
                of_service("a", span(1), span(2, 1, kind=3)),
                of_service("b", span(3, 2, kind=2), *of_b),
            ]
        }
    )


flaw(
    "traces/otlp: a broken span",
    traces(span(4, 9, kind=1)),
    "/resourceSpans/1/scopeSpans/0/spans/1",
    lambda facts: facts.broken == (),
    traces(),
    allowed={"*/parentSpanId": "a span without a parent is a root"},
)

# --- vulnerabilities

TRIVY = {
    "SchemaVersion": 2,
    "Results": [
        {
            "Target": "x",
            "Class": "os-pkgs",
            "Type": "debian",
            "Vulnerabilities": [{"VulnerabilityID": "CVE-1", "PkgName": "a", "Severity": "CRITICAL"}],
            "Misconfigurations": [{"ID": "A", "Severity": "CRITICAL", "Status": "FAIL"}],
        }
    ],
}
GRYPE = {
    "matches": [
        {
            "vulnerability": {"id": "CVE-1", "severity": "Critical"},
            "artifact": {"name": "a", "version": "1", "type": "npm"},
        }
    ],
    "source": {"type": "directory", "target": "."},
    "descriptor": {"name": "grype", "version": "0.80.0"},
}
OSV = {
    "results": [
        {
            "source": {"path": "package-lock.json", "type": "lockfile"},
            "packages": [
                {
                    "package": {"name": "a", "version": "1", "ecosystem": "npm"},
                    "vulnerabilities": [{"id": "A", "database_specific": {"severity": "CRITICAL"}}],
                    "groups": [{"ids": ["A"], "max_severity": "9.8"}],
                }
            ],
        }
    ]
}
NPM = {
    "auditReportVersion": 2,
    "vulnerabilities": {
        "a": {"name": "a", "severity": "critical", "via": [{"title": "t", "severity": "critical"}]}
    },
    "metadata": {"vulnerabilities": {"critical": 1, "high": 0, "total": 1}, "dependencies": {"total": 9}},
}
SARIF = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {
                "driver": {
                    "name": "grype",
                    "rules": [
                        {
                            "id": "CVE-2026-1111",
                            "properties": {"security-severity": "9.8", "purls": ["pkg:npm/a@1"]},
                        }
                    ],
                }
            },
            "invocations": [{"executionSuccessful": True}],
            "results": [
                {
                    "ruleId": "CVE-2026-1111",
                    "ruleIndex": 0,
                    "kind": "fail",
                    "level": "error",
                    "message": {"text": "m"},
                }
            ],
        }
    ],
}


def is_clean(facts: Any) -> bool:
    return bool(facts.critical == 0 and facts.high == 0)


flaw(
    "vulnerabilities/trivy: a vulnerability",
    json.dumps(TRIVY),
    "/Results/0/Vulnerabilities/0",
    is_clean,
    ("CRITICAL", "LOW"),
)
flaw(
    "vulnerabilities/trivy: a misconfiguration",
    json.dumps(TRIVY),
    "/Results/0/Misconfigurations/0",
    is_clean,
    ("CRITICAL", "LOW"),
)
flaw("vulnerabilities/grype: a match", json.dumps(GRYPE), "/matches/0", is_clean, ("Critical", "Low"))
LOW = json.dumps(OSV).replace("CRITICAL", "LOW").replace("9.8", "1.0")
flaw(
    "vulnerabilities/osv: a group",
    json.dumps(OSV),
    "/results/0/packages/0/groups/0",
    is_clean,
    LOW,
    whole=True,
)
flaw(
    "vulnerabilities/osv: a vulnerability",
    json.dumps(OSV),
    "/results/0/packages/0/vulnerabilities/0",
    is_clean,
    LOW,
    whole=True,
)
flaw(
    "vulnerabilities/npm_audit: a package",
    json.dumps(NPM),
    "/vulnerabilities/a",
    is_clean,
    json.dumps(NPM)
    .replace('"severity": "critical"', '"severity": "low"')
    .replace('"critical": 1, ', '"critical": 0, "low": 1, '),
    whole=True,
)
flaw("vulnerabilities/sarif: a result", json.dumps(SARIF), "/runs/0/results/0", is_clean, ("9.8", "1.0"))
