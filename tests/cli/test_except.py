"""`gatekeeper except`: opening, closing and showing the exceptions of the risk register."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from builders.program import AS_OF, contents, environment, loaded, one_service
from builders.workspaces import ROOT, Run, copy_of_pilot, edit, write

ENTRY = "milestones/risk-register/RR-1.yaml"
PAYMENTS = "services/payments-service.yaml"
OPEN = (
    "open", "payments-service", "--risk", "a provider is lost: no rehearsal", "--approved-by", "release captain",
    "--link", "https://example.org/r", "-m", "M3",
)  # fmt: skip
DELTA = ("--delta", "L4.capabilities", "--delta", "L4.chaos", "--delta", "capability:instalments")


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    """Return a pilot whose register is empty: payments-service lacks three criteria for M3."""
    pilot = copy_of_pilot(tmp_path / "repository")
    (pilot / ENTRY).unlink()
    (pilot / ENTRY).parent.rmdir()
    return pilot


@pytest.fixture
def registered(tmp_path: Path) -> Path:
    return copy_of_pilot(tmp_path / "repository")


def except_(run: Run, pilot: Path, *arguments: object) -> Any:
    as_of = () if "--as-of" in arguments else AS_OF
    return run("-C", pilot, "except", *arguments, *as_of)


def row(run: Run, pilot: Path, milestone: str, *more: object) -> dict[str, Any]:
    ran = except_(run, pilot, "list", "-m", milestone, "-f", "json", *more)
    [found] = json.loads(ran.out)["exceptions"]
    assert isinstance(found, dict)
    return found


def test_an_exception_is_opened_and_in_force(run: Run, pilot: Path) -> None:
    ran = except_(run, pilot, *OPEN, *DELTA)
    assert ran.code == 0
    warning = f"{ENTRY}:6:14: release captain approved RR-1 and is not on the roster; name the person"
    assert ran.err.startswith(f"warning: {warning}")
    assert warning in run("-C", pilot, "validate").err
    edit(pilot / ENTRY, "release captain", "Dana")
    assert "roster" not in run("-C", pilot, "validate").err
    edit(pilot / ENTRY, "Dana", "release captain")
    assert f"~ opened RR-1 of payments-service for M3, 2026-11-20: {ENTRY}" in " ".join(ran.out.split())
    assert (pilot / ENTRY).read_text("utf-8") == (
        "id: RR-1\n"
        "service: payments-service\n"
        'delta: [L4.capabilities, L4.chaos, "capability:instalments", "sign-off:L4"]\n'
        'risk: "a provider is lost: no rehearsal"\n'
        "owner: team-payments\n"
        "approved_by: release captain\n"
        "link: https://example.org/r\n"
        "opened_in: M3\n"
        "opened_on: 2026-11-20\n"
    )
    verdict = json.loads(run("-C", pilot, "check", "-m", "M3", "-f", "json", *AS_OF).out)
    assert verdict["verdict"] == "ready_with_exceptions"


def test_its_life_is_told_milestone_by_milestone(run: Run, registered: Path) -> None:
    states = {milestone: row(run, registered, milestone)["state"] for milestone in ("M0", "M2", "M3", "M4")}
    assert states == {"M0": "not_in_force", "M2": "not_in_force", "M3": "in_force", "M4": "overdue"}
    found = row(run, registered, "M3")
    assert (found["due"], found["due_on"], found["days_left"], found["milestones_left"]) == (
        "M4", "2027-08-27", 280, 1,
    )  # fmt: skip
    assert found["open"] == ["L4.capabilities", "L4.chaos", "capability:instalments", "sign-off:L4"]
    assert found["approved_by"] == "dana"


def test_closing_adds_a_line_and_tells_what_is_open_still(run: Run, registered: Path) -> None:
    before = (registered / ENTRY).read_text("utf-8")
    ran = except_(run, registered, "close", "RR-1")
    assert (registered / ENTRY).read_text("utf-8") == before + "closed: 2026-11-20\n"
    edit(registered / ENTRY, "approved_by: dana", "approved_by: somebody of old")
    assert "roster" not in run("-C", registered, "validate").err, "a closed entry is history"
    edit(registered / ENTRY, "approved_by: somebody of old", "approved_by: dana")
    told = " ".join(ran.out.split())
    assert f"closed RR-1 of payments-service, 2026-11-20: {ENTRY}:10" in told
    assert (
        "✗ open at M4, and no longer excepted: L4.capabilities, L4.chaos, capability:instalments, sign-off:L4"
        in told
    )
    assert row(run, registered, "M3")["state"] == "closed"
    again = except_(run, registered, "close", "RR-1", "--as-of", "2026-12-01")
    assert (again.code, f"closed already, on 2026-11-20: {ENTRY}:10" in " ".join(again.out.split())) == (
        0,
        True,
    )
    differently = except_(run, registered, "close", "RR-1", "--on", "2026-11-21", "--as-of", "2026-12-01")
    assert differently.err == f"RR-1 was closed on 2026-11-20 already: {ENTRY}:10; change it there\n"
    assert (registered / ENTRY).read_text("utf-8") == before + "closed: 2026-11-20\n"


def deliver(run: Run, pilot: Path, *criteria: str) -> None:
    people = {"capability:instalments": ("bo", "owner"), "L4.capabilities": ("dana", "architecture")}
    for name in criteria:
        by, role = people[name]
        words = ("--by", by, "--role", role, "--link", "x")
        assert run("-C", pilot, "attest", "payments-service", name, *words, *AS_OF).code == 0


def test_once_delivered_it_covers_the_sign_off_until_its_window_ends(run: Run, registered: Path) -> None:
    edit(registered / ENTRY, "L4.capabilities, L4.chaos, ", "")
    deliver(run, registered, "capability:instalments")
    found = row(run, registered, "M3")
    assert (found["state"], found["open"]) == ("in_force", ["sign-off:L4"])
    found = row(run, registered, "M4")
    assert (found["state"], found["open"]) == ("overdue", ["sign-off:L4"])


def test_one_that_is_repeated_is_shown_and_makes_the_workspace_invalid(run: Run, registered: Path) -> None:
    again = (registered / ENTRY).read_text("utf-8").replace("RR-1", "RR-2").replace("L4.capabilities, ", "")
    write(registered / ENTRY.replace("RR-1", "RR-2"), again)
    ran = except_(run, registered, "list", "-m", "M3", "-f", "json")
    assert ran.code == 3
    assert [found["state"] for found in json.loads(ran.out)["exceptions"]] == ["in_force", "repeated"]
    assert "RR-2.yaml:3:9: 'L4.chaos' was excepted in RR-1 already; an exception cannot be renewed" in ran.err


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("opened_in: M3", "opened_in: M4", "no exception can open in M4, the last milestone"),
        ("service: payments-service", "service: nobody", "unknown service 'nobody'"),
        ("risk:", "risks:", "unknown field 'risks'"),
    ],
)
def test_any_other_mistake_is_only_told(run: Run, registered: Path, old: str, new: str, told: str) -> None:
    again = (registered / ENTRY).read_text("utf-8")
    write(registered / ENTRY.replace("RR-1", "RR-2"), again.replace("RR-1", "RR-2"))
    edit(registered / ENTRY, old, new)
    ran = except_(run, registered, "list", "-m", "M3")
    assert (ran.code, ran.out) == (3, "")
    assert told in ran.err


def test_a_repetition_by_nobody_is_only_told(run: Run, registered: Path) -> None:
    edit(registered / ENTRY, "L4.chaos", "L4.capabilities")
    edit(registered / ENTRY, "service: payments-service", "service: nobody")
    ran = except_(run, registered, "list", "-m", "M3")
    assert (ran.code, ran.out) == (3, "")
    assert "unknown service 'nobody'" in ran.err


def test_an_empty_register_is_told(run: Run, pilot: Path) -> None:
    assert (
        except_(run, pilot, "list", "-m", "M3").out
        == "M3 General availability of payments  as of 2026-11-20  the register is empty\n"
    )
    told = json.loads(except_(run, pilot, "list", "-m", "M3", "-f", "json").out)
    assert told == {
        "schema_version": 2,
        "milestone": "M3",
        "milestone_name": "General availability of payments",
        "as_of": "2026-11-20",
        "exceptions": [],
    }


def test_what_it_leaves_open_is_told(run: Run, pilot: Path) -> None:
    ran = except_(run, pilot, *OPEN, "--delta", "L4.chaos")
    assert ran.code == 0
    told = " ".join(ran.out.split())
    assert "✗ open, and not covered: L4.capabilities, capability:instalments" in told


def test_the_id_is_the_next_free_one_or_as_named(run: Run, pilot: Path) -> None:
    except_(run, pilot, *OPEN, "--delta", "L4.chaos", "--id", "RR-9")
    except_(run, pilot, *OPEN, "--delta", "L4.capabilities", "--id", "resilience")
    except_(run, pilot, *OPEN, "--delta", "capability:instalments", "--owner", "team-b")
    entries = loaded(pilot).exceptions
    assert sorted(entries) == ["RR-10", "RR-9", "resilience"]
    assert entries["RR-10"].owner == "team-b"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (OPEN, "name what is still open: --delta L4.capabilities --delta L4.chaos --delta capability:instalments"),
        ((*OPEN, "--delta", "L4.chaoss"), "'L4.chaoss' cannot be excepted: only what L4 adds to L3 can; did you mean 'L4.chaos'?"),
        ((*OPEN, "--delta", "G8.isolation"), "'G8.isolation' cannot be excepted"),
        ((*OPEN, "--delta", "capability:refunds"), "'capability:refunds' cannot be excepted"),
        ((*OPEN, "--delta", "L4.dr-drill"), "not open at M3: L4.dr-drill; leave it out"),
        ((*OPEN, "--delta", "L4.dr-drill", "--delta", "L4.chaos"), "not open at M3: L4.dr-drill; leave it out"),
        ((*OPEN[:-1], "M4", "--delta", "L4.chaos"), "no exception can open in M4, the last milestone"),
        ((*OPEN[:-1], "M2", "--delta", "L4.chaos"), "M2 asks payments-service for L3: only a target of L4 can have an exception"),
        ((*OPEN[:-1], "M0", "--delta", "L4.chaos"), "M0 was exited on 2026-10-30: an exception is opened before the exit"),
        ((*OPEN[:-1], "M9", "--delta", "L4.chaos"), "unknown milestone 'M9'"),
        ((*OPEN, *DELTA, "--id", "../x"), "'../x' does not match the pattern"),
        ((*OPEN, *DELTA, "--on", "2026-11-21"), "--on 2026-11-21 is in the future"),
        ((*OPEN, *DELTA, "--owner", " "), "' ' does not match the pattern"),
        (("open", "nobody", *OPEN[2:], *DELTA), "unknown service 'nobody'"),
        (("open", "catalogue-service", *OPEN[2:], *DELTA), "catalogue-service has no target at M3; it has at M1, M2"),
        (("close", "RR-1"), "unknown exception 'RR-1'; none is defined"),
        (("list", "-f", "xml"), "unknown format 'xml'; known: table, json"),
        (("open", "payments-service"), "Missing option '--risk'"),
    ],
)  # fmt: skip
def test_what_would_not_hold_is_refused(run: Run, pilot: Path, arguments: tuple[str, ...], told: str) -> None:
    before = contents(pilot)
    ran = except_(run, pilot, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert contents(pilot) == before


def test_l3_must_be_whole(run: Run, pilot: Path) -> None:
    edit(pilot / PAYMENTS, "    security: {by: eli, on: 2026-11-19}\n", "")
    edit(pilot / PAYMENTS, "level: L3", "level: L1")
    ran = except_(run, pilot, *OPEN, *DELTA)
    assert ran.code == 2
    assert (
        "the exception would not be in force: L3 must be signed off; signed is L1; nothing was written"
        in ran.err
    )


def test_none_is_opened_twice_for_the_same(run: Run, registered: Path) -> None:
    before = contents(registered)
    ran = except_(run, registered, *OPEN, "--delta", "L4.chaos")
    assert ran.code == 2
    assert (
        "RR-2.yaml:3:9: 'L4.chaos' was excepted in RR-1 already; an exception cannot be renewed: deliver it"
        in ran.err
    )
    taken = except_(run, registered, *OPEN, "--delta", "L4.dr-drill", "--id", "RR-1")
    assert "the exception RR-1 exists" in taken.err
    assert contents(registered) == before


def test_what_was_excepted_before_is_not_offered_again(run: Run, registered: Path) -> None:
    except_(run, registered, "close", "RR-1")
    ran = except_(run, registered, *OPEN)
    assert ran.err == "nothing that is open at M3 can be excepted, or it was excepted before\n"


def test_a_file_that_is_in_the_way_is_not_overwritten(run: Run, pilot: Path) -> None:
    (pilot / ENTRY).mkdir(parents=True)
    ran = except_(run, pilot, *OPEN, *DELTA)
    assert ran.code == 3
    assert "RR-1.yaml:1:1: cannot be read: Is a directory" in ran.err
    assert (pilot / ENTRY).is_dir()


def test_a_register_that_leads_out_of_the_repository_is_not_written(
    run: Run, pilot: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (pilot / ENTRY).parent.symlink_to(tmp_path / "outside")
    ran = except_(run, pilot, *OPEN, *DELTA)
    assert ran.code == 2
    assert "is outside the repository once links are followed; nothing was written" in ran.err
    assert list((tmp_path / "outside").iterdir()) == []


def test_closing_before_opening_is_refused(run: Run, registered: Path) -> None:
    ran = except_(run, registered, "close", "RR-1", "--on", "2026-11-18")
    assert ran.code == 2
    assert f"{ENTRY}:10:9: closed on 2026-11-18, before it was opened" in ran.err


def test_closed_in_time_the_next_milestone_is_not_blocked_by_it(run: Run, registered: Path) -> None:
    check = ("-C", registered, "check", "-m", "M4", "-f", "json", *AS_OF)
    assert "overdue-exception" in {reason["code"] for reason in one_service(run(*check).out)["reasons"]}
    except_(run, registered, "close", "RR-1")
    assert "overdue-exception" not in {reason["code"] for reason in one_service(run(*check).out)["reasons"]}


@pytest.mark.long
def test_many_writers_at_once_lose_nothing(pilot: Path) -> None:
    """Processes of their own: each signs, attests or opens, all at the same moment."""
    words = {"eli": "security", "ada": "owner"}
    criteria = {"G8.review": "eli", "capability:split-deliveries": "ada"}
    signers = {"owner": "ada", "security": "eli"}
    jobs = [
        f"attest orders-service {name} --by {by} --role {words[by]} --link x" for name, by in criteria.items()
    ]
    jobs += [f"sign orders-service L2 --role {role} --by {by}" for role, by in signers.items()]
    entry = "except open payments-service -m M3 --risk r --approved-by a --link l --delta"
    jobs += [f"{entry} {name}" for name in ("L4.chaos", "L4.capabilities")]
    env = environment(COLUMNS="80", PYTHONPATH=str(ROOT / "src"))
    codes: dict[str, int] = {}

    def start(job: str) -> None:
        command = [sys.executable, "-m", "gatekeeper", "-C", str(pilot), *job.split(), *AS_OF]
        codes[job] = subprocess.run(
            command, env=env, capture_output=True, check=False, timeout=120
        ).returncode

    threads = [threading.Thread(target=start, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    workspace = loaded(pilot)
    orders = workspace.services["orders-service"]
    assert set(codes.values()) == {0}
    assert set(criteria) <= set(orders.attestations)
    assert set(orders.sign_offs["L2"]) == set(signers)
    assert sorted(workspace.exceptions) == ["RR-1", "RR-2"]
