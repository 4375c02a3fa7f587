"""Proposals for empty slots: those that people made for the examples, and none that is wrong."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from builders.workspaces import PILOT, copy_of_pilot, copy_of_quarters, copy_of_whole_pilot, unmap, write
from gatekeeper.evidence.artefacts import Bounds, files_at
from gatekeeper.evidence.discovery import discover
from gatekeeper.manifests import starter
from gatekeeper.workspace.loading import LoadedWorkspace, open_workspace
from gatekeeper.workspace.wiring import Confidence, Wiring, wire

LEDGER = PILOT / "services/ledger-service"
BEYOND = {
    ("orders-service", "domain_source"): "../../source/orders/src",
    ("orders-service", "domain_model"): "../../source/orders/src",
}
"""What is right, and the pilot does not map."""


def without_evidence(root: Path) -> tuple[LoadedWorkspace, Mapping[str, Mapping[str, str]]]:
    """Return a workspace whose manifests map nothing, and what they mapped."""
    before = open_workspace(root).manifests.services
    meant = {
        name: {slot: of.path for slot, of in service.evidence.items()} for name, service in before.items()
    }
    for manifest in (root / "services").glob("*.yaml"):
        unmap(manifest)
    return open_workspace(root), meant


def files(loaded: LoadedWorkspace, service: str, path: str) -> list[str]:
    return files_at(str(loaded.services_folder / service), path, Bounds(loaded.tree))


@pytest.mark.parametrize(("copy", "at_least"), [(copy_of_whole_pilot, 115), (copy_of_quarters, 37)])
def test_what_people_mapped_is_proposed_and_nothing_else(tmp_path: Path, copy: object, at_least: int) -> None:
    loaded, meant = without_evidence(copy(tmp_path))  # type: ignore[operator]
    found, right, wrong = discover(loaded.root), 0, []
    for service, mapped in meant.items():
        for one in wire(loaded, service, loaded.root, found).proposals:
            path = mapped.get(one.slot) or BEYOND.get((service, one.slot))
            if path and files(loaded, service, one.path) == files(loaded, service, path):
                right += one.slot in mapped
            else:
                wrong.append((service, one.slot, one.path))
    assert wrong == []
    assert right >= at_least


@pytest.fixture
def ledger(tmp_path: Path) -> LoadedWorkspace:
    loaded, _ = without_evidence(copy_of_whole_pilot(tmp_path / "plan"))
    return loaded


RENAMED = {
    "reports/domain.xml": "test-results/unit/domain-junit.xml",
    "reports/api.xml": "reports/TEST-http.xml",
    "reports/chaos.xml": "test-results/chaos/junit.xml",
    "reports/k6-peak.json": "build/k6/peak.json",
    "reports/k6-cold.json": "build/k6/coldstart.json",
    "runbook.md": "docs/runbooks/runbook.md",
    "dr-drill.md": "docs/2026-disaster-recovery-drill.md",
    "ai-dashboard.json": "grafana/ai-budget.json",
    "dashboard.json": "grafana/ledger.json",
    "evals/all-safety.json": "out/service-safety.json",
    "evals/safety.json": "out/safety-eval.json",
}
SLOTS = {
    "domain_tests": "test-results/unit/domain-junit.xml",
    "api_tests": "reports/TEST-http.xml",
    "service_chaos_tests": "test-results/chaos/junit.xml",
    "load_test": "build/k6/peak.json",
    "cold_start_test": "build/k6/coldstart.json",
    "runbook": "docs/runbooks/runbook.md",
    "dr_drill": "docs/2026-disaster-recovery-drill.md",
    "ai_dashboard": "grafana/ai-budget.json",
    "dashboard": "grafana/ledger.json",
    "service_safety_eval": "out/service-safety.json",
    "safety_eval": "out/safety-eval.json",
}


def test_other_names_and_folders_are_understood_and_decoys_are_not_taken(
    ledger: LoadedWorkspace, tmp_path: Path
) -> None:
    repository = tmp_path / "ledger"
    for old, new in RENAMED.items():
        write(repository / new, (LEDGER / old).read_bytes())
    for old, new in {
        "reports/domain.xml": "test/fixtures/domain.xml",
        "runbook.md": "docs/templates/runbook.md",
        "reports/k6-peak.json": "node_modules/k6/peak.json",
    }.items():
        write(repository / new, (LEDGER / old).read_bytes())
    write(repository / "docs/plan.md", "# Plan\n\nThe capacity of the team.\n")
    wiring = wire(ledger, "ledger-service", repository)
    assert {one.slot: one.path for one in wiring.proposals} == SLOTS
    assert wiring.is_outside
    assert {one.slot for one in wiring.proposals if one.whole} == {"service_chaos_tests"}


def proposed(loaded: LoadedWorkspace, folder: Path) -> Wiring:
    return wire(loaded, "ledger-service", folder)


def test_two_reports_that_fit_equally_are_a_tie(ledger: LoadedWorkspace, tmp_path: Path) -> None:
    for name in ("a", "b"):
        report = (LEDGER / "reports/api.xml").read_text("utf-8").replace("serves", f"serves {name}")
        write(tmp_path / f"ledger/{name}.xml", report)
    wiring = proposed(ledger, tmp_path / "ledger")
    assert wiring.proposals == ()
    [tie] = wiring.ties
    assert (tie.slot, tie.path, tie.alternatives) == ("api_tests", "a.xml", ("b.xml",))
    assert tie.confidence is Confidence.AMBIGUOUS


def test_a_report_of_everything_is_asked_about_and_not_taken(ledger: LoadedWorkspace, tmp_path: Path) -> None:
    cases = "".join(
        f'<testcase classname="{of}.ATest" name="adds up"/>' for of in ("domain", "web", "mail", "store")
    )
    write(tmp_path / "ledger/junit.xml", f'<testsuite name="all">{cases}</testsuite>')
    wiring = proposed(ledger, tmp_path / "ledger")
    assert wiring.proposals == ()
    assert [(tie.slot, tie.reason) for tie in wiring.ties] == [
        ("domain_tests", "25% of its tests are in suites that name `domain`")
    ]


def test_a_copy_is_no_second_candidate(ledger: LoadedWorkspace, tmp_path: Path) -> None:
    for name in ("a.xml", "copies/a.xml"):
        write(tmp_path / "ledger" / name, (LEDGER / "reports/api.xml").read_bytes())
    assert [one.path for one in proposed(ledger, tmp_path / "ledger").proposals] == ["a.xml"]


LCOV = "TN:\nSF:src/domain/a.ts\nDA:1,1\nDA:2,{}\nend_of_record\n"
COBERTURA = (
    '<coverage line-rate="0.5" lines-valid="2" lines-covered="1" version="1" timestamp="1"><packages><package '
    'name="a"><classes><class name="a" filename="src/domain/a.ts"><methods/><lines><line number="1" hits="1"/>'
    '<line number="2" hits="0"/></lines></class></classes></package></packages></coverage>'
)


@pytest.mark.parametrize(("hits", "is_tie"), [(0, False), (1, True)])
def test_one_run_in_two_formats_is_one_candidate_and_two_runs_are_a_tie(
    hits: int, is_tie: bool, ledger: LoadedWorkspace, tmp_path: Path
) -> None:
    write(tmp_path / "ledger/coverage/lcov.info", LCOV.format(hits))
    write(tmp_path / "ledger/coverage/cobertura.xml", COBERTURA)
    wiring = proposed(ledger, tmp_path / "ledger")
    assert [one.slot for one in (wiring.ties if is_tie else wiring.proposals)] == ["domain_coverage"]


def test_one_load_test_without_a_word_is_not_given_to_one_of_three_slots(
    ledger: LoadedWorkspace, tmp_path: Path
) -> None:
    write(tmp_path / "ledger/load-tests/summary.json", (LEDGER / "reports/k6-cold.json").read_bytes())
    wiring = proposed(ledger, tmp_path / "ledger")
    assert wiring.proposals == ()


def test_of_a_repository_of_several_services_each_gets_its_own(
    ledger: LoadedWorkspace, tmp_path: Path
) -> None:
    reports = PILOT / "services/orders-service"
    for service in ("orders", "payments"):
        for name in ("reports/use-cases.xml", "capacity-plan.md"):
            write(tmp_path / f"mono/packages/{service}/{name}", (reports / name).read_bytes() + b"\n")
    for old, new in {"lcov.info": "coverage/lcov.info", "k6-peak.json": "k6/peak.json"}.items():
        write(tmp_path / "mono" / new, (reports / "reports" / old).read_bytes())
    write(tmp_path / "mono/docs/dr-drill.md", (LEDGER / "dr-drill.md").read_bytes())
    write(tmp_path / "mono/shared/error-codes.yaml", (PILOT / "platform/error-codes.yaml").read_bytes())
    wiring = wire(ledger, "orders-service", tmp_path / "mono")
    assert {one.slot: one.path for one in wiring.proposals} == {
        "use_case_tests": "packages/orders/reports/use-cases.xml",
        "capacity_plan": "packages/orders/capacity-plan.md",
    }
    assert [one.path for one in wire(ledger, "ledger-service", tmp_path / "mono").proposals] == [
        "shared/error-codes.yaml"
    ]


def test_a_log_of_static_analysis_is_not_a_penetration_test(ledger: LoadedWorkspace, tmp_path: Path) -> None:
    log = (PILOT / "services/basket-service/scans/static.sarif.json").read_bytes()
    write(tmp_path / "a/static.sarif", log)
    write(tmp_path / "b/pen-test.sarif", log)
    assert proposed(ledger, tmp_path / "a").proposals == ()
    assert [one.slot for one in proposed(ledger, tmp_path / "b").proposals] == ["pen_test"]


def test_what_is_of_another_service_is_not_proposed_and_why(ledger: LoadedWorkspace, tmp_path: Path) -> None:
    openslo = (LEDGER / "slos.yaml").read_text("utf-8")
    write(
        tmp_path / "ledger/slos.yaml", openslo.replace("service: ledger-service", "service: orders-service")
    )
    wiring = proposed(ledger, tmp_path / "ledger")
    assert wiring.proposals == ()
    assert wiring.notes == ("slos.yaml is not proposed as slo: it is about orders-service",)


def test_a_file_from_which_a_slot_selects_an_empty_list_is_not_proposed(
    ledger: LoadedWorkspace, tmp_path: Path
) -> None:
    write(tmp_path / "a/exported-metrics.json", '{"data": []}')
    write(tmp_path / "b/exported-metrics.json", '{"data": ["up"]}')
    assert proposed(ledger, tmp_path / "a").proposals == ()
    assert [one.slot for one in proposed(ledger, tmp_path / "b").proposals] == ["exported_metrics"]


def test_what_the_reader_refuses_is_not_proposed(ledger: LoadedWorkspace, tmp_path: Path) -> None:
    whole = (LEDGER / "reports/api.xml").read_bytes()
    write(tmp_path / "ledger/reports/api.xml", whole[: len(whole) // 2])
    wiring = proposed(ledger, tmp_path / "ledger")
    assert wiring.proposals == ()
    assert len(wiring.notes) == 1
    assert "is not proposed as tests" in wiring.notes[0]


def test_a_slot_that_the_manifest_maps_is_left_alone(tmp_path: Path) -> None:
    root = copy_of_pilot(tmp_path)
    shutil.move(
        root / "services/orders-service/capacity-plan.md",
        root / "services/orders-service/moved-capacity-plan.md",
    )
    slots = {one.slot for one in wire(open_workspace(root), "orders-service", root).proposals}
    assert "capacity_plan" not in slots


@pytest.mark.parametrize("name", ["junit.xml", "target/surefire-reports/TEST-org.example.shop.CartTest.xml"])
def test_the_only_slot_of_tests_takes_the_report_of_unit_tests(tmp_path: Path, name: str) -> None:
    plan, repository = tmp_path / "plan", tmp_path / "shop"
    for file, text in starter.workspace(starter.MINIMAL).items():
        write(plan / file, text)
    report = '<testsuite name="a"><testcase classname="a" name="adds up"/></testsuite>'
    write(repository / name, report)
    write(repository / "reports/integration.xml", report.replace("adds up", "answers"))
    found = wire(open_workspace(plan), "example", repository)
    assert [(one.slot, one.path) for one in found.proposals] == [("tests", name)]
