"""The pilot: real artefacts, and every status, verdict and reason there is."""

import hashlib
import json
import re
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from builders.program import criteria
from builders.workspaces import PILOT, ROOT, Run
from gatekeeper.model.status import Basis, MilestoneVerdict, ServiceVerdict, Status

AS_OF = "2026-11-20"
JANUARY = "2027-01-15"

MILESTONES = {
    "M0": ("ready", {"orders-service": "ready", "payments-service": "ready"}),
    "M1": (
        "blocked",
        {
            "catalogue-service": "blocked",
            "notifications-service": "blocked",
            "orders-service": "blocked",
            "payments-service": "ready",
        },
    ),
    "M2": (
        "blocked",
        {
            "basket-service": "blocked",
            "catalogue-service": "blocked",
            "ledger-service": "ready",
            "notifications-service": "blocked",
            "payments-service": "ready",
        },
    ),
    "M3": ("ready_with_exceptions", {"payments-service": "excepted"}),
    "M4": ("blocked", {"payments-service": "blocked"}),
}

REASONS = {
    ("M1", "catalogue-service"): {"unsigned-upgrade", "sign-offs-missing"},
    ("M1", "notifications-service"): {"regression", "level-criteria-open", "level-not-reached"},
    ("M1", "orders-service"): {"gate-red", "capabilities-open", "level-not-reached", "sign-offs-missing"},
    ("M2", "basket-service"): {
        "gate-red",
        "level-criteria-open",
        "capabilities-open",
        "level-not-reached",
        "sign-offs-missing",
    },
    ("M2", "catalogue-service"): {
        "unsigned-upgrade",
        "gate-red",
        "level-criteria-open",
        "capabilities-open",
        "level-not-reached",
        "sign-offs-missing",
    },
    ("M2", "notifications-service"): {"regression", "level-criteria-open", "level-not-reached"},
    ("M4", "payments-service"): {
        "overdue-exception",
        "gate-red",
        "level-criteria-open",
        "capabilities-open",
        "level-not-reached",
        "sign-offs-missing",
    },
}

ALL_REASONS = {
    "gate-red",
    "level-criteria-open",
    "capabilities-open",
    "level-not-reached",
    "sign-offs-missing",
    "regression",
    "lapsed",
    "unsigned-upgrade",
    "overdue-exception",
}

OPEN = {
    ("M1", "orders-service"): {
        "G1.coverage": "fail",
        "G7.peak-load": "stale",
        "capability:split-deliveries": "missing",
    },
    ("M1", "notifications-service"): {"L2.use-cases": "unreadable"},
    ("M1", "catalogue-service"): {},
    ("M2", "ledger-service"): {},
    ("M3", "payments-service"): {
        "L4.capabilities": "excepted",
        "L4.chaos": "excepted",
        "capability:instalments": "excepted",
    },
    ("M4", "payments-service"): {
        "G8.threat-model": "stale",
        "G8.review": "stale",
        "L4.capabilities": "missing",
        "L4.chaos": "missing",
        "capability:instalments": "missing",
    },
}


def check(run: Run, milestone: str, *more: str, as_of: str = AS_OF) -> dict[str, Any]:
    ran = run("-C", PILOT, "check", "-m", milestone, "--as-of", as_of, "--format", "json", *more)
    verdict: dict[str, Any] = json.loads(ran.out)
    assert verdict["exit_code"] == ran.code
    return verdict


def judged(verdict: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [service for service in verdict["services"] if service["service"] == name]
    service: dict[str, Any] = found
    return service


def criterion(verdict: dict[str, Any], service: str, name: str) -> dict[str, Any]:
    [found] = [found for found in criteria(judged(verdict, service)) if found["criterion"] == name]
    return found


@pytest.mark.long
@pytest.mark.parametrize("milestone", MILESTONES)
def test_each_milestone_has_its_verdict(run: Run, milestone: str) -> None:
    expected, services = MILESTONES[milestone]
    verdict = check(run, milestone)
    assert verdict["verdict"] == expected
    assert verdict["exit_code"] == (1 if expected == "blocked" else 0)
    assert {service["service"]: service["verdict"] for service in verdict["services"]} == services


@pytest.mark.long
@pytest.mark.parametrize(("milestone", "service"), REASONS)
def test_each_blocked_service_says_why(run: Run, milestone: str, service: str) -> None:
    reasons = judged(check(run, milestone), service)["reasons"]
    assert {reason["code"] for reason in reasons} == REASONS[milestone, service]


@pytest.mark.long
@pytest.mark.parametrize(("milestone", "service"), OPEN)
def test_exactly_these_criteria_are_open(run: Run, milestone: str, service: str) -> None:
    found = {
        found["criterion"]: found["status"]
        for found in criteria(judged(check(run, milestone), service))
        if found["status"] not in ("pass", "not_applicable")
        and found["binding"]
        and found["criterion"] != "capability:gift-cards"
    }
    assert found == OPEN[milestone, service]


@pytest.mark.long
def test_every_status_verdict_and_reason_occurs(run: Run) -> None:
    verdicts = [check(run, milestone) for milestone in MILESTONES]
    verdicts.append(check(run, "M2", as_of=JANUARY))
    services = list(chain.from_iterable(verdict["services"] for verdict in verdicts))
    seen = list(chain.from_iterable(map(criteria, services)))
    assert {verdict["verdict"] for verdict in verdicts} == set(MilestoneVerdict)
    assert {service["verdict"] for service in services} == set(ServiceVerdict)
    assert {found["status"] for found in seen} == set(Status) - {Status.UNPROVEN}
    # A basis is told of a pass alone; there are no collected records in the pilot.
    assert {found["basis"] for found in seen if found["status"] == "pass"} == set(Basis) - {
        Basis.RECORD,
        Basis.SIGNED_RECORD,
    }
    assert {reason["code"] for service in services for reason in service["reasons"]} == ALL_REASONS


def gates(verdict: dict[str, Any], service: str) -> dict[str, str]:
    return {gate["gate"]: gate["status"] for gate in judged(verdict, service)["gates"]}


def test_one_service_has_eight_green_gates_and_one_is_red_in_each(run: Run) -> None:
    verdict = check(run, "M2")
    eight = [f"G{number}" for number in range(1, 9)]
    assert gates(verdict, "ledger-service") == dict.fromkeys(eight, "green")
    assert gates(verdict, "basket-service") == dict.fromkeys(eight, "red")
    assert judged(verdict, "ledger-service")["effective_level"] == "L4"


def test_the_coverage_is_what_istanbul_measured_and_names_the_lines(run: Run) -> None:
    coverage = criterion(check(run, "M1"), "orders-service", "G1.coverage")
    assert coverage["expected"] == "lines_pct at least 95"
    assert coverage["distance"] == pytest.approx(95 - 100 * 20 / 28, abs=0.001)
    assert [(finding["file"], finding["line"]) for finding in coverage["findings"]] == [
        ("src/domain/discount.ts", 5),
        ("src/domain/order.ts", 23),
    ]


def test_uncovered_lines_are_the_first_thing_to_do_for_orders(run: Run) -> None:
    steps = check(run, "M1")["actions"]
    assert next(step["criteria"] for step in steps if "orders-service" in step["services"]) == ["G1.coverage"]


def test_a_report_that_broke_off_is_unreadable_and_named(run: Run) -> None:
    use_cases = criterion(check(run, "M1"), "notifications-service", "L2.use-cases")
    assert "notifications-service/reports/use-cases.xml" in use_cases["reason"]


def test_an_old_load_test_says_how_old_it_is(run: Run) -> None:
    peak = criterion(check(run, "M1"), "orders-service", "G7.peak-load")
    assert peak["reason"] == "`load_test` is 46 days old; at most 30 are allowed"


@pytest.mark.long
def test_what_was_signed_off_lapses_with_time_alone(run: Run) -> None:
    november, january = check(run, "M2"), check(run, "M2", as_of=JANUARY)
    assert judged(november, "payments-service")["verdict"] == "ready"
    reasons = {reason["code"]: reason for reason in judged(january, "payments-service")["reasons"]}
    assert reasons["lapsed"]["criteria"] == ["G7.peak-load", "G8.isolation", "L2.use-cases"]
    assert "regression" not in reasons


def test_a_verdict_can_be_traced_to_the_bytes(run: Run) -> None:
    verdict = check(run, "M1")
    [slot] = criterion(verdict, "payments-service", "G7.peak-load")["evidence"]
    evidence = judged(verdict, "payments-service")["evidence"][slot]
    artefact = ROOT / evidence["path"]
    assert hashlib.sha256(artefact.read_bytes()).hexdigest() == evidence["sha256"]
    [part] = evidence["parts"]
    assert (part["commit"], part["commit_basis"]) == ("5b1c7e9", "typed")
    assert not {"path", "sha256"} & set(part), "it is the whole, whose path and digest the entry has"


def test_strict_refuses_what_an_exception_lets_through(run: Run) -> None:
    verdict = check(run, "M3", "--strict")
    assert (verdict["verdict"], verdict["exit_code"], verdict["strict"]) == ("ready_with_exceptions", 1, True)


@pytest.mark.parametrize(
    ("milestone", "service", "code"),
    [
        ("M1", "orders-service", 0),  # not there yet
        ("M1", "notifications-service", 1),  # lost what it had
        ("M1", "catalogue-service", 1),  # claims what nobody signed
        ("M4", "payments-service", 1),  # an exception is overdue
    ],
)
def test_only_lost_ground_fails_a_merge(run: Run, milestone: str, service: str, code: int) -> None:
    assert check(run, milestone, "--fail-on", "regression", "--service", service)["exit_code"] == code


def test_the_readme_tells_the_verdicts() -> None:
    text = (PILOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (M\d) \| (\w+) \|", text, re.MULTILINE)
    assert dict(rows) == {milestone: verdict for milestone, (verdict, _) in MILESTONES.items()}


# A slash that begins a path of several steps: not within a relative path, an address, a pointer or a closing tag.
ABSOLUTE = re.compile(r"(?<![\w./*<}~#-])/[\w.@-]+/|\b[A-Za-z]:\\|file://")


@pytest.mark.parametrize(
    ("text", "is_absolute"),
    [
        ("SF:/ci/src/a.ts", True),
        ('file="/build/a.ts"', True),
        ("C:\\build\\a.ts", True),
        ("SF:src/domain/a.ts", False),
        ("https://example.org/orders/scaffold", False),
        ("../../source/orders/", False),
        ("</testcase>", False),
        ('$ref: "#/components/schemas/Money"', False),
    ],
)
def test_an_absolute_path_is_recognised(text: str, *, is_absolute: bool) -> None:
    assert bool(ABSOLUTE.search(text)) is is_absolute


def routes() -> set[str]:
    """Return the first steps of the paths that the services' APIs offer, which look like folders."""
    described = [yaml.safe_load(file.read_bytes()) for file in PILOT.glob("services/*/api/openapi*.yaml")]
    return {f"/{path.split('/')[1]}/" for api in described for path in api["paths"]}


def files_of_the_pilot() -> list[Path]:
    return [file for file in PILOT.rglob("*") if file.is_file() and "node_modules" not in file.parts]


def test_no_artefact_names_a_machine() -> None:
    of_an_api = routes()
    assert of_an_api
    for file in files_of_the_pilot():
        text = file.read_text(encoding="utf-8")
        assert set(ABSOLUTE.findall(text)) <= of_an_api, file
        assert not re.search(r"127\.0\.0\.1:\d|localhost|https?://registry\.", text), file
        assert '"resolved"' not in text, file
        # The script that takes the machine's name out has to name the attribute.
        assert "hostname" not in text or file.name == "artefacts.mjs", file


def test_the_artefacts_are_small() -> None:
    artefacts = [file for file in files_of_the_pilot() if file.is_relative_to(PILOT / "services")]
    assert sum(file.stat().st_size for file in artefacts) < 400_000
