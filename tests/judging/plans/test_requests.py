"""Every artefact is named before anything is read."""

from builders.judging import RULEBOOK, service
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


def test_what_the_rules_do_not_know_is_not_asked_for() -> None:
    model = service(
        evidence="{unit_tests: a.xml, slot_of_the_change: b.xml}",
        plan="{M0: {level: L1, gates: {G9: {scope: s, paths: [a]}}}}",
    )
    assert [one.slot for one in requests(model, RULEBOOK)] == ["unit_tests"]
