"""`gatekeeper attest`: a person's word, where a criterion takes one, and taking it back."""

from pathlib import Path
from typing import Any

import pytest

from builders.program import AS_OF, contents, criterion, loaded, one_service
from builders.workspaces import Run, copy_of_pilot, edit

ORDERS = "services/orders-service.yaml"
LINK = "https://example.org/7"
ELI = ("--by", "eli", "--role", "security", "--link", LINK)
ADA = ("--by", "ada", "--role", "owner", "--link", LINK)


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return copy_of_pilot(tmp_path / "repository")


def attest(run: Run, pilot: Path, *arguments: object) -> Any:
    as_of = () if "--as-of" in arguments else AS_OF
    return run("-C", pilot, "attest", *arguments, *as_of)


def test_a_word_is_written_and_counts(run: Run, pilot: Path) -> None:
    before, old = (pilot / ORDERS).read_text("utf-8"), loaded(pilot)
    ran = attest(run, pilot, "orders-service", "capability:split-deliveries", *ADA)
    assert (ran.code, ran.err) == (0, "")
    told = " ".join(ran.out.split())
    assert (
        "attested capability:split-deliveries of orders-service by ada, owner, 2026-11-20: services/orders-service.yaml:30"
        in told
    )
    assert "✓ M1: capability:split-deliveries is pass by attestation" in told
    line = f'  "capability:split-deliveries": {{by: ada, role: owner, on: 2026-11-20, link: {LINK}}}\n'
    assert (pilot / ORDERS).read_text("utf-8") == before.replace("sign_offs:\n", line + "sign_offs:\n")
    new, given = loaded(pilot).services["orders-service"], old.services["orders-service"]
    added = {"capability:split-deliveries": new.attestations["capability:split-deliveries"]}
    assert new == given.model_copy(update={"attestations": {**given.attestations, **added}})
    judged = one_service(
        run("-C", pilot, "check", "-m", "M1", "-s", "orders-service", "-f", "json", *AS_OF).out
    )
    assert criterion(judged, "capability:split-deliveries")["attestation"]["by"] == "ada"

    # And taken back, the manifest is what it was.
    back = attest(run, pilot, "--remove", "orders-service", "capability:split-deliveries")
    assert "removed capability:split-deliveries of orders-service, by ada, 2026-11-20" in " ".join(
        back.out.split()
    )
    assert "? M1: capability:split-deliveries is missing" in " ".join(back.out.split())
    assert (pilot / ORDERS).read_text("utf-8") == before


def test_the_same_word_twice_is_told_and_written_once(run: Run, pilot: Path) -> None:
    attest(run, pilot, "orders-service", "G8.review", *ELI)
    before = contents(pilot)
    again = attest(run, pilot, "orders-service", "G8.review", *ELI)
    assert again.out == "✓ attested already: services/orders-service.yaml:30; nothing was written\n"
    gone = attest(run, pilot, "orders-service", "G8.threat-model", "--remove")
    assert gone.out == "orders-service has no attestation of G8.threat-model: nothing was written\n"
    assert contents(pilot) == before


def test_a_later_word_takes_the_place_of_an_earlier_one(run: Run, pilot: Path) -> None:
    before = (pilot / ORDERS).read_text("utf-8")
    ran = attest(run, pilot, "orders-service", "G8.isolation", "--on", "2026-11-18", *ELI)
    assert "in place of eli, 2026-11-17" in " ".join(ran.out.split())
    after = before.replace(
        "on: 2026-11-17, link: https://example.org/orders/isolation", f"on: 2026-11-18, link: {LINK}"
    )
    assert (pilot / ORDERS).read_text("utf-8") == after


def test_a_twin_is_attested_as_its_original(run: Run, pilot: Path) -> None:
    ran = attest(run, pilot, "orders-service", "L2.tenant-isolation", *ELI)
    told = " ".join(ran.out.split())
    assert "attested G8.isolation of orders-service" in told
    assert "✓ M1: L2.tenant-isolation is pass by attestation" in told
    back = attest(run, pilot, "orders-service", "L2.tenant-isolation", "--remove")
    assert "removed G8.isolation" in back.out
    assert "G8.isolation" not in loaded(pilot).services["orders-service"].attestations


def test_a_word_against_an_artefact_that_fails_is_told_not_to_help(run: Run, pilot: Path) -> None:
    edit(
        pilot / "services/payments-service.yaml",
        "  isolation_tests: {path: reports/isolation.xml, commit: 5b1c7e9}",
        "  isolation_tests: {path: reports/k6-peak.json, commit: 5b1c7e9}",
    )
    ran = attest(run, pilot, "payments-service", "G8.isolation", *ELI)
    assert ran.code == 0
    assert "! M1: G8.isolation is unreadable" in " ".join(ran.out.split())


def test_what_is_attested_anew_for_every_milestone_names_one(run: Run, pilot: Path) -> None:
    ran = attest(run, pilot, "payments-service", "G8.threat-model", *ELI)
    assert "2026-11-20 for M1: " in " ".join(ran.out.split())
    assert loaded(pilot).services["payments-service"].attestations["G8.threat-model"].milestone == "M1"
    attest(run, pilot, "payments-service", "G8.threat-model", "-m", "M3", *ELI)
    assert loaded(pilot).services["payments-service"].attestations["G8.threat-model"].milestone == "M3"
    attest(run, pilot, "payments-service", "G8.isolation", *ELI)
    assert loaded(pilot).services["payments-service"].attestations["G8.isolation"].milestone is None


def test_where_all_milestones_were_exited_the_last_one_is_meant(run: Run, pilot: Path) -> None:
    for milestone in ("M1", "M2", "M3", "M4"):
        with (pilot / f"milestones/{milestone}.yaml").open("a", encoding="utf-8") as file:
            file.write("exited: {on: 2026-11-01, by: dana}\n")
    ran = attest(run, pilot, "orders-service", "G8.threat-model", *ELI)
    assert "for M1: " in " ".join(ran.out.split())


def test_a_demand_of_the_plan_is_attested_in_its_gate_s_role(run: Run, workspace: Path) -> None:
    edit(
        workspace / "gates/governance.yaml",
        "roster: {}",
        "roster:\n  eli: {roles: [security]}\n  bo: {roles: [architecture]}",
    )
    wrong = run(
        "-C",
        workspace,
        "attest",
        "identity-service",
        "G8.scope",
        "--by",
        "bo",
        "--role",
        "architecture",
        "--link",
        LINK,
        *AS_OF,
    )
    assert wrong.code == 2
    assert "it was made as architecture; the criterion needs security" in wrong.err
    ran = run("-C", workspace, "attest", "identity-service", "G8.scope", *ELI, *AS_OF)
    assert "M0: G8.scope is pass by attestation" in " ".join(ran.out.split())
    text = (workspace / "services/identity-service.yaml").read_text("utf-8")
    assert text.endswith(
        f"attestations:\n  G8.scope: {{by: eli, role: security, on: 2026-11-20, link: {LINK}}}\n"
    )
    run("-C", workspace, "attest", "identity-service", "G8.scope", "--remove")
    assert "attestations" not in (workspace / "services/identity-service.yaml").read_text("utf-8")


def test_where_it_is_not_asked_that_is_told(run: Run, pilot: Path) -> None:
    ran = attest(run, pilot, "orders-service", "G8.review", *ELI)
    assert "M1 does not ask G8.review of orders-service" in ran.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("orders-servic", "G8.review", *ELI), "unknown service 'orders-servic'; did you mean 'orders-service'?"),
        (("orders-service", "G8.reviw", *ELI), "unknown criterion 'G8.reviw'; did you mean 'G8.review'?"),
        (("orders-service", "capability:split", *ADA), "unknown criterion 'capability:split'; did you mean 'capability:split-deliveries'?"),
        (
            ("orders-service", "G1.pure", *ADA),
            "services/orders-service.yaml:30:3: G1.pure takes no attestation; map evidence: domain_source",
        ),
        (("orders-service", "G1.coverage", *ADA), "it was made as owner; the criterion needs architecture"),
        (("orders-service", "G8.review", *ADA), "it was made as owner; the criterion needs security"),
        (("orders-service", "G8.review", "--by", "elli", "--role", "security", "--link", LINK), "elli is not on the roster; did you mean 'eli'?"),
        (("orders-service", "G8.review", "--by", "dana", "--role", "security", "--link", LINK), "dana does not hold the role security"),
        (("orders-service", "capability:split-deliveries", "--by", "bo", "--role", "owner", "--link", LINK), "bo is not in team-orders"),
        (("orders-service", "G8.review", "--by", "eli", "--role", "security"), "an attestation needs --link"),
        (("orders-service", "G8.review"), "an attestation needs --by, --role, --link"),
        (("orders-service", "G8.review", "--by", "eli", "--role", "security", "--link", " "), "' ' does not match the pattern"),
        (("orders-service", "G8.review", *ELI, "--on", "2027-01-01"), "--on 2027-01-01 is in the future"),
        (("orders-service", "G8.review", *ELI, "-m", "M9"), "unknown milestone 'M9'"),
        (("orders-service", "G8.review", *ELI, "-m", "M3"), "orders-service has no target at M3; it has at M0, M1"),
        (("orders-service", "G8.isolation", "--remove", "--role", "security"), "--remove withdraws an attestation: leave --role out"),
        (("orders-service", "G8.isolatio", "--remove"), "unknown criterion 'G8.isolatio'; did you mean 'G8.isolation'?"),
        (("orders-service", "G8.review", "--by", "eli", "--role", "security", "--link", "\udc80"), "bytes that are not UTF-8"),
    ],
)  # fmt: skip
def test_what_would_not_count_is_refused(
    run: Run, pilot: Path, arguments: tuple[str, ...], told: str
) -> None:
    before = contents(pilot)
    ran = attest(run, pilot, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert contents(pilot) == before


@pytest.mark.parametrize(
    "link", ["a: {b", "# x", "x\n  y: z", "'", '"', "[red]", "\x1b[31m", "null", "12", "{{ x }}"]
)
def test_hostile_words_are_written_as_words(run: Run, pilot: Path, link: str) -> None:
    words = ("--by", "eli", "--role", "security", "--link", link)
    ran = attest(run, pilot, "orders-service", "G8.review", *words)
    assert ran.code == 0
    assert "\x1b" not in ran.out
    assert loaded(pilot).services["orders-service"].attestations["G8.review"].link == link


def test_an_alias_in_a_manifest_stops_it_before_anything_is_written(run: Run, pilot: Path) -> None:
    edit(
        pilot / ORDERS,
        "labels:" if "labels:" in (pilot / ORDERS).read_text("utf-8") else "level: L1",
        "level: &a L1",
    )
    edit(pilot / ORDERS, "    level: L2", "    level: *a")
    before = contents(pilot)
    ran = attest(run, pilot, "orders-service", "G8.review", *ELI)
    assert ran.code == 3
    assert "aliases are not supported" in ran.err
    assert contents(pilot) == before
