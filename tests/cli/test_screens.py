"""What people see, kept as files one can read: `pytest --snapshot-update` writes them anew after a change."""

import re

import pytest
from syrupy.assertion import SnapshotAssertion

import gatekeeper
from builders.program import ANSI, AS_OF, PILOT, Kept
from builders.workspaces import ROOT, Run
from gatekeeper.model.screen import Screen

PILOT_SCREENS = {
    "check-m0-ready": "check -m M0",
    "check-m1-blocked": "check -m M1",
    "check-m2-blocked": "check -m M2",
    "check-m3-excepted": "check -m M3",
    "check-m3-strict": "check -m M3 --strict",
    "check-m4-overdue": "check -m M4",
    "check-default-milestone": "check",
    "check-one-service": "check -m M1 --service orders-service",
    "check-one-owner": "check -m M1 --owner team-payments",
    "check-one-gate": "check -m M1 --details --gate G7",
    "check-details": "check -m M1 --details",
    "check-fail-on-regression": "check -m M1 --fail-on regression",
    "check-nothing-lost": "check -m M1 --fail-on regression --service orders-service",
    "explain-a-failure": "explain G1.coverage -m M1 --service orders-service",
    "explain-an-attestation": "explain G8.review -m M3 --service payments-service",
    "explain-an-exception": "explain L4.chaos -m M3 --service payments-service",
    "explain-a-waiver": "explain G8.tenant-keys -m M2",
    "explain-a-capability": "explain capability:instalments -m M3",
    "obligations-of-one-service": "obligations orders-service -m M1",
    "obligations-of-a-level": "obligations --level L1",
    "explain-everywhere": "explain L2.use-cases -m M1",
}
OTHER_SCREENS = {
    "root-check-m0": "check -m M0 --as-of 2026-11-20",
    "root-check-m3": "check -m M3 --as-of 2026-11-20",
    "root-matrix": "matrix --as-of 2026-11-20",
    "root-summary": "summary",
    "root-audit": "audit",
    "root-explain-unmapped": "explain G5.no-sdk -m M0 --as-of 2026-11-20",
    "pilot-matrix": "-C examples/pilot matrix --as-of 2026-11-20",
    "pilot-matrix-markdown": "-C examples/pilot matrix --as-of 2026-11-20 --format markdown",
    "facts-tests": "-C examples/pilot facts tests services/orders-service/reports/domain.xml",
    "facts-coverage": "-C examples/pilot facts coverage services/orders-service/reports/lcov.info --include **/domain/**",
    "facts-load-test": "-C examples/pilot facts load_test services/orders-service/reports/k6-peak.json",
    "facts-document": "-C examples/pilot facts document services/payments-service/threat-model.md",
    "facts-json": "-C examples/pilot facts json services/orders-service/reports/k6-peak.json --select p95=metrics.http_req_duration.values",
    "facts-unreadable": "-C examples/pilot facts tests services/notifications-service/reports/use-cases.xml",
    "help": "--help",
} | {f"help-{name}": f"{name} --help" for name in ("check", "explain", "matrix", "summary", "audit", "validate", "schema", "init", "facts")}  # fmt: skip

# A figure of a toy load differs from run to run of the tool that makes it, not from run to run of this test.
SCREENS = {name: f"-C examples/pilot {command} {' '.join(AS_OF)}" for name, command in PILOT_SCREENS.items()}
SCREENS |= OTHER_SCREENS


@pytest.mark.parametrize("name", SCREENS)
def test_screen(name: str, run: Run, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the one that is kept, fits 80 columns and has no codes."""
    # Some screens name the folder, which differs from machine to machine.
    monkeypatch.chdir(ROOT if name.startswith("root-") else PILOT.parents[1])
    ran = run(*SCREENS[name].split())
    assert ran.err == ""
    assert snapshot(extension_class=Kept) == ran.out
    assert "\x1b" not in ran.out
    # Only a JSON schema or a name longer than the screen may stand out; there is none among these.
    wide = [line for line in ran.out.splitlines() if len(line) > 80]
    assert wide == [] or name.endswith("markdown")
    assert [line for line in ran.out.splitlines() if line != line.rstrip()] == []


@pytest.mark.parametrize("columns", [60, 120, 200])
@pytest.mark.parametrize(
    "name",
    ["root-check-m3", "check-m1-blocked", "check-m2-blocked", "root-matrix", "pilot-matrix", "root-summary"],
)
def test_a_screen_at_other_widths(
    name: str, columns: int, run: Run, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT if name.startswith("root-") else PILOT.parents[1])
    monkeypatch.setenv("COLUMNS", str(columns))
    out = run(*SCREENS[name].split()).out
    assert snapshot(extension_class=Kept) == out
    assert max(map(len, out.splitlines())) <= columns


@pytest.mark.parametrize("columns", [40, 60, 120])
def test_details_fit_other_widths(columns: int, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    out = run("-C", PILOT, "check", "-m", "M1", "--details", *AS_OF).out
    to_copy = [line for line in out.splitlines() if line.startswith("all 6 actions: ")]
    assert len(to_copy) == 1
    assert max(len(line) for line in out.splitlines() if line not in to_copy) <= columns
    assert "M1 (Internal preview) is blocked by 3 of 4 services." in " ".join(out.split())


def test_nineteen_blocked_services_fit_a_screen(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict comes first, no sentence occurs twice, and nobody has to scroll for what to do."""
    monkeypatch.chdir(ROOT)
    lines = run("check", "--milestone", "M3", *AS_OF).out.splitlines()
    assert len(lines) <= 28
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("✗ M3 is blocked by 19 of 19 services.   0 of ")
    sentences = [
        text for line in lines for text in re.split(r"\s{2,}|: ", line) if len(re.findall("[a-z]+", text)) > 2
    ]
    assert len(sentences) > 5
    assert len(sentences) == len(set(sentences))
    assert sum(line.startswith("✗ ") for line in lines) == 1 + 19
    assert lines[-1] == "all 50 actions: gatekeeper next -m M3   one service: check -m M3 -s NAME"


def test_ascii_has_the_same_lines_in_other_signs(snapshot: SnapshotAssertion) -> None:
    verdict = gatekeeper.open(PILOT).judge("M2", as_of="2026-11-20")
    usual, plain = (verdict.render(screen=Screen(80, unicode=unicode)) for unicode in (True, False))
    assert snapshot(extension_class=Kept) == plain
    assert plain.isascii()
    assert len(plain.splitlines()) == len(usual.splitlines())
    grid = [line for line in plain.splitlines() if "->" in line or line.startswith("  service")]
    assert len({line.rindex(" ") - len(line) for line in grid}) <= 3
    assert len(grid) == 1 + 5


@pytest.mark.parametrize(
    ("order", "services"),
    [
        ("harm", "notifications catalogue basket ledger payments"),
        ("name", "basket catalogue ledger notifications payments"),
        ("owner", "basket catalogue ledger notifications payments"),
        ("progress", "ledger payments notifications catalogue basket"),
    ],
)
def test_services_in_order(order: str, services: str, run: Run) -> None:
    out = run("-C", PILOT, "check", "-m", "M2", *AS_OF, "--sort", order).out
    rows = re.findall(r"^. (\S+)-service .*→", out, re.MULTILINE)
    assert rows == services.split()


def test_an_unknown_order(run: Run) -> None:
    ran = run("-C", PILOT, "check", "--sort", "harms")
    assert (ran.code, ran.out) == (2, "")
    assert "unknown --sort 'harms'; did you mean 'harm'?" in ran.err


def test_colour_only_repeats_what_signs_say(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = run("-C", PILOT, "check", "-m", "M1", *AS_OF).out
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    coloured = run("-C", PILOT, "check", "-m", "M1", *AS_OF).out
    monkeypatch.setenv("NO_COLOR", "1")
    refused = run("-C", PILOT, "check", "-m", "M1", *AS_OF).out
    assert "\x1b[" in coloured
    assert [line.rstrip() for line in ANSI.sub("", coloured).splitlines()] == plain.splitlines()
    assert refused == plain
