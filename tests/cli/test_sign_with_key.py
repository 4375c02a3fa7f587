"""`--key`: entries are completed, signed, verified and written, or refused with what is missing."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from builders.program import AS_OF, contents, loaded
from builders.signing import key_file, key_pair, list_keys
from builders.workspaces import Run, copy_of_pilot, edit
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.model.signature import SignatureState
from gatekeeper.workspace.loading import open_workspace
from gatekeeper.workspace.statements import entries_of

CATALOGUE = "services/catalogue-service.yaml"
ORDERS = "services/orders-service.yaml"
LINK = "https://example.org/7"
REQUIRED = "signatures: {architecture: required}\n"
L2 = ("sign", "catalogue-service", "L2", "--role", "architecture", "--by", "dana")
REVIEW = ("attest", "orders-service", "G8.review", "--by", "eli", "--role", "security", "--link", LINK)


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    """Return the pilot; three people have keys, and the file of each is beside the repository."""
    pilot = copy_of_pilot(tmp_path / "repository")
    list_keys(pilot, "dana", "eli", "cy")
    return pilot


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, Path]:
    return {name: key_file(name, tmp_path) for name in ("dana", "eli", "cy", "zoe")}


def states(pilot: Path) -> dict[str, SignatureState]:
    """Return how each statement was made, by act and place."""
    workspace = open_workspace(pilot)
    return {
        " ".join((entry.statement.act, *entry.statement.about.values())): signature_of(
            entry.statement, workspace.rulebook, entry.service
        ).state
        for entry in entries_of(workspace)
    }


def said(ran: Any) -> str:
    return " ".join((ran.out + ran.err).split())


# Each command


def test_a_sign_off_is_signed_with_its_obligations_and_artefacts(
    run: Run, pilot: Path, keys: dict[str, Path]
) -> None:
    before = (pilot / CATALOGUE).read_text("utf-8")
    ran = run("-C", pilot, *L2, "--key", keys["dana"], *AS_OF)
    assert (ran.code, ran.err) == (0, "")
    assert "evidence 5 artefacts: capacity_plan, cold_start_test" in said(ran)
    assert "✓ signed L2 as architecture by dana, 2026-11-20, signed with SHA256:" in said(ran)
    assert "--role security --by NAME --key FILE" in ran.out
    given = loaded(pilot).services["catalogue-service"].sign_offs["L2"]["architecture"]
    plan = pilot / "services/catalogue-service/capacity-plan.md"
    assert given.evidence is not None
    assert given.evidence["capacity_plan"] == _sha256(plan)
    assert given.obligations is not None
    assert states(pilot)["sign-off catalogue-service L2 architecture"] is SignatureState.SIGNED
    assert (pilot / CATALOGUE).read_text("utf-8").startswith(before)
    again = run("-C", pilot, *L2, "--key", keys["dana"], *AS_OF)
    assert "signed already, on 2026-11-20" in again.out


def test_other_evidence_or_a_typed_sign_off_is_signed_anew(
    run: Run, pilot: Path, keys: dict[str, Path]
) -> None:
    run("-C", pilot, *L2, *AS_OF)
    assert "in place of dana" in said(run("-C", pilot, *L2, "--key", keys["dana"], *AS_OF))
    plan = pilot / "services/catalogue-service/capacity-plan.md"
    plan.write_text(plan.read_text("utf-8") + "\nMore.\n", "utf-8")
    assert "in place of dana" in said(run("-C", pilot, *L2, "--key", keys["dana"], *AS_OF))
    assert loaded(pilot).services["catalogue-service"].withdrawn == ()


def test_an_attestation_is_signed_with_what_the_criterion_asks(
    run: Run, pilot: Path, keys: dict[str, Path]
) -> None:
    gates = pilot.parents[1] / "gates"
    attest = ("attest", "orders-service", "G8.isolation", *REVIEW[3:], "--key", keys["eli"])
    ran = run("-C", pilot, *attest, *AS_OF)
    assert (ran.code, ran.err) == (0, "")
    assert states(pilot)["attestation orders-service G8.isolation"] is SignatureState.SIGNED
    first = loaded(pilot).services["orders-service"].attestations["G8.isolation"].obligations
    assert "attested already" in run("-C", pilot, *attest, *AS_OF).out

    # What does not decide it changes nothing: another day, another release, a remedy, another criterion.
    edit(pilot / ORDERS, "commit: c0ffee1", "commit: c0ffee2")
    edit(gates / "G8.yaml", "remedy: ", "remedy: Now, ")
    edit(gates / "G1.yaml", "at_least: 95", "at_least: 96")
    later = run("-C", pilot, *attest, "--as-of", "2027-01-20")
    assert "in place of eli, 2026-11-20" in said(later)
    assert loaded(pilot).services["orders-service"].attestations["G8.isolation"].obligations == first
    on = ("-s", "orders-service", "-m", "M1", "--as-of", "2027-01-20")
    explained = ("-C", pilot, "explain", "L2.tenant-isolation", *on)
    assert "has changed" not in run(*explained).out
    edit(gates / "evidence.yaml", "valid_days: 365", "valid_days: 366")
    assert "what was attested has changed; it still counts" in run(*explained).out
    check = ("-C", pilot, "check", *on)
    changed = "what was attested has changed: L2.tenant-isolation (eli, 2027-01-20); it still counts"
    assert changed in said(run(*check))
    assert run(*check, "-f", "json").out.count('"changed_since_attested":true') == 1
    edit(gates / "G8.yaml", "or_attested_by: security", "or_attested_by: architecture")
    edit(pilot / "governance.yaml", "roles: [security]", "roles: [security, architecture]")
    run("-C", pilot, *[word if word != "security" else "architecture" for word in attest], *AS_OF)
    assert loaded(pilot).services["orders-service"].attestations["G8.isolation"].obligations != first


def test_an_exit_its_withdrawal_and_an_exception_are_signed(
    run: Run, pilot: Path, keys: dict[str, Path]
) -> None:
    for milestone in ("M1", "M2"):
        with (pilot / f"milestones/{milestone}.yaml").open("a", encoding="utf-8") as file:
            file.write("exited: {on: 2026-11-01, by: dana}\n")
    (pilot / "milestones/risk-register/RR-1.yaml").unlink()
    edit(pilot / "governance.yaml", "\nroster:", f"\n{REQUIRED}roster:")
    delta = ("--delta", "L4.capabilities", "--delta", "L4.chaos", "--delta", "capability:instalments")
    opened = ("except", "open", "payments-service", "--risk", "r", "--approved-by", "eli", "--link", LINK,
              *delta, "-m", "M3")  # fmt: skip
    refused = run("-C", pilot, *opened, *AS_OF)
    assert (refused.code, contents(pilot)) == (2, contents(pilot))
    assert "it would not count: it is not signed, and exception entries must be signed" in refused.err
    # The sign-offs of architecture count only if they are signed, too.
    assert run("-C", pilot, "sign", "--by", "dana", "--key", keys["dana"], *AS_OF).code == 0
    ran = run("-C", pilot, *opened, "--key", keys["eli"], *AS_OF)
    assert (ran.code, ran.err) == (0, "")
    assert run("-C", pilot, "exit", "M3", "--by", "dana", "--key", keys["dana"], *AS_OF).code == 0
    later = ("--as-of", "2026-11-21")
    withdrawn = ("exit", "M3", "--by", "eli", "--withdraw", "too early")
    assert run("-C", pilot, *withdrawn, *later).code == 2
    assert run("-C", pilot, *withdrawn, "--key", keys["eli"], *later).code == 0
    found = states(pilot)
    assert {found[name] for name in ("exception RR-1", "exit M3 2026-11-20", "exit M3 2026-11-21")} == {
        SignatureState.SIGNED
    }


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_a_key_of_ssh_signs_by_its_private_and_by_its_public_half(
    run: Run, pilot: Path, tmp_path: Path
) -> None:
    key = tmp_path / "id_ed25519"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "dana@laptop", "-f", os.fspath(key)]
    subprocess.run(command, check=True)
    public = " ".join(key.with_suffix(".pub").read_text("utf-8").split()[:2])
    edit(pilot / "governance.yaml", key_pair("dana").public, public)
    for file, on in ((key, "2026-11-19"), (key.with_suffix(".pub"), "2026-11-20")):
        ran = run("-C", pilot, *L2, "--on", on, "--key", file, *AS_OF)
        assert (ran.code, ran.err) == (0, "")
        given = loaded(pilot).services["catalogue-service"].sign_offs["L2"]["architecture"]
        assert (str(given.on), str(given.signature)[:4]) == (on, "ssh:")
        assert states(pilot)["sign-off catalogue-service L2 architecture"] is SignatureState.SIGNED


def test_a_dry_run_shows_the_digest_of_the_statement_and_signs_nothing(
    run: Run, pilot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "dana.pub"
    file.write_text(key_pair("dana").public, "utf-8")
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    before = contents(pilot)
    ran = run("-C", pilot, *L2, "--key", file, "--dry-run", *AS_OF)
    assert (ran.code, contents(pilot)) == (0, before)
    run("-C", pilot, *L2, "--key", key_file("dana", tmp_path), *AS_OF)
    workspace = open_workspace(pilot)
    [entry] = [one for one in entries_of(workspace) if one.statement.signature]
    assert entry.statement.digest(str(workspace.rulebook.workspace)) in ran.out


# What is refused


@pytest.mark.parametrize(
    ("governance", "who", "why"),
    [
        (("", ""), "zoe", "is not on the roster; if it is a key of dana, let a change that is reviewed add it to `roster: dana: keys:` in governance.yaml"),
        (("", ""), "eli", "is a key of eli, not of dana"),
        (("keys: [KEY]", "keys: [{key: KEY, revoked: true}]"), "dana", "the key of dana was revoked"),
        (("keys: [KEY]", "keys: [{key: KEY, until: 2026-11-19}]"), "dana", "the key of dana counted until 2026-11-19"),
    ],
)  # fmt: skip
def test_a_key_that_may_not_sign_is_refused(
    run: Run, pilot: Path, keys: dict[str, Path], governance: tuple[str, str], who: str, why: str
) -> None:
    public = f'"{key_pair("dana").public}"'
    edit(pilot / "governance.yaml", *(text.replace("KEY", public) for text in governance))
    before = contents(pilot)
    ran = run("-C", pilot, *L2, "--key", keys[who], *AS_OF)
    assert (ran.code, ran.out) == (2, "")
    assert why in ran.err
    assert (f'\n- "{key_pair("zoe").public}"\n' in ran.err) == (who == "zoe")
    assert contents(pilot) == before


def test_without_an_id_of_the_workspace_nothing_is_signed(
    run: Run, pilot: Path, keys: dict[str, Path]
) -> None:
    settings = pilot / "gatekeeper.yaml"
    settings.write_text(settings.read_text("utf-8").partition("workspace:")[0], "utf-8")
    ran = run("-C", pilot, *L2, "--key", keys["dana"], *AS_OF)
    assert ran.code == 2
    line = ran.err.rstrip().rpartition("\n")[2]
    assert line.startswith("workspace: ")
    with settings.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    assert run("-C", pilot, *L2, "--key", keys["dana"], *AS_OF).code == 0


def test_where_signatures_are_required_nothing_is_typed(run: Run, pilot: Path, keys: dict[str, Path]) -> None:
    edit(pilot / "governance.yaml", "\nroster:", f"\n{REQUIRED}roster:")
    before = contents(pilot)
    ran = run("-C", pilot, *L2, *AS_OF)
    assert (ran.code, contents(pilot)) == (2, before)
    assert "what is stated as architecture must be signed; run the command again with `--key FILE`" in ran.err
    assert run("-C", pilot, *REVIEW, *AS_OF).code == 0, "security need not sign"
    assert run("-C", pilot, *L2, "--key", keys["dana"], *AS_OF).code == 0


def test_resign_on_evidence_asks_for_the_artefacts_without_a_key_too(run: Run, pilot: Path) -> None:
    edit(pilot / "governance.yaml", "\nroster:", "\nresign_on: {L2: [evidence]}\nroster:")
    run("-C", pilot, *L2, *AS_OF)
    given = loaded(pilot).services["catalogue-service"].sign_offs["L2"]["architecture"]
    assert given.evidence
    assert given.signature is None


# Withdrawal


def test_a_signed_attestation_that_is_removed_never_counts_again(
    run: Run, pilot: Path, keys: dict[str, Path]
) -> None:
    run("-C", pilot, *REVIEW, "--key", keys["eli"], *AS_OF)
    signed = (pilot / ORDERS).read_text("utf-8")
    ran = run("-C", pilot, "attest", "orders-service", "G8.review", "--remove", "--by", "dana", *AS_OF)
    assert ran.code == 0
    assert "its digest is listed in `withdrawn`: it never counts again" in said(ran)
    [mark] = loaded(pilot).services["orders-service"].withdrawn
    assert (mark.by, str(mark.on)) == ("dana", "2026-11-20")
    written = (pilot / ORDERS).read_text("utf-8").rpartition("withdrawn:")[2]
    (pilot / ORDERS).write_text(f"{signed}withdrawn:{written}", "utf-8")
    assert states(pilot)["attestation orders-service G8.review"] is SignatureState.WITHDRAWN
    again = run("-C", pilot, *REVIEW, "--key", keys["eli"], *AS_OF)
    assert (again.code, "dana withdrew it on 2026-11-20" in again.err) == (2, True)
    assert run("-C", pilot, *REVIEW, "--key", keys["eli"], "--on", "2026-11-19", *AS_OF).code == 0


def test_a_grandfathered_attestation_that_is_removed_never_counts_again(run: Run, pilot: Path) -> None:
    assert run("-C", pilot, "keys", "require", "security", *AS_OF).code == 0
    typed, name = (pilot / ORDERS).read_text("utf-8"), "attestation orders-service G8.isolation"
    assert states(pilot)[name] is SignatureState.GRANDFATHERED
    assert run("-C", pilot, "attest", "orders-service", "G8.isolation", "--remove", *AS_OF).code == 0
    written = (pilot / ORDERS).read_text("utf-8").rpartition("withdrawn:")[2]
    (pilot / ORDERS).write_text(f"{typed.rstrip()}\nwithdrawn:{written}", "utf-8")
    assert states(pilot)[name] is SignatureState.WITHDRAWN


def test_a_sign_off_is_withdrawn_and_a_typed_one_is_removed(
    run: Run, pilot: Path, keys: dict[str, Path]
) -> None:
    before = (pilot / CATALOGUE).read_text("utf-8")
    run("-C", pilot, *L2, *AS_OF)
    ran = run("-C", pilot, *L2, "--remove", *AS_OF)
    assert "✓ removed the sign-off of L2 as architecture of catalogue-service, by dana" in said(ran)
    assert (pilot / CATALOGUE).read_text("utf-8") == before
    gone = run("-C", pilot, *L2, "--remove", *AS_OF)
    assert "catalogue-service has no sign-off of L2 as architecture: nothing was written" in said(gone)
    run("-C", pilot, *L2, "--key", keys["dana"], *AS_OF)
    refused = run("-C", pilot, *L2[:-1], "nobody", "--remove", *AS_OF)
    assert (refused.code, "nobody is not on the roster" in refused.err) == (2, True)
    assert run("-C", pilot, *L2, "--remove", *AS_OF).code == 0
    assert [mark.by for mark in loaded(pilot).services["catalogue-service"].withdrawn] == ["dana"]
    tombstone = (pilot / CATALOGUE).read_text("utf-8").removeprefix(before)
    assert tombstone.startswith("withdrawn:\n  - {digest: sha256:")


# All entries of a person


def test_all_unsigned_entries_of_a_person_are_signed_as_they_are(
    run: Run, pilot: Path, keys: dict[str, Path]
) -> None:
    with (pilot / "governance.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "weakenings:\n"
            f"  - {{what: 'a:sha256:{'0' * 64}', by: dana, on: 2026-11-19, link: l}} # why\n"
            f"  - what: 'b:sha256:{'0' * 64}'\n    by: dana\n    on: 2026-11-19\n    link: l\n"
            f"  - {{what: 'c:sha256:{'0' * 64}', by: eli, on: 2026-11-19, link: l}}\n"
        )
    (pilot / "milestones/M1.yaml").write_text(
        (pilot / "milestones/M1.yaml").read_text("utf-8") + "exited: {on: 2026-11-01, by: Dana}\n", "utf-8"
    )
    before = states(pilot)
    texts = contents(pilot)
    shown = run("-C", pilot, "sign", "--by", "dana", "--key", keys["dana"], "--dry-run", *AS_OF)
    assert (shown.code, contents(pilot)) == (0, texts)
    ran = run("-C", pilot, "sign", "--by", "dana", "--key", keys["dana"], *AS_OF)
    assert (ran.code, ran.err) == (0, "")
    assert "asks for the passphrase" in said(ran)
    after = states(pilot)
    mine = {"exception RR-1", "exit M1 2026-11-01", "exit M0 2026-10-30"}
    assert {name for name in after if after[name] is not before[name]} == {
        *mine, *(name for name in after if "sign-off" in name and name.endswith("architecture")),
    }  # fmt: skip
    assert set(after.values()) == {SignatureState.SIGNED, SignatureState.TYPED}
    governance = loaded(pilot).governance
    assert [bool(one.signature) for one in governance.weakenings] == [True, True, False]
    # Nothing but signatures is new.
    kept = "".join((pilot / "governance.yaml").read_text("utf-8").split())
    assert "link:l,signature:dsse:" in kept
    again = run("-C", pilot, "sign", "--by", "dana", "--key", keys["dana"], *AS_OF)
    assert again.out.startswith("nothing of dana is left to sign; nothing was written\nnext: gatekeeper ")


def test_what_a_revoked_key_signed_is_signed_again_with_a_new_one(
    run: Run, pilot: Path, keys: dict[str, Path]
) -> None:
    run("-C", pilot, "sign", "--by", "dana", "--key", keys["dana"], *AS_OF)
    before, old, new = states(pilot), key_pair("dana").public, key_pair("zoe").public
    edit(pilot / "governance.yaml", f'["{old}"]', f'[{{key: "{old}", revoked: true}}, "{new}"]')
    revoked = states(pilot)
    assert SignatureState.INVALID in revoked.values()
    told = said(run("-C", pilot, "verify-signatures", *AS_OF))
    assert f"gatekeeper -C {pilot} sign --by NAME --key FILE" in told
    ran = run("-C", pilot, "sign", "--by", "dana", "--key", keys["zoe"], *AS_OF)
    assert (ran.code, "read it before you sign again: the key of dana was revoked" in said(ran)) == (0, True)
    assert states(pilot) == before


def test_what_would_not_count_is_left_out_with_the_reason(
    run: Run, pilot: Path, keys: dict[str, Path]
) -> None:
    key = f'"{key_pair("dana").public}"'
    edit(pilot / "governance.yaml", f"[{key}]", f"[{{key: {key}, from: 2026-11-15}}]")
    ran = run("-C", pilot, "sign", "--by", "dana", "--key", keys["dana"], *AS_OF)
    assert ran.code == 0
    assert "left out: the key of dana counts from 2026-11-15 on" in said(ran)
    found = states(pilot)
    assert found["sign-off orders-service L1 architecture"] is SignatureState.TYPED
    assert found["sign-off payments-service L3 architecture"] is SignatureState.SIGNED


def test_all_or_nothing_is_signed(run: Run, pilot: Path, keys: dict[str, Path]) -> None:
    (pilot / "services/payments-service.yaml").chmod(0o444)
    before = contents(pilot)
    ran = run("-C", pilot, "sign", "--by", "dana", "--key", keys["dana"], *AS_OF)
    assert (ran.code, contents(pilot)) == (2, before)
    assert "services/payments-service.yaml is read-only; nothing was written" in ran.err


@pytest.mark.parametrize("answer", ["yes", "no", "too late"])
def test_on_a_terminal_it_asks_once(
    run: Run, pilot: Path, keys: dict[str, Path], monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    asked: list[str] = []

    def confirm(question: str) -> bool:
        asked.append(question)
        if answer == "too late":
            edit(
                pilot / ORDERS,
                "architecture: {by: dana, on: 2026-10-07}",
                "architecture: {by: dana, on: 2026-10-08}",
            )
        return answer != "no"

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", confirm)
    ran = run("-C", pilot, "sign", "--by", "dana", "--key", keys["dana"], *AS_OF)
    assert asked == ["Sign 7 entries?"]
    assert (
        "sign-off of L1 of orders-service as architecture, 2026-10-07: services/orders-service.yaml:"
        in said(ran)
    )
    assert {"yes": "signed 7 entries", "no": "nothing was written", "too late": "has changed since"}[
        answer
    ] in said(ran)
    assert (SignatureState.SIGNED in states(pilot).values()) == (answer == "yes")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--by", "dana"), "name SERVICE and LEVEL; or --key FILE, to sign all entries of dana"),
        (
            ("--by", "dana", "--key", "KEY", "--link", LINK),
            "entries are signed as they are: leave --link out",
        ),
        (("--by", "dan", "--key", "KEY"), "dan is not on the roster; did you mean 'dana'?"),
        (("--by", "eli", "--key", "KEY"), "is a key of dana, not of eli"),
        (("catalogue-service", "--by", "dana", "--key", "KEY"), "name the level and the role"),
    ],
)
def test_what_is_missing_is_said(
    run: Run, pilot: Path, keys: dict[str, Path], arguments: tuple[str, ...], why: str
) -> None:
    words = [str(keys["dana"]) if word == "KEY" else word for word in arguments]
    ran = run("-C", pilot, "sign", *words, *AS_OF)
    assert (ran.code, why in ran.err) == (2, True), ran.err


def _sha256(file: Path) -> str:
    import hashlib

    return hashlib.sha256(file.read_bytes()).hexdigest()
