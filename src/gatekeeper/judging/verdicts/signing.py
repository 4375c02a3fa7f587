"""What a signature under a level would be put under."""

from gatekeeper.judging.plans.cells import resolve
from gatekeeper.judging.verdicts import people
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.gates import Bench, Shared
from gatekeeper.judging.verdicts.levels import verify
from gatekeeper.model.level import Level
from gatekeeper.model.signing import Signing


def signing(case: Case, level: Level) -> Signing:
    """Return where a service stands as to one level."""
    governance = case.rulebook.governance
    signed = people.signed_level(governance, case.service, case.as_of)
    verified = verify(Bench(case, resolve(case.service), Shared()), signed, level)
    gaps = verified.gaps(level)
    return Signing(
        level=level,
        verified=verified.level,
        signed=signed,
        open=tuple({result.rule.id: result for gap in gaps for result in gap.open}.values()),
        dead_gates=tuple(dict.fromkeys(gate for gap in gaps for gate in gap.dead)),
        lacking=people.lacking_sign_offs(governance, case.service, level, case.as_of),
    )
