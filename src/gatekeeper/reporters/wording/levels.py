"""The levels of a service in words: verified, signed off, claimed, target."""

from gatekeeper.model.level import Level
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.verdict import ServiceResult


class Naming:
    """Adds the name of a level where it occurs first; afterwards the id is enough."""

    def __init__(self) -> None:
        self._seen: set[Level] = set()

    def __call__(self, level: Level) -> str:
        """Return the level for a sentence."""
        if level in self._seen:
            return level.id
        self._seen.add(level)
        return level.label


def levels_of(result: ServiceResult, governance: Governance) -> str:
    """Return the levels of a service: `verified L1 (Skeleton), signed off L1, claims L1, target L2 (MVP)`."""
    levels = {
        "verified": result.verified_level,
        "signed off": result.signed_level,
        "claims": result.claimed_level,
        "target": result.cell.level,
    }
    if not governance.upgrade_sign_offs:  # then the claimed level counts
        del levels["signed off"]
    named = Naming()
    return ", ".join(f"{what} {named(level)}" for what, level in levels.items())


def from_to(result: ServiceResult) -> str:
    """Return the effective level and the target: `L1→L2`."""
    return f"{result.effective_level}→{result.cell.level}"


def levels_sentence(result: ServiceResult, governance: Governance) -> str:
    """Return the levels of a service as a sentence."""
    words = levels_of(result, governance)
    return f"{words[0].upper()}{words[1:]}."


def reached(governance: Governance) -> str:
    """Return what makes a level reached: `verified and signed off`, or without sign-offs `... claimed`."""
    return f"verified and {'signed off' if governance.upgrade_sign_offs else 'claimed'}"
