"""The levels of a service in words; without sign-offs, what a service claims counts as signed."""

from gatekeeper.model.rulebook import Governance
from gatekeeper.model.verdict import ServiceResult


def levels_held(of: ServiceResult, governance: Governance) -> str:
    """Return what follows "verified": `L2, signed off L1, claims L2`."""
    signed = f", signed off {of.signed_level}" if governance.upgrade_sign_offs else ""
    return f"{of.verified_level}{signed}, claims {of.claimed_level}"


def reached(governance: Governance) -> str:
    """Return what a level needs to be reached: `verified and signed off`."""
    return f"verified and {'signed off' if governance.upgrade_sign_offs else 'claimed'}"
