"""Every artefact is named before anything is read."""

from builders.judging import GATES, RULEBOOK, rulebook, service
from gatekeeper.judging.plans.requests import requests

EVIDENCE = "{unit_tests: reports/junit.xml, api: openapi.yaml}"


def test_every_mapped_artefact_is_asked_for_once() -> None:
    model = service(
        evidence=EVIDENCE, plan="{M0: {level: L1, gates: {G1: , G2: {scope: s, only: [G2.writes]}}}}"
    )
    asked = list(requests(model, RULEBOOK))
    assert [(one.slot, one.kind, one.narrowing) for one in asked] == [
        ("unit_tests", "tests", ()),
        ("api", "openapi", ()),
    ]


def test_a_narrowing_is_read_apart_with_its_options_and_only_once() -> None:
    scope = "{scope: auth, paths: [/auth/**]}"
    plan = f"{{M0: {{level: L1, gates: {{G1: , G2: {scope}, G7: {scope}}}}}, M1: {{level: L1}}, M2: {{level: L2}}}}"
    asked = list(requests(service(evidence=EVIDENCE, plan=plan), RULEBOOK))
    assert [(one.slot, one.narrowing) for one in asked] == [
        ("unit_tests", ()),
        ("api", ()),
        ("api", (("paths", ("/auth/**",)),)),
    ]
    assert asked[-1].options == {"paths": ("/auth/**",)}


def test_what_a_tightened_version_reads_in_a_scope_is_asked_for() -> None:
    upcoming = "upcoming: {effective: M2, requires: {api.writes: {at_least: 1}}}"
    text = GATES["G1"].replace("{id: G1.tests,", f"{{id: G1.tests, {upcoming},")
    book = rulebook(gates=GATES | {"G1": text})
    plan = "{M0: {level: L1, gates: {G1: {scope: auth, paths: [/auth/**]}}}}"
    asked = list(requests(service(evidence=EVIDENCE, plan=plan), book))
    assert ("api", (("paths", ("/auth/**",)),)) in [(one.slot, one.narrowing) for one in asked]


def test_what_the_rules_do_not_know_is_not_asked_for() -> None:
    model = service(
        evidence="{unit_tests: a.xml, slot_of_the_change: b.xml}",
        plan="{M0: {level: L1, gates: {G9: {scope: s, paths: [a]}}}}",
    )
    assert [one.slot for one in requests(model, RULEBOOK)] == ["unit_tests"]
