"""What a level means for a service must not be lowered by another cell of its plan."""

import pytest

from builders.judging import AS_OF, GATES, RULEBOOK, STANZA, roadmap, rulebook, service
from gatekeeper.judging.changes.level_meaning import PlanContext, compare_meanings
from gatekeeper.judging.changes.plan_weakenings import ServicePair
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook

BASE = "{M1: {level: L2, gates: {G1: , G8: }}, M2: {level: L3, gates: {G1: , G7: , G8: }}}"


def lost(
    base: str,
    head: str,
    book: Rulebook = RULEBOOK,
    milestones: Roadmap | None = None,
    name: str = "shop",
    labels: str = "[residency]",
) -> dict[str, str]:
    """Return the message for each level of which something was lost."""
    order = milestones or roadmap("M0", "M1", "M2", "M3")
    pair = ServicePair(
        service(plan=base, labels="[residency]"), service(service=name, plan=head, labels=labels), "f"
    )
    contexts = PlanContext(order, AS_OF), PlanContext(order, AS_OF)
    found = list(compare_meanings(pair, book, *contexts))
    assert all(change.blocks and change.service == name for change in found)
    return {change.id.split(":")[1]: change.message for change in found}


def test_the_same_plan_means_the_same() -> None:
    assert lost(BASE, BASE) == {}


@pytest.mark.parametrize(
    ("head", "levels"),
    [
        ("{M0: {level: L3, gates: {}}, M1: {level: L2, gates: {G1: , G8: }}, M2: {level: L3, gates: {G1: , G7: , G8: }}}", ["level.L2", "level.L3"]),
        ("{M1: {level: L3, gates: {G1: , G8: }}, M2: {level: L3, gates: {G1: , G7: , G8: }}}", ["level.L3"]),
        ("{M0: {level: L2, gates: {G1: }}, M1: {level: L2, gates: {G1: , G8: }}, M2: {level: L3, gates: {G1: , G7: , G8: }}}", ["level.L2"]),
    ],
)  # fmt: skip
def test_a_cell_that_defines_a_level_with_less_is_a_weakening(head: str, levels: list[str]) -> None:
    found = lost(BASE, head)
    assert list(found) == levels
    assert "another cell of the plan defines it" in found[levels[0]]


def test_more_asked_by_another_cell_is_none() -> None:
    assert lost(BASE, "{M0: {level: L2, gates: {G1: , G7: , G8: }}, " + BASE[1:]) == {}


def test_what_a_later_cell_adds_is_none() -> None:
    assert lost(BASE, BASE[:-1] + ", M3: {level: L4, gates: {G1: , G2: , G7: , G8: }}}") == {}


def test_a_dropped_gate_and_a_narrower_scope_are_reported_elsewhere() -> None:
    assert lost(BASE, BASE.replace("G7: , ", "")) == {}
    assert lost(BASE, BASE.replace("{G1: , G8: }", "{G1: {scope: s, only: [G1.tests]}, G8: }")) == {}


def test_a_dropped_label_is_reported_elsewhere() -> None:
    assert lost(BASE, BASE, labels="[]") == {}


def test_a_rename_into_an_exemption_is_a_weakening() -> None:
    gate = (
        GATES["G8"]
        + f"  - {{id: G8.spared, question: q, attested_by: security, applies_when: {{except_services: [spared]}}, {STANZA}}}\n"
    )
    book = rulebook(gates=GATES | {"G8": gate})
    assert list(lost(BASE, BASE, book, name="spared")) == ["level.L2", "level.L3"]


def test_an_exclusive_criterion_ends_when_the_plan_moves_on() -> None:
    base = "{M0: {level: L1, gates: {}}, M1: {level: L2, gates: {G1: }}}"
    assert lost(base, "{M0: {level: L2, gates: {G1: }}, M1: {level: L2}}") == {}


def test_a_note_in_another_cell_hides_nothing() -> None:
    raised = BASE.replace("M1: {level: L2, gates: {G1: , G8: }}", "M1: {level: L3, gates: {G1: , G8: }}")
    noted = raised.replace("G7: ,", "G7: {scope: all of it},")
    assert list(lost(BASE, noted)) == ["level.L3"]


def test_another_cell_that_reads_less_is_a_weakening() -> None:
    base = "{M1: {level: L2, gates: {G2: {scope: s, paths: [/a]}}}, M2: {level: L3, gates: {G2: }}}"
    raised = base.replace("M1: {level: L2", "M1: {level: L3")
    assert list(lost(base, raised)) == ["level.L3"]
    assert lost(base, base.replace("M2: {level: L3", "M2: {level: L2")) == {}
