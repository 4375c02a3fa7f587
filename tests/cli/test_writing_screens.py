"""What people see of the commands that write, kept as files one can read; each runs on a pilot of its own."""

import re
import shlex
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from builders.program import AS_OF, Kept
from builders.workspaces import Run, copy_of_pilot

ELI = "--by eli --role security --link https://example.org/7"
RISK = "--risk 'no restore was rehearsed' --approved-by dana --link https://example.org/r"
SCREENS = {
    "sign": "sign catalogue-service L2 --role architecture --by dana",
    "sign-dry-run": "sign catalogue-service L2 --role architecture --by dana --dry-run",
    "sign-instead": "sign catalogue-service L2 --role owner --by cy --on 2026-11-20",
    "sign-not-verified": "sign orders-service L2 --role owner --by ada",
    "sign-below": "sign payments-service L1 --role owner --by bo",
    "attest-passes": "attest orders-service capability:split-deliveries --by ada --role owner --link https://example.org/7",
    "attest-not-asked": f"attest orders-service G8.review {ELI}",
    "attest-instead": f"attest orders-service L2.tenant-isolation {ELI}",
    "attest-remove": "attest --remove orders-service G8.isolation",
    "except-open": f"except open payments-service {RISK} -m M3 --delta L4.dr-drill",
    "except-close": "except close RR-1",
    "except-list-early": "except list",
    "except-list-in-force": "except list -m M3",
    "except-list-overdue": "except list -m M4",
} | {f"help-{name.replace(' ', '-')}": f"{name} --help" for name in ("sign", "attest", "except", "except open", "except close", "except list")}  # fmt: skip


@pytest.mark.parametrize("name", SCREENS)
def test_screen(
    name: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    pilot = copy_of_pilot(tmp_path / "repository")
    if name == "except-open":
        # Then the drill is open, and may be excepted.
        (pilot / "services/payments-service/dr-drill.md").unlink()
    monkeypatch.chdir(pilot)
    command = shlex.split(SCREENS[name])
    ran = run(*command, *(() if "--help" in command else AS_OF))
    assert ran.err == ""
    # The digest changes with every word of the rulebook.
    assert snapshot(extension_class=Kept) == re.sub(r"sha256:\w{12}", "sha256:0123456789ab", ran.out)
    assert max(map(len, ran.out.splitlines())) <= 80
    assert all(line == line.rstrip() for line in ran.out.splitlines())
