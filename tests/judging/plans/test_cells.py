"""A plan, resolved: what carries over, what ends, and what stays."""

from builders.judging import L4, RULEBOOK, service
from gatekeeper.judging.plans.cells import cell_for_level, cells_until, resolve

PLAN = """
M0: {level: L2, gates: {G1: core, G8: {scope: PCI, effect: demands}}}
M1: {level: L2, adds: [refunds]}
M2: {level: L3}
M3: {level: L4, gates: {G1: , G8: {scope: JWS, effect: demands}, G7: }}
M10: {level: L4, gates: {G1: }}
"""
SCALE = RULEBOOK.scale
CELLS = resolve(service(plan=PLAN), SCALE)


def test_cells_come_in_the_order_of_the_roadmap() -> None:
    assert list(CELLS) == ["M0", "M1", "M2", "M3", "M10"]


def test_gates_and_the_words_of_their_scope_carry_over() -> None:
    for milestone in ("M0", "M1", "M2"):
        scope = CELLS[milestone].gates["G1"]
        assert scope
        assert scope.scope == "core"
    assert list(CELLS["M3"].gates) == ["G1", "G8", "G7"]


def test_a_narrowing_ends_at_the_first_cell_with_a_higher_level() -> None:
    assert [milestone for milestone, cell in CELLS.items() if "G1" in cell.narrowing] == ["M0", "M1"]


def test_a_demand_stays_while_its_gate_is_listed_and_others_join_it() -> None:
    demands = {milestone: cell.demands.get("G8") for milestone, cell in CELLS.items()}
    assert demands == {"M0": ("PCI",), "M1": ("PCI",), "M2": ("PCI",), "M3": ("PCI", "JWS"), "M10": None}


def test_capabilities_belong_to_their_cell_alone() -> None:
    assert [[added.id for added in cell.adds] for cell in CELLS.values()] == [
        [], ["capability:refunds"], [], [], [],
    ]  # fmt: skip


def test_a_level_is_decided_by_the_earliest_cell_that_targets_it_or_more() -> None:
    cells = list(CELLS.values())
    assert [cell_for_level(cells, level).milestone for level in list(SCALE.values())[1:]] == [
        "M0",
        "M0",
        "M2",
        "M3",
    ]
    assert cell_for_level(cells[:2], L4).milestone == "M1"


def test_cells_until_a_milestone_include_it() -> None:
    assert [cell.milestone for cell in cells_until(CELLS, "M2")] == ["M0", "M1", "M2"]


def test_a_capability_s_slug_keeps_letters_of_any_script() -> None:
    plan = "M0: {level: L1, gates: {}, adds: ['360° optional', 'PDF→course (ünïcode)']}"
    [cell] = resolve(service(plan=plan), SCALE).values()
    assert [added.id for added in cell.adds] == ["capability:360-optional", "capability:pdf-course-ünïcode"]


def test_a_narrowing_that_has_ended_does_not_come_back_when_the_level_falls() -> None:
    cells = resolve(
        service(plan="{M0: {level: L2, gates: {G1: core}}, M1: {level: L3}, M2: {level: L2}}"), SCALE
    )
    assert [milestone for milestone, cell in cells.items() if "G1" in cell.narrowing] == ["M0"]


def test_gates_listed_anew_narrow_anew_at_their_own_level() -> None:
    plan = "{M0: {level: L2, gates: {G1: }}, M1: {level: L3, gates: {G1: core}}, M2: {level: L3}, M3: {level: L4}}"
    cells = resolve(service(plan=plan), SCALE)
    assert [milestone for milestone, cell in cells.items() if "G1" in cell.narrowing] == ["M1", "M2"]


def test_a_demand_narrows_nothing() -> None:
    assert not any("G8" in cell.narrowing for cell in CELLS.values())
