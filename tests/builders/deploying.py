"""Services at the deploy gate, and the gate's answers."""

from collections.abc import Sequence
from typing import Any

from builders.judging import (
    L4_PLAN,
    LEVELS,
    WORDS,
    attested,
    case,
    parsed,
    roadmap,
    rulebook,
    service,
    signed,
)
from gatekeeper.judging.outlook.deploy_gate import may_ship
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.shipping import Shipping

PRODUCTION_AT_L4 = LEVELS.replace(
    "level: L3\n    name: n\n    meaning: m\n    audience: a\n    ships_to: [internal, staging, production]",
    "level: L3\n    name: n\n    meaning: m\n    audience: a\n    ships_to: [internal, staging]",
)
STRICT = rulebook(levels=PRODUCTION_AT_L4)


def shipping(of: Case, to: str = "internal", exceptions: Sequence[str] = (), **exits: str) -> Shipping:
    """Return the gate's answer."""
    entries = [RegisteredException.model_validate(parsed(text)) for text in exceptions]
    exited = roadmap("M0", "M1", "M2", "M3", exits=exits)
    return may_ship(of._replace(roadmap=exited), to, entries)


def codes(answer: Shipping) -> list[str]:
    """Return the codes of what speaks against it."""
    return [reason.code for reason in answer.reasons]


def steps(answer: Shipping) -> list[tuple[str, ...]]:
    """Return the criteria of each step; of signatures and claims none."""
    return [step.criteria for step in answer.actions]


def at_l3(plan: str = L4_PLAN, book: Any = STRICT, **more: Any) -> Case:
    """Return a service that holds L3 of a rulebook, and targets L4."""
    given = {"attestations": attested(**WORDS), "sign_offs": signed("L3")} | more
    return case(service(service="excepted", plan=plan, **given), book=book)
