"""Whether fewer people have to agree."""

import pytest

from builders.exceptions import entry
from builders.judging import AS_OF, GOVERNANCE, RULEBOOK, attested, parsed, service, signed, without_digest
from builders.signing import key_pair
from gatekeeper.judging.changes.governance_weakenings import compare_governance, newly_counting
from gatekeeper.model.changes import Cause
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.service import Service
from gatekeeper.model.statement import of_exception

WORKSPACE = "0d3b4b4e-6c0f-4a55-9d3f-4f3f6b1f0a11"
WHOLE = GOVERNANCE + "weakening_sign_off: architecture\n"


def changes(old: str, new: str, text: str = WHOLE) -> list[tuple[str, str, bool]]:
    assert old in text
    base, head = (Governance.model_validate(parsed(one)) for one in (text, text.replace(old, new, 1)))
    found = list(compare_governance(base, head, "gates/governance.yaml"))
    assert {change.cause for change in found} <= {Cause.GOVERNANCE}
    return [(change.kind, without_digest(change.id), change.blocks) for change in found]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("offs: [owner, architecture, security]", "offs: [owner]", [("rule-weakened", "governance.upgrade_sign_offs", True)]),
        (", security: s}", "}", [("rule-weakened", "governance.roles.security", True)]),
        ("weakening_sign_off: architecture\n", "", [("rule-weakened", "governance.weakening_sign_off", True)]),
        ("weakening_sign_off: architecture\n", "weakening_sign_off: owner\n", [("rule-weakened", "governance.weakening_sign_off", True)]),
        ("bo: {roles: [architecture]}", "bo: {roles: [architecture, security]}", [("note", "roster:bo:gained", False)]),
        ("  bo: {roles: [architecture]}\n", "", [("note", "roster:bo:lost", False)]),
        ("teams: [team-elsewhere]", "teams: [team-shop]", [("note", "roster:other:gained", False), ("note", "roster:other:lost", False)]),
        ("about: o,", "about: someone,", []),
        (", of_service: true", "", [("rule-weakened", "governance.roles.owner.of_service", True)]),
        ("offs: [owner, ", "offs: [owner, owner, ", []),
        ("offs: [owner, architecture, security]", "offs: []", [("rule-weakened", "governance.upgrade_sign_offs", True)]),
        ("offs: [owner, architecture, security]", "offs: [security, owner, architecture]", []),
        ("security: s}", "security: s, lead: {about: l, of_service: true}}", []),
        ("security: s}", "security: {about: s, of_service: true}}", []),
        ("architecture: a", "architecture: {about: someone}", []),
    ],
)  # fmt: skip
def test_fewer_signatures_are_weaker_and_people_are_told(
    old: str, new: str, expected: list[tuple[str, str, bool]]
) -> None:
    assert changes(old, new) == expected


def test_to_name_a_role_for_the_first_time_weakens_nothing() -> None:
    assert changes("roster:", "weakening_sign_off: owner\nroster:", GOVERNANCE) == []


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("", "weakenings are signed by nobody instead of architecture"),
        ("weakening_sign_off: owner\n", "weakenings are signed by owner instead of architecture"),
    ],
)
def test_another_signer_of_weakenings_is_named(new: str, message: str) -> None:
    texts = (WHOLE, WHOLE.replace("weakening_sign_off: architecture\n", new))
    base, head = (Governance.model_validate(parsed(text)) for text in texts)
    assert [change.message for change in compare_governance(base, head, "f")] == [message]


ONE = "owner: {about: o, of_service: true}"
TWO = "owner: {about: o, of_service: true}, lead: {about: l, of_service: true}"
NONE = "owner: o, lead: l"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (ONE, ONE, []),
        (TWO, TWO, []),
        (NONE, "owner: o, lead: {about: l, of_service: true}", ["lead.held_by_team"]),
        (TWO, "owner: {about: o, of_service: true}, lead: l", ["lead.of_service", "owner.held_by_team"]),
        (ONE, TWO, []),
        (ONE, NONE, ["owner.of_service"]),
        (NONE, TWO, []),
        ("owner: o", "owner: o, lead: {about: l, of_service: true}", []),
    ],
)  # fmt: skip
def test_a_role_that_a_team_holds_without_being_named_in_it_has_to_be_signed(
    before: str, after: str, expected: list[str]
) -> None:
    text = WHOLE.replace(ONE, before).replace("offs: [owner, ", "offs: [")
    prefix = "governance.roles."
    assert [name for _, name, _ in changes(before, after, text)] == [f"{prefix}{name}" for name in expected]


def test_where_nobody_signed_a_first_signature_weakens_nothing() -> None:
    assert (
        changes("offs: []", "offs: [security]", WHOLE.replace("[owner, architecture, security]", "[]")) == []
    )


def test_the_first_role_of_a_team_attests_capabilities() -> None:
    text = WHOLE.replace("architecture: a,", "dev: {about: d, of_service: true}, architecture: a,")
    swapped = "dev: {about: d, of_service: true}, owner: {about: o, of_service: true}"
    found = changes("owner: {about: o, of_service: true}, dev: {about: d, of_service: true}", swapped, text)
    assert found == [("rule-weakened", "governance.roles:capabilities", True)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("exit_role: architecture\n", "", [("rule-weakened", "governance.exit_role", True)]),
        ("exit_role: architecture\n", "exit_role: owner\n", [("rule-weakened", "governance.exit_role", True)]),
        ("exit_role: architecture\n", "exit_role: architecture\nbreak_glass: true\n", [("rule-weakened", "governance.break_glass", True)]),
    ],
)  # fmt: skip
def test_who_records_exits_and_whether_a_blocked_milestone_may_exit(
    old: str, new: str, expected: list[tuple[str, str, bool]]
) -> None:
    assert changes(old, new, WHOLE + "exit_role: architecture\n") == expected


ATTESTED = service(
    attestations=attested(G8__isolation="zoe security", L1__scaffold="ada owner"),
    sign_offs=signed("L1", security="zoe"),
)


WAIVED = service(not_applicable="{G2.limits: {reason: r, by: zoe, role: architecture, on: 2026-11-01}}")


@pytest.mark.parametrize(
    ("head", "of", "expected"),
    [
        ("zoe: {roles: [security]}", ATTESTED, {"zoe": ["G8.isolation of shop", "the sign-off of L1 of shop"]}),
        ("Zoe: {roles: [security]}", ATTESTED, {"zoe": ["G8.isolation of shop", "the sign-off of L1 of shop"]}),
        ("zoe: {roles: [architecture]}", ATTESTED, {}),
        ("yan: {roles: [security]}", ATTESTED, {}),
        ("zoe: {roles: [security]}", service(), {}),
        ("zoe: {roles: [architecture]}", WAIVED, {"zoe": ["G2.limits of shop"]}),
    ],
)  # fmt: skip
def test_what_a_new_person_has_stated_already_counts_newly(
    head: str, of: Service, expected: dict[str, list[str]]
) -> None:
    base, after = (
        Governance.model_validate(parsed(text))
        for text in (WHOLE, WHOLE.replace("  bo: ", f"  {head}\n  bo: "))
    )
    stated = newly_counting(
        {of.service: of}, RULEBOOK._replace(governance=base), RULEBOOK._replace(governance=after), AS_OF
    )
    assert stated == expected
    [gained] = compare_governance(base, after, "f", stated)
    assert gained.needs_sign_off == bool(expected)
    assert all(what in gained.message for names in expected.values() for what in names)


def test_the_signed_approval_of_an_exception_counts_newly_by_a_new_key() -> None:
    of = service()
    approved = RegisteredException.model_validate(parsed(entry()) | {"approved_by": "cy"})
    signature = key_pair("cy").sign(of_exception(approved, of).message(WORKSPACE))
    with_key = f"cy: {{roles: [security], keys: ['{key_pair('cy').public}']}}"
    texts = (WHOLE, WHOLE.replace("cy: {roles: [security]}", with_key))
    base, head = (
        RULEBOOK._replace(governance=Governance.model_validate(parsed(text)), workspace=WORKSPACE)
        for text in texts
    )
    register = [approved.model_copy(update={"signature": signature})]
    stated = newly_counting({of.service: of}, base, head, AS_OF, register)
    assert stated == {"cy": ["the approval of RR-1"]}
