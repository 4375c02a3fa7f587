"""What was signed and is not any more, signatures that do not count, and withdrawals that are gone."""

from typing import Any

import pytest

from builders.judging import GOVERNANCE, RULEBOOK, parsed, service, without_digest, workspace
from builders.signing import key_pair
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.judging.changes.statement_changes import compare_approvals, compare_statements
from gatekeeper.model.changes import Change
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Governance, WeakeningSignOff
from gatekeeper.model.service import Service
from gatekeeper.model.statement import Statement, of_exception, of_service, of_weakening
from gatekeeper.model.workspace import ManifestKey

HERE = "0d3b4b4e-6c0f-4a55-9d3f-4f3f6b1f0a11"
CY = key_pair("cy")
REVIEW = {"by": "cy", "role": "security", "on": "2026-11-01", "link": "l"}


def book(**signatures: str) -> Rulebook:
    written = parsed(GOVERNANCE) | {"signatures": signatures}
    written["roster"]["cy"]["keys"] = [CY.public]
    return RULEBOOK._replace(governance=Governance.model_validate(written), workspace=HERE)


def shop(attestation: dict[str, Any] | None = None, **fields: Any) -> Service:
    given = service().model_dump(mode="json", exclude_unset=True) | fields
    attestations = {"G8.review": attestation} if attestation else {}
    return Service.model_validate(given | {"attestations": attestations})


def signed(entry: dict[str, Any] = REVIEW) -> dict[str, Any]:
    [statement] = of_service(shop(entry))
    return entry | {"signature": _signature(statement)}


def _signature(statement: Statement) -> str:
    return CY.sign(statement.message(HERE))


def changes(before: Service, after: Service, rulebook: Rulebook | None = None) -> list[Change]:
    return list(compare_statements(ServicePair(before, after, "services/shop.yaml"), rulebook or book()))


def test_what_was_signed_and_is_typed_counts_for_less() -> None:
    [weaker] = changes(shop(signed()), shop(REVIEW))
    assert without_digest(weaker.id) == "shop:attestations.G8.review"
    assert (weaker.message, weaker.needs_sign_off) == (
        "attestations.G8.review was signed and is typed now",
        True,
    )
    assert weaker.where is not None
    assert weaker.where.path == ("attestations", "G8.review")


def test_where_it_must_be_signed_the_typed_one_does_not_count() -> None:
    [noted] = changes(shop(signed()), shop(REVIEW), book(security="required"))
    assert not noted.needs_sign_off
    assert "does not count: it is not signed" in noted.message


@pytest.mark.parametrize("before", [shop(), shop(REVIEW), shop(signed())])
def test_a_signature_that_does_not_fit_is_told_once(before: Service) -> None:
    copied = shop(signed() | {"on": "2026-11-02"})
    [noted] = changes(before, copied)
    assert (noted.kind, "does not count" in noted.message) == ("note", True)
    assert changes(copied, copied) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (shop(REVIEW), shop(signed())),
        (shop(signed()), shop()),
        (shop(), shop(REVIEW)),
        (shop(REVIEW), shop(REVIEW)),
    ],
)
def test_everything_else_is_told_by_what_it_opens_and_closes(before: Service, after: Service) -> None:
    assert changes(before, after) == []


def test_a_renamed_service_needs_new_signatures() -> None:
    [noted] = changes(shop(signed()), shop(signed(), service="till"))
    assert noted.message == "1 signatures name shop and do not count for till: sign anew, or keep the name"


def test_a_statement_that_counts_unsigned_and_did_not_before_is_weaker() -> None:
    [statement] = of_service(shop(REVIEW))
    required = book(security="required")
    kept = {statement.digest(HERE): "L1"}
    rulebook = required._replace(governance=required.governance.model_copy(update={"grandfathered": kept}))
    higher = {
        "level": "L2",
        "sign_offs": {"L2": dict.fromkeys(("owner", "architecture", "security"), SIGNED)},
    }
    assert [one.needs_sign_off for one in changes(shop(), shop(REVIEW), rulebook)] == [True]
    [weaker] = [one for one in changes(shop(REVIEW, **higher), shop(REVIEW), rulebook) if one.needs_sign_off]
    assert "counts although it is not signed" in weaker.message
    assert changes(shop(REVIEW), shop(REVIEW), rulebook) == []


SIGNED = {"by": "ada", "on": "2026-11-02", "signature": "ssh:x"}
WITHDRAWN = {"digest": f"sha256:{'1' * 64}", "by": "cy", "on": "2026-11-05"}


@pytest.mark.parametrize(
    "after", [[], [WITHDRAWN | {"on": "2026-11-06"}], [WITHDRAWN | {"digest": f"sha256:{'2' * 64}"}]]
)
def test_a_withdrawal_is_for_ever(after: list[dict[str, Any]]) -> None:
    found = changes(shop(withdrawn=[WITHDRAWN]), shop(withdrawn=after))
    assert [without_digest(one.id) for one in found if one.needs_sign_off] == [f"shop:withdrawn.{'1' * 64}"]


def test_a_changed_withdrawal_still_holds_and_is_not_told_as_gone() -> None:
    mark = {"digest": f"sha256:{'1' * 64}", "by": "cy", "on": "2026-11-01"}
    [changed] = changes(shop(withdrawn=[mark]), shop(withdrawn=[mark | {"by": "bo"}]))
    assert "by cy on 2026-11-01 has another person or day" in changed.message
    [gone] = changes(shop(withdrawn=[mark]), shop())
    assert "is gone: the statement would count again" in gone.message


def test_a_new_withdrawal_is_told() -> None:
    [noted] = changes(shop(), shop(withdrawn=[WITHDRAWN]))
    assert (noted.kind, "cy withdrew the statement" in noted.message) == ("note", True)


def entry(**fields: Any) -> RegisteredException:
    words = {
        "risk": "r",
        "owner": "o",
        "approved_by": "cy",
        "link": "l",
        "opened_in": "M0",
        "opened_on": "2026-11-01",
    }
    return RegisteredException.model_validate(
        {"id": "RR-1", "service": "shop", "delta": ["L4.chaos"], **words, **fields}
    )


def approvals(before: RegisteredException, after: RegisteredException, rulebook: Rulebook) -> list[Change]:
    files: dict[ManifestKey, str] = {**workspace(shop()).files}
    files[RegisteredException, "RR-1"] = "milestones/risk-register/RR-1.yaml"
    base, head = (
        workspace(shop())._replace(exceptions={"RR-1": one}, files=files) for one in (before, after)
    )
    return list(compare_approvals(base, head, rulebook))


def test_an_approval_that_was_signed_and_is_typed_counts_for_less() -> None:
    of = entry(signature=_signature(of_exception(entry(), None)))
    assert [one.needs_sign_off for one in approvals(of, entry(), book())] == [True]
    [noted] = approvals(of, of.model_copy(update={"risk": "none"}), book())
    assert not noted.needs_sign_off
    assert "the approval of RR-1 does not count: its signature is invalid" in noted.message
    assert [one.needs_sign_off for one in approvals(of, entry(), book(owner="required"))] == [False]
    assert approvals(of, of, book()) == []
    assert approvals(of, of.model_copy(update={"closed": of.opened_on}), book()) == []


def test_a_signed_approval_of_a_weakening_is_kept() -> None:
    given = WeakeningSignOff.model_validate(
        {"what": "G1:sha256:0", "by": "cy", "on": "2026-11-01", "link": "l"}
    )
    kept = given.model_copy(update={"signature": _signature(of_weakening(given, "security"))})
    for one, weaker in ((kept, [True]), (given, [])):
        before = workspace(shop())
        base = before._replace(governance=before.governance.model_copy(update={"weakenings": (one,)}))
        assert [change.needs_sign_off for change in compare_approvals(base, before, book())] == weaker


def test_entries_that_do_not_count_for_one_reason_are_told_once() -> None:
    [statement] = of_service(shop(REVIEW))
    by_zoe = REVIEW | {"signature": key_pair("zoe").sign(statement.message(HERE))}
    waived = {key: value for key, value in by_zoe.items() if key != "link"} | {"reason": "r"}
    declared = shop(REVIEW, not_applicable={"G1.pure": waived | {"signature": None}})
    [_, declaration] = of_service(declared)
    waived["signature"] = key_pair("zoe").sign(declaration.message(HERE))
    [noted] = changes(shop(), shop(by_zoe, not_applicable={"G1.pure": waived}))
    assert "attestations.G8.review, not_applicable.G1.pure do not count" in noted.message
    assert "not on the roster" in noted.message


def test_a_new_entry_that_must_be_signed_and_is_not_is_told() -> None:
    required = book(security="required")
    [noted] = changes(shop(), shop(REVIEW), required)
    assert "attestations.G8.review does not count: it is not signed" in noted.message
    assert changes(shop(REVIEW), shop(REVIEW), required) == []
    assert changes(shop(), shop(signed()), required) == []
