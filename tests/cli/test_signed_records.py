"""Signed records from `collect` to `check`: who signed, what a change of them does, and what is pinned."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from builders.program import AS_OF, criteria, criterion, one_service
from builders.signing import KeyPair, key_pair
from builders.ssh_keygen import needs_ssh_keygen, new_key
from builders.workspaces import Run, copy_of_pilot, edit
from gatekeeper.evidence import records

SERVICE = "payments-service"
HERE = "0d3b4b4e-6c0f-4a55-9d3f-4f3f6b1f0a11"
CI = key_pair("payments-build")
REPORT = "reports/k6-peak.json"
CHECK = ("check", "-m", "M2", "-s", SERVICE, *AS_OF, "--format", "json")
REQUIRED = "signatures: {ci: required}\n"


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    """Return a pilot with a recorder for one service."""
    pilot = copy_of_pilot(tmp_path / "repository")
    with (pilot / "gatekeeper.yaml").open("a", encoding="utf-8") as file:
        file.write(f"workspace: {HERE}\n")
    add_governance(pilot, f"recorders:\n  payments-build: {{keys: ['{CI.public}'], services: [{SERVICE}]}}\n")
    return pilot


@pytest.fixture
def artefacts(pilot: Path, tmp_path: Path) -> Path:
    """Return the artefacts of the service, gone from the plan's repository, and nothing typed about them."""
    typed = "load_test: {path: reports/k6-peak.json, collected_at: 2026-11-18T09:00:00Z, commit: 5b1c7e9}"
    edit(pilot / f"services/{SERVICE}.yaml", typed, f"load_test: {{path: {REPORT}}}")
    folder = tmp_path / "service"
    shutil.move(pilot / "services" / SERVICE, folder)
    return folder


def add_governance(pilot: Path, text: str) -> None:
    with (pilot / "governance.yaml").open("a", encoding="utf-8") as file:
        file.write(text)


def collect(run: Run, pilot: Path, artefacts: Path, *arguments: str | Path) -> Path:
    """Collect; return the file of the record."""
    options = ("--pipeline", "default", "--from", artefacts, "--at", "2026-11-18T10:00:00Z", *arguments)
    ran = run("-C", pilot, "collect", SERVICE, *options, "--commit", "5b1c7e9")
    assert ran.code == 0, ran.err
    return pilot / "services" / SERVICE / "evidence.json"


def sign(file: Path) -> None:
    """Sign every run of a record as the recorder does."""
    record = records.read(file.read_bytes(), SERVICE)
    runs = (
        run.with_signature(CI.sign(run.states(SERVICE, record.pipeline).message(HERE))) for run in record.runs
    )
    file.write_bytes(record._replace(runs=tuple(runs)).as_json(SERVICE))


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """Return the file of the recorder's key."""
    return written(CI, tmp_path)


def written(pair: KeyPair, folder: Path) -> Path:
    file = folder / f"key-{pair.public[-8:].replace('/', '-')}.pem"
    file.write_bytes(pair.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    return file


def peak_load(run: Run, pilot: Path) -> Any:
    """Return the criterion that the load test decides."""
    return criterion(one_service(run("-C", pilot, *CHECK).out), "G7.peak-load")


def test_a_signed_record_is_the_basis_of_a_pass(run: Run, pilot: Path, artefacts: Path) -> None:
    file = collect(run, pilot, artefacts)
    assert peak_load(run, pilot)["basis"] == "record"
    sign(file)
    assert peak_load(run, pilot)["basis"] == "signed record"
    add_governance(pilot, REQUIRED)
    assert peak_load(run, pilot)["basis"] == "signed record"


def test_an_unsigned_record_is_missing_where_records_must_be_signed(
    run: Run, pilot: Path, artefacts: Path
) -> None:
    collect(run, pilot, artefacts)
    add_governance(pilot, REQUIRED)
    found = peak_load(run, pilot)
    assert (found["status"], found["reason_code"]) == ("missing", "unsigned")
    told = run("-C", pilot, "explain", "G7.peak-load", "-s", SERVICE, "-m", "M2", *AS_OF).out
    assert "Sign the record of `load_test`" in " ".join(told.split())


def test_an_artefact_on_disk_needs_no_signature(run: Run, pilot: Path) -> None:
    add_governance(pilot, REQUIRED)
    assert peak_load(run, pilot)["status"] == "pass"


def test_a_record_that_was_changed_is_unreadable(run: Run, pilot: Path, artefacts: Path) -> None:
    file = collect(run, pilot, artefacts)
    sign(file)
    edit(file, '"commit": "5b1c7e9",\n   "committed_at"', '"commit": "5b1c7e8",\n   "committed_at"')
    found = peak_load(run, pilot)
    assert found["status"] == "unreadable"
    assert "collect it again with `--key`" in found["reason"]


def pin(pilot: Path, digest: str) -> None:
    mapped = f"load_test: {{path: {REPORT}"
    edit(pilot / f"services/{SERVICE}.yaml", mapped, f"{mapped}, sha256: {digest}")


@pytest.mark.parametrize("signed", [False, True])
def test_a_pin_holds_for_a_record(run: Run, pilot: Path, artefacts: Path, *, signed: bool) -> None:
    pin(pilot, hashlib.sha256((artefacts / REPORT).read_bytes()).hexdigest())
    file = collect(run, pilot, artefacts)
    document = json.loads(file.read_text(encoding="utf-8"))
    [entry] = [one for one in document["runs"][0]["evidence"] if one["slot"] == "load_test"]
    if signed:
        sign(file)
    assert peak_load(run, pilot)["status"] == "pass"
    for digest in ("1" * 64, None):
        entry["sha256"] = digest
        entry["parts"][0].pop("sha256", None)
        file.write_text(json.dumps(document), encoding="utf-8")
        if signed:
            sign(file)
        found = peak_load(run, pilot)
        assert found["status"] == "unreadable"
        assert f"does not match its pin: its sha256 is {digest or 'not stated'}" in found["reason"]


def test_collect_signs_with_the_key_of_the_pipeline(
    run: Run, pilot: Path, artefacts: Path, key: Path
) -> None:
    add_governance(pilot, REQUIRED)
    file = collect(run, pilot, artefacts, "--key", key)
    assert peak_load(run, pilot)["basis"] == "signed record"
    [only] = json.loads(file.read_text(encoding="utf-8"))["runs"]
    assert only["signature"].startswith("dsse:")
    before = file.read_bytes()
    collect(run, pilot, artefacts, "--key", key)
    assert file.read_bytes() == before


@needs_ssh_keygen
def test_collect_signs_with_a_key_of_ssh(run: Run, pilot: Path, artefacts: Path, tmp_path: Path) -> None:
    key = new_key(tmp_path, "ed25519")
    public = key.with_suffix(".pub").read_text(encoding="ascii").strip()
    edit(pilot / "governance.yaml", CI.public, public)
    collect(run, pilot, artefacts, "--key", key)
    assert peak_load(run, pilot)["basis"] == "signed record"


def test_an_unchanged_record_is_signed_if_it_is_not_yet_or_by_another_key_or_badly(
    run: Run, pilot: Path, artefacts: Path, key: Path, tmp_path: Path
) -> None:
    file = collect(run, pilot, artefacts)
    for spoil in (
        lambda: None,
        lambda: collect(run, pilot, artefacts, "--key", written(key_pair("other"), tmp_path)),
        lambda: edit(file, '"run": null,', '"run": "9",'),
    ):
        spoil()
        collect(run, pilot, artefacts, "--key", key)
        assert peak_load(run, pilot)["basis"] == "signed record"


def test_what_a_later_run_does_not_collect_stays_signed(
    run: Run, pilot: Path, artefacts: Path, key: Path
) -> None:
    file = collect(run, pilot, artefacts, "--key", key)
    (artefacts / "slos.yaml").unlink()
    collect(run, pilot, artefacts, "--slot", "slos", "--run", "2")
    first, second = json.loads(file.read_text(encoding="utf-8"))["runs"]
    assert list(first["replaced"]) == ["slos"]
    assert "signature" not in second
    assert peak_load(run, pilot)["basis"] == "signed record"


def test_collect_warns_of_a_key_that_no_recorder_of_the_service_has(
    run: Run, pilot: Path, artefacts: Path, tmp_path: Path
) -> None:
    other = written(key_pair("other"), tmp_path)
    options = ("--from", artefacts, "--commit", "5b1c7e9", "--at", "2026-11-18T10:00:00Z", "--key", other)
    ran = run("-C", pilot, "collect", SERVICE, *options)
    assert ran.code == 0
    assert "it is signed, and counts as unsigned: its key is not one of a recorder" in " ".join(
        ran.out.split()
    )
    assert peak_load(run, pilot)["basis"] == "record"


def test_nothing_is_signed_in_a_workspace_without_an_id(
    run: Run, pilot: Path, artefacts: Path, key: Path
) -> None:
    edit(pilot / "gatekeeper.yaml", f"workspace: {HERE}\n", "")
    ran = run("-C", pilot, "collect", SERVICE, "--from", artefacts, "--key", key)
    assert ran.code == 2
    assert "gatekeeper.yaml states no `workspace`" in ran.err
    assert not (pilot / "services" / SERVICE).exists()


def test_a_dry_run_signs_nothing(run: Run, pilot: Path, artefacts: Path, tmp_path: Path) -> None:
    collect(run, pilot, artefacts, "--dry-run", "--key", tmp_path / "none")
    assert not (pilot / "services" / SERVICE).exists()


def test_the_record_of_one_service_does_not_count_for_another(
    run: Run, pilot: Path, artefacts: Path, key: Path
) -> None:
    edit(pilot / "governance.yaml", f"services: [{SERVICE}]", f"services: [{SERVICE}, orders-service]")
    file = collect(run, pilot, artefacts, "--key", key)
    shutil.rmtree(pilot / "services/orders-service")
    copied = pilot / "services/orders-service/evidence.json"
    copied.parent.mkdir()
    shutil.copy(file, copied)
    checked = ("check", "-m", "M1", "-s", "orders-service", *AS_OF, "--format", "json")
    of_service = one_service(run("-C", pilot, *checked).out)
    assert "the record is of the service 'payments-service'" in str(of_service)
    edit(copied, f'"service": "{SERVICE}"', '"service": "orders-service"')
    found = [
        seen
        for seen in criteria(one_service(run("-C", pilot, *checked).out))
        if seen["status"] == "unreadable"
    ]
    assert found
    assert any("its signature is invalid" in seen["reason"] for seen in found)
