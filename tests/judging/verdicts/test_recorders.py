"""Whether a record is signed by a pipeline that may: by its key, or by the Sigstore identity of its workflow."""

import sys
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from builders.judging import GOVERNANCE, RULEBOOK, parsed
from builders.signing import KeyPair, key_pair
from builders.sigstore import GITHUB, WORKFLOW, Instance
from gatekeeper.judging.verdicts.recorders import admitted, misfit, signature_of_run
from gatekeeper.model.evidence import Evidence, EvidenceStatus
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.signature import SignatureState
from gatekeeper.model.statement import RunStatement, canonical
from gatekeeper.model.status import Basis, ReasonCode
from gatekeeper.signatures import bundles

HERE, ELSEWHERE = "0d3b4b4e-6c0f-4a55-9d3f-4f3f6b1f0a11", "9b0a7f9e-52a9-4f7c-8a2b-0a4f1d2c3e4f"
OURS, TILL = "github.com/acme/shop", "github.com/acme/till"
CI, OTHER = key_pair("ci"), key_pair("other")
INSTANCE = Instance()
IDENTITY = {"issuer": GITHUB, "subject": WORKFLOW}
RUN = RunStatement(
    canonical({"service": "shop", "pipeline": "build", "run": "17"}),
    (("unit_tests", "1" * 64),),
    date(2026, 11, 18),
    OURS,
)


def signed(run: RunStatement = RUN, key: KeyPair = CI, workspace: str = HERE) -> RunStatement:
    return run._replace(signature=key.sign(run.message(workspace)))


def bundled(run: RunStatement = RUN, **of: Any) -> RunStatement:
    """Return a run with a bundle of the workflow of the service."""
    return run._replace(bundle=canonical(INSTANCE.bundle(run.message(HERE), **of)))


def book(required: bool = False, root: bytes | None = INSTANCE.trusted_root, **recorder: Any) -> Rulebook:
    """Return a rulebook with one recorder of the service and its repository, by a key unless another is given."""
    of = {"keys": [CI.public], "services": ["shop"], "repository": f"https://{OURS}.git"} | recorder
    more = {"recorders": {"shop-build": of}, "signatures": {"ci": "required"} if required else {}}
    governance = Governance.model_validate(parsed(GOVERNANCE) | more)
    return RULEBOOK._replace(governance=governance, workspace=HERE, trusted_root=root)


def judged(run: RunStatement | None, rulebook: Rulebook) -> Evidence:
    read = Evidence(
        "unit_tests", EvidenceStatus.OK, facts={}, basis=Basis.RECORD, signed=run, pipeline="build"
    )
    return admitted(read, rulebook, "shop")


BY_IDENTITY: dict[str, Any] = {"keys": [], "identity": IDENTITY}
UNKNOWN = "its identity is not one of a recorder: "


@pytest.mark.parametrize(
    ("run", "recorder", "signer"),
    [
        (signed(), {}, "SHA256:"),
        (signed(RUN._replace(repository=None)), {"repository": None}, "SHA256:"),
        (bundled(), BY_IDENTITY, WORKFLOW),
        (bundled(), BY_IDENTITY | {"repository": None}, WORKFLOW),
        (bundled(RUN._replace(repository=f"git@{OURS.replace('/', ':', 1)}.git")), BY_IDENTITY, WORKFLOW),
        (bundled(RUN._replace(repository=TILL), repository=None), BY_IDENTITY | {"repository": TILL}, WORKFLOW),
        (signed(bundled()), BY_IDENTITY, WORKFLOW),
        (signed(bundled()), {}, "SHA256:"),
    ],
)  # fmt: skip
def test_a_run_that_a_recorder_signed_is_a_signed_record(
    run: RunStatement, recorder: Mapping[str, Any], signer: str
) -> None:
    seen = signature_of_run(run, book(**recorder), "shop")
    assert (seen.state, seen.why, (seen.key or "")[: len(signer)]) == (SignatureState.SIGNED, None, signer)
    one = judged(run, book(required=True, **recorder))
    assert (one.status, one.basis) == (EvidenceStatus.OK, Basis.SIGNED_RECORD)


@pytest.mark.parametrize(
    ("run", "recorder", "why"),
    [
        (signed(), {"keys": [OTHER.public]}, "its key is not one of a recorder: SHA256:"),
        (signed(), BY_IDENTITY, "its key is not one of a recorder: SHA256:"),
        (signed(), {"services": ["till"]}, "shop-build is a recorder of till, not of shop"),
        (signed(), {"repository": TILL}, f"shop-build is a recorder of {TILL}, not of {OURS}"),
        (signed(RUN._replace(repository=None)), {}, f"shop-build is a recorder of https://{OURS}.git, and the run states no repository"),
        (signed(), {"keys": [{"key": CI.public, "until": "2026-11-17"}]}, "the key of shop-build counted until 2026-11-17"),
        (signed(), {"keys": [{"key": CI.public, "from": "2026-11-19"}]}, "the key of shop-build counts from 2026-11-19 on"),
        (signed(), {"keys": [{"key": CI.public, "revoked": True}]}, "the key of shop-build was revoked"),
        (bundled(subject=f"{WORKFLOW}x"), BY_IDENTITY, f"{UNKNOWN}{WORKFLOW}x of {GITHUB}"),
        (bundled(issuer="https://gitlab.com"), BY_IDENTITY, f"{UNKNOWN}{WORKFLOW} of https://gitlab.com"),
        (bundled(), {}, f"{UNKNOWN}{WORKFLOW} of {GITHUB}"),
        (bundled(), BY_IDENTITY | {"services": ["till"]}, "shop-build is a recorder of till, not of shop"),
        (bundled(), BY_IDENTITY | {"repository": TILL}, f"shop-build is a recorder of {TILL}, not of {OURS}"),
        (bundled(RUN._replace(repository=TILL)), BY_IDENTITY | {"repository": TILL}, f"its certificate is of https://{OURS}, and the run of {TILL}"),
        (bundled(RUN._replace(repository=None)), BY_IDENTITY | {"repository": None}, f"its certificate is of https://{OURS}, and the run of no stated repository"),
        (bundled(), BY_IDENTITY | {"root": None}, "its Sigstore bundle cannot be verified: the rulebook has no `trusted_root.json`"),
    ],
)  # fmt: skip
def test_a_run_signed_by_somebody_who_may_not_counts_as_unsigned(
    run: RunStatement, recorder: Mapping[str, Any], why: str
) -> None:
    seen = signature_of_run(run, book(**recorder), "shop")
    assert (seen.state, (seen.why or "")[: len(why)]) == (SignatureState.UNKNOWN, why)
    assert judged(run, book(**recorder)).basis is Basis.RECORD
    assert misfit(book(**recorder), "shop", run) is None
    one = judged(run, book(required=True, **recorder))
    assert (one.status, one.code, one.facts) == (EvidenceStatus.MISSING, ReasonCode.UNSIGNED, None)
    assert f"of the pipeline build, and records must be signed: {why}" in (one.reason or "")


CHANGED = RUN._replace(subjects=(("unit_tests", "2" * 64),))


@pytest.mark.parametrize(
    ("run", "recorder", "why"),
    [
        (CHANGED._replace(signature=signed().signature), {}, "its signature is invalid: "),
        (signed(workspace=ELSEWHERE), {}, "its signature is invalid: "),
        (CHANGED._replace(bundle=bundled().bundle), BY_IDENTITY, "its Sigstore bundle is invalid: the bundle signs another statement"),
        (bundled(), BY_IDENTITY | {"root": Instance().trusted_root}, "its Sigstore bundle is invalid: "),
        (signed(RUN._replace(bundle=b"{}")), {}, "its Sigstore bundle is invalid: "),
        (bundled()._replace(signature="ssh:"), BY_IDENTITY, "its signature is invalid: "),
        (RUN._replace(problem="it has a value that cannot be signed"), {}, "it has a value that cannot be signed"),
    ],
)  # fmt: skip
def test_a_run_whose_signature_or_bundle_does_not_fit_is_unreadable(
    run: RunStatement, recorder: Mapping[str, Any], why: str
) -> None:
    for required in (False, True):
        rulebook = book(required, **recorder)
        one = judged(run, rulebook)
        assert (one.status, one.facts) == (EvidenceStatus.UNREADABLE, None)
        assert (one.reason or "").startswith(f"the record of `unit_tests` does not count: {why}")
        assert (misfit(rulebook, "shop", run) or "").startswith(why)


def test_without_the_library_a_bundle_is_no_basis_and_the_reason_says_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bundles._result.cache_clear()
    monkeypatch.setitem(sys.modules, "sigstore.errors", None)
    assert judged(bundled(), book(**BY_IDENTITY)).basis is Basis.RECORD
    one = judged(bundled(), book(required=True, **BY_IDENTITY))
    assert one.code is ReasonCode.UNSIGNED
    assert "install the extra `sigstore` of readiness-gatekeeper" in (one.reason or "")


def test_without_an_id_of_the_workspace_no_signature_fits_and_none_is_said_to_be_of_another_run() -> None:
    nowhere = book()._replace(workspace=None)
    one = judged(signed(), nowhere)
    assert one.status is EvidenceStatus.UNREADABLE
    assert "gatekeeper.yaml states no `workspace`" in (one.reason or "")
    assert misfit(nowhere, "shop", signed()) is None


def test_a_record_without_a_signature_counts_unless_records_must_be_signed() -> None:
    assert judged(None, book()).basis is Basis.RECORD
    one = judged(None, book(required=True))
    assert (one.status, one.code) == (EvidenceStatus.MISSING, ReasonCode.UNSIGNED)
    assert "it is not signed; collect it again with `--key`" in (one.reason or "")
    seen = signature_of_run(None, book(), "shop")
    assert (seen.state, seen.key, seen.why) == (SignatureState.TYPED, None, None)
