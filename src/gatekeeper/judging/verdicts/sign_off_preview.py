"""Preview a sign-off: the levels of a service and what is open, before a level is signed."""

from gatekeeper.judging.plans.cells import resolve
from gatekeeper.judging.verdicts import sign_offs
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.gates import ServiceJudge, SharedResults
from gatekeeper.judging.verdicts.levels import verify
from gatekeeper.model.level import Level
from gatekeeper.model.sign_off_preview import SignOffPreview


def preview_sign_off(case: Case, level: Level) -> SignOffPreview:
    """Return what a person should see before signing a level of a service."""
    signed = sign_offs.signed_level(case)
    cells = resolve(case.service, case.rulebook.scale)
    verified = verify(ServiceJudge(case, cells, SharedResults()), signed, level)
    gaps = verified.gaps(level)
    return SignOffPreview(
        level=level,
        verified=verified.level,
        signed=signed,
        claimed=case.claimed_level,
        open=tuple({result.rule.id: result for gap in gaps for result in gap.open}.values()),
        dead_gates=tuple(dict.fromkeys(gate for gap in gaps for gate in gap.dead)),
        lacking=sign_offs.lacking_sign_offs(case, level),
    )
