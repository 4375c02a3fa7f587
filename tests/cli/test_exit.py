"""`gatekeeper exit`: an exit is recorded with the digests of its verdict, listed, and withdrawn by a further record."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders.workspaces import Run, copy_of_pilot, copy_of_whole_pilot, edit

GOVERNANCE = "governance.yaml"
DANA = ("--by", "dana")


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return copy_of_pilot(tmp_path)


def exit_(run: Run, pilot: Path, *arguments: str, on: str = "2026-11-20") -> Any:
    return run("-C", pilot, "exit", *arguments, "--as-of", on)


def records(run: Run, pilot: Path, milestone: str) -> list[dict[str, Any]]:
    ran = run("-C", pilot, "exit", milestone, "--list", "--format", "json")
    found: list[dict[str, Any]] = json.loads(ran.out)["exits"]
    return found


def test_an_exit_is_recorded_with_verdict_and_digests(run: Run, pilot: Path) -> None:
    before = (pilot / "milestones/M3.yaml").read_text("utf-8")
    ran = exit_(run, pilot, "M3", *DANA)
    assert (ran.code, ran.err) == (0, "")
    assert "✓ M3 exited, by dana, 2026-11-20: milestones/M3.yaml:5" in " ".join(ran.out.split())
    [record] = records(run, pilot, "M3")
    judged = json.loads(run("-C", pilot, "check", "-m", "M3", "-f", "json", "--as-of", "2026-11-20").out)
    assert (record["on"], record["by"], record["counts"]) == ("2026-11-20", "dana", True)
    assert (record["verdict"], record["rulebook"]) == (judged["verdict"], judged["rulebook_digest"])
    assert record["evidence"].startswith("sha256:")
    assert (pilot / "milestones/M3.yaml").read_text("utf-8").startswith(before.rstrip())
    assert run("-C", pilot, "validate").code == 0


def test_other_evidence_has_another_digest(run: Run, pilot: Path) -> None:
    exit_(run, pilot, "M3", *DANA)
    plan = pilot / "services/payments-service/capacity-plan.md"
    plan.write_text(plan.read_text("utf-8") + "\nMore.\n", "utf-8")
    exit_(run, pilot, "M3", *DANA, "--withdraw", "the plan has changed", on="2026-11-21")
    exit_(run, pilot, "M3", *DANA, on="2026-11-22")
    first, _, last = records(run, pilot, "M3")
    assert first["evidence"] != last["evidence"]
    assert first["rulebook"] == last["rulebook"]


def test_a_record_is_withdrawn_by_a_further_one_of_a_later_day(run: Run, pilot: Path) -> None:
    exit_(run, pilot, "M3", *DANA)
    same_day = exit_(run, pilot, "M3", *DANA, "--withdraw", "signed in error")
    assert same_day.err == "M3 has a record of 2026-11-20 already: date the next one later\n"
    ran = exit_(run, pilot, "M3", "--by", "eli", "--withdraw", "signed in error", on="2026-11-21")
    assert (ran.code, ran.err) == (0, "")
    first, last = records(run, pilot, "M3")
    assert (first["by"], first["verdict"], first["counts"]) == ("dana", "ready_with_exceptions", True)
    assert (last["by"], last["withdrawn"], last["counts"]) == ("eli", "signed in error", False)
    assert "✓ M3" not in run("-C", pilot, "exit", "--list").out
    again = exit_(run, pilot, "M3", *DANA, "--withdraw", "twice", on="2026-11-22")
    assert again.err == "M3 has no exit to withdraw\n"
    assert "unknown milestone 'M9'" in run("-C", pilot, "exit", "M9", "--list").err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("M3", "--by", "dan"), "the record would not count: dan is not on the roster; did you mean 'dana'?"),
        (("M0", *DANA), "M0 exited on 2026-10-30: withdraw that record first"),
        (("M3", *DANA, "--withdraw", "x"), "M3 has no exit to withdraw"),
        (("M1", *DANA, "--override", "x"), "governance does not allow an exit of a blocked milestone"),
        (("M3", *DANA, "--on", "2026-11-22"), "--on 2026-11-22 is in the future"),
        (("M9", *DANA), "unknown milestone 'M9'"),
        (("M3",), "name who decides: --by NAME; or --list the records"),
        (("M3", *DANA, "--override", "x", "--withdraw", "y"), "exclude each other"),
    ],
)
def test_what_would_not_count_is_refused(
    run: Run, pilot: Path, arguments: tuple[str, ...], told: str
) -> None:
    before = {file: file.read_bytes() for file in (pilot / "milestones").glob("*.yaml")}
    ran = exit_(run, pilot, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert before == {file: file.read_bytes() for file in (pilot / "milestones").glob("*.yaml")}


def test_a_blocked_milestone_does_not_exit(run: Run, pilot: Path) -> None:
    before = (pilot / "milestones/M1.yaml").read_bytes()
    ran = exit_(run, pilot, "M1", *DANA)
    blockers = "catalogue-service, notifications-service, orders-service"
    assert (ran.code, ran.err) == (1, f"M1 is blocked by {blockers}; nothing was written\n")
    assert (pilot / "milestones/M1.yaml").read_bytes() == before


def test_governance_may_name_the_role_that_records_exits(run: Run, pilot: Path) -> None:
    edit(pilot / GOVERNANCE, "weakening_sign_off:", "exit_role: security\nweakening_sign_off:")
    assert "dana does not hold the role security" in exit_(run, pilot, "M3", *DANA).err
    assert exit_(run, pilot, "M3", "--by", "eli").code == 0


def test_an_overridden_exit_is_shown_and_does_not_count(run: Run, pilot: Path) -> None:
    edit(pilot / GOVERNANCE, "weakening_sign_off:", "break_glass: true\nweakening_sign_off:")
    assert "M3 is not blocked: leave --override out" in exit_(run, pilot, "M3", *DANA, "--override", "x").err
    ran = exit_(run, pilot, "M1", *DANA, "--override", "the fair starts")
    assert "M1 exited (overridden), by dana, 2026-11-20" in " ".join(ran.out.split())
    assert "M1 Internal preview exited (overridden)" in " ".join(
        run("-C", pilot, "exit", "--list").out.split()
    )
    [record] = records(run, pilot, "M1")
    assert (record["verdict"], record["override"], record["counts"]) == ("blocked", "the fair starts", False)
    shown = run("-C", pilot, "check", "--as-of", "2026-11-20").out
    assert shown.startswith("M1 Internal preview")
    assert "exited (overridden) on 2026-11-20 by dana" in " ".join(shown.split())
    document = json.loads(run("-C", pilot, "check", "-f", "json", "--as-of", "2026-11-20").out)
    assert document["exited"] == {"on": "2026-11-20", "by": "dana", "state": "exited (overridden)"}
    assert document["verdict"] == "blocked"


def test_after_the_last_exit_signed_levels_are_still_guarded(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_whole_pilot(tmp_path)
    for milestone in ("M1", "M2", "M3", "M4"):
        with (pilot / f"milestones/{milestone}.yaml").open("a", encoding="utf-8") as file:
            file.write("exited: {on: 2026-11-01, by: dana}\n")
    plain = run("-C", pilot, "check", "--as-of", "2026-11-20")
    assert (plain.code, "every milestone has exited" in plain.err) == (2, True)
    guard = ("check", "--fail-on", "regression", "--format", "json", "--as-of", "2026-11-20")
    ran = run("-C", pilot, *guard)
    judged = {of["service"]: of for of in json.loads(ran.out)["services"]}
    assert (ran.code, len(judged)) == (1, 6)
    assert "regression" in [reason["code"] for reason in judged["notifications-service"]["reasons"]]
    alone = run("-C", pilot, *guard, "--service", "ledger-service")
    assert alone.code == 0
