"""A prompt registry."""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class PromptsFacts(NamedTuple):
    """What a prompt registry says; null where it does not."""

    prompts: tuple[str, ...] | None = None
    unpinned: tuple[Finding, ...] | None = None
    """Prompts without a pinned version, per tenant."""


FACTS = PromptsFacts
