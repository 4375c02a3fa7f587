"""What `next` and `can-ship` show, kept as files one can read."""

import pytest
from syrupy.assertion import SnapshotAssertion

from builders.program import AS_OF, PILOT, Kept
from builders.workspaces import ROOT, Run

PILOT_SCREENS = {
    "next-m0-exited": "next -m M0",
    "next-m1": "next -m M1",
    "next-m1-one-owner": "next -m M1 --owner team-orders",
    "next-m1-nothing-to-do": "next -m M1 --owner team-payments",
    "next-m2-forecast": "next -m M2",
    "next-m3-excepted": "next -m M3",
    "next-m4-overdue": "next -m M4",
    "check-forecast": "check -m M2 --service payments-service",
    "can-ship": "can-ship payments-service --to production",
    "can-ship-no-level": "can-ship orders-service --to staging",
    "can-ship-regression": "can-ship notifications-service --to internal",
    "can-ship-claim": "can-ship catalogue-service --to staging",
    "can-ship-other-commit": "can-ship payments-service --to production --commit 1234567",
}
# A roadmap without exit dates, many owners, and criteria that may be excepted.
ROOT_SCREENS = {
    "next-root": "next -m M1 --as-of 2026-11-20",
    "next-root-one-owner": "next -m M1 --as-of 2026-11-20 --owner team-sync",
    "can-ship-root": "can-ship sync-service --to production --as-of 2026-11-20",
}
SCREENS = {name: f"-C {PILOT} {command} {' '.join(AS_OF)}" for name, command in PILOT_SCREENS.items()}
SCREENS |= {name: f"-C {ROOT} {command}" for name, command in ROOT_SCREENS.items()}
SCREENS |= {f"help-{name}": f"{name} --help" for name in ("next", "can-ship")}


@pytest.mark.parametrize("name", SCREENS)
def test_screen(name: str, run: Run, snapshot: SnapshotAssertion) -> None:
    """It is the one that is kept, fits 80 columns and has no codes."""
    ran = run(*SCREENS[name].split())
    assert ran.err == ""
    assert snapshot(extension_class=Kept) == ran.out
    assert "\x1b" not in ran.out
    assert [line for line in ran.out.splitlines() if len(line) > 80 or line != line.rstrip()] == []


@pytest.mark.parametrize("name", ["next-m1", "next-m3-excepted", "can-ship-no-level"])
def test_other_widths_say_the_same(name: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = run(*SCREENS[name].split()).out
    for columns in (72, 120):
        monkeypatch.setenv("COLUMNS", str(columns))
        out = run(*SCREENS[name].split()).out
        assert max(map(len, out.splitlines())) <= columns
        assert out.split() == usual.split()
