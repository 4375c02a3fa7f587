"""A signature that is copied elsewhere, or whose entry is edited, does not count, and `check` says why."""

import json
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders.program import AS_OF, one_service
from builders.signing import key_file, list_keys, ssh_key_file
from builders.workspaces import Run, copy_of_pilot, edit
from gatekeeper.syntax.yaml import load
from gatekeeper.workspace.loading import open_workspace
from gatekeeper.workspace.statements import entries_of

CATALOGUE = "services/catalogue-service.yaml"
ORDERS = "services/orders-service.yaml"
LINK = "https://example.org/7"
INVALID = "its signature is invalid: the key SHA256:"
Edit = Callable[[dict[str, Any]], None]


@pytest.fixture
def pilot(run: Run, tmp_path: Path) -> Path:
    """Return the pilot; dana signed a level of catalogue-service, and eli an isolation and a review of orders."""
    pilot = copy_of_pilot(tmp_path / "repository")
    list_keys(pilot, "dana", "eli")
    edit(pilot / "governance.yaml", "roles: [architecture]", "roles: [architecture, security]")
    edit(pilot / "governance.yaml", "\nroster:", "\nsignatures: {architecture: required}\nroster:")
    dana, eli = (("--by", name, "--key", key_file(name, tmp_path)) for name in ("dana", "eli"))
    run("-C", pilot, "sign", *dana, *AS_OF)
    run("-C", pilot, "sign", "catalogue-service", "L2", "--role", "security", "--by", "eli", *AS_OF)
    run("-C", pilot, "sign", "catalogue-service", "L2", "--role", "architecture", *dana, *AS_OF)
    for criterion in ("G8.isolation", "G8.review"):
        attested = ("attest", "orders-service", criterion, "--role", "security", "--link", LINK)
        assert run("-C", pilot, *attested, *eli, *AS_OF).code == 0
    return pilot


def edited(pilot: Path, file: str, change: Edit) -> None:
    """Change a manifest by hand."""
    written = load((pilot / file).read_bytes()).value
    change(written)
    (pilot / file).write_text(json.dumps(written), "utf-8")


def check(run: Run, pilot: Path, service: str) -> dict[str, Any]:
    """Return the verdict on a service; the whole output is in `out`."""
    ran = run("-C", pilot, "check", "-m", "M1", "-s", service, "-f", "json", *AS_OF)
    assert ran.out, ran.err
    return {**one_service(ran.out), "out": ran.out}


def test_what_is_signed_counts_without_another_program_and_without_a_network(
    run: Run, pilot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("not offline")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    found = check(run, pilot, "catalogue-service")
    assert (found["signed_level"], found["verdict"]) == ("L2", "ready")
    assert INVALID not in check(run, pilot, "orders-service")["out"]


def _of(level: str, role: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def entry(service: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = service["sign_offs"][level][role]
        return found

    return entry


SIGNED = _of("L2", "architecture")


@pytest.mark.parametrize(
    "change",
    [
        lambda service: SIGNED(service).update(link=LINK),
        lambda service: SIGNED(service).update(on="2026-11-19"),
        lambda service: SIGNED(service).update(obligations=f"sha256:{'0' * 64}"),
        lambda service: SIGNED(service)["evidence"].update(capacity_plan="0" * 64),
        lambda service: SIGNED(service)["evidence"].pop("capacity_plan"),
        lambda service: SIGNED(service).update(by="Dana"),
        # dana holds both roles
        lambda service: service["sign_offs"]["L2"].update(
            security=service["sign_offs"]["L2"].pop("architecture"),
            architecture={"by": "eli", "on": "2026-11-20"},
        ),
        # another signature by the same key
        lambda service: SIGNED(service).update(signature=_of("L1", "architecture")(service)["signature"]),
    ],
    ids=["link", "day", "obligations", "artefact", "without an artefact", "spelling", "role", "level"],
)
def test_an_edited_or_copied_sign_off_does_not_count(run: Run, pilot: Path, change: Edit) -> None:
    edited(pilot, CATALOGUE, change)
    found = check(run, pilot, "catalogue-service")
    assert (found["signed_level"], found["verdict"]) == ("L1", "blocked")
    [lacking] = [one["message"] for one in found["reasons"] if one["code"] == "sign-offs-missing"]
    assert INVALID in lacking
    shown = " ".join(run("-C", pilot, "check", "-m", "M1", "-s", "catalogue-service", *AS_OF).out.split())
    assert "did not sign this: it was changed since, or the signature is of something else" in shown


def test_a_sign_off_of_another_service_or_level_does_not_count(run: Run, pilot: Path) -> None:
    signed = SIGNED(load((pilot / CATALOGUE).read_bytes()).value)
    edited(pilot, ORDERS, lambda service: service["sign_offs"].update(L2={"architecture": signed}))
    lacking = [one["message"] for one in check(run, pilot, "orders-service")["reasons"]]
    assert any(f"architecture ({INVALID}" in message for message in lacking), lacking


@pytest.mark.parametrize(
    "change",
    [
        lambda given: given["G8.isolation"].update(until="2026-12-31"),
        lambda given: given["G8.isolation"].update(link="https://example.org/8"),
        lambda given: given["G8.isolation"].update(milestone="M1"),
        lambda given: given.update({"G8.isolation": given["G8.review"]}),
    ],
    ids=["until", "link", "milestone", "criterion"],
)
def test_an_edited_or_copied_attestation_does_not_count(run: Run, pilot: Path, change: Edit) -> None:
    edited(pilot, ORDERS, lambda service: change(service["attestations"]))
    found = check(run, pilot, "orders-service")["out"]
    assert f"the attestation does not count: {INVALID}" in found
    shown = " ".join(
        run(
            "-C", pilot, "explain", "L2.tenant-isolation", "-s", "orders-service", "-m", "M1", *AS_OF
        ).out.split()
    )
    assert "the attestation does not count: its signature is invalid" in shown


def test_a_signature_of_another_workspace_does_not_count(run: Run, pilot: Path) -> None:
    edit(pilot / "gatekeeper.yaml", "workspace: 7", "workspace: 8")
    assert check(run, pilot, "catalogue-service")["signed_level"] == "L0"
    edit(pilot / "gatekeeper.yaml", "workspace: 8", "# workspace: 8")
    found = check(run, pilot, "catalogue-service")["out"]
    assert "its signature cannot be verified: gatekeeper.yaml states no `workspace`" in found


def test_a_typed_entry_beside_required_signatures_does_not_count(run: Run, pilot: Path) -> None:
    edited(pilot, CATALOGUE, lambda service: SIGNED(service).pop("signature"))
    found = check(run, pilot, "catalogue-service")
    assert found["signed_level"] == "L1"
    assert "it is not signed, and what is stated as architecture must be signed" in found["out"]


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_the_block_that_ssh_keygen_writes_is_read_as_it_is(run: Run, pilot: Path, tmp_path: Path) -> None:
    """Somebody may sign without `--key`: the bytes of the statement, and the block pasted after `signature: |`."""
    workspace = open_workspace(pilot)
    statements = [entry.statement for entry in entries_of(workspace)]
    [mine] = [one for one in statements if one.about.get("level") == "L2" and one.by == "dana"
              and one.about["service"] == "catalogue-service"]  # fmt: skip
    file, key = tmp_path / "statement", ssh_key_file("dana", tmp_path / "id_ed25519")
    file.write_bytes(mine.message(str(workspace.rulebook.workspace)))
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", "gatekeeper-v1", "-f", str(key), str(file)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    block = file.with_suffix(".sig").read_text("utf-8")
    edit(
        pilot / CATALOGUE,
        str(mine.signature),
        "|\n" + "".join(f"        {line}\n" for line in block.splitlines()),
    )
    found = check(run, pilot, "catalogue-service")
    assert (found["signed_level"], found["verdict"]) == ("L2", "ready")
    # The next signature takes its place, whole.
    again = (
        "sign",
        "catalogue-service",
        "L2",
        "--role",
        "architecture",
        "--by",
        "dana",
        "--on",
        "2026-11-19",
    )
    assert run("-C", pilot, *again, "--key", key, *AS_OF).code == 0
    assert "BEGIN SSH SIGNATURE" not in (pilot / CATALOGUE).read_text("utf-8")
