"""Whether a service promises less than before: by its plan, its targets, its name, and its claim."""

import pytest

from builders.judging import AS_OF, GATES, GOVERNANCE, RULEBOOK, STANZA, roadmap, rulebook, service
from gatekeeper.judging.changes.manifest_changes import compare_manifests
from gatekeeper.judging.changes.plan_weakenings import (
    PlanContext,
    compare_plans,
    compare_roadmaps,
    service_removed,
)
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.model.changes import Cause, Change, ChangeKind
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service

PLAN = """
M0: {level: L1, gates: {G1: , G8: {scope: s, only: [G8.isolation, G8.review]}}}
M1: {level: L2, gates: {G1: , G2: , G7: {scope: 10 k, effect: demands}, G8: }, adds: [refunds, {capability: gift cards, optional: true}]}
M2: {level: L3, adds: [search]}
"""
ROADMAP = roadmap("M0", "M1", "M2", "M3")
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


def weaker(
    base: Service,
    head: Service,
    book: Rulebook = RULEBOOK,
    after: Roadmap = ROADMAP,
    before: Roadmap = ROADMAP,
) -> list[Change]:
    """Return what the head's plan asks less; each change is placed in the manifest and has to be signed."""
    pair = ServicePair(base, head, "services/shop.yaml")
    found = list(compare_plans(pair, PlanContext(book, before, AS_OF), after))
    for change in found:
        assert change.service == head.service
        assert change.where
        assert change.where.file == "services/shop.yaml"
        assert (change.kind, change.blocks, change.needs_sign_off) == (ChangeKind.PLAN_WEAKENED, True, True)
    return found


def changes(old: str, new: str) -> list[str]:
    """Return what the manifest says less if one text of it is replaced, as `source: message (milestones)`."""
    assert old in WHOLE, old
    base, head = service(WHOLE), service(WHOLE.replace(old, new))
    notes = compare_manifests(ServicePair(base, head, "services/shop.yaml"), RULEBOOK)
    return [
        f"{change.id.split(':sha256:')[0]}: {change.message} ({', '.join(change.milestones)})"
        for change in (*weaker(base, head), *notes)
    ]


# fmt: off
WEAKENED = {
    "level": ('M2: {level: L3', 'M2: {level: L2', 'shop:plan.M2: the target of M2 is L2 instead of L3; sign-off:L3 is not asked any more; M2 no longer asks for G1.deep, L3.hooks (M2)'),
    "milestone": (', M2: {level: L3, adds: [search]}', '', 'shop:plan.M2: M2 has no target any more; sign-off:L3 is not asked any more; M2 no longer asks for G1, G2, G7 and 8 more; G8.threats accepts what was made for M1 at L3, L4; L4.capabilities no longer asks for capability:search at L4 ()'),
    "gate": ('G2: , G7', 'G7', 'shop:plan.M1: L2, L4, M1 no longer ask for G2; L3, M2 no longer ask for G2, L3.hooks (M1, M2)'),
    "narrowed": ('{G1: , G2:', '{G1: {scope: s, only: [G1.tests]}, G2:', 'shop:plan.M1: L2, M1 no longer ask for G1.coverage (M1)'),
    "narrowed by paths": ('G2: , G7', 'G2: {scope: s, paths: [/a]}, G7', 'shop:plan.M1: G2.limits reads `api` only for paths /a at L2, M1; G2.writes reads `api` only for paths /a at L2, M1 (M1)'),
    "demand": ('G7: {scope: 10 k, effect: demands}', 'G7: ', 'shop:plan.M1: L2, L3, L4, M1, M2 no longer ask for G7.scope (M1, M2)'),
    "demand with its gate": ('G7: {scope: 10 k, effect: demands}, ', '', 'shop:plan.M1: L2, L3, L4, M1, M2 no longer ask for G7 (M1, M2)'),
    "capability": ('adds: [search]', 'adds: []', 'shop:plan.M2: M2 no longer asks for capability:search; L4.capabilities no longer asks for capability:search at L4 (M2)'),
    "capability later": ('adds: [refunds, ', 'adds: [', 'shop:plan.M1: M1, M2 no longer ask for capability:refunds; L4.capabilities no longer asks for capability:refunds at L4 (M1, M2)'),
    "capability optional": ('[search]', '[{capability: search, optional: true}]', 'shop:plan.M2: L4.capabilities no longer asks for capability:search at L4; capability:search is optional at M2 (M2)'),
    "target": ('p95_ms: 250', 'p95_ms: 300', 'shop:targets.p95_ms: G7.load asks for load.p95_ms at most targets.p95_ms (300) instead of targets.p95_ms (250) at L2, L3, L4, M1, M2 (M1, M2)'),
    "claim": ('level: L2\nlabels', 'level: L1\nlabels', 'shop:level: it claims L1 instead of L2 ()'),
    "label": ('residency, ', '', 'shop:labels: L2, L3, L4, M1, M2 no longer ask for G8.residency (M1, M2)'),
    "release commit": (', commit: 3f2a9c1', '', 'shop:release: G7.load accepts evidence of any commit: the release names none at L2, L3, L4, M1, M2 (M1, M2)'),
    "release": ('release: {version: "1", commit: 3f2a9c1}\n', '', 'shop:release: G7.load accepts evidence of any commit: the release names none at L2, L3, L4, M1, M2 (M1, M2)'),
    "slot": ('reports/unit.xml', 'reports/other.xml', 'shop:evidence.unit_tests: `unit_tests` is read from reports/other.xml instead of reports/unit.xml ()'),
    "pin": (', sha256: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"', '', 'shop:evidence.load: G7.load accepts any bytes for `load`, which is no longer pinned at L2, L3, L4, M1, M2 (M1, M2)'),
    "higher level of an early cell": ('M0: {level: L1', 'M0: {level: L2', 'shop:plan.M0: L1 no longer asks for G1, G8, L1.no-customers; L2 no longer asks for G2, G7, G8.residency and 2 more; M0 no longer asks for L1.no-customers (M0)'),
}
KEPT = {
    "words of a scope": ('{scope: s, only', '{scope: t, only'),
    "scope of words only": ('G2: , G7', 'G2: {scope: public}, G7'),
    "wider": ('only: [G8.isolation, G8.review]', 'only: [G8.isolation, G8.review, G8.threats]'),
    "no scope": ('{scope: s, only: [G8.isolation, G8.review]}', ''),
    "stricter target": ('p95_ms: 250', 'p95_ms: 200'),
    "more of everything": ('labels: [residency, core]', 'labels: [residency, core, more]'),
    "another pin": ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'),
    "another release": ('3f2a9c1', 'abcdef1'),
    "no longer optional": ('{capability: gift cards, optional: true}', 'gift cards'),
    "no waiver": ('not_applicable:\n  G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}\n', ''),
    "narrowed where nothing is asked": ('only: [G8.isolation, G8.review]', 'only: [G8.review]'),
}
# fmt: on


@pytest.mark.parametrize("way", WEAKENED)
def test_each_way_to_ask_less_is_reported_once_by_what_was_edited(way: str) -> None:
    old, new, expected = WEAKENED[way]
    assert changes(old, new) == [expected]


@pytest.mark.parametrize("way", KEPT)
def test_what_asks_for_as_much_is_no_weakening(way: str) -> None:
    assert changes(*KEPT[way]) == []


def test_edits_of_two_cells_are_two_weakenings() -> None:
    base = service(plan="{M0: {level: L1, gates: {G1: }}, M1: {level: L2, gates: {G1: , G2: }}}")
    head = service(plan="{M0: {level: L1, gates: {}}, M1: {level: L2, gates: {G1: }}}")
    assert [change.message for change in weaker(base, head)] == [
        "L1, M0 no longer ask for G1",
        "L2, M1 no longer ask for G2, L2.contracts; L3 no longer asks for G2, L3.hooks; L4 no longer asks for G2",
    ]


# What a level means

TWO = "{M1: {level: L2, gates: {G1: , G8: }}, M2: {level: L3, gates: {G1: , G7: , G8: }}}"


def messages(base: str, head: str, book: Rulebook = RULEBOOK, name: str = "shop") -> list[str]:
    return [change.message for change in weaker(service(plan=base), service(service=name, plan=head), book)]


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        (
            "{M1:",
            "{M0: {level: L3, gates: {}}, M1:",
            "L2 no longer asks for G1, G8; L3 no longer asks for G1, G7, G8",
        ),
        ("M1: {level: L2", "M1: {level: L3", "L3 no longer asks for G7"),
        ("{M1:", "{M0: {level: L2, gates: {G1: }}, M1:", "L2 no longer asks for G8"),
    ],
)
def test_a_cell_that_defines_a_level_with_less_is_a_weakening(old: str, new: str, lost: str) -> None:
    [message] = messages(TWO, TWO.replace(old, new))
    assert lost in message


def test_an_earlier_cell_lets_earlier_documents_count() -> None:
    [message] = messages(TWO, "{M0: {level: L2, gates: {G1: , G7: , G8: }}, " + TWO[1:])
    assert message.endswith("G8.threats accepts what was made for M0 at L2")


def test_what_a_later_cell_adds_is_none() -> None:
    assert messages(TWO, TWO[:-1] + ", M3: {level: L4, gates: {G1: , G2: , G7: , G8: }}}") == []


def test_a_rename_into_an_exemption_is_a_weakening() -> None:
    gate = (
        GATES["G8"]
        + f"  - {{id: G8.spared, question: q, attested_by: security, applies_when: {{except_services: [spared]}}, {STANZA}}}\n"
    )
    book = rulebook(gates=GATES | {"G8": gate})
    [change] = weaker(service(plan=TWO), service(service="spared", plan=TWO), book)
    assert change.message == "L2, L3, L4, M1, M2 no longer ask for G8.spared"
    assert change.id.startswith("spared:service:sha256:")
    assert change.where
    assert change.where.path == ("service",)


def test_another_cell_that_reads_less_is_a_weakening() -> None:
    base = "{M1: {level: L2, gates: {G2: {scope: s, paths: [/a]}}}, M2: {level: L3, gates: {G2: }}}"
    [message] = messages(base, base.replace("M1: {level: L2", "M1: {level: L3"))
    assert "reads `api` only for paths /a at L3" in message
    assert messages(base, base.replace("paths: [/a]", "paths: [/a, /b]")) == []


def test_a_gate_narrows_the_level_criterion_that_it_answers() -> None:
    """L2.isolation is the twin of G8.isolation: listing G8 with a scope must not narrow what L2 asks."""
    base = "{M0: {level: L2, gates: {G1: }}}"
    narrow = "{M0: {level: L2, gates: {G1: , G8: {scope: s, paths: [/a]}}}}"
    book = rulebook(
        gates=GATES
        | {
            "G8": GATES["G8"]
            .replace("isolation: {kind: tests}", "isolation: {kind: openapi}")
            .replace(
                "isolation.failed: {empty: true}, isolation.passed: {empty: false}",
                "isolation.writes: {at_least: 1}",
            )
        }
    )
    [message] = messages(base, narrow, book)
    assert "L2.isolation reads `isolation` only for paths /a" in message
    assert messages(base, narrow.replace("{scope: s, paths: [/a]}", ""), book) == []


def test_an_exit_in_the_same_change_asks_for_nothing_less() -> None:
    """Exclusive criteria of a level end with the milestone; that is not an edit of the plan."""
    plan = "{M0: {level: L1, gates: {}}, M1: {level: L2, gates: {G1: }}}"
    exited = roadmap("M0", "M1", "M2", "M3", exits={"M0": "2026-10-30"})
    assert weaker(service(plan=plan), service(plan=plan), after=exited) == []


def test_another_order_of_milestones_is_not_reported_by_each_service() -> None:
    plan = service(plan="{M0: {level: L1, gates: {G1: }}, M1: {level: L2, gates: {G1: , G2: }}}")
    moved = service(plan="{M1: {level: L2, gates: {G1: , G2: }}, M0: {level: L1, gates: {G1: }}}")
    assert weaker(plan, moved, after=roadmap("M1", "M0", "M2", "M3")) == []


def test_the_only_cell_of_a_plan_that_moves_is_a_weakening() -> None:
    plan, moved = (service(plan=f"{{{at}: {{level: L1, gates: {{G1: }}}}}}") for at in ("M0", "M1"))
    [change] = weaker(plan, moved)
    assert change.message.startswith("M0 has no target any more")


def test_a_new_last_milestone_asks_for_nothing_less() -> None:
    plan = "{M0: {level: L1, gates: {G8: }}}"
    assert weaker(service(plan=plan), service(plan=plan), after=roadmap("M0", "M1", "M2", "M3", "M4")) == []


def test_a_milestone_that_the_workspace_no_longer_has_is_not_reported_by_each_service() -> None:
    plan = "{M0: {level: L1, gates: {G1: }}, M1: {level: L1}}"
    after = roadmap("M0", "M2", "M3")
    assert weaker(service(plan=plan), service(plan="{M0: {level: L1, gates: {G1: }}}"), after=after) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("reason: r", "reason: other"), ("  G2.limits:", "  G2.writes: {reason: w, by: bo, role: architecture, on: 2026-11-01}\n  G2.limits:")],
    ids=["changed", "new"],
)  # fmt: skip
def test_what_is_declared_not_applicable_is_told(old: str, new: str) -> None:
    base, head = service(WHOLE), service(WHOLE.replace(old, new))
    [change] = compare_manifests(ServicePair(base, head, "services/shop.yaml"), RULEBOOK)
    assert (change.kind, change.cause, change.blocks) == ("not-applicable", "not_applicable", False)


def test_an_owner_and_a_mapping_are_notes() -> None:
    for old, new in (("team-shop", "team-other"), ("reports/unit.xml", "reports/other.xml")):
        base, head = service(WHOLE), service(WHOLE.replace(old, new))
        [change] = compare_manifests(ServicePair(base, head, "services/shop.yaml"), RULEBOOK)
        assert (change.kind, change.blocks) == (ChangeKind.NOTE, False)


def test_a_target_that_is_set_or_removed_is_a_note() -> None:
    """Removing it opens criteria, but a later change could set an easier one."""
    base, head = service(WHOLE), service(WHOLE.replace("targets: {p95_ms: 250}\n", ""))
    [change] = compare_manifests(ServicePair(base, head, "services/shop.yaml"), RULEBOOK)
    assert (change.kind, change.message) == ("note", "the target p95_ms is not set; before, it was 250")
    [change] = compare_manifests(ServicePair(head, base, "services/shop.yaml"), RULEBOOK)
    assert (change.cause, change.message) == (
        "declaration",
        "the target p95_ms is 250; before, it was not set",
    )


@pytest.mark.parametrize("field", ["attestations", "not_applicable"])
def test_a_statement_that_is_valid_for_longer_without_being_given_anew_is_a_weakening(field: str) -> None:
    given = {
        "attestations": "{by: bo, role: architecture, on: 2026-11-01, link: l%s}",
        "not_applicable": "{reason: r, by: bo, role: architecture, on: 2026-11-01%s}",
    }[field]

    def stated(more: str, by: str) -> Service:
        return service(**{field: f"{{G2.limits: {given % more}}}".replace("by: bo, role", f"by: {by}, role")})

    def changes_of(before: str, after: str, by: str = "bo") -> list[Change]:
        pair = ServicePair(stated(before, "bo"), stated(after, by), "services/shop.yaml")
        return [change for change in compare_manifests(pair, RULEBOOK) if change.needs_sign_off]

    [change] = changes_of(", until: 2026-11-10", "")
    assert change.message == "what bo said on G2.limits is valid without end instead of until 2026-11-10"
    assert len(changes_of(", until: 2026-11-10", ", until: 2026-12-10")) == 1
    assert changes_of("", ", until: 2026-12-10") == []
    assert changes_of(", until: 2026-11-10", ", until: 2026-11-09") == []
    assert changes_of(", until: 2026-11-10", "", by="cy") == [], "somebody else says it on the same day"


@pytest.mark.parametrize(("on", "weaker"), [("2026-10-01", 1), ("2026-11-02", 0)])
@pytest.mark.parametrize("by", ["bo", "cy"])
def test_an_older_statement_that_is_valid_for_longer_is_not_given_anew(by: str, on: str, weaker: int) -> None:
    said = "{{G2.limits: {{by: {}, role: architecture, on: {}, link: l{}}}}}"
    base = service(attestations=said.format("bo", "2026-11-01", ", until: 2026-11-10"))
    head = service(attestations=said.format(by, on, ""))
    changes = compare_manifests(ServicePair(base, head, "services/shop.yaml"), RULEBOOK)
    assert len([change for change in changes if change.needs_sign_off]) == weaker


def test_a_first_target_at_a_milestone_is_a_declaration() -> None:
    base, head = service(plan="{M0: {level: L1}}"), service(plan="{M0: {level: L1}, M1: {level: L2}}")
    [change] = compare_manifests(ServicePair(base, head, "services/shop.yaml"), RULEBOOK)
    assert (change.cause, change.blocks) == (Cause.DECLARATION, False)
    assert change.message == "M1 has the target L2; before, it had none"


def test_another_name_is_a_note() -> None:
    pair = ServicePair(
        service(WHOLE), service(WHOLE.replace("service: shop", "service: store")), "services/store.yaml"
    )
    [change] = compare_manifests(pair, RULEBOOK)
    assert (change.kind, change.id, change.message) == ("note", "store:name", "it was called shop")


def test_evidence_that_is_not_mapped_any_more_is_reported() -> None:
    head = service(WHOLE.replace("  unit_tests: reports/unit.xml\n", ""))
    [change] = compare_manifests(ServicePair(service(WHOLE), head, "services/shop.yaml"), RULEBOOK)
    assert (change.kind, change.id) == ("evidence-removed", "shop:evidence.unit_tests:removed")


def test_a_service_that_is_removed_needs_a_signature() -> None:
    change, other = service_removed(service(WHOLE)), service_removed(service(plan="{M0: {level: L1}}"))
    assert (change.service, change.cause, change.needs_sign_off) == ("shop", Cause.PLAN, True)
    assert change.id != other.id, "an approval is for this service as it was"


# The roadmap


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        ("beta ga", "beta ga", None),
        ("beta ga", "beta ga later", None),
        ("", "beta", None),
        ("beta ga", "alpha beta rc ga later", "added before ga: alpha, rc"),
        ("beta ga later", "beta later", "removed: ga"),
        ("beta ga", "ga beta", "their order is ga, beta"),
        ("beta ga later", "ga alpha later beta", "added before beta: alpha; their order is ga, later, beta"),
        ("beta ga", "beta general", "removed: ga"),
        ("beta", "ga", "removed: beta"),
    ],
)
def test_milestones_of_the_base_stay_in_their_order(base: str, head: str, expected: str | None) -> None:
    found = list(compare_roadmaps(base.split(), head.split()))
    said = [change.message.partition("; ")[2] for change in found]
    assert said == ([expected] if expected else [])
    assert all(change.blocks and change.kind is ChangeKind.PLAN_WEAKENED for change in found)


def test_a_capability_is_later_by_the_order_of_the_roadmap() -> None:
    late = service(plan="{M1: {level: L1, gates: {}, adds: [a]}, M0: {level: L1}}")
    later = service(plan="{M1: {level: L1, gates: {}}, M0: {level: L1, adds: [a]}}")
    order = roadmap("M1", "M0")
    [change] = weaker(late, later, before=order, after=order)
    assert change.message == "M1 no longer asks for capability:a"
    assert weaker(later, late, before=order, after=order) == []


# The claim


@pytest.mark.parametrize(
    ("signers", "kind", "blocks"),
    [("[owner]", ChangeKind.PLAN_WEAKENED, True), ("[]", ChangeKind.NOTE, False)],
)
def test_a_lower_claim_is_a_note_where_nobody_signs(signers: str, kind: ChangeKind, *, blocks: bool) -> None:
    book = rulebook(governance=GOVERNANCE.replace("[owner, architecture, security]", signers))
    for after in ("L1", "null"):
        pair = ServicePair(service(level="L2"), service(level=after), "services/shop.yaml")
        [change] = compare_manifests(pair, book)
        assert (change.kind, change.blocks, change.service) == (kind, blocks, "shop")
        assert change.message == f"it claims {'L0' if after == 'null' else after} instead of L2"
        assert change.where == ("services/shop.yaml", ("level",))
    raised = ServicePair(service(level="L1"), service(level="L2"), "f")
    assert list(compare_manifests(raised, book)) == []


def test_an_approval_of_one_narrowing_covers_no_other() -> None:
    """The id holds what every milestone loses, not what the first one does."""
    base = "{M0: {level: L2, gates: {G8: }}, M1: {level: L3, gates: {G8: }}}"
    mild = "{M0: {level: L2, gates: {G8: {scope: s, only: [G8.review, G8.threats]}}}, M1: {level: L3, gates: {G8: {scope: s, only: [G8.review, G8.threats]}}}}"
    severe = mild[: mild.index("M1:")] + "M1: {level: L3, gates: {G8: {scope: s, only: [G8.review]}}}}"
    ids = [
        [change.id for change in weaker(service(plan=base), service(plan=head))] for head in (mild, severe)
    ]
    assert [len(found) for found in ids] == [2, 2]
    assert ids[0][0] == ids[1][0]
    assert ids[0][1] != ids[1][1]


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ("parts: 2", "parts: 1", "accepts evidence of 1 parts instead of 2"),
        ("parts: 2", "", "accepts evidence of any number of parts instead of 2"),
        ("select: {suite: a*}", "select: {suite: b*}", "reads `unit_tests` with"),
        ("select: {suite: a*}", "", "reads `unit_tests` with"),
    ],
)
def test_a_mapping_that_says_less_of_its_tests_is_a_weakening(before: str, after: str, lost: str) -> None:
    base, head = (mapping_of(of) for of in (before, after))
    (change,) = weaker(base, head)
    assert change.id.startswith("shop:evidence.unit_tests:")
    assert f"G1.tests {lost}" in change.message


@pytest.mark.parametrize(("before", "after"), [("parts: 1", "parts: 2"), ("", "parts: 2")])
def test_a_mapping_that_says_more_is_none(before: str, after: str) -> None:
    assert weaker(mapping_of(before), mapping_of(after)) == []


def test_a_first_mapping_is_a_declaration() -> None:
    plan = "{M1: {level: L2, gates: {G1: }}}"
    assert weaker(service(plan=plan, evidence="{}"), mapping_of("select: {suite: a*}, parts: 1")) == []


def mapping_of(more: str) -> Service:
    plan = "{M1: {level: L2, gates: {G1: }}}"
    return service(plan=plan, evidence=f"{{unit_tests: {{path: unit.xml, {more}}}}}")
