"""The matrix and the exit summary follow from the plan."""

from builders.judging import L1, L2, L3, RULEBOOK, service
from gatekeeper.judging.plans.matrix import matrix, summary

SHOP = service(plan="{M0: {level: L1, gates: {G1: core}}, M2: {level: L2, adds: [a]}}")
OTHER = service(service="other", plan="{M2: {level: L3, gates: {}}}")


def test_the_matrix_has_every_cell_with_gates_carried_over() -> None:
    rows = matrix([SHOP, OTHER], RULEBOOK.scale)
    assert {name: list(cells) for name, cells in rows.items()} == {"shop": ["M0", "M2"], "other": ["M2"]}
    assert list(rows["shop"]["M2"].gates) == ["G1"]


def test_the_summary_has_every_service_in_scope() -> None:
    assert summary([SHOP, OTHER], RULEBOOK.scale, ["M0", "M1", "M2"]) == {
        "M0": {"shop": L1},
        "M1": {},
        "M2": {"shop": L2, "other": L3},
    }
