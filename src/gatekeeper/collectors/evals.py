"""Results of an evaluation of prompts."""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class EvalsFacts(NamedTuple):
    """What results of an evaluation of prompts says; null where it does not."""

    total: int | None = None
    failed: tuple[Finding, ...] | None = None
    pass_pct: float | None = None
    """0 to 100."""


FACTS = EvalsFacts
