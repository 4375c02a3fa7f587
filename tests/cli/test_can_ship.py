"""`can-ship`: the deploy gate, and how it waits."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from builders.program import AS_OF, PILOT
from builders.workspaces import Run, copy_of_pilot, edit, write
from gatekeeper.cli.commands import can_ship

pytestmark = pytest.mark.quick

PAYMENTS = ("can-ship", "payments-service", *AS_OF)


def answer(run: Run, service: str, to: str, *more: object, folder: Path = PILOT) -> dict[str, Any]:
    """Return what the gate says in JSON."""
    ran = run("-C", folder, "can-ship", service, "--to", to, *AS_OF, "-f", "json", *more)
    document: dict[str, Any] = json.loads(ran.out)
    assert document["exit_code"] == ran.code == (0 if document["may_ship"] else 1)
    return document


def codes(document: dict[str, Any]) -> list[str]:
    """Return the codes of what speaks against it."""
    return [reason["code"] for reason in document["reasons"]]


@pytest.mark.parametrize(
    ("service", "to", "reasons"),
    [
        ("payments-service", "production", []),
        ("payments-service", "internal", []),
        ("orders-service", "internal", []),
        ("orders-service", "staging", ["level-not-reached", "sign-offs-missing"]),
        ("catalogue-service", "internal", ["unsigned-upgrade"]),
        ("notifications-service", "internal", ["regression"]),
    ],
)
def test_the_pilot_ships_where_its_levels_allow(run: Run, service: str, to: str, reasons: list[str]) -> None:
    assert codes(answer(run, service, to)) == reasons


def test_it_has_exactly_the_keys_of_the_contract(run: Run) -> None:
    for to in ("internal", "production"):
        document = answer(run, "orders-service", to)
        assert set(document) == {
            "schema_version", "service", "owner", "destination", "as_of", "may_ship", "exit_code", "release", "level_names",
            "rulebook_digest", "tool_version", "declared_level", "verified_level", "signed_level", "effective_level",
            "held_level", "asked_level", "reasons", "criteria", "actions", "exceptions", "of_any_commit",
            "waits_for", "rulebook", "evidence", "deployed",
        }  # fmt: skip
        assert set(document["release"]) == {"version", "commit"}


def test_evidence_must_be_of_this_very_commit(run: Run) -> None:
    same = answer(run, "payments-service", "production", "--commit", "5B1C7E9aa")
    assert (same["may_ship"], same["release"]["commit"]) == (True, "5b1c7e9aa")
    other = answer(run, "payments-service", "production", "--commit", "1234567")
    assert codes(other) == ["lapsed", "level-not-reached"]
    assert other["criteria"][0]["reason"] == "`load_test` is of commit 5b1c7e9, the release is 1234567"


def test_an_unknown_commit_is_told(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path)
    edit(pilot / "services/payments-service.yaml", "release: {version: 1.3.0, commit: 5b1c7e9}\n", "")
    document = answer(run, "payments-service", "production", folder=pilot)
    assert (document["may_ship"], document["release"]) == (True, {"version": None, "commit": None})
    assert "G7.peak-load" in document["of_any_commit"]


def test_an_exception_is_overdue_once_the_next_milestone_has_exited(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path)
    assert answer(run, "payments-service", "production", folder=pilot)["exceptions"][0]["state"] == "in_force"
    with (pilot / "milestones/M4.yaml").open("a", encoding="utf-8") as file:
        file.write("exited: {on: 2026-11-19, by: dana}\n")
    document = answer(run, "payments-service", "production", folder=pilot)
    assert codes(document) == ["overdue-exception"]
    assert [step["criteria"] for step in document["actions"]] == [
        ["L4.chaos"],
        ["capability:instalments"],
        ["L4.capabilities"],
        [],
    ]
    [last] = document["actions"][-1]["instructions"]
    assert last["text"] == "Get L4 signed off by owner, architecture, security."


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            "can-ship payment-service --to staging",
            "unknown service 'payment-service'; did you mean 'payments-",
        ),
        (
            "can-ship ../services/payments-service --to staging",
            "unknown service '../services/payments-service'",
        ),
        ("can-ship payments-service --to prod", "unknown destination 'prod'; known: internal, staging, prod"),
        ("can-ship payments-service", "Missing option '--to'"),
        (
            "can-ship payments-service --to staging --commit abc",
            "--commit abc: write a commit id, of at least",
        ),
        ("can-ship payments-service --to staging --commit HEAD", "--commit HEAD: write a commit id"),
        ("can-ship payments-service --to staging -f xml", "unknown format 'xml'; known: table, json"),
        ("can-ship payments-service --to staging --as-of soon", "--as-of soon: write a date as"),
        ("can-ship payments-service --to staging --retry-while-missing 3601", "3601 is not in the range"),
        ("can-ship payments-service --to staging --retry-while-missing -1", "-1 is not in the range"),
    ],
)
def test_wrong_usage_is_told(run: Run, command: str, message: str) -> None:
    ran = run("-C", PILOT, *command.split())
    assert (ran.code, ran.out) == (2, "")
    assert message in " ".join(ran.err.split())


def test_what_is_wrong_with_this_service_is_told_and_with_others_not_seen(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path)
    write(pilot / "services/orders-service.yaml", "service: [\n")
    assert run("-C", pilot, *PAYMENTS, "--to", "production").code == 0
    edit(pilot / "services/payments-service.yaml", "level: L3", "level: L9")
    ran = run("-C", pilot, *PAYMENTS, "--to", "production")
    assert (ran.code, ran.out) == (3, "")
    assert "services/payments-service.yaml:" in ran.err
    assert "unknown level 'L9'" in ran.err


def test_foreign_text_is_shown_as_text(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path)
    edit(pilot / "services/payments-service.yaml", "owner: team-payments", r'owner: "[red]team\e[31m"')
    out = run("-C", pilot, *PAYMENTS, "--to", "production").out
    assert "\x1b" not in out
    assert "[red]team" in out


def test_today_is_the_as_of_date(run: Run) -> None:
    before = datetime.now(UTC).date().isoformat()
    ran = run("-C", PILOT, "can-ship", "orders-service", "--to", "internal", "-f", "json")
    assert before <= json.loads(ran.out)["as_of"] <= datetime.now(UTC).date().isoformat()


# Waiting


class Clock:
    """A clock that only sleeping moves, and what happens meanwhile."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self.events: dict[int, Callable[[], object]] = {}

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)
        self.events.get(len(self.slept), lambda: None)()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Put a clock in the place of time."""
    fake = Clock()
    monkeypatch.setattr(can_ship, "monotonic", lambda: fake.now)
    monkeypatch.setattr(can_ship, "sleep", fake.sleep)
    return fake


@pytest.fixture
def lacking(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Return a pilot whose load test has not arrived, where it will be, and where it waits."""
    pilot = copy_of_pilot(tmp_path / "repository")
    there = pilot / "services/payments-service/reports/k6-peak.json"
    away = shutil.move(there, tmp_path / "k6-peak.json")
    return pilot, there, Path(away)


WAIT = ("can-ship", "payments-service", "--to", "production", *AS_OF, "--retry-while-missing")


def test_it_looks_again_until_the_evidence_is_there(
    run: Run, clock: Clock, lacking: tuple[Path, Path, Path]
) -> None:
    pilot, there, away = lacking
    clock.events[3] = lambda: shutil.move(away, there)
    ran = run("-C", pilot, *WAIT, 60)
    assert (ran.code, ran.err, clock.slept) == (0, "", [5.0, 5.0, 5.0])


def test_it_gives_up_when_the_time_is_over(run: Run, clock: Clock, lacking: tuple[Path, Path, Path]) -> None:
    ran = run("-C", lacking[0], *WAIT, 12)
    assert (ran.code, ran.err, clock.slept) == (1, "", [5.0, 5.0, 2.0])
    assert "G7.peak-load" in ran.out


def test_without_being_asked_it_does_not_wait(
    run: Run, clock: Clock, lacking: tuple[Path, Path, Path]
) -> None:
    assert run("-C", lacking[0], *WAIT[:-1]).code == 1
    assert clock.slept == []


def test_it_does_not_wait_for_what_does_not_come(
    run: Run, clock: Clock, lacking: tuple[Path, Path, Path]
) -> None:
    pilot, there, _ = lacking
    write(there, "{")
    assert run("-C", pilot, *WAIT, 60).code == 1
    assert clock.slept == []
    there.unlink()
    clock.events[2] = lambda: write(there, "{")
    assert run("-C", pilot, *WAIT, 60).code == 1
    assert clock.slept == [5.0, 5.0]


def test_it_waits_for_evidence_of_the_commit_that_ships(run: Run, clock: Clock, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path)
    manifest = pilot / "services/payments-service.yaml"

    def arrive() -> None:
        text = manifest.read_text(encoding="utf-8")
        manifest.write_text(text.replace("commit: 5b1c7e9}", "commit: abcdef0}"), encoding="utf-8")

    clock.events[1] = arrive
    assert run("-C", pilot, *WAIT, 60, "--commit", "abcdef0").code == 0
    assert clock.slept == [5.0]


def test_only_a_person_who_looks_on_is_told_that_it_waits(
    run: Run, clock: Clock, lacking: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    ran = run("-C", lacking[0], *WAIT, 7)
    assert ran.err.splitlines() == [
        "waiting for G7.peak-load, L3.slo-targets: 7 s left",
        "waiting for G7.peak-load, L3.slo-targets: 2 s left",
    ]
