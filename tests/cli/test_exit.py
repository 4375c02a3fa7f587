"""`gatekeeper exit`: an exit is recorded with the digests of its verdict, listed, and withdrawn by a further record."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders.repositories import commit, git
from builders.workspaces import Run, copy_of_pilot, copy_of_whole_pilot, edit

GOVERNANCE = "governance.yaml"
DANA = ("--by", "dana")


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return copy_of_pilot(tmp_path)


@pytest.fixture
def at_m3(pilot: Path) -> Path:
    """Return the pilot at M3: every earlier milestone has exited."""
    for milestone in ("M1", "M2"):
        with (pilot / f"milestones/{milestone}.yaml").open("a", encoding="utf-8") as file:
            file.write("exited: {on: 2026-11-01, by: dana}\n")
    return pilot


def exit_(run: Run, pilot: Path, *arguments: str, on: str = "2026-11-20") -> Any:
    return run("-C", pilot, "exit", *arguments, "--as-of", on)


def records(run: Run, pilot: Path, milestone: str) -> list[dict[str, Any]]:
    ran = run("-C", pilot, "exit", milestone, "--list", "--format", "json")
    found: list[dict[str, Any]] = json.loads(ran.out)["exits"]
    return found


def test_an_exit_is_recorded_with_verdict_and_digests(run: Run, at_m3: Path) -> None:
    before = (at_m3 / "milestones/M3.yaml").read_text("utf-8")
    ran = exit_(run, at_m3, "M3", *DANA)
    assert (ran.code, ran.err) == (0, "")
    assert "✓ M3 exited, by dana, 2026-11-20: milestones/M3.yaml:5" in " ".join(ran.out.split())
    [record] = records(run, at_m3, "M3")
    judged = json.loads(run("-C", at_m3, "check", "-m", "M3", "-f", "json", "--as-of", "2026-11-20").out)
    assert (record["on"], record["by"], record["counts"]) == ("2026-11-20", "dana", True)
    assert (record["verdict"], record["rulebook"]) == (judged["verdict"], judged["rulebook_digest"])
    assert record["evidence"].startswith("sha256:")
    assert (at_m3 / "milestones/M3.yaml").read_text("utf-8").startswith(before.rstrip())
    assert run("-C", at_m3, "validate").code == 0


def test_other_evidence_has_another_digest(run: Run, at_m3: Path) -> None:
    exit_(run, at_m3, "M3", *DANA)
    plan = at_m3 / "services/payments-service/capacity-plan.md"
    plan.write_text(plan.read_text("utf-8") + "\nMore.\n", "utf-8")
    exit_(run, at_m3, "M3", *DANA, "--withdraw", "the plan has changed", on="2026-11-21")
    exit_(run, at_m3, "M3", *DANA, on="2026-11-22")
    first, _, last = records(run, at_m3, "M3")
    assert first["evidence"] != last["evidence"]
    assert first["rulebook"] == last["rulebook"]


def test_a_record_is_withdrawn_by_a_further_one_of_a_later_day(run: Run, at_m3: Path) -> None:
    exit_(run, at_m3, "M3", *DANA)
    same_day = exit_(run, at_m3, "M3", *DANA, "--withdraw", "signed in error")
    assert same_day.err == "M3 has a record of 2026-11-20 already: date the next one later\n"
    ran = exit_(run, at_m3, "M3", "--by", "eli", "--withdraw", "signed in error", on="2026-11-21")
    assert (ran.code, ran.err) == (0, "")
    first, last = records(run, at_m3, "M3")
    assert (first["by"], first["verdict"], first["counts"]) == ("dana", "ready_with_exceptions", True)
    assert (last["by"], last["withdrawn"], last["counts"]) == ("eli", "signed in error", False)
    assert "✓ M3" not in run("-C", at_m3, "exit", "--list", "--as-of", "2026-11-22").out
    again = exit_(run, at_m3, "M3", *DANA, "--withdraw", "twice", on="2026-11-22")
    assert again.err == "M3 has no exit to withdraw\n"
    assert "unknown milestone 'M9'" in run("-C", at_m3, "exit", "M9", "--list").err


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
    steps = "`gatekeeper next --milestone M1` shows what to do"
    assert (ran.code, ran.err) == (1, f"M1 is blocked by {blockers}; nothing was written; {steps}\n")
    assert (pilot / "milestones/M1.yaml").read_bytes() == before


def test_governance_may_name_the_role_that_records_exits(run: Run, at_m3: Path) -> None:
    edit(at_m3 / GOVERNANCE, "weakening_sign_off:", "exit_role: security\nweakening_sign_off:")
    assert "dana does not hold the role security" in exit_(run, at_m3, "M3", *DANA).err
    assert exit_(run, at_m3, "M3", "--by", "eli").code == 0


def test_an_overridden_exit_is_shown_and_does_not_count(run: Run, pilot: Path) -> None:
    edit(pilot / GOVERNANCE, "weakening_sign_off:", "break_glass: true\nweakening_sign_off:")
    assert "M3 is not blocked: leave --override out" in exit_(run, pilot, "M3", *DANA, "--override", "x").err
    ran = exit_(run, pilot, "M1", *DANA, "--override", "the fair starts")
    assert "M1 exited (overridden), by dana, 2026-11-20" in " ".join(ran.out.split())
    assert "M1 Internal preview exited (overridden)" in " ".join(
        run("-C", pilot, "exit", "--list", "--as-of", "2026-11-20").out.split()
    )
    [record] = records(run, pilot, "M1")
    assert (record["verdict"], record["override"], record["counts"]) == ("blocked", "the fair starts", False)
    shown = run("-C", pilot, "check", "--as-of", "2026-11-20").out
    assert shown.startswith("✗ M1 (Internal preview)")
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


# Days and order


def test_a_milestone_may_not_be_skipped(run: Run, pilot: Path) -> None:
    ran = exit_(run, pilot, "M3", *DANA)
    pending = "M1 comes before M3 and has not exited: record its exit first, `gatekeeper exit M1`"
    assert (ran.code, ran.err) == (2, f"{pending}; nothing was written\n")
    with (pilot / "milestones/M3.yaml").open("a", encoding="utf-8") as file:
        file.write("exited: {on: 2026-11-01, by: somebody-of-old}\n")
    assert run("-C", pilot, "validate").code == 0, "an old record is history"
    assert run("-C", pilot, "check", "--as-of", "2026-11-20").out.startswith("✗ M1 ")


def test_after_an_override_the_next_milestone_may_exit(run: Run, at_m3: Path) -> None:
    edit(at_m3 / "milestones/M1.yaml", "by: dana}", "by: dana, override: the fair starts}")
    assert exit_(run, at_m3, "M3", *DANA).code == 0


def test_an_exit_counts_from_its_own_day_on(run: Run, pilot: Path) -> None:
    with (pilot / "milestones/M1.yaml").open("a", encoding="utf-8") as file:
        file.write("exited: {on: 2026-11-25, by: dana}\n")

    def on(day: str, *command: str) -> str:
        return str(run("-C", pilot, *command, "--as-of", day).out)

    assert on("2026-11-24", "check").startswith("✗ M1 ")
    assert on("2026-11-25", "check").startswith(("✗ M2", "✓ M2"))
    assert "M1 Internal preview has not exited" in " ".join(on("2026-11-24", "exit", "--list").split())
    assert "M1 Internal preview exited" in " ".join(on("2026-11-25", "exit", "--list").split())
    for format_ in ("html", "markdown"):
        report = ("report", "-m", "M1", "--format", format_)
        assert "exited on 2026-11-25" not in on("2026-11-24", *report).casefold()
        assert "exited on 2026-11-25" in on("2026-11-25", *report).casefold()


@pytest.mark.parametrize(
    ("command", "of_unknown", "of_tomorrow"),
    [
        ("exit M3", "zoe is not on the roster", "is in the future"),
        ("sign catalogue-service L2 --role security", "zoe is not on the roster", "is in the future"),
        (
            "attest orders-service capability:split-deliveries --role owner --link https://example.org",
            "zoe is not on the roster",
            "is in the future",
        ),
    ],
)
def test_statements_of_unknown_people_and_future_days_are_refused_alike(
    run: Run, at_m3: Path, command: str, of_unknown: str, of_tomorrow: str
) -> None:
    ran = run("-C", at_m3, *command.split(), "--by", "zoe", "--as-of", "2026-11-20")
    assert (ran.code, of_unknown in ran.err) == (2, True)
    ran = run("-C", at_m3, *command.split(), *DANA, "--on", "2026-11-21", "--as-of", "2026-11-20")
    assert (ran.code, of_tomorrow in ran.err) == (2, True)


# A record in the same change as a rule


def test_a_record_made_by_the_rules_of_its_own_change_counts(run: Run, at_m3: Path) -> None:
    root = at_m3.parents[1]
    (root / ".git").rmdir()
    git(root, "init", "-q")
    commit(root, "before")
    _ask_for_a_drill_at_l1(root / "gates/levels.yaml")
    edit(at_m3 / "services/payments-service.yaml", "  dr_drill:", "  drill: dr-drill.md\n  dr_drill:")
    assert exit_(run, at_m3, "M3", *DANA).code == 0
    of_exit = _exit_in_diff(run, at_m3)
    assert (of_exit["blocks"], of_exit["message"]) == (False, "dana recorded the exit of M3 on 2026-11-20")
    edit(root / "gates/levels.yaml", "question: Was it drilled?", "question: Was it drilled well?")
    assert "lacks the digests" in _exit_in_diff(run, at_m3)["message"]


def _ask_for_a_drill_at_l1(levels: Path) -> None:
    edit(levels, "slots:\n", "slots:\n  drill: {kind: document, about: a drill}\n")
    rule = (
        "      - {id: L1.drill, question: Was it drilled?, why: w, remedy: Drill it., effort: small,\n"
        "         requires: {drill.sections: {empty: false}}}\n"
    )
    edit(levels, "      - id: L1.no-customer-endpoints\n", f"{rule}      - id: L1.no-customer-endpoints\n")


def _exit_in_diff(run: Run, pilot: Path) -> dict[str, Any]:
    compared = json.loads(run("-C", pilot, "diff", "HEAD", "--as-of", "2026-11-20", "-f", "json").out)
    [found] = [one for one in compared["changes"] if "exited" in one["id"]]
    return dict(found)
