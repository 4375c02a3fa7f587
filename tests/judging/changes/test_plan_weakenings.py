"""Whether a service promises less than before."""

import pytest

from builders.judging import GOVERNANCE, RULEBOOK, rulebook, service
from gatekeeper.judging.changes.plan_weakenings import (
    ServicePair,
    compare_plans,
    compare_roadmaps,
    milestone_removed,
    service_removed,
)
from gatekeeper.model.changes import Cause, ChangeKind

PLAN = """
M0: {level: L1, gates: {G1: , G8: {scope: s, only: [G8.isolation, G8.review]}}}
M1: {level: L2, gates: {G1: , G2: , G7: {scope: 10 k, effect: demands}, G8: }, adds: [refunds, {capability: gift cards, optional: true}]}
M2: {level: L3, adds: [search]}
"""
WHOLE = f"""
service: shop
owner: team-shop
level: L2
labels: [residency, core]
release: {{version: "1", commit: 3f2a9c1}}
plan: {{{PLAN.strip().replace(chr(10), ", ")}}}
targets: {{p95_ms: 250}}
evidence:
  unit_tests: reports/unit.xml
  load: {{path: reports/load.json, sha256: "{"a" * 64}"}}
not_applicable:
  G2.limits: {{reason: r, by: bo, role: architecture, on: 2026-11-01}}
"""


def changes(old: str, new: str, text: str = WHOLE) -> list[tuple[str, str]]:
    assert old in text, old
    pair = ServicePair(service(text), service(text.replace(old, new)), "services/shop.yaml")
    found = list(compare_plans(pair, RULEBOOK))
    for change in found:
        assert change.service == "shop"
        assert change.where
        assert change.where.file == "services/shop.yaml"
        assert change.blocks is change.needs_sign_off is (change.kind is ChangeKind.PLAN_WEAKENED)
    return [(change.kind, change.id) for change in found]


# fmt: off
WEAKENED = {
    "level": ("M2: {level: L3", "M2: {level: L2", ["shop:M2.level:L3->L2"]),
    "milestone": (", M2: {level: L3, adds: [search]}", "", ["shop:M2:dropped", "shop:capability:search:dropped"]),
    "gate": ("G2: , G7", "G7", ["shop:G2:dropped:asked->M1,M2"]),
    "narrowed": ("{G1: , G2:", "{G1: {scope: s, only: [G1.tests]}, G2:", ['shop:G1:narrowed:{"only":["G1.tests"]}->M1']),
    "narrowed further": ("only: [G8.isolation, G8.review]", "only: [G8.review]", ['shop:G8:narrowed:{"only":["G8.review"]}->M0']),
    "narrowed by paths": ("G2: , G7", "G2: {scope: s, paths: [/a]}, G7", ['shop:G2:narrowed:{"paths":["/a"]}->M1']),
    "demand": ("G7: {scope: 10 k, effect: demands}", "G7: ", ['shop:G7:demand-dropped:["10 k"]->M1,M2']),
    "demand with its gate": ("G7: {scope: 10 k, effect: demands}, ", "", ["shop:G7:dropped:asked->M1,M2"]),
    "capability": ("adds: [search]", "adds: []", ["shop:capability:search:dropped"]),
    "capability later": ("adds: [refunds, ", "adds: [", ["shop:capability:refunds:dropped"]),
    "capability optional": ("[search]", "[{capability: search, optional: true}]", ["shop:capability:search:optional"]),
    "target": ("p95_ms: 250", "p95_ms: 300", ["shop:targets.p95_ms:250->300"]),
    "claim": ("level: L2\nlabels", "level: L1\nlabels", ["shop:level:L2->L1"]),
    "label": ("residency, ", "", ["shop:labels.residency:dropped"]),
    "release commit": (", commit: 3f2a9c1", "", ["shop:release.commit:dropped"]),
    "release": ('release: {version: "1", commit: 3f2a9c1}\n', "", ["shop:release.commit:dropped"]),
    "slot": ("reports/unit.xml", "reports/other.xml", ["shop:evidence.unit_tests:reports/unit.xml->reports/other.xml"]),
    "pin": (f', sha256: "{"a" * 64}"', "", ["shop:evidence.load.sha256:dropped"]),
}
KEPT = {
    "words of a scope": ("{scope: s, only", "{scope: t, only"),
    "scope of words only": ("G2: , G7", "G2: {scope: public}, G7"),
    "wider": ("only: [G8.isolation, G8.review]", "only: [G8.isolation, G8.review, G8.threats]"),
    "no scope": ("{scope: s, only: [G8.isolation, G8.review]}", ""),
    "higher level": ("M0: {level: L1", "M0: {level: L2"),
    "stricter target": ("p95_ms: 250", "p95_ms: 200"),
    "no target": ("targets: {p95_ms: 250}\n", ""),
    "more of everything": ("labels: [residency, core]", "labels: [residency, core, more]"),
    "another pin": ("a" * 64, "b" * 64),
    "another release": ("3f2a9c1", "abcdef1"),
    "no longer optional": ("{capability: gift cards, optional: true}", "gift cards"),
    "no waiver": ("not_applicable:\n  G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}\n", ""),
}
# fmt: on


@pytest.mark.parametrize("way", WEAKENED)
def test_each_way_to_weaken_a_plan_is_seen_and_named(way: str) -> None:
    old, new, expected = WEAKENED[way]
    assert changes(old, new) == [("plan-weakened", name) for name in expected]


@pytest.mark.parametrize("way", KEPT)
def test_what_keeps_or_strengthens_a_plan_is_no_weakening(way: str) -> None:
    assert changes(*KEPT[way]) == []


def test_a_capability_that_is_due_later_is_a_weakening() -> None:
    text = WHOLE.replace("adds: [search]", "adds: []").replace("[refunds, ", "[refunds, search, ")
    pair = ServicePair(service(text), service(WHOLE), "services/shop.yaml")
    assert [change.id for change in compare_plans(pair, RULEBOOK)] == ["shop:capability:search:due:M1->M2"]
    back = ServicePair(service(WHOLE), service(text), "services/shop.yaml")
    assert list(compare_plans(back, RULEBOOK)) == []


def test_a_target_that_nothing_bounds_is_free() -> None:
    book = RULEBOOK._replace(by_id={})
    pair = ServicePair(service(WHOLE), service(WHOLE.replace("250", "300")), "f")
    assert list(compare_plans(pair, book)) == []


def test_an_owner_is_told_and_needs_no_signature() -> None:
    assert changes("owner: team-shop", "owner: team-other") == [("note", "shop:owner")]


def test_evidence_that_is_mapped_no_more_is_told() -> None:
    assert changes("  unit_tests: reports/unit.xml\n", "") == [
        ("evidence-removed", "shop:evidence.unit_tests:removed")
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [("reason: r", "reason: other"), ("  G2.limits:", "  G2.writes: {reason: w, by: bo, role: architecture, on: 2026-11-01}\n  G2.limits:")],
    ids=["changed", "new"],
)  # fmt: skip
def test_what_is_declared_not_applicable_is_told(old: str, new: str) -> None:
    [(kind, _)] = changes(old, new)
    assert kind == "not-applicable"


def test_what_is_removed_needs_a_signature() -> None:
    of_service, of_milestone = service_removed("shop"), milestone_removed("M3")
    assert (of_service.id, of_service.service, of_service.cause) == ("shop:removed", "shop", Cause.PLAN)
    assert (of_milestone.id, of_milestone.needs_sign_off) == ("milestones.M3:removed", True)


def narrowed_at(before: str, after: str) -> list[tuple[str, tuple[str, ...]]]:
    pair = ServicePair(service(plan=before), service(plan=after), "services/shop.yaml")
    return [(change.id, change.milestones) for change in compare_plans(pair, RULEBOOK)]


def test_a_narrowing_is_compared_at_every_milestone_of_a_plan_that_rises_and_falls() -> None:
    plan = "{{M0: {{level: L2, gates: {{{}}}}}, M1: {{level: L3}}, M2: {{level: L2, gates: {{{}}}}}}}"
    narrow = "G1: {scope: s, only: [G1.tests]}"
    whole, last, both = (plan.format(*at) for at in (("G1: ", "G1: "), ("G1: ", narrow), (narrow, narrow)))
    assert narrowed_at(whole, last) == [('shop:G1:narrowed:{"only":["G1.tests"]}->M2', ("M2",))]
    assert narrowed_at(whole, both) == [('shop:G1:narrowed:{"only":["G1.tests"]}->M0,M2', ("M0", "M2"))]
    assert narrowed_at(last, both) == [('shop:G1:narrowed:{"only":["G1.tests"]}->M0', ("M0",))]
    assert narrowed_at(both, whole) == []


# The roadmap


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        ("beta ga", "beta ga", None),
        ("beta ga", "alpha beta rc ga later", None),
        ("beta ga later", "beta later", None),
        ("beta ga", "ga beta", 'roadmap:order:["beta","ga"]->["ga","beta"]'),
        (
            "beta ga later",
            "ga alpha later beta",
            'roadmap:order:["beta","ga","later"]->["ga","later","beta"]',
        ),
        ("beta ga later", "later beta", 'roadmap:order:["beta","later"]->["later","beta"]'),
        ("beta ga", "beta general", None),
        ("", "beta", None),
    ],
)
def test_milestones_of_the_base_stay_in_their_order(base: str, head: str, expected: str | None) -> None:
    found = list(compare_roadmaps(base.split(), head.split()))
    assert [change.id for change in found] == ([expected] if expected else [])
    assert all(change.blocks and change.kind is ChangeKind.PLAN_WEAKENED for change in found)


def test_another_order_is_shown_by_the_milestones_of_both() -> None:
    [change] = compare_roadmaps(["beta", "ga", "old"], ["ga", "new", "beta"])
    assert change.message == "the order of milestones is ga, beta instead of beta, ga"


def test_a_capability_is_later_by_the_order_of_the_roadmap() -> None:
    late = "{M1: {level: L1, gates: {}, adds: [a]}, M0: {level: L1}}"
    later = "{M1: {level: L1, gates: {}}, M0: {level: L1, adds: [a]}}"
    pair = ServicePair(service(plan=late), service(plan=later), "f")
    assert [change.id for change in compare_plans(pair, RULEBOOK)] == ["shop:capability:a:due:M1->M0"]
    assert list(compare_plans(ServicePair(pair.head, pair.base, "f"), RULEBOOK)) == []


# The claim


@pytest.mark.parametrize(
    ("signers", "kind", "blocks"),
    [("[owner]", ChangeKind.PLAN_WEAKENED, True), ("[]", ChangeKind.NOTE, False)],
)
def test_a_lower_claim_is_a_note_where_nobody_signs(signers: str, kind: ChangeKind, *, blocks: bool) -> None:
    book = rulebook(governance=GOVERNANCE.replace("[owner, architecture, security]", signers))
    for after in ("L1", "null"):
        pair = ServicePair(service(level="L2"), service(level=after), "services/shop.yaml")
        [change] = compare_plans(pair, book)
        assert (change.kind, change.blocks, change.service) == (kind, blocks, "shop")
        assert change.message == f"it claims {'L0' if after == 'null' else after} instead of L2"
        assert change.where == ("services/shop.yaml", ("level",))
    raised = ServicePair(service(level="L1"), service(level="L2"), "f")
    assert list(compare_plans(raised, book)) == []


def test_an_approval_of_one_narrowing_covers_no_other() -> None:
    """The id holds what every milestone loses, not what the first one does."""
    base = "{M0: {level: L2, gates: {G8: }}, M1: {level: L3, gates: {G8: }}}"
    mild = "{M0: {level: L2, gates: {G8: {scope: s, only: [G8.review, G8.threats]}}}, M1: {level: L3, gates: {G8: {scope: s, only: [G8.review, G8.threats]}}}}"
    severe = mild[: mild.index("M1:")] + "M1: {level: L3, gates: {G8: {scope: s, only: [G8.review]}}}}"
    found = [
        [
            change.id
            for change in compare_plans(ServicePair(service(plan=base), service(plan=head), "f"), RULEBOOK)
        ]
        for head in (mild, severe)
    ]
    assert [len(ids) for ids in found] == [1, 1]
    assert found[0] != found[1]
