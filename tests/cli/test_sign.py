"""`gatekeeper sign`: what is shown, what is written, and what is refused."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from builders.program import AS_OF, contents, loaded, one_service
from builders.workspaces import Run, copy_of_pilot, edit, write

CATALOGUE = "services/catalogue-service.yaml"
ORDERS = "services/orders-service.yaml"
LINK = "https://example.org/decisions/7"


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return copy_of_pilot(tmp_path / "repository")


def sign(run: Run, pilot: Path, command: str, *more: object) -> Any:
    return run("-C", pilot, "sign", *command.split(), *(more or AS_OF))


def test_three_signatures_make_a_level_count(run: Run, pilot: Path) -> None:
    before = loaded(pilot)
    first = sign(run, pilot, "catalogue-service L2 --role security --by eli")
    assert (first.code, first.err) == (0, "")
    assert "✓ signed L2 as security by eli, 2026-11-20: services/catalogue-service.yaml:40" in first.out
    assert f"next: gatekeeper -C {pilot} sign catalogue-service L2 --role architecture --by NAME" in first.out
    second = sign(run, pilot, f"catalogue-service L2 --role architecture --by dana --link {LINK}")
    assert "check --service catalogue-service" in second.out
    service = one_service(
        run("-C", pilot, "check", "-m", "M1", "-s", "catalogue-service", "-f", "json", *AS_OF).out
    )
    assert (service["verdict"], service["signed_level"]) == ("ready", "L2")

    # Nothing else has changed, in the files and in what they say.
    after = loaded(pilot)
    given = after.services["catalogue-service"].sign_offs["L2"]
    assert list(given) == ["owner", "architecture", "security"]
    assert given["architecture"].model_dump(mode="json", exclude_defaults=True) == {
        "by": "dana", "on": "2026-11-20", "link": LINK, "obligations": given["architecture"].obligations,
    }  # fmt: skip
    old = before.services["catalogue-service"]
    signed = {**old.sign_offs, "L2": given}
    assert after.services["catalogue-service"] == old.model_copy(update={"sign_offs": signed})
    assert {name: s for name, s in after.services.items() if name != "catalogue-service"} == {
        name: s for name, s in before.services.items() if name != "catalogue-service"
    }


def test_only_the_lines_of_the_signature_are_new(run: Run, pilot: Path) -> None:
    before = (pilot / CATALOGUE).read_text("utf-8")
    sign(run, pilot, "catalogue-service L2 --role architecture --by dana")
    digest = loaded(pilot).services["catalogue-service"].sign_offs["L2"]["architecture"].obligations
    line = f"    architecture: {{by: dana, on: 2026-11-20, obligations: {digest}}}\n"
    assert (pilot / CATALOGUE).read_text("utf-8") == before + line


def test_the_same_signature_twice_is_told_and_written_once(run: Run, pilot: Path) -> None:
    sign(run, pilot, "catalogue-service L2 --role architecture --by dana")
    before = contents(pilot)
    again = sign(run, pilot, "catalogue-service L2 --role architecture --by dana", "--as-of", "2026-11-25")
    assert again.code == 0
    assert "signed already, on 2026-11-20: services/catalogue-service.yaml:40" in again.out
    assert contents(pilot) == before


@pytest.mark.parametrize("more", [("--on", "2026-11-19"), ("--link", LINK)])
def test_a_signature_that_says_something_else_takes_its_place(
    run: Run, pilot: Path, more: tuple[str, str]
) -> None:
    sign(run, pilot, "catalogue-service L2 --role architecture --by dana")
    again = sign(run, pilot, "catalogue-service L2 --role architecture --by dana", *more, *AS_OF)
    assert "in place of dana, 2026-11-20" in " ".join(again.out.split())
    given = loaded(pilot).services["catalogue-service"].sign_offs["L2"]["architecture"]
    assert (str(given.on) if more[0] == "--on" else given.link) == more[1]


def test_what_the_evidence_does_not_reach_may_be_signed_and_is_told_loudly(run: Run, pilot: Path) -> None:
    ran = sign(run, pilot, "orders-service L2 --role owner --by ada")
    assert ran.code == 0
    told = " ".join(ran.out.split())
    assert "! The evidence does not reach L2; open: G1.coverage, G7.peak-load." in told
    assert "that is a regression, which blocks every milestone" in told
    assert "verified L1 (Skeleton), signed off L1, claims L1, to sign L2 (Internal MVP)" in told
    assert (
        "✗ M1 Internal preview target L2 blocked 3 open: G1.coverage, G7.peak-load, capability:split-deliveries"
        in told
    )
    sign(run, pilot, "orders-service L2 --role architecture --by dana")
    sign(run, pilot, "orders-service L2 --role security --by eli")
    verdict = one_service(
        run("-C", pilot, "check", "-m", "M1", "-s", "orders-service", "-f", "json", *AS_OF).out
    )
    assert "regression" in {reason["code"] for reason in verdict["reasons"]}


def test_a_level_below_the_signed_one_needs_no_signature(run: Run, pilot: Path) -> None:
    ran = sign(run, pilot, "payments-service L2 --role owner --by bo")
    assert "L3 is signed off: L2 needs no signature of its own." in ran.out


def test_a_dry_run_shows_all_and_writes_nothing(run: Run, pilot: Path) -> None:
    before = contents(pilot)
    ran = sign(run, pilot, "catalogue-service L2 --role architecture --by dana --dry-run", *AS_OF)
    assert ran.code == 0
    assert "services/catalogue-service.yaml:40; nothing was written" in ran.out
    assert re.search(r"  obligations sha256:[0-9a-f]{12}\.\.\., as of 2026-11-20\n", ran.out)
    assert contents(pilot) == before


@pytest.mark.parametrize(("answer", "is_signed"), [(True, True), (False, False)])
def test_on_a_terminal_it_asks(
    run: Run, pilot: Path, monkeypatch: pytest.MonkeyPatch, answer: bool, is_signed: bool
) -> None:
    asked: list[str] = []

    def confirm(question: str) -> bool:
        asked.append(question)
        return answer

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", confirm)
    ran = sign(run, pilot, "catalogue-service L2 --role architecture --by dana")
    assert (ran.code, asked) == (0, ["Sign L2 as architecture?"])
    assert ("nothing was written" in ran.out) is not is_signed
    assert ran.out.count("signed off L1") == 1
    signed = loaded(pilot).services["catalogue-service"].sign_offs["L2"]
    assert ("architecture" in signed) is is_signed
    again = sign(run, pilot, "catalogue-service L2 --role architecture --by dana --yes", *AS_OF)
    assert (again.code, len(asked)) == (0, 1)


def test_what_changed_while_one_was_asked_is_not_signed(
    run: Run, pilot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def confirm(_: str) -> bool:
        edit(pilot / CATALOGUE, "level: L2", "level: L1")
        return True

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", confirm)
    ran = sign(run, pilot, "catalogue-service L2 --role architecture --by dana")
    assert (ran.code, ran.err) == (
        2,
        "the workspace has changed since you saw it; nothing was written: run the command again\n",
    )
    assert "dana, on: 2026-11-20" not in (pilot / CATALOGUE).read_text("utf-8")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("catalog-service L2 --role owner --by cy", "unknown service 'catalog-service'; did you mean 'catalogue-service'?"),
        ("catalogue-service L5 --role owner --by cy", "unknown level 'L5'; known: L0, L1"),
        ("catalogue-service L0 --role owner --by cy", "L0 needs no signature"),
        ("catalogue-service L4 --role owner --by cy", "the plan of catalogue-service asks for L3 at most: change the plan first"),
        ("catalogue-service L2 --role ownr --by cy", "unknown role 'ownr'; did you mean 'owner'?"),
        ("catalogue-service L2 --role security --by elli", "the signature would not count: elli is not on the roster; did you mean 'eli'?"),
        ("catalogue-service L2 --role security --by dana", "the signature would not count: dana does not hold the role security"),
        ("catalogue-service L2 --role owner --by ada", "the signature would not count: ada is not in team-catalogue"),
        ("catalogue-service L2 --role security --by cy", "the signature would not count: cy signed as owner already"),
        ("catalogue-service L2 --role owner --by cy --on 2026-11-21", "--on 2026-11-21 is in the future: the as-of date is 2026-11-20"),
        ("catalogue-service L2 --role owner --by cy --on soon", "--on soon: write a date as 2026-11-02"),
        ("catalogue-service L2 --role security --by [red]x\x1b", "the signature would not count: [red]x\\x1b is not on the roster"),
        ("catalogue-service L2 --role owner", "Missing option '--by'"),
    ],
)  # fmt: skip
def test_what_would_not_count_is_refused(run: Run, pilot: Path, command: str, told: str) -> None:
    before = contents(pilot)
    ran = run("-C", pilot, "sign", *command.split(" "), *AS_OF)
    assert ran.code == 2
    assert told in ran.err
    assert contents(pilot) == before


def test_a_workspace_that_is_invalid_already_is_not_written_to(run: Run, pilot: Path) -> None:
    edit(pilot / ORDERS, "owner: team-orders", "owner: team-orders\novner: x")
    before = contents(pilot)
    ran = sign(run, pilot, "catalogue-service L2 --role architecture --by dana")
    assert ran.code == 3
    assert "services/orders-service.yaml:3:1: unknown field 'ovner'" in ran.err
    assert contents(pilot) == before


def test_without_a_roster_nobody_can_sign(run: Run, workspace: Path) -> None:
    ran = run("-C", workspace, "sign", "identity-service", "L2", "--role", "owner", "--by", "ana", *AS_OF)
    assert (ran.code, ran.out) == (2, "")
    assert "ana is not on the roster, which is empty: add `ana: {roles: [ROLE], teams: [TEAM]}`" in ran.err
    assert "to `roster` in governance.yaml" in ran.err


def test_the_first_signature_of_a_service_opens_the_section(run: Run, workspace: Path) -> None:
    edit(workspace / "gates/governance.yaml", "roster: {}", "roster:\n  dana: {roles: [security]}")
    before = (workspace / "services/identity-service.yaml").read_text("utf-8")
    ran = run("-C", workspace, "sign", "identity-service", "L2", "--role", "security", "--by", "dana", *AS_OF)
    assert ran.code == 0
    after = (workspace / "services/identity-service.yaml").read_text("utf-8")
    written = re.escape(before) + (
        r"sign_offs:\n  L2:\n    security: {by: dana, on: 2026-11-20, obligations: sha256:[0-9a-f]{64}}\n"
    )
    assert re.fullmatch(written, after)


# What was signed


def test_a_change_of_what_was_signed_shows_and_the_signature_counts(run: Run, pilot: Path) -> None:
    for role, by in (("architecture", "dana"), ("security", "eli")):
        sign(run, pilot, f"catalogue-service L2 --role {role} --by {by}")
    check = ("-C", pilot, "check", "-m", "M1", "-s", "catalogue-service", *AS_OF)
    given = loaded(pilot).services["catalogue-service"].sign_offs["L2"]
    levels = pilot.parents[1] / "gates/levels.yaml"
    edit(levels, "remedy: ", "remedy: Now, ")
    edit(pilot.parents[1] / "gates/evidence.yaml", "evals: {max_age_days: 90}", "evals: {max_age_days: 91}")
    assert "has changed" not in run(*check).out, (
        "a remedy decides nothing, and L2 does not ask for evaluations"
    )
    edit(levels, "id: L2.use-cases\n", "id: L2.use-cases\n        max_age_days: 900\n")
    told = " ".join(run(*check).out.split())
    assert (
        "what was signed has changed: L2 architecture (dana, 2026-11-20: the rules), "
        "L2 security (eli, 2026-11-20: the rules); it still counts"
    ) in told
    service = one_service(run(*check, "-f", "json").out)
    assert service["signed_level"] == "L2"
    assert service["changed_since_signed"] == [
        {
            "level": "L2",
            "role": role,
            "by": by,
            "on": "2026-11-20",
            "obligations": given[role].obligations,
            "evidence": [],
            "counts": True,
        }
        for role, by in (("architecture", "dana"), ("security", "eli"))
    ]
    report = ("-C", pilot, "report", "-m", "M1", *AS_OF, "--format")
    assert run(*report, "markdown").out.count("✓ eli, 2026-11-20, typed; what was signed has changed") == 1
    assert run(*report, "html").out.count(", 2026-11-20, typed; what was signed has changed") == 2
    again = sign(run, pilot, "catalogue-service L2 --role security --by eli", "--as-of", "2026-11-21")
    assert "signed L2 as security by eli, 2026-11-21, in place of eli, 2026-11-20" in " ".join(
        again.out.split()
    )


def test_a_new_colleague_is_no_change_of_the_rulebook(run: Run, pilot: Path) -> None:
    before = loaded(pilot).rulebook_digest
    edit(pilot / "governance.yaml", "\nroster:", "\nroster:\n  zoe: {roles: [security]}")
    assert loaded(pilot).rulebook_digest == before
    edit(pilot / "governance.yaml", "[owner, architecture, security]", "[owner, architecture]")
    assert loaded(pilot).rulebook_digest != before


def test_a_digest_has_one_form(run: Run, pilot: Path) -> None:
    edit(pilot / CATALOGUE, "{by: cy, on: 2026-11-19}", "{by: cy, on: 2026-11-19, obligations: abc}")
    ran = run("-C", pilot, "validate")
    assert ran.code == 3
    assert "services/catalogue-service.yaml:39:50: 'abc' does not match the pattern" in ran.err


# Files


def test_line_ends_mode_and_link_are_kept(run: Run, pilot: Path) -> None:
    file = pilot / CATALOGUE
    real = pilot.parents[1] / "kept" / "catalogue.yaml"
    write(real, file.read_bytes().replace(b"\n", b"\r\n"))
    real.chmod(0o600)
    file.unlink()
    file.symlink_to(real)
    assert sign(run, pilot, "catalogue-service L2 --role architecture --by dana").code == 0
    assert file.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o600
    text = real.read_bytes()
    assert b"architecture: {by: dana, on: 2026-11-20" in text
    assert text.count(b"\n") == text.count(b"\r\n")


def test_a_read_only_manifest_is_not_written(run: Run, pilot: Path) -> None:
    (pilot / CATALOGUE).chmod(0o444)
    before = contents(pilot)
    ran = sign(run, pilot, "catalogue-service L2 --role architecture --by dana")
    assert ran.code == 2
    assert "services/catalogue-service.yaml is read-only; nothing was written" in ran.err
    assert contents(pilot) == before


def test_a_manifest_that_changes_while_it_is_signed_is_not_overwritten(
    run: Run, pilot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gatekeeper.judging.verdicts.sign_off_preview import preview_sign_off as judge

    def slowly(*arguments: Any) -> Any:
        edit(pilot / CATALOGUE, "level: L2", "level: L1")
        return judge(*arguments)

    monkeypatch.setattr("gatekeeper.workspace.signing.preview_sign_off", slowly)
    ran = sign(run, pilot, "catalogue-service L2 --role architecture --by dana")
    assert ran.code == 2
    assert "services/catalogue-service.yaml was changed meanwhile; nothing was written" in ran.err
    assert json.loads(run("-C", pilot, "validate", "-f", "json").out)["errors"] == []
    assert "dana, on: 2026-11-20" not in (pilot / CATALOGUE).read_text("utf-8")
