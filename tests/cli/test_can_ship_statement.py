"""`can-ship --subject --output intoto=`: what is deployed, attested and verified by the rules of public verifiers."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from builders import public_verifiers
from builders.attested import ed25519, private, public
from builders.program import AS_OF
from builders.repositories import commit, committed_pilot, git
from builders.workspaces import ROOT, Ran, Run, copy_of_pilot, edit, write
from gatekeeper import open as open_workspace
from gatekeeper.attested.envelope import wrap
from gatekeeper.attested.keys import signer
from gatekeeper.errors import UsageError

HEX = "0123456789abcdef" * 4
OTHER = "fedcba9876543210" * 4
IMAGE = "registry.example/acme/payments"
RESOURCE = "pkg:oci/payments?repository_url=registry.example%2Facme%2Fpayments"
VERIFIER = "pkg:pypi/readiness-gatekeeper"
MANIFEST = "services/payments-service.yaml"
KEY = ed25519().public_key()
PAGE = (ROOT / "docs/attested-result.md").read_text(encoding="utf-8")
Shipped = Callable[..., Path]


def stating(pilot: Path, *images: str, service: str = "payments-service") -> Path:
    """State the images of a service, and commit."""
    file = pilot / f"services/{service}.yaml"
    edit(file, "\nplan:", f"\nidentity: {{images: [{', '.join(images)}]}}\nplan:")
    commit(pilot)
    return pilot


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return stating(committed_pilot(tmp_path / "repository"), IMAGE)


def ship(run: Run, pilot: Path, *arguments: object, service: str = "payments-service") -> Ran:
    return run("-C", pilot, "can-ship", service, *AS_OF, *(arguments or ()))


@pytest.fixture
def shipped(run: Run, pilot: Path, tmp_path: Path) -> Shipped:
    """Return the signed statement on a deployment."""

    def write_one(to: str = "production", subject: str = f"{IMAGE}@sha256:{HEX}", *more: object) -> Path:
        file, key = tmp_path / "signed.json", private(tmp_path, ed25519())
        ran = ship(run, pilot, "--to", to, "--subject", subject, "-o", f"intoto={file}", "--sign", key, *more)
        assert ran.err == ""
        return file

    return write_one


def stated(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.b64decode(json.loads(file.read_bytes())["payload"]))
    return found


def verify(run: Run, file: Path, *arguments: object) -> Ran:
    return run("verify-report", file, "--key", public(file.parent, ed25519()), *arguments)


# The statement


def test_the_subject_is_the_image_and_the_summary_says_where_it_may_go(shipped: Shipped, pilot: Path) -> None:
    found = stated(shipped())
    assert found["subject"] == [
        {
            "name": f"{IMAGE}@sha256:{HEX}",
            "uri": f"pkg:oci/payments@sha256:{HEX}?repository_url=registry.example%2Facme%2Fpayments",
            "digest": {"sha256": HEX},
        }
    ]
    summary = found["predicate"]
    assert summary["resourceUri"] == RESOURCE
    assert summary["policy"]["uri"] == "gatekeeper:rulebook?destination=production"
    assert summary["verificationResult"] == "PASSED"
    assert summary["verifiedLevels"] == ["GATEKEEPER_payments-service_L3", "GATEKEEPER_SHIPS_TO:production"]
    assert summary["timeVerified"] == "2026-11-20T00:00:00Z"
    details = summary["gatekeeper:shipping/v1"]
    assert details["workspace_commit"] == git(pilot, "rev-parse", "HEAD")
    assert (details["service"], details["destination"]) == ("payments-service", "production")
    assert (details["commit"], details["subject"]) == ("5b1c7e9", "checked")
    assert details["exceptions"] == ["RR-1"]


def test_a_refusal_is_attested_too(run: Run, pilot: Path, tmp_path: Path) -> None:
    stating(pilot, "registry.example/acme/orders", service="orders-service")
    file = tmp_path / "no.json"
    subject = f"registry.example/acme/orders@sha256:{HEX}"
    ran = ship(
        run, pilot, "--to", "staging", "--subject", subject, "-o", f"intoto={file}", service="orders-service"
    )
    assert ran.code == 1
    summary = json.loads(file.read_bytes())["predicate"]
    assert (summary["verificationResult"], summary["verifiedLevels"]) == ("FAILED", ["FAILED"])
    assert summary["gatekeeper:shipping/v1"]["reasons"] == ["level-not-reached", "sign-offs-missing"]


def test_every_digest_is_that_of_a_file(shipped: Shipped, pilot: Path) -> None:
    """What `sha256sum -c` checks of inputs, and `sha256sum RULES | sha256sum` of the policy."""
    summary, root = stated(shipped())["predicate"], Path(git(pilot, "rev-parse", "--show-toplevel"))
    rules = []
    for one in summary["inputAttestations"]:
        assert hashlib.sha256((root / one["name"]).read_bytes()).hexdigest() == one["digest"]["sha256"]
        if one["uri"].startswith("gatekeeper:rulebook/"):
            rules.append(f"{one['digest']['sha256']}  {one['name']}\n")
    assert summary["policy"]["digest"] == {"sha256": hashlib.sha256("".join(rules).encode()).hexdigest()}
    names = {Path(one["name"]).name for one in summary["inputAttestations"]}
    assert {
        "levels.yaml",
        "G1.yaml",
        "payments-service.yaml",
        "M2.yaml",
        "RR-1.yaml",
        "isolation.xml",
    } <= names
    assert "orders-service.yaml" not in names


def test_a_record_is_named_with_its_digest(run: Run, pilot: Path, shipped: Shipped) -> None:
    """Another record would be another statement, although it names the same artefacts."""
    folder = pilot / "services/payments-service"
    assert run("-C", pilot, "collect", "payments-service", "--from", folder, "--commit", "5b1c7e9").code == 0
    shutil.rmtree(folder / "reports")
    record = folder / "evidence.json"
    digests = []
    for _ in range(2):
        [named] = [
            one
            for one in stated(shipped())["predicate"]["inputAttestations"]
            if one["name"].endswith("evidence.json")
        ]
        assert named["uri"].startswith("gatekeeper:evidence/")
        assert named["digest"]["sha256"] == hashlib.sha256(record.read_bytes()).hexdigest()
        digests.append(named["digest"])
        write(record, record.read_text(encoding="utf-8") + " ")
    assert digests[0] != digests[1]


@pytest.mark.skipif(not (shutil.which("jq") and shutil.which("sha256sum")), reason="no jq or sha256sum")
def test_the_page_verifies_every_digest_with_standard_tools(
    shipped: Shipped, pilot: Path, tmp_path: Path
) -> None:
    [block] = re.findall(r"^<!-- run with jq -->\n```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    write(pilot / "ship.json", shipped().read_bytes())
    command = ["sh", "-euc", block]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ, cwd=pilot)
    of_files, of_policy = done.stdout.splitlines()
    assert of_files == f"{of_policy}  -"
    edit(pilot / MANIFEST, "level: L3", "level: L3 # changed")
    assert (
        subprocess.run(command, check=False, capture_output=True, env=os.environ, cwd=pilot).returncode == 1
    )


def test_another_rule_or_destination_is_another_policy(run: Run, shipped: Shipped, pilot: Path) -> None:
    first = stated(shipped())["predicate"]["policy"]
    assert stated(shipped("staging"))["predicate"]["policy"] == {
        **first,
        "uri": "gatekeeper:rulebook?destination=staging",
    }
    levels = next(file for file in pilot.parents[1].rglob("gates/levels.yaml"))
    write(levels, levels.read_bytes() + b"# changed\n")
    commit(pilot)
    assert stated(shipped())["predicate"]["policy"]["digest"] != first["digest"]


def test_the_same_answer_is_the_same_file(shipped: Shipped) -> None:
    assert shipped().read_bytes() == shipped().read_bytes()


def test_several_digests_of_one_image(shipped: Shipped) -> None:
    """An index and the manifest of a platform."""
    found = stated(shipped("production", f"{IMAGE}:1@sha256:{HEX}", "--subject", f"sha256:{OTHER}"))
    assert [one["digest"]["sha256"] for one in found["subject"]] == [HEX, OTHER]
    assert found["predicate"]["resourceUri"] == RESOURCE
    assert found["predicate"]["gatekeeper:shipping/v1"]["subject"] == "unchecked"


def test_a_package_is_its_url(run: Run, pilot: Path, shipped: Shipped) -> None:
    found = stated(shipped("production", f"pkg:npm/%40acme/payments@1.3.0?checksum=sha256:{HEX}"))
    assert found["subject"][0]["uri"] == "pkg:npm/%40acme/payments@1.3.0"
    assert found["predicate"]["resourceUri"] == "pkg:npm/%40acme/payments@1.3.0"


# Whose it is


def test_a_digest_alone_is_of_the_only_image_and_unchecked(shipped: Shipped) -> None:
    found = stated(shipped("production", f"sha256:{HEX}"))
    assert found["subject"] == [{"digest": {"sha256": HEX}}]
    assert found["predicate"]["resourceUri"] == RESOURCE
    assert found["predicate"]["gatekeeper:shipping/v1"]["subject"] == "unchecked"


def test_without_stated_images_the_resource_is_the_service(run: Run, tmp_path: Path) -> None:
    pilot, file = committed_pilot(tmp_path / "repository"), tmp_path / "s.json"
    ran = ship(run, pilot, "--to", "production", "--subject", f"sha256:{HEX}", "-o", f"intoto={file}")
    assert ran.code == 0
    assert "unchecked: `identity.images` does not say that it is of this service" in " ".join(ran.out.split())
    assert json.loads(file.read_bytes())["predicate"]["resourceUri"] == "gatekeeper:service/payments-service"


def test_an_image_that_the_service_states_with_its_digest_is_no_other(run: Run, tmp_path: Path) -> None:
    pilot = stating(committed_pilot(tmp_path / "repository"), f'"{IMAGE}@sha256:{HEX}"')
    assert ship(run, pilot, "--to", "production", "--subject", f"{IMAGE}@sha256:{HEX}").code == 0
    ran = ship(run, pilot, "--to", "production", "--subject", f"{IMAGE}@sha256:{OTHER}")
    assert (ran.code, ran.out) == (2, "")
    assert f"{IMAGE}@sha256:{OTHER}: is not an image of payments-service; identity.images" in ran.err


def test_a_digest_that_the_service_states_is_checked(run: Run, tmp_path: Path) -> None:
    pilot = stating(committed_pilot(tmp_path / "repository"), f'"{IMAGE}@sha256:{HEX}"')
    ran = ship(run, pilot, "--to", "production", "--subject", f"sha256:{HEX}", "-f", "json")
    assert json.loads(ran.out)["deployed"] == {
        "resource": RESOURCE,
        "subjects": [{"subject": f"sha256:{HEX}", "digest": f"sha256:{HEX}", "checked": True}],
    }


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("--subject", f"registry.example/acme/basket@sha256:{HEX}"),
            "is not an image of payments-service; identity.images names registry.example/acme/payments",
        ),
        (
            ("--subject", f"{IMAGE}@sha256:{HEX}", "--subject", f"pkg:npm/x@1?checksum=sha256:{OTHER}"),
            "one statement is about one image or package",
        ),
        (("--subject", f"{IMAGE}:1.3.0"), "it has no digest"),
        (("--subject", "a\nb"), "it has no digest"),
        (("--output", "intoto=x.json"), f"--subject {IMAGE}@sha256:HEX, for instance"),
        (("--output", "sarif=x.json"), "unknown format 'sarif'; known: json, intoto"),
        (("--output", "intoto"), "--output intoto: write FORMAT=PATH"),
        (("--sign", "none.key"), "add --output intoto=PATH"),
        (("--output", f"json={MANIFEST}"), "is a file of the workspace"),
    ],
)
def test_wrong_usage_is_refused_and_nothing_is_written(
    arguments: tuple[str, ...], told: str, run: Run, pilot: Path
) -> None:
    before = git(pilot, "status", "--porcelain")
    ran = ship(run, pilot, "--to", "production", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert git(pilot, "status", "--porcelain") == before


def test_of_several_images_a_digest_alone_is_refused(run: Run, tmp_path: Path) -> None:
    pilot = stating(committed_pilot(tmp_path / "repository"), IMAGE, "registry.example/acme/payments-worker")
    ran = ship(run, pilot, "--to", "production", "--subject", f"sha256:{HEX}")
    assert ran.code == 2
    assert f"write {IMAGE}@sha256:HEX, because identity.images names {IMAGE}, " in ran.err


def test_without_a_subject_it_does_not_wait_for_evidence(run: Run, pilot: Path) -> None:
    (pilot / "services/payments-service/reports/k6-peak.json").unlink()
    ran = ship(run, pilot, "--to", "production", "-o", "intoto=x", "--retry-while-missing", 600)
    assert ran.code == 2
    assert "say with --subject" in ran.err


def test_manifests_must_be_committed_and_those_of_other_services_do_not_matter(
    run: Run, pilot: Path, tmp_path: Path
) -> None:
    wanted = ("--to", "production", "--subject", f"sha256:{HEX}", "-o", f"intoto={tmp_path / 's.json'}")
    write(pilot / "services/orders-service.yaml", "service: [\n")
    assert ship(run, pilot, *wanted).code == 0
    edit(pilot / MANIFEST, "level: L3", "level: L3 # changed")
    ran = ship(run, pilot, *wanted)
    assert ran.code == 2
    assert f"{MANIFEST}: differs from commit" in ran.err
    assert ship(run, pilot, *wanted[:-2]).code == 0, "judging asks for no commit"


def test_a_milestone_that_only_the_commit_has_is_found(run: Run, pilot: Path) -> None:
    (pilot / "milestones/risk-register/RR-1.yaml").unlink()
    ran = ship(run, pilot, "--to", "production", "--subject", f"sha256:{HEX}", "-o", "intoto=s.json")
    assert ran.code == 2
    assert "RR-1.yaml: differs from commit" in ran.err


def test_without_git_the_manifests_are_known_by_their_digests(run: Run, tmp_path: Path) -> None:
    pilot, file = copy_of_pilot(tmp_path / "elsewhere"), tmp_path / "s.json"
    ran = ship(run, pilot, "--to", "production", "--subject", f"sha256:{HEX}", "-o", f"intoto={file}")
    assert ran.code == 0
    summary = json.loads(file.read_bytes())["predicate"]
    assert summary["gatekeeper:shipping/v1"]["workspace_commit"] is None
    assert any(one["name"].endswith(MANIFEST) for one in summary["inputAttestations"])


def test_json_can_be_written_beside_it(run: Run, pilot: Path, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    ran = ship(run, pilot, "--to", "production", "-o", f"json={file}", "-f", "json")
    assert json.loads(file.read_bytes()) == json.loads(ran.out)
    assert json.loads(ran.out)["deployed"] is None


def test_the_library_takes_subjects(pilot: Path) -> None:
    workspace = open_workspace(pilot)
    asked = {"to": "production", "as_of": "2026-11-20"}
    found = workspace.can_ship("payments-service", **asked, subjects=[f"{IMAGE}@sha256:{HEX}"])
    assert found.deployed is not None
    assert (found.deployed.resource, found.deployed.own) == (RESOURCE, (True,))
    with pytest.raises(UsageError, match="write a list"):
        workspace.can_ship("payments-service", **asked, subjects=f"sha256:{HEX}")


# What public verifiers ask


def test_slsa_verifier_accepts_it(shipped: Shipped) -> None:
    public_verifiers.slsa_verifier(
        shipped().read_bytes(),
        KEY,
        digests=[f"sha256:{HEX}"],
        verifier_id=VERIFIER,
        resource_uri=RESOURCE,
        levels=["GATEKEEPER_SHIPS_TO:production", "GATEKEEPER_payments-service_L3"],
    )


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"digests": [f"sha256:{OTHER}"]}, "expected digest not found"),
        ({"digests": []}, "no subject digests"),
        ({"verifier_id": "https://example.org"}, "verifier ID mismatch"),
        ({"resource_uri": RESOURCE.replace("payments", "basket")}, "resource URI mismatch"),
        ({"levels": ["GATEKEEPER_SHIPS_TO:production"]}, "expected verified level not found"),
    ],
)
def test_slsa_verifier_refuses_what_it_is_not(wrong: dict[str, Any], told: str, shipped: Shipped) -> None:
    asked = {"digests": [f"sha256:{HEX}"], "verifier_id": VERIFIER, "resource_uri": RESOURCE}
    envelope = shipped("staging").read_bytes()
    public_verifiers.slsa_verifier(envelope, KEY, **asked)  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match=told):
        public_verifiers.slsa_verifier(envelope, KEY, **{**asked, **wrong})


def test_slsa_verifier_and_verify_report_refuse_a_blocked_service(run: Run, shipped: Shipped) -> None:
    file = shipped("production", f"{IMAGE}@sha256:{HEX}", "--commit", "1234567")
    with pytest.raises(AssertionError, match="verification result is not Passed"):
        public_verifiers.slsa_verifier(
            file.read_bytes(), KEY, digests=[f"sha256:{HEX}"], verifier_id=VERIFIER, resource_uri=RESOURCE
        )
    assert verify(run, file).code == 0
    assert verify(run, file, "--passed").code == 1


def test_admission_controllers_find_the_image_and_what_a_policy_needs(shipped: Shipped) -> None:
    predicate = public_verifiers.cosign(shipped().read_bytes(), KEY, f"sha256:{HEX}")
    assert "GATEKEEPER_SHIPS_TO:production" in predicate["verifiedLevels"]
    assert (predicate["verificationResult"], predicate["resourceUri"]) == ("PASSED", RESOURCE)
    with pytest.raises(AssertionError):
        public_verifiers.cosign(shipped().read_bytes(), KEY, f"sha256:{OTHER}")


def test_the_library_of_in_toto_reads_it(shipped: Shipped) -> None:
    summary = public_verifiers.in_toto_attestation(stated(shipped()))
    assert (summary.resource_uri, summary.verification_result) == (RESOURCE, "PASSED")
    assert summary.verifier.id == VERIFIER
    assert summary.time_verified.ToJsonString() == "2026-11-20T00:00:00Z"
    assert len(summary.policy.digest["sha256"]) == 64
    assert all(one.uri and len(one.digest["sha256"]) == 64 for one in summary.input_attestations)


def test_securesystemslib_verifies_the_envelope(shipped: Shipped) -> None:
    envelope = Envelope.from_dict(json.loads(shipped().read_bytes()))
    key = SSlibKey.from_crypto(KEY, public_verifiers.key_id(KEY))
    assert set(envelope.verify([key], 1)) == {key.keyid}
    other = ed25519(2).public_key()
    with pytest.raises(VerificationError):
        envelope.verify([SSlibKey.from_crypto(other, public_verifiers.key_id(KEY))], 1)


# verify-report


def test_verify_report_asks_for_image_and_destination(run: Run, shipped: Shipped) -> None:
    service = ("--service", "payments-service")
    for subject in ((f"sha256:{HEX}", *service), (f"{IMAGE}:1.3@sha256:{HEX}",)):
        ran = verify(run, shipped(), "--passed", "--to", "production", "--subject", *subject)
        assert (ran.code, ran.err) == (0, "")
    assert "PASSED: payments-service may ship to production" in " ".join(ran.out.split())
    assert RESOURCE in ran.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--to", "staging"), "about deploying payments-service to production, and --to asks for staging"),
        (("--service", "basket-service"), "to production, and --service asks for basket-service"),
        (("--since", "2026-11-21"), "it judges as of 2026-11-20, and --since asks for 2026-11-21 or later"),
        (
            ("--subject", f"sha256:{HEX}"),
            "checked that the subject is of payments-service: add `--service NAME`",
        ),
        (("--subject", f"sha256:{OTHER}"), f"about sha256:{HEX}, and --subject asks for sha256:{OTHER}"),
        (("--subject", f"sha256:{HEX}", "--subject", f"sha256:{OTHER}"), f"asks for sha256:{OTHER}"),
        (
            ("--subject", f"registry.example/acme/basket@sha256:{HEX}"),
            f"about {RESOURCE}, and --subject asks",
        ),
        (
            ("--milestone", "M1"),
            "about deploying payments-service to production, and --milestone asks for M1",
        ),
        (("--commit", "ab" * 20), f"about commit 5b1c7e9, and --commit asks for {'ab' * 20}"),
    ],
)
def test_a_demand_that_is_not_met_exits_1(
    arguments: tuple[str, ...], told: str, run: Run, shipped: Shipped
) -> None:
    ran = verify(run, shipped(), *arguments, "-f", "json")
    assert ran.code == 1
    assert told in json.loads(ran.out)["unmet"][0]


def test_the_statement_of_another_service_does_not_admit_an_image(
    run: Run, pilot: Path, tmp_path: Path
) -> None:
    """The manifest of orders-service states no images, so nobody can check that this one is of payments."""
    file, key = tmp_path / "orders.json", private(tmp_path, ed25519())
    named = ("--to", "internal", "--subject", f"{IMAGE}@sha256:{HEX}")
    assert ship(run, pilot, *named, "-o", f"intoto={file}", "--sign", key, service="orders-service").code == 0
    ran = verify(run, file, "--passed", *named)
    assert ran.code == 1
    assert "nobody checked that the subject is of orders-service" in " ".join(ran.out.split())
    assert verify(run, file, "--passed", *named, "--service", "payments-service").code == 1
    assert (
        verify(run, file, "--passed", *named, "--service", "orders-service", "--since", "2026-11-20").code
        == 0
    )


@pytest.mark.parametrize(
    ("summary", "details"),
    [
        ({"verifiedLevels": ["GATEKEEPER_SHIPS_TO:staging"]}, {}),
        ({}, {"may_ship": False}),
        ({}, {"destination": "elsewhere"}),
    ],
)
def test_a_signed_statement_that_contradicts_itself_does_not_verify(
    summary: dict[str, Any], details: dict[str, Any], run: Run, shipped: Shipped
) -> None:
    file, found = shipped(), stated(shipped())
    found["predicate"].update(summary)
    found["predicate"]["gatekeeper:shipping/v1"].update(details)
    file.write_text(wrap(json.dumps(found), signer(private(file.parent, ed25519()))), encoding="utf-8")
    ran = verify(run, file)
    assert ran.code == 1
    assert "contradict its verificationResult" in " ".join(ran.out.split())


def test_a_milestone_is_not_a_deployment(run: Run, pilot: Path, tmp_path: Path) -> None:
    file, key = tmp_path / "m.json", private(tmp_path, ed25519())
    run("-C", pilot, "check", "-m", "M0", *AS_OF, "-o", f"intoto={file}", "--sign", key)
    ran = verify(run, file, "--passed", "--to", "production", "--subject", f"sha256:{HEX}", "-f", "json")
    assert len(json.loads(ran.out)["unmet"]) == 2


def test_a_bad_subject_is_wrong_usage(run: Run, shipped: Shipped) -> None:
    ran = verify(run, shipped(), "--subject", "basket:latest")
    assert (ran.code, ran.out) == (2, "")
    assert "it has no digest" in ran.err
