"""Signed records from `collect` to `check`: who signed, what a change of them does, and what is pinned."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from builders.program import AS_OF, criteria, criterion, one_service
from builders.repositories import commit_all
from builders.signing import KeyPair, key_pair
from builders.sigstore import GITHUB, WORKFLOW, Instance
from builders.ssh_keygen import needs_ssh_keygen, new_key
from builders.workspaces import Ran, Run, copy_of_pilot, edit
from gatekeeper.evidence import records
from gatekeeper.model.statement import digest_of
from gatekeeper.workspace.loading import open_workspace

SERVICE = "payments-service"
HERE = "7a2d41c6-0b9f-4e35-8d17-c5f36e92b048"
CI = key_pair("payments-build")
REPORT = "reports/k6-peak.json"
CHECK = ("check", "-m", "M2", "-s", SERVICE, *AS_OF, "--format", "json")
REQUIRED = "signatures: {ci: required}\n"


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    """Return a pilot with a recorder for one service."""
    pilot = copy_of_pilot(tmp_path / "repository")
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
    assert "add this line to gatekeeper.yaml" in ran.err
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


@pytest.fixture
def instance(pilot: Path) -> Instance:
    """Return a Sigstore instance that the workspace trusts, for the workflow of the service."""
    instance = Instance()
    gates = pilot.parents[1] / "gates"
    (gates / "trusted_root.json").write_bytes(instance.trusted_root)
    edit(
        pilot / "governance.yaml",
        f"{{keys: ['{CI.public}'],",
        f"{{identity: {{issuer: {GITHUB}, subject: '{WORKFLOW}'}},",
    )
    add_governance(pilot, REQUIRED)
    return instance


def attach(run: Run, pilot: Path, bundle: Any, folder: Path) -> Ran:
    """Attach a bundle to the run that it signs."""
    file = folder / "bundle.json"
    file.write_text(json.dumps(bundle), encoding="utf-8")
    return run("-C", pilot, "collect", SERVICE, "--bundle", file)


def test_a_workflow_signs_the_statement_of_a_run_and_attaches_its_bundle(
    run: Run, pilot: Path, artefacts: Path, instance: Instance, tmp_path: Path
) -> None:
    statement = tmp_path / "statement.json"
    collect(run, pilot, artefacts, "--statement", statement)
    assert peak_load(run, pilot)["reason_code"] == "unsigned"
    ran = attach(run, pilot, instance.bundle(statement.read_bytes(), repository=None), tmp_path)
    assert (ran.code, " ".join(ran.out.split())) == (
        0,
        f"wrote services/{SERVICE}/evidence.json: the run is signed by {WORKFLOW}",
    )
    assert peak_load(run, pilot)["basis"] == "signed record"
    file = pilot / "services" / SERVICE / "evidence.json"
    before = file.read_bytes()
    collect(run, pilot, artefacts, "--statement", statement)
    assert file.read_bytes() == before


def test_a_bundle_is_not_attached_through_a_link(
    run: Run, pilot: Path, artefacts: Path, instance: Instance, tmp_path: Path
) -> None:
    statement, other = tmp_path / "statement.json", pilot / "other.json"
    file = collect(run, pilot, artefacts, "--statement", statement).rename(other)
    (pilot / "services" / SERVICE / "evidence.json").symlink_to(file)
    before = other.read_bytes()
    ran = attach(run, pilot, instance.bundle(statement.read_bytes()), tmp_path)
    assert (ran.code, "evidence.json is a link, and would change another file" in ran.err) == (2, True)
    assert other.read_bytes() == before


def test_a_bundle_of_a_run_that_was_replaced_or_that_is_invalid_is_not_attached(
    run: Run, pilot: Path, artefacts: Path, instance: Instance, tmp_path: Path
) -> None:
    statement = tmp_path / "statement.json"
    file = collect(run, pilot, artefacts, "--statement", statement)
    before = file.read_bytes()
    message = statement.read_bytes()
    for bundle, why in (
        (instance.bundle(message.replace(b"5b1c7e9", b"5b1c7e8")), "the bundle signs no run in the records"),
        (Instance().bundle(message), "the bundle would make the record unreadable"),
        ({}, "it is not a Sigstore bundle with a statement"),
        ({"dsseEnvelope": {"payload": "?"}}, "it is not a Sigstore bundle with a statement"),
        ([], "it is not a Sigstore bundle with a statement"),
    ):
        ran = attach(run, pilot, bundle, tmp_path)
        assert ran.code == 2
        assert why in " ".join(ran.err.split())
    assert file.read_bytes() == before


def test_collect_warns_of_the_key_again_if_nothing_is_new(
    run: Run, pilot: Path, artefacts: Path, tmp_path: Path
) -> None:
    other = written(key_pair("other"), tmp_path)
    options = ("--from", artefacts, "--commit", "5b1c7e9", "--at", "2026-11-18T10:00:00Z", "--key", other)
    told = [" ".join(run("-C", pilot, "collect", SERVICE, *options).out.split()) for _ in range(2)]
    assert all("counts as unsigned: its key is not one of a recorder" in one for one in told)
    assert "nothing was written" in told[1]


def test_collect_warns_of_a_record_that_must_be_signed_and_is_not(
    run: Run, pilot: Path, artefacts: Path, key: Path
) -> None:
    add_governance(pilot, REQUIRED)
    options = ("--from", artefacts, "--commit", "5b1c7e9", "--at", "2026-11-18T10:00:00Z")
    warned = "it does not count, because records must be signed: give --key"
    assert warned in " ".join(run("-C", pilot, "collect", SERVICE, *options).out.split())
    for more in (("--key", key, "--dry-run"), ("--key", key), ()):
        assert warned not in " ".join(run("-C", pilot, "collect", SERVICE, *options, *more).out.split())


def test_a_bundle_of_an_unknown_workflow_is_attached_with_a_warning(
    run: Run, pilot: Path, artefacts: Path, instance: Instance, tmp_path: Path
) -> None:
    statement = tmp_path / "statement.json"
    collect(run, pilot, artefacts, "--statement", statement)
    other = WORKFLOW.replace("main", "other")
    ran = attach(run, pilot, instance.bundle(statement.read_bytes(), other), tmp_path)
    assert "the run counts as unsigned: its identity is not one of a recorder" in " ".join(ran.out.split())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "gates/trusted_root.json:1:"),
        ("{}", "is not a trusted root of Sigstore"),
        ("[]", "is not a trusted root of Sigstore"),
        ('{"mediaType": "application/json"}', "is not a trusted root of Sigstore"),
    ],
)
def test_a_trusted_root_that_is_none_makes_the_workspace_invalid(
    run: Run, pilot: Path, content: str, why: str
) -> None:
    (pilot.parents[1] / "gates/trusted_root.json").write_text(content, encoding="utf-8")
    ran = run("-C", pilot, "validate")
    assert ran.code == 3
    assert why in " ".join((ran.out + ran.err).split())


def test_the_trusted_root_is_part_of_the_rulebook(run: Run, pilot: Path, instance: Instance) -> None:
    loaded = open_workspace(pilot)
    (pilot.parents[1] / "gates/trusted_root.json").write_bytes(Instance().trusted_root)
    assert run("-C", pilot, "validate").code == 0
    assert open_workspace(pilot).rulebook.digest != loaded.rulebook.digest
    assert loaded.rulebook.trusted_root == instance.trusted_root


@pytest.fixture
def failed(run: Run, pilot: Path, artefacts: Path, key: Path) -> Path:
    """Return the signed record of a failed load test of a pipeline; another one signed that an earlier one passed."""
    add_governance(pilot, REQUIRED)
    edit(
        pilot / f"services/{SERVICE}.yaml",
        "release: {version: 1.3.0, commit: 5b1c7e9}",
        "release: {version: 1.3.0}",
    )
    collect(run, pilot, artefacts, "--key", key)
    edit(artefacts / REPORT, '"p(95)": 7.', '"p(95)": 7777.')
    options = (
        "--pipeline",
        "nightly",
        "--from",
        artefacts,
        "--at",
        "2026-11-19T10:00:00Z",
        "--slot",
        "load_test",
    )
    ran = run(
        "-C", pilot, "collect", SERVICE, *options, "--slot", "slos", "--commit", "6c2d8fa", "--key", key
    )
    assert ran.code == 0, ran.err
    assert peak_load(run, pilot)["status"] == "fail"
    return pilot / "services" / SERVICE / "evidence/nightly.json"


def hide(entries: list[Any], replaced: dict[str, str] | None = None) -> None:
    [failed] = [one for one in entries if one["slot"] == "load_test"]
    entries.remove(failed)
    if replaced is not None:
        replaced["load_test"] = digest_of(failed)


@pytest.mark.parametrize(
    "change",
    [
        lambda run: run.update(collected_at="2020-01-01T00:00:00Z"),
        lambda run: run.update(committed_at="2020-01-01T00:00:00Z"),
        lambda run: hide(run["evidence"]),
        lambda run: hide(run["evidence"], run.setdefault("replaced", {})),
    ],
    ids=["older", "of an older commit", "without the entry", "as if it were replaced"],
)
def test_a_change_of_a_signed_record_does_not_bring_an_older_one_into_force(
    run: Run, pilot: Path, failed: Path, change: Callable[[Any], None]
) -> None:
    document = json.loads(failed.read_text(encoding="utf-8"))
    change(document["runs"][0])
    failed.write_text(json.dumps(document), encoding="utf-8")
    found = peak_load(run, pilot)
    assert found["status"] == "unreadable"
    assert "nightly.json" in found["reason"]
    validated = run("-C", pilot, "validate")
    assert "nightly.json" in validated.out + validated.err


def test_a_record_that_is_removed_so_that_an_older_one_counts_is_a_weakening(
    run: Run, pilot: Path, failed: Path, tmp_path: Path
) -> None:
    shutil.copytree(pilot.parent.parent, tmp_path / "before")
    failed.unlink()
    assert peak_load(run, pilot)["status"] == "pass"
    changed = run("diff", tmp_path / "before/examples/pilot", pilot, *AS_OF)
    assert changed.code == 1
    assert "of commit 6c2d8fa, which is newer" in " ".join(changed.out.split())


def test_a_commit_that_says_it_is_of_the_future_hides_no_later_record(
    run: Run, pilot: Path, failed: Path, artefacts: Path, key: Path
) -> None:
    file = pilot / "services" / SERVICE / "evidence.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["runs"][0] |= {"committed_at": "2035-01-01T00:00:00Z"}
    file.write_text(json.dumps(document), encoding="utf-8")
    sign(file)
    assert peak_load(run, pilot)["status"] == "fail"


def test_a_bundle_is_attached_alone_and_a_dry_run_writes_nothing(
    run: Run, pilot: Path, artefacts: Path, instance: Instance, tmp_path: Path, key: Path
) -> None:
    statement = tmp_path / "statement.json"
    file = collect(run, pilot, artefacts, "--statement", statement)
    before = file.read_bytes()
    attach(run, pilot, instance.bundle(statement.read_bytes(), repository=None), tmp_path)
    signed = file.read_bytes()
    file.write_bytes(before)
    arguments = ("-C", pilot, "collect", SERVICE, "--bundle", tmp_path / "bundle.json")
    assert "nothing was written" in run(*arguments, "--dry-run").out
    assert run(*arguments, "--key", key).code == 2
    assert file.read_bytes() == before
    run(*arguments)
    assert file.read_bytes() == signed


def test_diff_notes_evidence_that_is_no_longer_from_a_signed_record(
    run: Run, pilot: Path, artefacts: Path, key: Path
) -> None:
    collect(run, pilot, artefacts, "--key", key)
    (pilot.parents[1] / ".git").rmdir()
    commit_all(pilot.parents[1])
    assert "a recorder signed" not in run("-C", pilot, "diff", "HEAD", *AS_OF).out
    edit(artefacts / "slos.yaml", "\n", "\n\n")
    collect(run, pilot, artefacts, "--slot", "slos", "--run", "2")
    told = " ".join(run("-C", pilot, "diff", "HEAD", *AS_OF).out.split())
    assert "no longer from a record that a recorder signed: `slos`" in told
    shutil.copytree(artefacts / "reports", pilot / "services" / SERVICE / "reports")
    told = " ".join(run("-C", pilot, "diff", "HEAD", *AS_OF).out.split())
    assert "signed: `capability_tests`, `cold_start_test`, `isolation_tests`, `load_test`, `slos`" in told
