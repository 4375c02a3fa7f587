"""The matrix of a long roadmap is split into tables, and loses nothing."""

from datetime import date

import pytest

from builders.judging import L1, L2, RULEBOOK, roadmap, service
from gatekeeper.judging.plans.matrix import matrix
from gatekeeper.model.screen import Screen
from gatekeeper.reporters.text.screen import draw
from gatekeeper.reporters.views.matrix import Matrix, parts

MILESTONES = tuple(f"2027-{month:02}-{day:02}" for month in range(1, 11) for day in (1, 11, 21))


@pytest.mark.parametrize("width", [40, 60, 80, 200, 1000])
def test_every_milestone_and_every_service_is_shown_whole(width: int) -> None:
    plan = "{" + ", ".join(f"'{name}': {{level: L2, gates: {{}}}}" for name in MILESTONES) + "}"
    services = [service(service=name, plan=plan) for name in ("checkout", "search")]
    rows = matrix(services, RULEBOOK.scale)
    shown = Matrix(rows, {"checkout": L2, "search": L1}, roadmap(*MILESTONES), RULEBOOK, date(2026, 11, 20))
    screen = Screen(width=width)
    tables = draw(parts(shown, screen), screen).split("* reached")[0].strip("\n").split("\n\n")
    headers = [name for table in tables for name in table.splitlines()[0].split()[1:-1]]
    assert headers == list(MILESTONES)
    for table in tables:
        assert all(len(line) <= width for line in table.splitlines())
        assert [line.split()[0] for line in table.splitlines()[2:]] == ["checkout", "search"]
