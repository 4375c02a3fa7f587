"""Reports that real tools wrote, with what they are known to say.

They stand in a folder outside of the repository: the one that GATEKEEPER_SAMPLES names, or `shared/samples`
beside the repository. The kinds that came later have their samples in their own tests.
"""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest

from builders.artefacts import SAMPLES, chosen, collect, needs_samples, outcome
from gatekeeper.collectors.coverage import read as coverage
from gatekeeper.collectors.document import read as document
from gatekeeper.collectors.load_test import read as load_test
from gatekeeper.collectors.tests import read as tests

DOMAIN = {"include": "src/modules/*/domain/**"}

pytestmark = needs_samples


def counts(facts: Any, expected: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that a table names; of lists how many, of percentages two digits."""
    return {
        name: len(value)
        if isinstance(value, tuple) and isinstance(expected[name], int)
        else round(value, 2)
        if isinstance(value, float) and name.endswith("_pct")
        else value
        for name, value in chosen(facts, expected).items()
    }


def results(total: int, passed: int, failed: int, skipped: int) -> dict[str, Any]:
    return {"total": total, "passed": passed, "failed": failed, "skipped": skipped, "counted_from": "cases"}


@pytest.mark.parametrize(
    ("sample", "module", "options", "expected"),
    [
        ("junit/vitest3-ddd-forum.xml", tests, {}, results(14, 13, 1, 0)),
        ("junit/vitest3-retry-options.xml", tests, {}, results(2, 2, 0, 0)),
        # One of the six is a todo: jest-junit's report cannot tell.
        ("junit/jest-junit16-edge-defaults.xml", tests, {}, results(13, 6, 4, 3)),
        ("junit/jest-junit16-all-pass.xml", tests, {}, results(9, 9, 0, 0)),
        ("junit/enricomi-jest-junit.xml", tests, {}, results(2, 2, 0, 0)),
        ("junit/enricomi-mocha-latex-utensils.xml", tests, {}, results(109, 109, 0, 0)),
        ("junit/enricomi-testsuite-root.xml", tests, {}, results(5, 5, 0, 0)),
        ("junit/enricomi-no-attributes.xml", tests, {}, results(4, 1, 2, 1)),
        ("junit/enricomi-gtest-disabled.xml", tests, {}, results(31, 6, 20, 5)),
        ("pact-verification/rust-verifier-pass.junit.xml", tests, {}, results(5, 5, 0, 0)),
        # Two failed tests, two files that could not be loaded, a beforeAll that failed.
        ("vitest-json/vitest3-edge.json", tests, {}, results(13, 5, 5, 6)),
        (
            "coverage-summary/vitest3-v8.json",
            coverage,
            {},
            {"lines_pct": 44.72, "branches_pct": 74.07, "files": 57},
        ),
        (
            "coverage-summary/vitest3-v8.json",
            coverage,
            DOMAIN,
            {"lines_pct": 39.6, "branches_pct": 66.67, "files": 39},
        ),
        (
            "coverage-summary/jest29.json",
            coverage,
            {},
            {"lines_pct": 44.68, "branches_pct": 25.5, "files": 48},
        ),
        (
            "coverage-summary/jest29.json",
            coverage,
            DOMAIN,
            {"lines_pct": 40.76, "branches_pct": 13.33, "files": 36},
        ),
        (
            "coverage-summary/jest29-core-only.json",
            coverage,
            {},
            {"lines_pct": 41.54, "branches_pct": 33.33, "functions_pct": 30.43, "files": 2},
        ),
        # Of lines; the statements would be 33.84.
        ("coverage-final/vitest3-istanbul.json", coverage, {}, {"lines_pct": 39.66, "files": 50}),
        (
            "coverage-final/vitest3-istanbul.json",
            coverage,
            DOMAIN,
            {"lines_pct": 34.03, "branches_pct": 23.53},
        ),
        ("coverage-final/vitest5-v8.json", coverage, {}, {"lines_pct": 39.31, "files": 55}),
        ("lcov/vitest3-v8.info", coverage, {}, {"lines_pct": 44.72, "files": 57, "uncovered": 49}),
        ("lcov/vitest3-v8.info", coverage, DOMAIN, {"lines_pct": 39.6, "branches_pct": 66.67}),
        (
            "lcov/jest29-core-only.info",
            coverage,
            {},
            {
                "lines_pct": 41.54,
                "branches_pct": 33.33,
                "functions_pct": 30.43,
                "paths": ("src/shared/core/Guard.ts", "src/shared/core/Result.ts"),
            },
        ),
        ("lcov/vitest5-v8.info", coverage, {}, {"lines_pct": 39.31, "functions_pct": 35.4, "files": 55}),
        ("lcov/vitest5-v8.info", coverage, DOMAIN, {"lines_pct": 34.03}),
        ("cobertura/jest29.xml", coverage, {}, {"lines_pct": 44.68, "branches_pct": 25.5, "files": 48}),
        ("cobertura/jest29.xml", coverage, DOMAIN, {"lines_pct": 40.76, "functions_pct": 28.04, "files": 36}),
        ("cobertura/vitest5-v8.xml", coverage, {}, {"lines_pct": 39.31, "branches_pct": 32.65, "files": 55}),
        ("cobertura/vitest5-v8.xml", coverage, DOMAIN, {"lines_pct": 34.03}),
        (
            "k6/v2.2-handleSummary-default-stats.json",
            load_test,
            {},
            {
                "p95_ms": 66.688417,
                "p99_ms": None,
                "rps": pytest.approx(218.42, abs=0.01),
                "requests": 1806,
                "error_pct": 2.77,
                "thresholds_failed": 1,
                "thresholds_unproven": 0,
                "checks_failed": 50,
            },
        ),
        (
            "k6/v2.2-handleSummary-arrival-rate-failed.json",
            load_test,
            {},
            {"p95_ms": 66.8323267, "p99_ms": 225.08157358999995, "thresholds_failed": 3, "requests": 1024},
        ),
        (
            "k6/v2.2-summary-export-arrival-rate-failed.json",
            load_test,
            {},
            {"p95_ms": 66.8323267, "p99_ms": 225.08157358999995, "thresholds_failed": 3, "requests": 1024},
        ),
        (
            "k6/v2.2-summary-export-p99.json",
            load_test,
            {},
            {
                "p95_ms": 66.580972,
                "p99_ms": 224.61391819999997,
                "thresholds_failed": 0,
                "thresholds_unproven": 1,
            },
        ),
        (
            "k6/v2.2-machine-readable-p99-requested.json",
            load_test,
            {},
            {
                "p95_ms": 66.4763535,
                "p99_ms": None,
                "rps": pytest.approx(222.6, abs=0.1),
                "requests": 1816,
                "thresholds_failed": None,
                "checks_failed": 47,
            },
        ),
        (
            "runbook/KubePodCrashLooping.md",
            document,
            {},
            {
                "front_matter": {"title": "Kube Pod Crash Looping", "weight": 20},
                "sections": ("KubePodCrashLooping", "Meaning", "Impact", "Diagnosis", "Mitigation"),
                "empty_sections": (),
                "links": 1,
            },
        ),
        ("runbook/CPUThrottlingHigh.md", document, {}, {"sections": 5, "empty_sections": 0, "links": 2}),
        ("runbook/Watchdog.md", document, {}, {"sections": 5, "empty_sections": 0, "links": 0}),
    ],
)
def test_sample(sample: str, module: ModuleType, options: dict[str, Any], expected: dict[str, Any]) -> None:
    facts = collect(module, (SAMPLES / sample).read_bytes(), **options).facts
    assert counts(facts, expected) == expected


@pytest.mark.parametrize(
    ("sample", "module", "options", "expected"),
    [
        ("junit/enricomi-corrupt.xml", tests, {}, "unreadable: report-0: line 11: not XML"),
        (
            "cobertura/vitest3-istanbul-empty-nan.xml",
            coverage,
            {},
            "absent: report-0: the report lists no file",
        ),
        (
            "coverage-summary/jest29-core-only.json",
            coverage,
            DOMAIN,
            "absent: report-0: the report lists no file",
        ),
        ("lcov/jest29-core-only.info", coverage, DOMAIN, "absent: report-0: the report lists no file"),
        ("cobertura/jest29.xml", tests, {}, "unreadable: report-0: XML with the root <coverage>"),
        ("junit/vitest3-ddd-forum.xml", coverage, {}, "unreadable: report-0: XML with the root <testsuites>"),
        (
            "grafana/otel-demo-demo-dashboard.json",
            load_test,
            {},
            "unreadable: report-0: the JSON has no supported format",
        ),
    ],
)
def test_sample_that_is_no_evidence(
    sample: str, module: ModuleType, options: dict[str, Any], expected: str
) -> None:
    assert outcome(module, (SAMPLES / sample).read_bytes(), **options).startswith(expected)
