"""`gatekeeper verify-signatures`: every statement, problems first."""

import base64
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from builders.program import AS_OF
from builders.signed_workspaces import WORKSPACE_ID, require, sign, splice, with_keys
from builders.signing import KeyPair, key_pair
from builders.ssh_keygen import needs_ssh_keygen, ssh_keygen
from builders.workspaces import Run, copy_of_pilot, edit
from gatekeeper.evidence import records
from gatekeeper.workspace.loading import open_workspace
from gatekeeper.workspace.statements import entries_of

ORDERS = "services/orders-service.yaml"


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return with_keys(copy_of_pilot(tmp_path / "repository"))


def place_of_owner(root: Path) -> str:
    """Return the place of the sign-off of L1 of orders-service as owner."""
    lines = (root / ORDERS).read_text("utf-8").splitlines()
    return f"{ORDERS}:{1 + next(n for n, line in enumerate(lines) if line.startswith('    owner:'))}"


def verify(run: Run, root: Path, *arguments: object) -> Any:
    return run("-C", root, "verify-signatures", *AS_OF, *arguments)


def rows(run: Run, root: Path, *arguments: object) -> list[dict[str, Any]]:
    return list(json.loads(verify(run, root, "-f", "json", *arguments).out)["statements"])


def problems(run: Run, root: Path) -> list[dict[str, Any]]:
    return [row for row in rows(run, root) if row["problem"]]


def test_without_signatures_everything_is_typed_and_nothing_is_wrong(run: Run, pilot: Path) -> None:
    ran = verify(run, pilot)
    assert ran.code == 0
    assert "no role needs signatures" in ran.out
    assert {row["signature"]["state"] for row in rows(run, pilot)} == {"typed"}


def test_signed_statements_are_grouped_by_person_and_key(run: Run, pilot: Path) -> None:
    sign(pilot)
    require(pilot, "owner", "security", "architecture")
    ran = verify(run, pilot)
    assert ran.code == 0
    assert {row["signature"]["state"] for row in rows(run, pilot)} == {"signed"}
    assert len(ran.out.splitlines()) < 20
    assert "✓ bo  2 attestations, 2 sign-offs in 1 service\n  with SHA256:" in ran.out
    each = " ".join(verify(run, pilot, "--all").out.split())
    assert "sign-off of L1 of orders-service as owner by ada, 2026-10-06: signed with SHA256:" in each
    assert place_of_owner(pilot) in each


def test_the_statements_of_one_service(run: Run, pilot: Path) -> None:
    found = rows(run, pilot, "payments-service")
    assert {row["service"] for row in found} == {"payments-service"}
    assert {row["act"] for row in found} == {"sign-off", "attestation", "not-applicable", "exception"}
    assert verify(run, pilot, "payment-service").code == 2


def test_an_entry_that_was_changed_after_it_was_signed_is_reported_first(run: Run, pilot: Path) -> None:
    sign(pilot)
    edit(pilot / ORDERS, "on: 2026-10-06", "on: 2026-10-05")
    ran = verify(run, pilot)
    assert ran.code == 1
    assert ran.out.startswith("✗ sign-off of L1 of orders-service as owner by ada, 2026-10-05\n")
    assert "did not sign this: it was changed since" in " ".join(ran.out.split())
    [row] = problems(run, pilot)
    assert (row["signature"]["state"], row["place"]) == ("invalid", place_of_owner(pilot))
    assert "~ RR-1" not in ran.out


def test_a_signature_that_was_copied_names_where_it_is_from(run: Run, pilot: Path) -> None:
    sign(pilot, lambda of: of.by == "ada" and of.act == "sign-off")
    signature = next(line for line in (pilot / ORDERS).read_text("utf-8").splitlines() if "ssh:" in line)
    copied = signature.partition("signature: ")[2].rstrip("}").strip("'\"")
    splice(pilot / "services/payments-service.yaml", ["sign_offs", "L3", "owner", "signature"], copied)
    [row] = problems(run, pilot)
    assert row["service"] == "payments-service"
    assert row["also_at"] == [place_of_owner(pilot)]
    assert f"the same signature is at {place_of_owner(pilot)}" in verify(run, pilot).out


def test_what_must_be_signed_is_listed_by_person_with_the_command(run: Run, pilot: Path) -> None:
    sign(pilot, lambda of: of.by != "cy")
    require(pilot, "owner", "security", "architecture")
    ran = verify(run, pilot)
    assert ran.code == 1
    said = " ".join(ran.out.split())
    assert "? cy must sign 3 attestations, 3 sign-offs in 2 services" in said
    assert f"  → gatekeeper -C {pilot} sign --by cy --key FILE\n" in ran.out
    assert {row["by"] for row in problems(run, pilot)} == {"cy"}
    assert "must sign" not in verify(run, pilot, "payments-service").out


def test_what_nothing_depends_on_any_more_need_not_be_signed(run: Run, pilot: Path) -> None:
    require(pilot, "owner", "security", "architecture")
    acts = {row["act"] for row in problems(run, pilot)}
    assert acts == {"sign-off", "attestation", "not-applicable", "exception"}  # an exit is history
    register = pilot / "milestones/risk-register/RR-1.yaml"
    splice(register, ["closed"], "2026-11-19")
    for row in ("L1.scaffold", "G8.isolation"):
        splice(pilot / ORDERS, ["attestations", row, "until"], "2026-11-19")
    left = problems(run, pilot)
    assert "exception" not in {row["act"] for row in left}
    orders = [
        row["about"]["criterion"]
        for row in left
        if row["service"] == "orders-service" and row["act"] == "attestation"
    ]
    assert orders == ["L1.no-customer-endpoints"]


def test_a_sign_off_below_a_signed_one_of_the_same_role_need_not_be_signed(run: Run, pilot: Path) -> None:
    sign(pilot, lambda of: of.about.get("level") == "L3")
    require(pilot, "owner", "security", "architecture")
    levels = [row["about"] for row in problems(run, pilot) if row["act"] == "sign-off"]
    assert levels
    assert all(about["service"] != "payments-service" for about in levels)


def test_a_withdrawn_statement_that_was_written_back_is_reported(run: Run, pilot: Path) -> None:
    row = next(row for row in rows(run, pilot, "orders-service") if row["act"] == "sign-off")
    manifest = pilot / ORDERS
    tombstone = f"withdrawn:\n  - {{digest: '{row['digest']}', by: ada, on: 2026-11-02}}\n"
    manifest.write_text(manifest.read_text("utf-8") + tombstone, encoding="utf-8")
    [found] = problems(run, pilot)
    assert (found["signature"]["state"], found["signature"]["why"]) == (
        "withdrawn",
        "ada withdrew it on 2026-11-02",
    )
    told = " ".join(verify(run, pilot).out.split())
    assert "remove each entry; what holds after all needs another date or link" in told
    assert "restore each entry" not in told


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_no_line_is_wider_than_the_screen(
    run: Run, pilot: Path, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(pilot, lambda of: of.by != "cy")
    require(pilot, "owner")
    edit(pilot / ORDERS, "on: 2026-10-06", "on: 2026-10-05")
    monkeypatch.setenv("COLUMNS", str(columns))
    for arguments in ((), ("--all",)):
        lines = verify(run, pilot, *arguments).out.splitlines()
        assert all(len(line) <= columns for line in lines if "gatekeeper -C" not in line)


@needs_ssh_keygen
def test_everybody_verifies_an_export_by_ssh_keygen_alone(run: Run, pilot: Path, tmp_path: Path) -> None:
    sign(pilot, lambda of: of.by != "cy")
    folder = tmp_path / "signed"
    ran = verify(run, pilot, "--export", folder)
    listed = [row for row in rows(run, pilot) if row["signature"]["state"] == "signed"]
    assert f"wrote {len(listed)} signed statements" in ran.out
    statements = sorted(folder.glob("*.json"))
    assert len(statements) == len(listed)
    digests = {f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}" for file in statements}
    assert digests == {row["digest"] for row in listed}
    script = subprocess.run(["sh", folder / "verify.sh"], capture_output=True, text=True, check=False)
    assert script.returncode == 0, script.stderr
    assert script.stdout.count('Good "gatekeeper-v1" signature') == len(statements)
    for file in statements:
        by = json.loads(file.read_bytes())["predicate"]
        assert verified_by_ssh_keygen(folder, file, by.get("by") or by["approved_by"])
        assert not verified_by_ssh_keygen(folder, file, "cy")
    statements[0].write_bytes(statements[0].read_bytes() + b" ")
    assert subprocess.run(["sh", folder / "verify.sh"], capture_output=True, check=False).returncode != 0


def verified_by_ssh_keygen(folder: Path, file: Path, by: str) -> bool:
    of = ("-f", folder / "allowed_signers", "-I", by, "-n", "gatekeeper-v1", "-s", f"{file}.sig")
    return ssh_keygen("-Y", "verify", *of, data=file.read_bytes()).returncode == 0


def test_an_export_overwrites_nothing(run: Run, pilot: Path) -> None:
    ran = verify(run, pilot, "--export", pilot / "services")
    assert ran.code == 2
    assert "is not an empty folder" in ran.err


def test_a_signature_in_dsse_is_exported_as_an_envelope(run: Run, pilot: Path, tmp_path: Path) -> None:
    entry = next(one for one in entries_of(open_workspace(pilot)) if one.statement.by == "bo")
    message = entry.statement.message(WORKSPACE_ID)
    splice(
        pilot / entry.place.file, [*map(str, entry.place.path), "signature"], dsse(key_pair("bo"), message)
    )
    ran = verify(run, pilot, "--export", tmp_path / "signed")
    assert "wrote 1 signed statement (1 in DSSE or Sigstore, which ssh-keygen does not read)" in " ".join(
        ran.out.split()
    )
    [file] = (tmp_path / "signed").glob("*.dsse")
    envelope = json.loads(file.read_bytes())
    assert base64.b64decode(envelope["payload"]) == message
    assert envelope["payloadType"] == "application/vnd.in-toto+json"


def dsse(pair: KeyPair, message: bytes) -> str:
    kind = b"application/vnd.in-toto+json"
    signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(message), message)
    value = base64.b64encode(pair.private.sign(signed)).decode()
    return f"dsse:{pair.public.split()[1]}.{value}"


def test_records_are_listed_beside_what_people_state(run: Run, pilot: Path) -> None:
    governance = pilot / "governance.yaml"
    recorder = f"recorders:\n  build: {{keys: [{key_pair('ci').public}], services: [payments-service]}}\n"
    governance.write_text(governance.read_text("utf-8") + recorder, encoding="utf-8")
    collect = (
        "collect",
        "payments-service",
        "--pipeline",
        "build",
        "--at",
        "2026-11-18T10:00:00Z",
        "--run",
        "7",
    )
    assert run("-C", pilot, *collect).code == 0
    [row] = [row for row in rows(run, pilot, "payments-service") if row["act"] == "record"]
    assert (row["about"]["pipeline"], row["about"]["run"], row["on"]) == ("build", "7", "2026-11-18")
    assert (row["signature"]["state"], row["problem"]) == ("typed", False)
    require(pilot, "ci")
    ran = verify(run, pilot)
    assert ran.code == 1
    assert "? build must sign 1 record in 1 service" in ran.out
    assert f"→ gatekeeper -C {pilot} collect payments-service --pipeline build --key FILE" in ran.out
    sign_record(pilot / "services/payments-service/evidence/build.json", "ci")
    [row] = [row for row in rows(run, pilot, "payments-service") if row["act"] == "record"]
    assert (row["signature"]["state"], row["problem"]) == ("signed", False)
    sign_record(pilot / "services/payments-service/evidence/build.json", "somebody")
    [row] = [row for row in rows(run, pilot, "payments-service") if row["act"] == "record"]
    assert (row["signature"]["state"], row["problem"]) == ("unknown signer", True)


def sign_record(file: Path, by: str) -> None:
    service, record = "payments-service", records.read(file.read_bytes(), "payments-service", "build")
    runs = (
        run.with_signature(key_pair(by).sign(run.states(service, "build").message(WORKSPACE_ID)))
        for run in record.runs
    )
    file.write_bytes(record._replace(runs=tuple(runs)).as_json(service))
